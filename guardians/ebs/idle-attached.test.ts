import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import type { Volume } from '../inventory/volumes.ts'
import { idleAttached } from './idle-attached.ts'

const volume = (over: Partial<Volume> = {}): Volume => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-1', id: 'vol-1', type: 'gp3', sizeGiB: 100, encrypted: true },
  ...{ createdAt: daysAgo(90), instances: ['i-1'], attachedAt: daysAgo(60), iops: 3000, ...over },
})
const none = daily([0, 0, 0, 0, 0, 0, 0])

checkTable(idleAttached, {
  flags: {
    'not one operation in a week': {
      row: volume(),
      metrics: { reads: none, writes: none },
      evidence: { operations: 0, days: 7, instances: ['i-1'], attachedDays: 60 },
      usdPerMonth: 8,
    },
    'six operations in seven days': { row: volume(), metrics: { reads: daily([6, 0, 0, 0, 0, 0, 0]), writes: none } },
    'of a type without a price: flagged all the same': {
      row: volume({ type: 'new' }),
      metrics: { reads: none, writes: none },
      usdPerMonth: null,
    },
  },
  passes: {
    'an operation a day': { row: volume(), metrics: { reads: daily([4, 0, 0, 0, 0, 0, 0]), writes: daily([0, 0, 0, 0, 0, 0, 3]) } },
    'busy on one day of the week': { row: volume(), metrics: { reads: none, writes: daily([0, 0, 90, 0, 0, 0, 0]) } },
    'attached to nothing: another check': { row: volume({ instances: [], attachedAt: null }) },
    'attached for less than the window': { row: volume({ attachedAt: daysAgo(7) }), metrics: { reads: none, writes: none } },
    'idle for less than the configuration says': { row: volume({ attachedAt: daysAgo(20) }), options: { days: 30 } },
  },
})
