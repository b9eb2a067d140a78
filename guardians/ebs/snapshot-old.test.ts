import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { Image } from '../inventory/images.ts'
import type { Snapshot } from '../inventory/snapshots.ts'
import type { Volume } from '../inventory/volumes.ts'
import { snapshotOld } from './snapshot-old.ts'

const snapshot = (over: Partial<Snapshot> = {}): Snapshot => ({
  ...{ arn: `arn:aws:ec2:us-east-1::snapshot/${over.id ?? 'snap-1'}`, id: 'snap-1', volume: 'vol-1', volumeGiB: 100, storedGiB: 40 },
  ...{ encrypted: true, state: 'completed', archived: false, startedAt: daysAgo(91), managedBy: null, ...over },
})
const volumes: Volume[] = [
  {
    ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:volume/vol-1', id: 'vol-1', type: 'gp3', sizeGiB: 100, encrypted: true },
    ...{ createdAt: daysAgo(400), instances: [], attachedAt: null, iops: 3000 },
  },
]
const image: Image = {
  ...{ arn: 'arn:aws:ec2:us-east-1::image/ami-1', id: 'ami-1', createdAt: daysAgo(91), lastLaunchedAt: null },
  ...{ public: false, snapshots: ['snap-1'] },
}
const gone = snapshot({ volume: 'vol-gone', startedAt: daysAgo(31) })

checkTable(snapshotOld, {
  flags: {
    'older than ninety days': {
      row: snapshot(),
      reads: { volumes, copies: [snapshot()] },
      reason: 'old',
      evidence: { ageDays: 91, volume: 'vol-1', volumeGiB: 100, storedGiB: 40 },
      usdPerMonth: 2,
    },
    'shares blocks with a younger one: what it frees is not guessed': {
      row: snapshot(),
      reads: { volumes, copies: [snapshot(), snapshot({ id: 'snap-2', startedAt: daysAgo(1) })] },
      usdPerMonth: null,
    },
    'AWS does not tell its size': {
      row: snapshot({ storedGiB: null }),
      reads: { volumes, copies: [snapshot({ storedGiB: null })] },
      usdPerMonth: null,
    },
    'of a volume that is gone for a month': { row: gone, reads: { volumes, copies: [gone] }, reason: 'orphan', usdPerMonth: 2 },
    'a copy whose volume is not told, and old': { row: snapshot({ volume: null }), reads: { volumes }, reason: 'old', usdPerMonth: null },
    'younger, but the configuration says so': { row: snapshot({ startedAt: daysAgo(8) }), reads: { volumes }, options: { maxDays: 7 } },
  },
  passes: {
    young: { row: snapshot({ startedAt: daysAgo(89) }), reads: { volumes } },
    'the last copy of a volume deleted last week': { row: snapshot({ volume: 'vol-gone', startedAt: daysAgo(8) }), reads: { volumes } },
    'a copy whose volume is not told, and young': { row: snapshot({ volume: null, startedAt: daysAgo(31) }), reads: { volumes } },
    'an AMI stands on it': { row: snapshot(), reads: { volumes, images: [image] } },
    'AWS Backup will delete it': { row: snapshot({ managedBy: 'AWS Backup' }), reads: { volumes } },
    'put into the archive by somebody': { row: snapshot({ archived: true }), reads: { volumes } },
    'still being made': { row: snapshot({ state: 'pending' }), reads: { volumes } },
  },
})
