import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { exampleNow } from '../../test/check-table.ts'
import { functionTraffic } from './function-traffic.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (answers: Answers) => {
  aws = await openRecorded({ GetResources: '{"ResourceTagMappingList":[]}', ...answers })
  return readAll(functionTraffic, sourcesThrough(accessTo(aws.url), aws.url, { clock: { ...systemClock, now: () => exampleNow } }))
}
const list = 'GET /2015-03-31/functions'

interface Query {
  Id: string
  MetricStat: { Metric: { MetricName: string; Dimensions: { Name: string; Value: string }[] }; Period: number; Stat: string }
}
const queries = ({ input }: RecordedCall) => input.MetricDataQueries as Query[]
const values: Record<string, number[]> = { Invocations: [100, 20], IncomingBytes: [4_096] }

test('the last seven full days of a page in one call, and no datapoint is zero', async () => {
  const rows = await read({
    [list]: JSON.stringify({ Functions: [{ FunctionName: 'orders' }, { FunctionName: 'mail', LoggingConfig: { LogGroup: 'mails' } }] }),
    GetMetricData: (call) =>
      JSON.stringify({
        MetricDataResults: queries(call).map(({ Id, MetricStat: { Metric } }) => {
          const found = values[Metric.MetricName] ?? []
          return { Id, StatusCode: 'Complete', Values: found, Timestamps: found.map((_, day) => 1_763_596_800 - day * 86_400) }
        }),
      }),
  })
  expect(rows).toMatchObject([
    { name: 'orders', invocations: 120, asyncEvents: 0, logBytes: 4_096, missing: null },
    { name: 'mail', invocations: 120, asyncEvents: 0, logBytes: 4_096, missing: null },
  ])
  const [call] = aws?.calls.filter(({ operation }) => operation === 'GetMetricData') ?? []
  expect(aws?.count('GetMetricData')).toBe(1)
  expect(call?.input).toMatchObject({ StartTime: Date.parse('2026-11-14') / 1_000, EndTime: Date.parse('2026-11-21') / 1_000 })
  expect(call && queries(call).map(({ MetricStat: { Metric } }) => `${Metric.MetricName} ${Metric.Dimensions[0]?.Value}`)).toEqual([
    ...['Invocations orders', 'AsyncEventsReceived orders', 'IncomingBytes /aws/lambda/orders'],
    ...['Invocations mail', 'AsyncEventsReceived mail', 'IncomingBytes mails'],
  ])
})

test('without the permission for metrics the functions are told all the same, and what is missing', async () => {
  const rows = await read({
    [list]: JSON.stringify({ Functions: [{ FunctionName: 'orders' }] }),
    GetMetricData: refused('AccessDeniedException'),
  })
  expect(rows).toMatchObject([{ name: 'orders', invocations: null, asyncEvents: null, missing: 'cloudwatch:GetMetricData' }])
})

test('two pages, and an empty region asks for no metrics', async () => {
  const rows = await read({
    [list]: [JSON.stringify({ Functions: [], NextMarker: 'more' }), JSON.stringify({ Functions: [] })],
  })
  expect(rows).toEqual([])
  expect(aws?.count(list)).toBe(2)
  expect(aws?.count('GetMetricData')).toBe(0)
})
