import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { Volume } from '../inventory/volumes.ts'
import { unattached } from './unattached.ts'

const volume = (over: Partial<Volume> = {}): Volume => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-1', id: 'vol-1', type: 'gp3', sizeGiB: 100, encrypted: true },
  ...{ createdAt: daysAgo(8), instances: [], attachedAt: null, iops: 3000, ...over },
})

checkTable(unattached, {
  flags: {
    'attached to nothing, and made eight days ago': { row: volume(), evidence: { sizeGiB: 100, ageDays: 8 }, usdPerMonth: 8 },
    'at the price of its type': { row: volume({ type: 'st1', sizeGiB: 1000 }), usdPerMonth: 45 },
    'of a type without a price: flagged all the same': { row: volume({ type: 'new' }), usdPerMonth: null },
  },
  passes: {
    attached: { row: volume({ instances: ['i-1'] }) },
    'made yesterday': { row: volume({ createdAt: daysAgo(1) }) },
    'younger than the configuration says': { row: volume(), options: { minDays: 30 } },
  },
})
