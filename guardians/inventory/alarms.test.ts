import { afterEach, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll, sourcesAt } from '../../test/aws/sources.ts'
import { alarms } from './alarms.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded({ GetResources: owned, ...answers })
  return readAll(alarms, sourcesAt(aws.url))
}
const page = (MetricAlarms: object[], CompositeAlarms: object[] = [], NextToken?: string) =>
  JSON.stringify({ MetricAlarms, CompositeAlarms, ...(NextToken ? { NextToken } : {}) })
const owned = JSON.stringify({ ResourceTagMappingList: [{ ResourceARN: 'arn:cpu', Tags: [{ Key: 'Owner', Value: 'aki' }] }] })
const seconds = (iso: string) => Date.parse(iso) / 1_000

test('page after page, on metrics and on other alarms', async () => {
  const rows = await read({
    DescribeAlarms: [
      page(
        [
          {
            ...{ AlarmName: 'cpu', AlarmArn: 'arn:cpu', StateValue: 'ALARM', ActionsEnabled: true, AlarmActions: ['arn:topic'] },
            ...{ StateUpdatedTimestamp: seconds('2026-11-20T00:00:00Z'), StateTransitionedTimestamp: seconds('2026-11-01T00:00:00Z') },
            ...{ Namespace: 'AWS/RDS', MetricName: 'CPUUtilization', Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }] },
          },
        ],
        [],
        'more',
      ),
      ({ input }) =>
        page(
          [{ AlarmName: String(input.NextToken) }],
          [
            {
              ...{ AlarmName: 'all', AlarmArn: 'arn:all', StateValue: 'OK', ActionsEnabled: false, AlarmActions: [] },
              AlarmRule:
                'ALARM("with space") AND (OK(errors) OR NOT INSUFFICIENT_DATA("arn:aws:cloudwatch:us-east-1:123456789012:alarm:age"))',
            },
          ],
        ),
    ],
  })
  expect(rows).toEqual([
    {
      ...{ arn: 'arn:cpu', name: 'cpu', kind: 'metric', state: 'ALARM', stateAt: Date.parse('2026-11-01T00:00:00Z') },
      ...{ actionsEnabled: true, actions: 1, children: [], watches: ['AWS/RDS DBInstanceIdentifier orders'], fleets: [], owner: 'aki' },
    },
    {
      ...{ arn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:more', name: 'more', kind: 'metric', state: '', stateAt: null },
      ...{ actionsEnabled: true, actions: 0, children: [], watches: [], fleets: [] },
    },
    {
      ...{ arn: 'arn:all', name: 'all', kind: 'composite', state: 'OK', stateAt: null, actionsEnabled: false, actions: 0 },
      ...{ children: ['with space', 'errors', 'age'], watches: [], fleets: [] },
    },
  ])
  expect(aws?.calls[0]?.input).toMatchObject({ AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })
})

const withMetrics = (Metrics: object[]) => read({ DescribeAlarms: page([{ AlarmName: 'math', Metrics }]) })

test('every metric of a formula', async () => {
  const metric = (Id: string, Namespace: string, Dimensions: object[]) => ({
    Id,
    MetricStat: { Metric: { Namespace, MetricName: 'Errors', Dimensions }, Period: 60, Stat: 'Sum' },
  })
  const name = { Name: 'FunctionName', Value: 'pay' }
  const rows = await withMetrics([
    metric('a', 'AWS/Lambda', [name]),
    metric('b', 'AWS/Lambda', [name]),
    metric('c', 'AWS/SQS', []),
    { Id: 'd', Expression: 'a / b' },
  ])
  expect(rows).toMatchObject([{ watches: ['AWS/Lambda FunctionName pay'], fleets: ['AWS/SQS'] }])
})

test.each([
  ['SELECT MAX(Errors) FROM SCHEMA("AWS/Lambda", FunctionName)', ['AWS/Lambda']],
  ['SELECT AVG(CPUUtilization) FROM "AWS/RDS" GROUP BY DBInstanceIdentifier', ['AWS/RDS']],
  [`SELECT MAX(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) WHERE FunctionName = 'pay'`, []],
  ['m1 + m2', []],
])('a query: %s', async (Expression, fleets) => {
  expect(await withMetrics([{ Id: 'q', Expression }])).toMatchObject([{ fleets }])
})

test('an empty region', async () => {
  expect(await read({ DescribeAlarms: page([]) })).toEqual([])
})

test('a refusal goes through', async () => {
  await expect(read({ DescribeAlarms: refused('AccessDenied') })).rejects.toThrow()
})
