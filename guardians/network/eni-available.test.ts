import { checkTable } from '../../test/check-table.ts'
import type { NetworkInterface } from '../inventory/network-interfaces.ts'
import { eniAvailable } from './eni-available.ts'

const face = (over: Partial<NetworkInterface> = {}): NetworkInterface => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:network-interface/eni-1', id: 'eni-1', status: 'available', managed: false },
  ...{ kind: 'interface', description: 'left behind', subnet: 'subnet-1', securityGroups: ['sg-1'], ...over },
})

checkTable(eniAvailable, {
  flags: { 'attached to nothing': { row: face(), evidence: { subnet: 'subnet-1', description: 'left behind' }, usdPerMonth: null } },
  passes: {
    'in use': { row: face({ status: 'in-use' }) },
    'on its way': { row: face({ status: 'attaching' }) },
    'made by a service, which cleans up itself': { row: face({ managed: true }) },
  },
})
