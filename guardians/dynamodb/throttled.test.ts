import { expect, test } from 'vitest'
import { checkTable, daily } from '../../test/check-table.ts'
import { table } from './example.ts'
import { throttled } from './throttled.ts'

const none = daily([0, 0, 0, 0, 0, 0, 0])
const quiet = { reads: none, writes: none, puts: none, updates: none, queries: none }

checkTable(throttled, {
  flags: {
    'one read in a week': {
      row: table(),
      metrics: { ...quiet, reads: daily([0, 0, 0, 1, 0, 0, 0]) },
      severity: 'high',
      evidence: { days: 7, reads: 1, writes: 0, requests: 0, throttledDays: 1, worstDay: 1 },
    },
    'writes on two days, told with the worst one': {
      row: table(),
      metrics: { ...quiet, writes: daily([0, 40, 0, 0, 0, 0, 2]), puts: daily([0, 40, 0, 0, 0, 0, 2]) },
      evidence: { days: 7, reads: 0, writes: 42, requests: 42, throttledDays: 2, worstDay: 80 },
    },
    'only an index is throttled: the table shows it by refused requests': {
      row: table(),
      metrics: { ...quiet, queries: daily([0, 0, 0, 0, 0, 0, 5]) },
      evidence: { reads: 0, writes: 0, requests: 5 },
    },
  },
  passes: {
    'nothing was throttled': { row: table(), metrics: quiet },
    'fewer than the configuration minds': { row: table(), options: { minEvents: 10 }, metrics: { ...quiet, reads: daily([9]) } },
    'nothing, though the configuration minds nothing less': { row: table(), options: { minEvents: 0 }, metrics: quiet },
  },
})

test('requests are asked for by operation, events by table', () => {
  expect(throttled.metrics?.reads.dimensions(table())).toEqual({ TableName: 'orders' })
  expect(throttled.metrics?.queries.dimensions(table())).toEqual({ TableName: 'orders', Operation: 'Query' })
})
