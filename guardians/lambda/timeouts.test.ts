import { checkTable, daily } from '../../test/check-table.ts'
import { lambdaFunction } from '../../test/lambda-examples.ts'
import { timeouts } from './timeouts.ts'

const row = lambdaFunction({ timeoutS: 10 })
const week = (p90: number[], p99: number[]) => ({ p90: daily(p90), p99: daily(p99) })

checkTable(timeouts, {
  flags: {
    'a tenth of the calls of one day are cut off': {
      row,
      metrics: week([100, 9_990, 100], [200, 10_000, 200]),
      reason: 'timing-out',
      evidence: { timeoutS: 10, windowDays: 7, p90Ms: 9_990, p99Ms: 10_000, p99Percent: 100, worstDay: '2026-11-19' },
    },
    'the slowest in a hundred come near': {
      row,
      metrics: week([100, 100, 100], [200, 200, 8_000]),
      reason: 'near',
      evidence: { p99Ms: 8_000, p99Percent: 80, worstDay: '2026-11-20' },
    },
    'one in a hundred is cut off, but not one in ten': { row, metrics: week([5_000], [10_000]), reason: 'near' },
    'nearer than the configuration allows': { row, options: { nearPercent: 50 }, metrics: week([10], [5_000]), reason: 'near' },
  },
  passes: {
    'far from it': { row, metrics: week([100, 100], [7_999, 7_999]) },
    'the same time is far from a longer limit': { row: lambdaFunction({ timeoutS: 60 }), metrics: week([9_990], [10_000]) },
    'no call at all': { row, metrics: week([0, 0, 0], [0, 0, 0]) },
  },
})
