import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll, sourcesAt, testTarget } from '../../test/aws/sources.ts'
import { costs, spanAt } from './costs.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const read = async (now: string, answers: Answers) => {
  aws = await openRecorded(answers)
  const clock = { ...systemClock, now: () => Date.parse(now) }
  return readAll(costs, sourcesAt(aws.url, { clock, target: { ...testTarget, region: 'us-east-1' } }))
}
const day = (Start: string, services: Record<string, number>) => ({
  TimePeriod: { Start, End: Start },
  Total: {},
  Groups: Object.entries(services).map(([name, cost]) => ({
    Keys: [name],
    Metrics: { UnblendedCost: { Amount: String(cost), Unit: 'USD' } },
  })),
  Estimated: true,
})
const answer = (ResultsByTime: object[], NextPageToken?: string) => JSON.stringify({ ResultsByTime, NextPageToken })

test('this month against the same days of the month before, in one request', async () => {
  const rows = await read('2026-11-06T06:00:00Z', {
    GetCostAndUsage: answer([
      day('2026-10-01', { 'Amazon EC2': 10, 'Amazon S3': 1 }),
      day('2026-10-04', { 'Amazon EC2': 10.005 }),
      // Of the fifth on, this month is not settled yet.
      day('2026-10-05', { 'Amazon EC2': 999 }),
      day('2026-11-02', { 'Amazon EC2': 30.5 }),
      day('2026-11-04', { 'Amazon EC2': 30, 'AWS Lambda': 7 }),
    ]),
  })
  const told = { unit: 'USD', days: 4, daysOfMonth: 30, from: '2026-11-01', beforeFrom: '2026-10-01' }
  const arn = (service: string) => `arn:aws:ce::123456789012:service/${service}`
  expect(rows).toEqual([
    { arn: arn('Amazon EC2'), name: 'Amazon EC2', service: 'Amazon EC2', spent: 60.5, before: 20.01, ...told },
    { arn: arn('Amazon S3'), name: 'Amazon S3', service: 'Amazon S3', spent: 0, before: 1, ...told },
    { arn: arn('AWS Lambda'), name: 'AWS Lambda', service: 'AWS Lambda', spent: 7, before: 0, ...told },
  ])
  expect(aws?.calls).toHaveLength(1)
  expect(aws?.calls[0]?.input).toMatchObject({
    TimePeriod: { Start: '2026-10-01', End: '2026-11-05' },
    Granularity: 'DAILY',
    Filter: { And: [{ Dimensions: { Key: 'LINKED_ACCOUNT', Values: ['123456789012'] } }, { Not: { Dimensions: { Key: 'RECORD_TYPE' } } }] },
  })
})

test('a bill too long for one page is summed over all of them', async () => {
  const rows = await read('2026-11-21T00:00:00Z', {
    GetCostAndUsage: [
      answer([day('2026-11-01', { 'Amazon S3': 1 })], 'more'),
      ({ input }) => answer([day('2026-11-01', { 'Amazon S3': input.NextPageToken === 'more' ? 2 : 0 })]),
    ],
  })
  expect(rows).toMatchObject([{ spent: 3 }])
})

test.each([
  ['2026-11-21T06:00:00Z', '2026-11-01', '2026-10-01', 19],
  ['2026-11-05T00:00:00Z', '2026-11-01', '2026-10-01', 3],
  // Too early: the whole month before, against the one before it.
  ['2026-11-04T23:00:00Z', '2026-10-01', '2026-09-01', 30],
  ['2026-01-01T00:00:00Z', '2025-12-01', '2025-11-01', 30],
  // February has fewer days than have gone by.
  ['2026-03-31T00:00:00Z', '2026-03-01', '2026-02-01', 28],
])('on %s', (now, from, beforeFrom, days) => {
  const span = spanAt(Date.parse(now))
  expect({ ...span, from: new Date(span.from).toISOString().slice(0, 10) }).toMatchObject({
    ...{ from, beforeFrom: Date.parse(beforeFrom), days },
  })
})

test('an account that costs nothing, and a refusal', async () => {
  expect(await read('2026-11-21T00:00:00Z', { GetCostAndUsage: answer([day('2026-11-01', {})]) })).toEqual([])
  await aws?.close()
  await expect(read('2026-11-21T00:00:00Z', { GetCostAndUsage: refused('AccessDeniedException') })).rejects.toThrow()
})
