import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  IncreaseStreamRetentionPeriodCommand,
} from '@aws-sdk/client-kinesis'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Kinesis } from '../../guardians/inventory/streams.ts'
import { stream } from '../../guardians/stream/guardian.ts'
import { measure } from './measure.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

/** Moto makes streams now: a scan a month later finds them old enough. */
const later = Date.now() + 30 * 86_400_000
const hoursAgo = (hours: number, now = Date.now()) => now - hours * 3_600_000

async function make(StreamName: string, shards: number | null) {
  const kinesis = moto.client(Kinesis)
  await kinesis.send(
    new CreateStreamCommand({
      StreamName,
      ...(shards === null ? { StreamModeDetails: { StreamMode: 'ON_DEMAND' } } : { ShardCount: shards }),
    }),
  )
}
const tell = (name: string, metric: string, value: number, at: number) =>
  measure(moto, ['AWS/Kinesis', metric], { StreamName: name }, value, at)
const scanFor = async (check: string, over = {}) => {
  const report = await scanAt(moto.url, [stream], { only: [check], ...over })
  expect(report.unknown).toEqual([])
  return report
}

test('streams into which nothing is written, each with what it costs', async () => {
  await make('silent', 3)
  await make('silent-on-demand', null)
  await make('busy', 1)
  await moto.client(Kinesis).send(new AddTagsToStreamCommand({ StreamName: 'silent', Tags: { owner: 'web' } }))
  await tell('busy', 'IncomingRecords', 5, hoursAgo(80, later))
  await tell('silent', 'IncomingRecords', 5, hoursAgo(24 * 20, later))
  const report = await scanFor('stream-kinesis-idle', { now: later })
  expect(report.findings).toMatchObject([
    { name: 'silent', savings: { usdPerMonth: 32.85 }, evidence: { shards: 3, mode: 'provisioned', records: 0, days: 14 } },
    { name: 'silent-on-demand', savings: { usdPerMonth: 29.2 }, evidence: { mode: 'on demand' } },
  ])
  // Today all are too young, and nothing is asked of CloudWatch.
  const today = await scanFor('stream-kinesis-idle')
  expect(today.findings).toEqual([])
  expect(today.coverage).toMatchObject([{ looked: 3, passed: 3, complete: true }])
  expect(today.cost.byCall.map(({ call }) => call)).not.toContain('cloudwatch:GetMetricData')
})

test('refused writes, and readers that fall behind what is kept', async () => {
  for (const name of ['refused', 'late', 'late-but-kept-long', 'caught-up', 'calm']) await make(name, 1)
  await tell('refused', 'WriteProvisionedThroughputExceeded', 40, hoursAgo(72))
  await tell('late', 'GetRecords.IteratorAgeMilliseconds', 13 * 3_600_000, hoursAgo(1.5))
  await tell('late-but-kept-long', 'GetRecords.IteratorAgeMilliseconds', 11 * 3_600_000, hoursAgo(1.5))
  await tell('caught-up', 'GetRecords.IteratorAgeMilliseconds', 20 * 3_600_000, hoursAgo(9))
  const report = await scanFor('stream-kinesis-hot')
  expect(foundBy(report, 'stream-kinesis-hot')).toEqual({ refused: 'throttled', late: 'lag' })
  expect(report.findings.find(({ name }) => name === 'late')?.evidence).toMatchObject({ lagHours: 13, lagPercent: 54, retentionHours: 24 })

  // With another retention the same lag is another danger; twelve hours behind are late anyhow.
  await moto.client(Kinesis).send(new IncreaseStreamRetentionPeriodCommand({ StreamName: 'late', RetentionPeriodHours: 48 }))
  const options = { maxLagHours: 24 }
  const checks = { overrides: { 'stream-kinesis-hot': { enabled: true, options } } }
  expect(foundBy(await scanFor('stream-kinesis-hot', checks), 'stream-kinesis-hot')).toEqual({ refused: 'throttled' })
  await moto.client(Kinesis).send(new DecreaseStreamRetentionPeriodCommand({ StreamName: 'late', RetentionPeriodHours: 24 }))
  expect(foundBy(await scanFor('stream-kinesis-hot', checks), 'stream-kinesis-hot')).toEqual({ refused: 'throttled', late: 'lag' })
})

test('an empty region', async () => {
  const report = await scanAt(moto.url, [stream])
  expect({ findings: report.findings, unknown: report.unknown }).toEqual({ findings: [], unknown: [] })
})
