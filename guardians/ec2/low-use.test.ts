import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import type { Series } from '../define.ts'
import type { Instance } from '../inventory/instances.ts'
import { lowUse } from './low-use.ts'

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
/** So many days of a fortnight nearly idle, the others busy. */
const fortnight = (idle: number, low: number, high: number): Series =>
  daily(Array.from({ length: 14 }, (_, day) => (day < idle ? low : high)))
const used = (idle: number, MB = 1) => ({
  cpu: fortnight(idle, 3, 60),
  received: fortnight(idle, MB * 500_000, 9e9),
  sent: fortnight(idle, MB * 500_000, 9e9),
})
const lastDays = ({ at, values }: Series, days: number): Series => ({ at: at.slice(-days), values: values.slice(-days) })

checkTable(lowUse, {
  flags: {
    'idle for a fortnight': {
      row: instance(),
      metrics: used(14),
      evidence: { lowDays: 14, judgedDays: 14, averageCpuPercent: 3, averageNetworkMB: 1, type: 'm5.xlarge' },
      usdPerMonth: 140.16,
    },
    'idle on four days of fourteen': { row: instance(), metrics: used(4), evidence: { lowDays: 4, judgedDays: 14 } },
    'just at both limits': {
      row: instance(),
      metrics: { cpu: fortnight(14, 10, 0), received: fortnight(14, 4_000_000, 0), sent: fortnight(14, 1_000_000, 0) },
    },
    'a spot or Windows machine: what it costs is not guessed': {
      row: instance({ listPriced: false }),
      metrics: used(14),
      usdPerMonth: null,
    },
    'of a type without a price': { row: instance({ type: 'p5.48xlarge' }), metrics: used(14), usdPerMonth: null },
  },
  passes: {
    'idle on three days': { row: instance(), metrics: used(3) },
    'little CPU, but much network': { row: instance(), metrics: used(14, 6) },
    'little network, but much CPU': { row: instance(), metrics: { ...used(14), cpu: fortnight(14, 10.1, 0) } },
    'days of which one metric does not tell do not count': {
      row: instance(),
      metrics: { ...used(14), sent: lastDays(used(14).sent, 3) },
    },
    stopped: { row: instance({ state: 'stopped' }), metrics: used(14) },
    'started within the window': { row: instance({ launchedAt: daysAgo(14) }), metrics: used(14) },
  },
})
