import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { queue } from '../queues/example.ts'
import { queueState, queues } from './queues.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded({ GetResources: '{"ResourceTagMappingList":[]}', ...answers })
  return sourcesThrough(accessTo(aws.url), aws.url)
}

const url = (name: string) => `https://sqs.us-east-1.amazonaws.com/123456789012/${name}`
const list = (names: string[], next?: string) => JSON.stringify({ QueueUrls: names.map(url), ...(next ? { NextToken: next } : {}) })
const tagged = (name: string, tags: Record<string, string>) => ({
  ResourceARN: queue(name).arn,
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
})

test('page after page, a thousand at a time, each with the owner that its tags name', async () => {
  const rows = await readAll(
    queues,
    await open({
      ListQueues: [list(['orders', 'mails'], 'more'), list(['orders-dlq.fifo'])],
      GetResources: [
        JSON.stringify({ ResourceTagMappingList: [tagged('mails', { stage: 'live', Team: 'post' })] }),
        '{"ResourceTagMappingList":[]}',
      ],
    }),
  )
  expect(rows).toEqual([queue('orders'), { ...queue('mails'), owner: 'post' }, queue('orders-dlq.fifo')])
  const pages = aws?.calls.filter(({ operation }) => operation === 'ListQueues').map(({ input }) => input)
  expect(pages).toEqual([{ MaxResults: 1000 }, { MaxResults: 1000, NextToken: 'more' }])
})

test('owners cost a call per hundred queues', async () => {
  const names = Array.from({ length: 250 }, (_, at) => `queue-${at}`)
  expect(await readAll(queues, await open({ ListQueues: list(names) }))).toHaveLength(250)
  expect(aws?.count('GetResources')).toBe(3)
})

test('who may not read tags gets the queues without owners', async () => {
  const sources = await open({ ListQueues: list(['orders']), GetResources: refused('AccessDeniedException', 'no', { status: 400 }) })
  expect(await readAll(queues, sources)).toEqual([queue('orders')])
})

test('an empty region: the list is left out', async () => {
  expect(await readAll(queues, await open({ ListQueues: '{}' }))).toEqual([])
  expect(aws?.count('GetResources')).toBe(0)
})

test('a refusal names the permission', async () => {
  const sources = await open({
    ListQueues: refused('AccessDenied', 'User: arn:aws:iam::1:user/x is not authorized to perform: sqs:listqueues on resource: *'),
  })
  await expect(readAll(queues, sources)).rejects.toMatchObject({ code: 'aws-denied' })
})

const attributes = (all: Record<string, string>) => JSON.stringify({ Attributes: all })

test('what a queue says of itself', async () => {
  const policy = JSON.stringify({ deadLetterTargetArn: queue('orders-dlq').arn, maxReceiveCount: '5' })
  const sources = await open({
    GetQueueAttributes: attributes({
      ...{ ApproximateNumberOfMessages: '3', ApproximateNumberOfMessagesNotVisible: '2', MessageRetentionPeriod: '1209600' },
      ...{ CreatedTimestamp: '1700000000', RedrivePolicy: policy },
    }),
    ListDeadLetterSourceQueues: JSON.stringify({ queueUrls: [url('mails')] }),
  })
  const states = await queueState.get(sources, [queue('orders')])
  expect(states.get(queue('orders').arn)).toEqual({
    ...{ messages: 5, retentionS: 1_209_600, createdAt: 1_700_000_000_000 },
    ...{ deadLetterArn: queue('orders-dlq').arn, sources: ['mails'] },
  })
})

test('fields that are missing, a policy that is no JSON', async () => {
  const sources = await open({
    GetQueueAttributes: attributes({ RedrivePolicy: '{' }),
    ListDeadLetterSourceQueues: '{"queueUrls":[]}',
  })
  const states = await queueState.get(sources, [queue('orders')])
  expect([...states.values()]).toEqual([{ messages: 0, retentionS: 345_600, createdAt: null, deadLetterArn: null, sources: [] }])
})

test('whose dead letters come here is not asked where it cannot matter', async () => {
  const policy = JSON.stringify({ deadLetterTargetArn: queue('orders-dlq').arn })
  const sources = await open({ GetQueueAttributes: attributes({ ApproximateNumberOfMessages: '0', RedrivePolicy: policy }) })
  expect((await queueState.get(sources, [queue('orders')])).get(queue('orders').arn)?.sources).toEqual([])
  expect(aws?.count('ListDeadLetterSourceQueues')).toBe(0)
})

test('a queue that may not be looked at is not taken as fine', async () => {
  const sources = await open({ GetQueueAttributes: refused('AccessDenied') })
  await expect(queueState.get(sources, [queue('orders')])).rejects.toMatchObject({ code: 'aws-denied' })
})
