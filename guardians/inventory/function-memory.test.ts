import { afterEach, expect, test } from 'vitest'
import type { Clock } from '../../core/clock.ts'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answer, type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { exampleNow } from '../../test/check-table.ts'
import { busyFunction } from '../../test/lambda-examples.ts'
import { memoryUse } from './function-memory.ts'
import type { FunctionTraffic } from './function-traffic.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())

/** Waits take no time, and are counted. */
function hurried(): Clock {
  let passed = 0
  return {
    now: () => exampleNow + passed,
    monotonic: () => passed,
    after(ms, fn) {
      const turn = setImmediate(() => {
        passed += ms
        fn()
      })
      return () => clearImmediate(turn)
    },
  }
}

const ask = async (rows: readonly FunctionTraffic[], answers: Answers) => {
  aws = await openRecorded(answers)
  return memoryUse.get(sourcesThrough(accessTo(aws.url), aws.url, { clock: hurried() }), rows)
}
const named = (name: string, over: Partial<FunctionTraffic> = {}) =>
  busyFunction({ arn: `arn:aws:lambda:us-east-1:123456789012:function:${name}`, name, logGroup: `/aws/lambda/${name}`, ...over })

const started = '{"queryId":"q-1"}'
const complete = (...lines: Record<string, string>[]) =>
  JSON.stringify({ status: 'Complete', results: lines.map((line) => Object.entries(line).map(([field, value]) => ({ field, value }))) })
const text = (group: string, sizeMB: number, usedMB: number, over: Record<string, string> = {}) => ({
  ...{ '@log': `123456789012:${group}`, '@memorySize': `${sizeMB}000000`, calls: '1000', usedBytes: `${usedMB}000000`, billedMs: '250000' },
  ...over,
})
const groupsOf = ({ input }: RecordedCall) => input.logGroupNames as string[]

test('one question for all functions, asked until it is answered', async () => {
  const rows = [named('orders'), named('mail')]
  const uses = await ask(rows, {
    StartQuery: started,
    GetQueryResults: [
      '{"status":"Scheduled"}',
      '{"status":"Running","results":[]}',
      complete(text('/aws/lambda/orders', 1_024, 100), text('/aws/lambda/orders', 512, 500), text('/aws/lambda/mail', 1_024, 900)),
    ],
  })
  expect([...uses]).toEqual([
    [rows[0]?.arn, { windowHours: 168, invocations: 1_000, maxUsedMB: 100, billedSeconds: 250 }],
    [rows[1]?.arn, { windowHours: 168, invocations: 1_000, maxUsedMB: 900, billedSeconds: 250 }],
  ])
  const [question] = aws?.calls ?? []
  expect(aws?.count('StartQuery')).toBe(1)
  expect(question?.input).toMatchObject({
    ...{ logGroupNames: ['/aws/lambda/orders', '/aws/lambda/mail'], endTime: exampleNow / 1_000 },
    startTime: exampleNow / 1_000 - 7 * 86_400,
  })
})

test('JSON logs, and functions that share one group', async () => {
  const rows = [named('orders', { logGroup: 'all' }), named('mail', { logGroup: 'all' })]
  const json = { '@log': '123456789012:all', 'record.metrics.memorySizeMB': '1024', calls: '10', billedMsJson: '5000' }
  const uses = await ask(rows, {
    StartQuery: started,
    GetQueryResults: complete({ ...json, fn: 'orders', usedMB: '90' }, { ...json, fn: 'mail', usedMB: '700' }),
  })
  expect([...uses.values()]).toEqual([
    { windowHours: 168, invocations: 10, maxUsedMB: 90, billedSeconds: 5 },
    { windowHours: 168, invocations: 10, maxUsedMB: 700, billedSeconds: 5 },
  ])
})

test('who writes much is asked about a shorter time, and who writes nobody knows how much not at all', async () => {
  const hours = new Map<string, number>()
  const rows = [
    named('quiet'),
    named('loud', { logBytes: 5 * 2 ** 30 }),
    named('roaring', { logBytes: 2 ** 40 }),
    named('unknown', { logBytes: null, missing: 'cloudwatch:GetMetricData' }),
  ]
  await ask(rows, {
    StartQuery: (call) => {
      for (const group of groupsOf(call)) hours.set(group, (Number(call.input.endTime) - Number(call.input.startTime)) / 3_600)
      return started
    },
    GetQueryResults: complete(),
  })
  expect(Object.fromEntries(hours)).toEqual({
    ...{ '/aws/lambda/quiet': 168, '/aws/lambda/loud': 24, '/aws/lambda/roaring': 1 },
  })
})

test('a group that is gone and one that cannot be asked do not keep the others from their answer', async () => {
  const bad: Record<string, Answer> = {
    '/aws/lambda/gone': refused('ResourceNotFoundException', 'Log group does not exist', { status: 400 }),
    '/aws/lambda/rare': refused('InvalidParameterException', 'not of this log class', { status: 400 }),
  }
  const rows = ['a', 'gone', 'b', 'c', 'rare', 'd'].map((name) => named(name))
  const uses = await ask(rows, {
    StartQuery: (call) => {
      const worst = groupsOf(call).find((group) => bad[group])
      return worst ? (bad[worst] as { status: number; body: string }) : started
    },
    GetQueryResults: complete(...['a', 'b', 'c', 'd'].map((name) => text(`/aws/lambda/${name}`, 1_024, 300))),
  })
  expect([...uses.values()].map((use) => ('missing' in use ? use.missing : use.maxUsedMB))).toEqual([
    ...[300, 'log group /aws/lambda/gone', 300, 300, 'queries in /aws/lambda/rare', 300],
  ])
})

test('nothing was written with the memory that it has now', async () => {
  const uses = await ask([named('orders')], { StartQuery: started, GetQueryResults: complete(text('/aws/lambda/orders', 512, 100)) })
  expect([...uses.values()]).toEqual([{ missing: 'REPORT lines in /aws/lambda/orders' }])
})

test('a question that fails, or is never answered, is a fault', async () => {
  await expect(ask([named('a')], { StartQuery: started, GetQueryResults: '{"status":"Failed"}' })).rejects.toMatchObject({
    code: 'query-failed',
  })
  await aws?.close()
  await expect(ask([named('a')], { StartQuery: started, GetQueryResults: '{"status":"Running"}' })).rejects.toMatchObject({
    code: 'deadline-passed',
  })
})

test('a refusal names the permission', async () => {
  await expect(ask([named('a')], { StartQuery: refused('AccessDeniedException') })).rejects.toMatchObject({
    ...{ code: 'aws-denied', details: { action: 'logs:StartQuery' } },
  })
})
