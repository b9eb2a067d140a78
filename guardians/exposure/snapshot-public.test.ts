import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { PublicSnapshot } from '../inventory/public-snapshots.ts'
import { snapshotPublic } from './snapshot-public.ts'

const row: PublicSnapshot = {
  ...{ arn: 'arn:aws:ec2:us-east-1::snapshot/snap-1', id: 'snap-1', volume: 'vol-1', sizeGiB: 8, startedAt: daysAgo(3) },
}

checkTable(snapshotPublic, {
  flags: {
    'everybody may restore it': {
      row,
      details: { everybody: true },
      severity: 'high',
      evidence: { sizeGiB: 8, volume: 'vol-1', ageDays: 3 },
    },
  },
  passes: { 'listed, and not public by its own word': { row, details: { everybody: false } } },
})
