import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import type { NatGateway } from '../inventory/nat-gateways.ts'
import { natIdle } from './nat-idle.ts'

const gateway = (over: Partial<NatGateway> = {}): NatGateway => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:natgateway/nat-1', id: 'nat-1', state: 'available', createdAt: daysAgo(30) },
  ...{ subnet: 'subnet-1', vpc: 'vpc-1', ...over },
})
const none = daily(Array.from({ length: 14 }, () => 0))
const some = daily([...none.values.slice(1), 1])

checkTable(natIdle, {
  flags: {
    'not a byte in a fortnight': {
      row: gateway(),
      metrics: { out: none, back: none },
      evidence: { days: 14, datapoints: 14, bytes: 0, ageDays: 30 },
      usdPerMonth: 32.85,
    },
    'in Frankfurt at the price of Frankfurt': {
      row: gateway(),
      metrics: { out: none, back: none },
      target: { region: 'eu-central-1' },
      usdPerMonth: 37.96,
    },
  },
  passes: {
    'one byte out on the last day': { row: gateway(), metrics: { out: some, back: none } },
    'one byte back': { row: gateway(), metrics: { out: none, back: some } },
    'made within the window': { row: gateway({ createdAt: daysAgo(14) }), metrics: { out: none, back: none } },
    'deleted already': { row: gateway({ state: 'deleted' }), metrics: { out: none, back: none } },
  },
  unknown: {
    'only some days are measured': {
      row: gateway(),
      metrics: { out: daily([0, 0, 0]), back: none },
      missing: /3 of 14 days/,
    },
  },
})
