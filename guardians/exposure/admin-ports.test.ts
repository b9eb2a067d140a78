import { checkTable } from '../../test/check-table.ts'
import type { NetworkInterface } from '../inventory/network-interfaces.ts'
import type { OpenRule, SecurityGroup } from '../inventory/security-groups.ts'
import { adminPorts } from './admin-ports.ts'

const rule = (over: Partial<OpenRule> = {}): OpenRule => ({ protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0', ...over })
const group = (...open: OpenRule[]): SecurityGroup => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:security-group/sg-1', id: 'sg-1', vpc: 'vpc-1', isDefault: false },
  ...{ open, names: [] },
})
const face: NetworkInterface = {
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:network-interface/eni-1', id: 'eni-1', status: 'in-use', managed: false },
  ...{ kind: 'interface', description: '', subnet: null, securityGroups: ['sg-1'] },
}
const reads = { interfaces: [face] }

checkTable(adminPorts, {
  flags: {
    'SSH, in use': {
      row: group(rule()),
      reads,
      reason: 'open',
      severity: 'high',
      evidence: { ports: ['22'], interfaces: 1, from: ['0.0.0.0/0'] },
    },
    'SSH by IPv6': { row: group(rule({ cidr: '::/0' })), reads, evidence: { from: ['::/0'] } },
    'a range with two of them in it': { row: group(rule({ fromPort: 3000, toPort: 3400 })), reads, evidence: { ports: ['3306', '3389'] } },
    'every protocol': { row: group(rule({ protocol: '-1', fromPort: -1, toPort: -1 })), reads, evidence: { interfaces: 1 } },
    'a group that nothing uses': { row: group(rule()), reads: { interfaces: [] }, reason: 'open-unused', severity: 'medium' },
    'a port of the configuration': { row: group(rule({ fromPort: 6379, toPort: 6379 })), reads, options: { ports: ['6379'] } },
  },
  passes: {
    'open to nobody': { row: group(), reads },
    'the web': { row: group(rule({ fromPort: 443, toPort: 443 }), rule({ fromPort: 80, toPort: 80 })), reads },
    'a ping, whose type is a number too': { row: group(rule({ protocol: 'icmp', fromPort: 8, toPort: -1 })), reads },
  },
})
