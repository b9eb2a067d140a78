import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { Snapshot } from '../inventory/snapshots.ts'
import type { Volume } from '../inventory/volumes.ts'
import { snapshotMissing } from './snapshot-missing.ts'

const volume = (over: Partial<Volume> = {}): Volume => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-1', id: 'vol-1', type: 'gp3', sizeGiB: 100, encrypted: true },
  ...{ createdAt: daysAgo(400), instances: ['i-1'], attachedAt: daysAgo(400), iops: 3000, ...over },
})
const snapshot = (days: number, over: Partial<Snapshot> = {}): Snapshot => ({
  ...{ arn: `arn:aws:ec2:us-east-1::snapshot/snap-${days}`, id: `snap-${days}`, volume: 'vol-1', volumeGiB: 100, storedGiB: 20 },
  ...{ encrypted: true, state: 'completed', archived: false, startedAt: daysAgo(days), managedBy: null, ...over },
})

checkTable(snapshotMissing, {
  flags: {
    'the last copy is a week old': {
      row: volume(),
      reads: { snapshots: [snapshot(9), snapshot(7), snapshot(50)] },
      reason: 'stale',
      evidence: { days: 7, sizeGiB: 100 },
      severity: 'medium',
    },
    'the last copy is a month old': { row: volume(), reads: { snapshots: [snapshot(30)] }, reason: 'stale', severity: 'high' },
    'never copied in more than a year': { row: volume(), reason: 'never', severity: 'high' },
    'never copied in the eight days of its life': { row: volume({ createdAt: daysAgo(8) }), reason: 'never', severity: 'medium' },
    'only a copy that failed': { row: volume(), reads: { snapshots: [snapshot(1, { state: 'error' })] }, reason: 'never' },
    'only copies of another volume': { row: volume(), reads: { snapshots: [snapshot(1, { volume: 'vol-2' })] }, reason: 'never' },
    'attached to nothing: its data counts all the same': { row: volume({ instances: [], attachedAt: null }), reason: 'never' },
  },
  passes: {
    'copied yesterday': { row: volume(), reads: { snapshots: [snapshot(50), snapshot(1)] } },
    'made yesterday': { row: volume({ createdAt: daysAgo(1) }) },
    'within what the configuration says': { row: volume(), reads: { snapshots: [snapshot(20)] }, options: { days: 21 } },
  },
})
