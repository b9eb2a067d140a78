import { checkTable } from '../../test/check-table.ts'
import type { LaunchTemplateVersion } from '../inventory/launch-template-versions.ts'
import type { NetworkInterface } from '../inventory/network-interfaces.ts'
import type { SecurityGroup } from '../inventory/security-groups.ts'
import { sgUnused } from './sg-unused.ts'

const group = (over: Partial<SecurityGroup> = {}): SecurityGroup => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:security-group/sg-1', id: 'sg-1', name: 'old-web', vpc: 'vpc-1' },
  ...{ isDefault: false, open: [], names: [], ...over },
})
const face = (...securityGroups: string[]): NetworkInterface => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:network-interface/eni-1', id: 'eni-1', status: 'available', managed: false },
  ...{ kind: 'interface', description: '', subnet: 'subnet-1', securityGroups },
})
const template = (...securityGroups: string[]): LaunchTemplateVersion => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:launch-template/lt-1:3', template: 'lt-1', version: 3, image: null, securityGroups },
})

checkTable(sgUnused, {
  flags: {
    'on nothing': {
      row: group(),
      reads: { networkInterfaces: [face('sg-2')], launchTemplateVersions: [template('sg-3')], others: [group()] },
    },
    'with a door open to anybody': {
      row: group({ open: [{ protocol: 'tcp', fromPort: 22, toPort: 22, cidr: '0.0.0.0/0' }] }),
      evidence: { vpc: 'vpc-1', openRules: 1 },
      usdPerMonth: null,
    },
  },
  passes: {
    'on an interface, even one that waits': { row: group(), reads: { networkInterfaces: [face('sg-2', 'sg-1')] } },
    'in a launch template': { row: group(), reads: { launchTemplateVersions: [template('sg-1')] } },
    'named by the rule of another group': { row: group(), reads: { others: [group({ id: 'sg-2', names: ['sg-1'] })] } },
    'the default of its VPC, which cannot be deleted': { row: group({ isDefault: true, name: 'default' }) },
  },
})
