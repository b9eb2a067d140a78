import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { type Stream, streamSummary, streams } from './streams.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded({ GetResources: '{"ResourceTagMappingList":[]}', ...answers })
  return sourcesThrough(accessTo(aws.url), aws.url)
}
const stream = (name: string, over: Partial<Stream> = {}): Stream => ({
  ...{ arn: `arn:aws:kinesis:us-east-1:123456789012:stream/${name}`, name, createdAt: 1_700_000_000_000 },
  ...over,
})
const list = (names: string[], more: object = {}) =>
  JSON.stringify({
    StreamNames: names,
    StreamSummaries: names.map((StreamName) => ({ StreamName, StreamStatus: 'ACTIVE', StreamCreationTimestamp: 1_700_000_000 })),
    HasMoreStreams: 'NextToken' in more,
    ...more,
  })
const inputs = () => aws?.calls.filter(({ operation }) => operation === 'ListStreams').map(({ input }) => input)

test('streams, page after page by token', async () => {
  const sources = await open({ ListStreams: [list(['clicks', 'mails'], { NextToken: 'more' }), list(['orders'])] })
  expect(await readAll(streams, sources)).toEqual([stream('clicks'), stream('mails'), stream('orders')])
  expect(inputs()).toEqual([{ Limit: 100 }, { Limit: 100, NextToken: 'more' }])
})

test('without a token it goes on after the last name; without a summary nobody knows the age', async () => {
  const sources = await open({ ListStreams: ['{"StreamNames":["clicks"],"HasMoreStreams":true}', list(['orders'])] })
  expect(await readAll(streams, sources)).toEqual([stream('clicks', { createdAt: null }), stream('orders')])
  expect(inputs()).toEqual([{ Limit: 100 }, { Limit: 100, ExclusiveStartStreamName: 'clicks' }])
})

test('owners by tag', async () => {
  const tags = JSON.stringify({ ResourceTagMappingList: [{ ResourceARN: stream('clicks').arn, Tags: [{ Key: 'Owner', Value: 'web' }] }] })
  expect(await readAll(streams, await open({ ListStreams: list(['clicks']), GetResources: tags }))).toEqual([
    stream('clicks', { owner: 'web' }),
  ])
})

test('an empty region, an answer that says there is more of nothing, a refusal', async () => {
  expect(await readAll(streams, await open({ ListStreams: list([]) }))).toEqual([])
  await aws?.close()
  expect(await readAll(streams, await open({ ListStreams: '{"StreamNames":[],"HasMoreStreams":true}' }))).toEqual([])
  await aws?.close()
  const sources = await open({ ListStreams: refused('AccessDeniedException', 'no', { status: 400 }) })
  await expect(readAll(streams, sources)).rejects.toMatchObject({ code: 'aws-denied' })
})

test('what Kinesis says of a stream; what it leaves out is what it takes by itself', async () => {
  const full = {
    ...{ StreamName: 'clicks', OpenShardCount: 4, RetentionPeriodHours: 168, StreamCreationTimestamp: 1_700_000_000 },
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
  }
  const sources = await open({
    DescribeStreamSummary: [
      JSON.stringify({ StreamDescriptionSummary: full }),
      '{"StreamDescriptionSummary":{"StreamName":"mails"}}',
      '{}',
    ],
  })
  const rows = [stream('clicks'), stream('mails'), stream('gone')]
  expect([...(await streamSummary.get(sources, rows))]).toEqual([
    [stream('clicks').arn, { shards: 4, onDemand: true, retentionHours: 168, createdAt: 1_700_000_000_000 }],
    [stream('mails').arn, { shards: 0, onDemand: false, retentionHours: 24, createdAt: null }],
  ])
})
