import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import type { Instance } from '../inventory/instances.ts'
import { hot } from './hot.ts'

const instance = (over: Partial<Instance> = {}): Instance => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:instance/i-1', id: 'i-1', type: 'm5.xlarge', state: 'running', launchedAt: daysAgo(90) },
  ...{
    stoppedAt: null,
    image: 'ami-1',
    zone: 'us-east-1a',
    subnet: 'subnet-1',
    vpc: 'vpc-1',
    listPriced: true,
    group: null,
    addresses: [],
    ...over,
  },
})
const fortnight = (days: number, cpu = 95) => ({ cpu: daily(Array.from({ length: 14 }, (_, day) => (day < days ? cpu : 40))) })

checkTable(hot, {
  flags: {
    'above ninety percent on four days': {
      row: instance(),
      metrics: fortnight(4),
      evidence: { hotDays: 4, judgedDays: 14, highestCpuPercent: 95, averageCpuPercent: 55.71 },
      severity: 'high',
      usdPerMonth: null,
    },
    'four days old, and hot since it was born': { row: instance({ launchedAt: daysAgo(4) }), metrics: { cpu: daily([99, 98, 97, 99]) } },
    'above what the configuration says': { row: instance(), metrics: fortnight(14, 75), options: { minCpuPercent: 70 } },
  },
  passes: {
    'on three days': { row: instance(), metrics: fortnight(3) },
    'just at the limit': { row: instance(), metrics: fortnight(14, 90) },
    stopped: { row: instance({ state: 'stopped' }), metrics: fortnight(14) },
    'started the day before yesterday': { row: instance({ launchedAt: daysAgo(2) }), metrics: { cpu: daily([99, 99]) } },
  },
})
