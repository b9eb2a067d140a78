import type { PairConfig } from '../../core/catalog/schema-guardians.ts'
import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { StorePair } from '../inventory/store-pairs.ts'
import { deletions } from './deletions.ts'
import type { SideHistory } from './history.ts'

const row = { arn: 'platform:pair/lines', name: 'lines', config: { deletionTolerance: 0.01 } as PairConfig } satisfies StorePair
const side = (over: Partial<SideHistory> = {}): SideHistory => ({
  rowsBefore: 5_000,
  keysCompared: 1_000,
  deleted: 0,
  unusual: new Map(),
  ...over,
})
const since = (left: SideHistory, right = side()) => ({
  compared: { left: { rows: 5_000 }, right: { rows: 5_000 }, history: { since: daysAgo(1), left, right }, memoryProblem: null },
})

checkTable(deletions, {
  flags: {
    'two of a hundred gone on one side': {
      row,
      details: since(side({ deleted: 20 })),
      ...{
        reason: 'deleted',
        severity: 'high',
        evidence: { since: '2026-11-20T06:00:00.000Z', deletedLeft: 20, keysLeft: 1_000, deletedRight: 0 },
      },
    },
    'gone on both sides, so that they agree': { row, details: since(side({ deleted: 500 }), side({ deleted: 500 })), reason: 'deleted' },
    'together for the first time, on both sides': {
      row,
      details: since(side({ unusual: new Map([[1, 's3/c4']]) }), side({ unusual: new Map([[1, 's3/c4']]) })),
      ...{ reason: 'unusual', severity: 'medium', evidence: { unusual: 1, examples: ['s3/c4'] } },
    },
  },
  passes: {
    'nothing is gone': { row, details: since(side()) },
    'as many as may be deleted': { row, details: since(side({ deleted: 10 })) },
    'nothing was there before': { row, details: since(side({ rowsBefore: 0, keysCompared: 0 })) },
  },
  unknown: {
    'the first scan, or no memory': { row, details: { compared: { history: null, memoryProblem: null } }, missing: /earlier scan/ },
    'a memory that cannot be written': {
      row,
      details: { compared: { history: null, memoryProblem: 'ENOSPC: no space left' } },
      missing: /ENOSPC/,
    },
  },
})
