import { checkTable } from '../../test/check-table.ts'
import { standing } from './fixture.ts'
import { unprotected } from './unprotected.ts'

checkTable(unprotected, {
  flags: {
    'no automatic backup': { row: standing({ backupDays: 0 }), reason: 'no-backup', evidence: { backupDays: 0 } },
    'no deletion protection': { row: standing({ deletionProtection: false }), reason: 'deletable', severity: 'high' },
    'neither of them': { row: standing({ backupDays: 0, deletionProtection: false }), reason: 'both' },
    'a cluster that may be deleted': { row: standing({ kind: 'cluster', deletionProtection: false }), evidence: { kind: 'cluster' } },
  },
  passes: {
    'with both': { row: standing({ backupDays: 1 }) },
    'a replica, whose source is backed up': { row: standing({ backupDays: 0, replicaOf: 'orders' }) },
    'being deleted already': { row: standing({ backupDays: 0, deletionProtection: false, status: 'deleting' }) },
  },
})
