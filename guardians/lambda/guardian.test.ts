import { afterEach, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { foundBy, scanAt } from '../../test/aws/scans.ts'
import { lambda } from './guardian.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())

const functionNamed = (FunctionName: string, over: object = {}) => ({
  ...{ FunctionName, Runtime: 'nodejs24.x', Timeout: 10, MemorySize: 1_024, LastModified: '2026-01-01T00:00:00.000+0000' },
  ...over,
})

/** By metric and function (`*`: of the region), the same on each day. */
type Metrics = Record<string, number>
const metricsAnswer = (metrics: Metrics) => (call: RecordedCall) => {
  const queries = call.input.MetricDataQueries as {
    Id: string
    MetricStat: { Metric: { MetricName: string; Dimensions?: { Value: string }[] }; Stat: string }
  }[]
  const dayS = 86_400
  const from = Number(call.input.StartTime)
  return JSON.stringify({
    MetricDataResults: queries.map(({ Id, MetricStat: { Metric, Stat } }) => {
      const metric = Stat.startsWith('p') ? `${Metric.MetricName} ${Stat}` : Metric.MetricName
      const value = metrics[`${metric} ${Metric.Dimensions?.[0]?.Value ?? '*'}`]
      const days = value === undefined ? [] : [0, 1, 2, 3, 4, 5, 6].map((day) => from + day * dayS)
      return { Id, StatusCode: 'Complete', Timestamps: days, Values: days.map(() => value) }
    }),
  })
}

const answers = (functions: object[], metrics: Metrics, more: Answers = {}): Answers => ({
  'GET /2015-03-31/functions': JSON.stringify({ Functions: functions }),
  'GET /2016-08-19/account-settings': '{"AccountLimit":{"ConcurrentExecutions":1000,"UnreservedConcurrentExecutions":1000}}',
  'GET /2019-09-25/functions/*/event-invoke-config/list': '{"FunctionEventInvokeConfigs":[]}',
  ...{ GetResources: '{"ResourceTagMappingList":[]}', GetMetricData: metricsAnswer(metrics), StartQuery: '{"queryId":"q-1"}' },
  DescribeSubnets: '<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><subnetSet/></DescribeSubnetsResponse>',
  GetQueryResults: '{"status":"Complete","results":[]}',
  ...more,
})

const report = async (given: Answers) => {
  aws = await openRecorded(given)
  return scanAt(aws.url, [lambda])
}

/** A function with nothing to say about it. */
const steady = (name: string): Metrics => ({ [`Invocations ${name}`]: 10, [`Duration p90 ${name}`]: 100, [`Duration p99 ${name}`]: 100 })

test('what moto cannot play: time-outs, concurrency, memory by the logs, failed events', async () => {
  const line = [
    ...[
      { field: '@log', value: '123456789012:/aws/lambda/large' },
      { field: '@memorySize', value: '1.024E9' },
    ],
    ...[
      { field: 'calls', value: '500' },
      { field: 'usedBytes', value: '9.0E7' },
      { field: 'billedMs', value: '50000' },
    ],
  ]
  const functions = ['slow', 'large', 'sink', 'sink-dlq', 'well'].map((name) =>
    functionNamed(name, name === 'sink-dlq' ? { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:123456789012:lost' } } : {}),
  )
  const told = await report(
    answers(
      functions,
      {
        ...{ ...steady('slow'), ...steady('large'), ...steady('sink'), ...steady('sink-dlq'), ...steady('well') },
        ...{ 'Duration p90 slow': 10_000, 'Duration p99 slow': 10_000, 'Invocations large': 1_000, 'ConcurrentExecutions *': 900 },
        ...{ 'AsyncEventsReceived sink': 5, 'AsyncEventsReceived sink-dlq': 5 },
      },
      { GetQueryResults: JSON.stringify({ status: 'Complete', results: [line] }) },
    ),
  )
  expect(told.unknown).toEqual([])
  expect(foundBy(told, 'lambda-timeouts')).toEqual({ slow: 'timing-out' })
  expect(foundBy(told, 'lambda-memory')).toEqual({ large: 'over' })
  expect(foundBy(told, 'lambda-no-failure-destination')).toEqual({ sink: 'none' })
  expect(foundBy(told, 'lambda-concurrency')).toEqual({ 'Lambda, us-east-1': 'region' })
  expect(told.findings).toHaveLength(4)
  // Only what is worth a call of its own is asked for.
  expect(aws?.count('StartQuery')).toBe(1)
  expect(aws?.count('GET /2019-09-25/functions/sink/event-invoke-config/list')).toBe(1)
  expect(aws?.calls.filter(({ operation }) => operation.includes('/aliases'))).toEqual([])
})

test('fifty functions cost no call for each', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `f-${index}`)
  const told = await report(
    answers(
      names.map((name) => functionNamed(name)),
      Object.assign({}, ...names.map(steady)),
    ),
  )
  expect(told.findings).toEqual([])
  expect(aws?.count('GetMetricData')).toBeLessThanOrEqual(3)
  expect(told.cost.calls).toBeLessThan(15)
})

test('without the permission for metrics what rests on them is unknown, and the rest is told', async () => {
  const functions = [functionNamed('old', { Runtime: 'python3.7' })]
  const told = await report(answers(functions, {}, { GetMetricData: refused('AccessDeniedException') }))
  expect(told.findings.map(({ check }) => check)).toEqual(['lambda-runtime'])
  const rest = [
    'lambda-concurrency',
    'lambda-errors',
    'lambda-memory',
    'lambda-no-failure-destination',
    'lambda-timeouts',
    'lambda-uninvoked',
  ]
  expect(told.unknown.map(({ check, missing }) => `${check} ${missing}`).toSorted()).toEqual(
    rest.map((check) => `${check} cloudwatch:GetMetricData`),
  )
  expect(aws?.calls.map(({ operation }) => operation).filter((name) => /StartQuery|event-invoke-config/.test(name))).toEqual([])
})
