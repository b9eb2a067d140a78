import type { PairConfig } from '../../core/catalog/schema-guardians.ts'
import { checkTable } from '../../test/check-table.ts'
import type { PairComparison, StorePair } from '../inventory/store-pairs.ts'
import type { Disagreement } from './compare.ts'
import { pair } from './pair.ts'

const config: PairConfig = {
  ...{ id: 'lines', title: '', keys: ['id'], combination: ['subscriber', 'sim'], sampleRows: 1_000, countTolerance: 0.001 },
  ...{ deletionTolerance: 0.01, left: { kind: 'http', url: 'http://left.example' }, right: { kind: 'http', url: 'http://right.example' } },
}
const row: StorePair = { arn: 'platform:pair/lines', name: 'lines', config }
const names = (...list: string[]) => new Map(list.map((name, at) => [at, name]))
const compared = (over: Partial<Disagreement> = {}, more: Partial<PairComparison> = {}) => {
  const found: Disagreement = {
    ...{ keysCompared: 1_000, fields: ['plan', 'sim'], onlyLeft: names(), onlyRight: names(), different: new Map() },
    ...{ combinationsCompared: 900, combinationsOnlyLeft: names(), combinationsOnlyRight: names(), ...over },
  }
  return {
    compared: {
      left: { rows: 5_000, keyless: 0 },
      right: { rows: 5_000, keyless: 0 },
      found,
      readings: 1,
      history: null,
      memoryProblem: null,
      ...more,
    },
  }
}

checkTable(pair, {
  flags: {
    'counts apart': {
      row,
      details: compared({}, { right: { rows: 4_900, keyless: 0 }, readings: 2 }),
      ...{ reason: 'counts', severity: 'high', evidence: { leftRows: 5_000, rightRows: 4_900, readings: 2 } },
    },
    'keys on one side only': {
      row,
      details: compared({ onlyLeft: names('7', '8'), onlyRight: names('9') }),
      ...{ reason: 'missing', evidence: { keysCompared: 1_000, onlyLeft: 2, onlyRight: 1, examples: ['7', '8', '9'] } },
    },
    'a row that differs': {
      row,
      details: compared({ different: new Map([[1, { key: '7', fields: ['plan'] }]]) }),
      ...{ reason: 'different', evidence: { different: 1, differentFields: ['plan'], fieldsCompared: ['plan', 'sim'], examples: ['7'] } },
    },
    'a combination on one side only; subscribers are not told': {
      row,
      details: compared({ combinationsOnlyRight: names('440101234567890/c3') }),
      ...{ reason: 'combination', evidence: { combinationsOnlyRight: 1, examples: ['[long number cut]/c3'] } },
    },
  },
  passes: {
    'they agree': { row, details: compared() },
    'one key in a thousand on its way, as tolerated': { row, details: compared({ onlyLeft: names('7') }) },
    'counts apart by less than tolerated': { row, details: compared({}, { right: { rows: 4_997, keyless: 0 } }) },
    'two empty stores': { row, details: compared({ keysCompared: 0 }, { left: { rows: 0, keyless: 0 }, right: { rows: 0, keyless: 0 } }) },
  },
  unknown: {
    'no row has the key': {
      row,
      details: compared({ keysCompared: 0 }, { right: { rows: 5_000, keyless: 5_000 } }),
      missing: /key fields id .* right/,
    },
  },
})
