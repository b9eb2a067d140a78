import { checkTable, daily } from '../../test/check-table.ts'
import { lambdaFunction } from '../../test/lambda-examples.ts'
import { errors } from './errors.ts'

const row = lambdaFunction()
const week = (invocations: number[], failed: number[]) => ({ invocations: daily(invocations), errors: daily(failed) })
const steady = [100, 100, 100, 100, 100, 100, 100]

checkTable(errors, {
  flags: {
    'bad on one day of seven': {
      row,
      metrics: week(steady, [0, 0, 11, 0, 0, 0, 0]),
      evidence: {
        ...{ worstDay: '2026-11-16', worstPercent: 11, worstInvocations: 100, daysOver: 1, windowDays: 7, errorPercent: 10 },
        ...{ errors: 11, invocations: 700 },
      },
    },
    'a nightly job that fails every night': {
      row,
      metrics: week([1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1]),
      evidence: { worstPercent: 100, daysOver: 7 },
    },
    'the worst day is told': { row, metrics: week(steady, [20, 0, 50, 0, 0, 0, 12]), evidence: { worstPercent: 50, daysOver: 3 } },
    'beyond what the configuration allows': { row, options: { errorPercent: 1 }, metrics: week(steady, [2, 0, 0, 0, 0, 0, 0]) },
  },
  passes: {
    'exactly a tenth': { row, metrics: week(steady, [10, 10, 10, 10, 10, 10, 10]) },
    'no call at all': { row, metrics: week([0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]) },
    'more calls make the same errors few': { row, metrics: week([2_000, ...steady.slice(1)], [90, 0, 0, 0, 0, 0, 0]) },
  },
})
