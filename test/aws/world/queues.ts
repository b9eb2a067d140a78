import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { AddTagsToStreamCommand, CreateStreamCommand, DeleteStreamCommand } from '@aws-sdk/client-kinesis'
import { CreateQueueCommand, PurgeQueueCommand, SendMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { Kinesis } from '../../../guardians/inventory/streams.ts'
import { motoAccount } from '../moto.ts'
import { type Expected, type Piece, type Seeding, tagsOf } from './seeding.ts'

/** Messages of Capricorn, events of Dipper, records of Polaris. */

const arn = (name: string) => `arn:aws:sqs:us-east-1:${motoAccount}:${name}`
const urlOf = (world: Seeding, name: string) => `${world.moto.url}/${motoAccount}/${name}`
const redrive = (name: string) => JSON.stringify({ deadLetterTargetArn: arn(name), maxReceiveCount: 5 })
const teamOf = (name: string) => `${name.split('-')[0]}-team`

async function queue(world: Seeding, QueueName: string, dlq?: string, retentionS = 345_600) {
  const Attributes = { MessageRetentionPeriod: String(retentionS), ...(dlq ? { RedrivePolicy: redrive(dlq) } : {}) }
  await world.client(SQSClient).send(new CreateQueueCommand({ QueueName, Attributes, tags: { owner: teamOf(QueueName) } }))
}
async function send(world: Seeding, name: string, count: number) {
  for (let at = 0; at < count; at += 1)
    await world.client(SQSClient).send(new SendMessageCommand({ QueueUrl: urlOf(world, name), MessageBody: `message ${at}` }))
}
async function rule(world: Seeding, Name: string, dlq?: string) {
  const events = world.client(EventBridgeClient)
  const Tags = tagsOf(Name, teamOf(Name))
  await events.send(new PutRuleCommand({ Name, EventPattern: '{"source":["dipper.billing"]}', Tags }))
  await target(world, Name, dlq)
}
const target = (world: Seeding, Rule: string, dlq?: string) =>
  world.client(EventBridgeClient).send(
    new PutTargetsCommand({
      Rule,
      Targets: [
        {
          ...{ Id: 'work', Arn: `arn:aws:lambda:us-east-1:${motoAccount}:function:dipper-notify` },
          ...(dlq ? { DeadLetterConfig: { Arn: arn(dlq) } } : {}),
        },
      ],
    }),
  )

async function stream(world: Seeding, StreamName: string, ShardCount: number) {
  const kinesis = world.client(Kinesis)
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount }))
  await kinesis.send(new AddTagsToStreamCommand({ StreamName, Tags: { owner: teamOf(StreamName) } }))
}

export const queuesPiece: Piece = {
  async past(world) {
    for (const name of ['capricorn-dead-letters', 'dipper-dead-letters', 'polaris-dead-letters'])
      await queue(world, name, undefined, 1_209_600)
    await queue(world, 'capricorn-sms', 'capricorn-dead-letters')
    await queue(world, 'dipper-billing', 'dipper-dead-letters')
    await queue(world, 'polaris-usage', 'polaris-dead-letters', 86_400)
    await queue(world, 'leo-activations')
    await rule(world, 'dipper-month-closed', 'dipper-dead-letters')
    await rule(world, 'dipper-contract-signed')
    for (const [name, shards] of Object.entries({ 'polaris-usage-records': 4, 'aries-signalling-trace': 2, 'dipper-sessions': 1 }))
      await stream(world, name, shards)
  },
  async today(world) {
    await send(world, 'capricorn-dead-letters', 3)
    await send(world, 'polaris-usage', 2)
    await send(world, 'dipper-billing', 1)
    world.hourly(['AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: 'polaris-usage' }], 57_600)
    world.hourly(['AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: 'dipper-billing' }], 40)
    world.daily(['AWS/Events', 'FailedInvocations', { RuleName: 'dipper-contract-signed' }], 3)
    world.daily(['AWS/Kinesis', 'IncomingRecords', { StreamName: 'polaris-usage-records' }], 9e6)
    world.daily(['AWS/Kinesis', 'IncomingRecords', { StreamName: 'dipper-sessions' }], 4e5)
    world.daily(['AWS/Kinesis', 'WriteProvisionedThroughputExceeded', { StreamName: 'polaris-usage-records' }], 1_200)
    world.hourly(['AWS/Kinesis', 'GetRecords.IteratorAgeMilliseconds', { StreamName: 'dipper-sessions' }], 2_000)
  },
  expected(world): Expected[] {
    const sqs = world.client(SQSClient)
    return [
      {
        check: 'queues-dlq-nonempty',
        ...{ fails: { 'capricorn-dead-letters': 'policy' }, passes: ['dipper-dead-letters', 'dipper-billing'] },
        mend: () => sqs.send(new PurgeQueueCommand({ QueueUrl: urlOf(world, 'capricorn-dead-letters') })),
      },
      {
        ...{ check: 'queues-dlq-missing', fails: { 'leo-activations': 'missing' }, passes: ['capricorn-sms', 'dipper-dead-letters'] },
        mend: () =>
          sqs.send(
            new SetQueueAttributesCommand({
              ...{ QueueUrl: urlOf(world, 'leo-activations'), Attributes: { RedrivePolicy: redrive('dipper-dead-letters') } },
            }),
          ),
      },
      {
        ...{ check: 'queues-backlog', fails: { 'polaris-usage': 'late' }, passes: ['dipper-billing'] },
        mend: () => sqs.send(new PurgeQueueCommand({ QueueUrl: urlOf(world, 'polaris-usage') })),
      },
      { check: 'queues-rule-failing', fails: { 'dipper-contract-signed': 'failing' }, passes: ['dipper-month-closed'] },
      {
        check: 'stream-kinesis-idle',
        ...{ fails: { 'aries-signalling-trace': 'idle' }, passes: ['polaris-usage-records', 'dipper-sessions'] },
        mend: () => world.client(Kinesis).send(new DeleteStreamCommand({ StreamName: 'aries-signalling-trace' })),
      },
      { check: 'stream-kinesis-hot', fails: { 'polaris-usage-records': 'throttled' }, passes: ['dipper-sessions'] },
    ]
  },
}
