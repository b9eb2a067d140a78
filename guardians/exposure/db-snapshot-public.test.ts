import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { DbSnapshot } from '../inventory/db-snapshots.ts'
import { dbSnapshotPublic } from './db-snapshot-public.ts'

const row: DbSnapshot = {
  ...{ arn: 'arn:aws:rds:us-east-1:123456789012:snapshot:before', id: 'before', name: 'before', source: 'orders', of: 'instance' },
  ...{ engine: 'postgres', sizeGiB: 20, elsewhere: false, createdAt: daysAgo(4) },
}

checkTable(dbSnapshotPublic, {
  flags: {
    'everybody may restore it': { row, details: { restorers: ['210987654321', 'all'] }, evidence: { source: 'orders', ageDays: 4 } },
  },
  passes: { private: { row, details: { restorers: [] } }, 'shared with one account': { row, details: { restorers: ['210987654321'] } } },
})
