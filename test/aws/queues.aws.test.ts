import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DisableRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { queues } from '../../guardians/queues/guardian.ts'
import { measure } from './measure.ts'
import { type Moto, motoAccount, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

const arn = (name: string) => `arn:aws:sqs:us-east-1:${motoAccount}:${name}`
const urlOf = (name: string) => `${moto.url}/${motoAccount}/${name}`

async function make(name: string, over: { dlq?: string; retentionS?: number; tags?: Record<string, string> } = {}) {
  const RedrivePolicy = over.dlq && JSON.stringify({ deadLetterTargetArn: arn(over.dlq), maxReceiveCount: 5 })
  await moto.client(SQSClient).send(
    new CreateQueueCommand({
      QueueName: name,
      Attributes: { ...(RedrivePolicy ? { RedrivePolicy } : {}), MessageRetentionPeriod: String(over.retentionS ?? 345_600) },
      tags: over.tags,
    }),
  )
}
const send = (name: string) => moto.client(SQSClient).send(new SendMessageCommand({ QueueUrl: urlOf(name), MessageBody: 'work' }))
async function handle(name: string) {
  const sqs = moto.client(SQSClient)
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf(name) }))
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf(name), ReceiptHandle }))
}
const hoursAgo = (hours: number) => Date.now() - hours * 3_600_000

test('dead letters are told until they are handled, with their queue and its owner', async () => {
  await make('failed-orders', { tags: { owner: 'team-shop' } })
  await make('orders', { dlq: 'failed-orders' })
  await make('mails-dlq')
  await make('parts-dlq')
  for (const name of ['orders', 'failed-orders', 'mails-dlq']) await send(name)
  const report = await scanAt(moto.url, [queues], { only: ['queues-dlq-nonempty'] })
  expect(report.unknown).toEqual([])
  expect(foundBy(report, 'queues-dlq-nonempty')).toEqual({ 'failed-orders': 'policy', 'mails-dlq': 'name' })
  expect(report.findings.find(({ name }) => name === 'failed-orders')).toMatchObject({
    ...{ resource: arn('failed-orders'), owner: 'team-shop', severity: 'high' },
    evidence: { messages: 1, sources: ['orders'], retentionDays: 4 },
  })

  await handle('failed-orders')
  const after = await scanAt(moto.url, [queues], { only: ['queues-dlq-nonempty'] })
  expect(foundBy(after, 'queues-dlq-nonempty')).toEqual({ 'mails-dlq': 'name' })
  expect(after.coverage).toMatchObject([{ looked: 4, passed: 3, failed: 1, complete: true }])
})

test('a queue without a dead-letter queue, and one whose own was deleted', async () => {
  await make('orders')
  await make('kept-dlq')
  await make('kept', { dlq: 'kept-dlq' })
  await make('lost-dlq')
  await make('lost', { dlq: 'lost-dlq' })
  const sqs = moto.client(SQSClient)
  await sqs.send(new DeleteQueueCommand({ QueueUrl: urlOf('lost-dlq') }))
  const only = { only: ['queues-dlq-missing'] }
  expect(foundBy(await scanAt(moto.url, [queues], only), 'queues-dlq-missing')).toEqual({ orders: 'missing', lost: 'gone' })

  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('kept-dlq'), maxReceiveCount: 5 })
  for (const name of ['orders', 'lost']) {
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: urlOf(name), Attributes: { RedrivePolicy } }))
  }
  expect(foundBy(await scanAt(moto.url, [queues], only), 'queues-dlq-missing')).toEqual({})
})

test('a backlog that eats up the retention', async () => {
  for (const name of ['late', 'quick', 'patient', 'emptied']) await make(name, { retentionS: name === 'patient' ? 1_209_600 : 86_400 })
  for (const name of ['late', 'quick', 'patient']) await send(name)
  for (const [name, ageS] of [
    ['late', 50_000],
    ['patient', 50_000],
    ['quick', 60],
    ['emptied', 50_000],
  ] as const)
    await measure(moto, ['AWS/SQS', 'ApproximateAgeOfOldestMessage'], { QueueName: name }, ageS, hoursAgo(1.5))
  const report = await scanAt(moto.url, [queues], { only: ['queues-backlog'] })
  expect(report.unknown).toEqual([])
  expect(report.findings).toMatchObject([
    { name: 'late', severity: 'high', evidence: { oldestHours: 13.9, retentionHours: 24, percent: 58, messages: 1, windowHours: 24 } },
  ])
  expect(report.cost.byCall.find(({ call }) => call === 'cloudwatch:GetMetricData')?.calls).toBe(1)
})

const lambda = `arn:aws:lambda:us-east-1:${motoAccount}:function:work`
async function makeRule(name: string, bus = 'default', dlq?: string) {
  const events = moto.client(EventBridgeClient)
  await events.send(new PutRuleCommand({ Name: name, EventBusName: bus, EventPattern: '{"source":["shop"]}' }))
  const target = { Id: 'work', Arn: lambda, ...(dlq ? { DeadLetterConfig: { Arn: arn(dlq) } } : {}) }
  await events.send(new PutTargetsCommand({ Rule: name, EventBusName: bus, Targets: [target] }))
}

test('rules on every bus: what fails, what has no dead-letter queue, and what is mended', async () => {
  const events = moto.client(EventBridgeClient)
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  await makeRule('bare')
  await makeRule('failing', 'shop')
  await makeRule('kept', 'shop', 'dlq')
  await makeRule('asleep')
  await events.send(new DisableRuleCommand({ Name: 'asleep' }))
  await measure(moto, ['AWS/Events', 'FailedInvocations'], { EventBusName: 'shop', RuleName: 'failing' }, 3, hoursAgo(49))
  const only = { only: ['queues-rule-failing'] }
  const report = await scanAt(moto.url, [queues], only)
  expect(report.unknown).toEqual([])
  expect(foundBy(report, 'queues-rule-failing')).toEqual({ bare: 'no-queue', failing: 'failing' })
  expect(report.findings.find(({ name }) => name === 'failing')?.evidence).toMatchObject({ failed: 3, failedDays: 1, days: 7, bus: 'shop' })

  await makeRule('bare', 'default', 'dlq')
  await events.send(new RemoveTargetsCommand({ Rule: 'failing', EventBusName: 'shop', Ids: ['work'] }))
  await events.send(new DeleteRuleCommand({ Name: 'failing', EventBusName: 'shop' }))
  const after = await scanAt(moto.url, [queues], only)
  expect(after.findings).toEqual([])
  expect(after.coverage).toMatchObject([{ looked: 3, complete: true }])
})

test('an empty region', async () => {
  const report = await scanAt(moto.url, [queues])
  expect({ findings: report.findings, unknown: report.unknown }).toEqual({ findings: [], unknown: [] })
  expect(report.coverage.every(({ complete }) => complete)).toBe(true)
})
