import { checkTable } from '../../test/check-table.ts'
import { table, tableIs } from './example.ts'
import { unprotected } from './unprotected.ts'

checkTable(unprotected, {
  flags: {
    'neither can it be put back, nor is it kept from deletion': {
      row: table(),
      details: { table: tableIs({ deletionProtection: false }), recovery: false },
      reason: 'both',
      severity: 'high',
      evidence: { pointInTimeRecovery: false, deletionProtection: false },
    },
    'it cannot be put back': { row: table(), details: { table: tableIs({}), recovery: false }, reason: 'recovery' },
    'anybody may delete it': {
      row: table(),
      details: { table: tableIs({ deletionProtection: false }), recovery: true },
      reason: 'deletion',
    },
  },
  passes: { 'both are on': { row: table(), details: { table: tableIs({}), recovery: true } } },
})
