import { expect, test } from 'vitest'
import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import { lambdaFunction } from '../../test/lambda-examples.ts'
import { uninvoked } from './uninvoked.ts'

const quiet = { invocations: daily([0, 0, 0, 0, 0, 0, 0]) }

checkTable(uninvoked, {
  flags: {
    'no call in seven days': { row: lambdaFunction(), metrics: quiet, evidence: { windowDays: 7, invocations: 0, changedDays: 100 } },
    'no call since it was made a week ago': { row: lambdaFunction({ modifiedAt: daysAgo(7) }), metrics: quiet },
  },
  passes: {
    'one call': { row: lambdaFunction(), metrics: { invocations: daily([0, 0, 0, 0, 0, 0, 1]) } },
    'called at the edge only': { row: lambdaFunction(), metrics: { ...quiet, atTheEdge: daily([0, 3, 0, 0, 0, 0, 0]) } },
    'changed within the window: it may be new': { row: lambdaFunction({ modifiedAt: daysAgo(6) }), metrics: quiet },
    'younger than the configuration wants to wait': { row: lambdaFunction(), options: { days: 101 }, metrics: quiet },
  },
  unknown: { 'of unknown age': { row: lambdaFunction({ modifiedAt: null }), metrics: quiet, missing: /LastModified/ } },
})

test('the edge is asked for in the region that such functions are made in', () => {
  const there = uninvoked.metrics?.atTheEdge.dimensions(lambdaFunction())
  const elsewhere = uninvoked.metrics?.atTheEdge.dimensions(
    lambdaFunction({ arn: 'arn:aws:lambda:eu-west-1:123456789012:function:orders' }),
  )
  expect(there).toEqual({ FunctionName: 'us-east-1.orders' })
  expect(elsewhere).toBeNull()
})
