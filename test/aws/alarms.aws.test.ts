import {
  CloudWatchClient,
  EnableAlarmActionsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { alarms } from '../../guardians/alarms/guardian.ts'
import { type Moto, motoAccount, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

const topic = `arn:aws:sns:us-east-1:${motoAccount}:on-call`
const cloudwatch = () => moto.client(CloudWatchClient)
const put = (AlarmName: string, over: Partial<PutMetricAlarmInput> = {}) =>
  cloudwatch().send(
    new PutMetricAlarmCommand({
      ...{ AlarmName, Namespace: 'AWS/EC2', MetricName: 'CPUUtilization', Statistic: 'Average', Period: 300, EvaluationPeriods: 1 },
      ...{ Threshold: 90, ComparisonOperator: 'GreaterThanThreshold', AlarmActions: [topic], ActionsEnabled: true, ...over },
    }),
  )
const state = (AlarmName: string, StateValue: 'OK' | 'INSUFFICIENT_DATA') =>
  cloudwatch().send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a test' }))

test('an alarm without data for more than a day', async () => {
  for (const name of ['orphaned', 'well']) await put(name)
  await state('orphaned', 'INSUFFICIENT_DATA')
  await state('well', 'OK')
  const scanIn = (hours: number) =>
    scanAt(moto.url, [alarms], { only: ['alarms-insufficient'], now: Date.now() + hours * 3_600_000 }).then((report) =>
      foundBy(report, 'alarms-insufficient'),
    )
  expect(await scanIn(50)).toEqual({ orphaned: 'silent' })
  expect(await scanIn(2)).toEqual({})
  await state('orphaned', 'OK')
  expect(await scanIn(50)).toEqual({})
})

// moto has no composite alarms: they stand in guardians/inventory/alarms.test.ts, on recorded answers.
test('alarms that tell nobody', async () => {
  await put('mute', { AlarmActions: [] })
  await put('switched-off', { ActionsEnabled: false })
  await put('loud')
  const found = async () => foundBy(await scanAt(moto.url, [alarms], { only: ['alarms-no-action'] }), 'alarms-no-action')
  expect(await found()).toEqual({ mute: 'none', 'switched-off': 'disabled' })

  await cloudwatch().send(new EnableAlarmActionsCommand({ AlarmNames: ['switched-off'] }))
  expect(await found()).toEqual({ mute: 'none' })
})

// Load balancers and functions stand in guardians/inventory/critical-resources.test.ts, on recorded answers.
test('a database, a table and a queue of dead letters that no alarm names', async () => {
  await moto.client(RDSClient).send(
    new CreateDBInstanceCommand({
      ...{ DBInstanceIdentifier: 'orders', Engine: 'postgres', DBInstanceClass: 'db.t3.micro', AllocatedStorage: 20 },
      ...{ MasterUsername: 'root', MasterUserPassword: 'not-a-secret' },
    }),
  )
  await moto.client(DynamoDBClient).send(
    new CreateTableCommand({
      ...{ TableName: 'carts', BillingMode: 'PAY_PER_REQUEST', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  )
  const sqs = moto.client(SQSClient)
  await sqs.send(new CreateQueueCommand({ QueueName: 'dead' }))
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: `arn:aws:sqs:us-east-1:${motoAccount}:dead`, maxReceiveCount: 3 })
  await sqs.send(new CreateQueueCommand({ QueueName: 'mails', Attributes: { RedrivePolicy } }))
  const scan = () => scanAt(moto.url, [alarms], { only: ['alarms-missing'] })
  const first = await scan()
  expect(first.unknown).toEqual([])
  expect(Object.fromEntries(first.findings.map(({ name, severity }) => [name, severity]))).toEqual({
    ...{ orders: 'high', dead: 'high', carts: 'medium' },
  })
  expect(first.coverage).toMatchObject([{ looked: 4, passed: 1, complete: true }])

  await put('orders-cpu', { Namespace: 'AWS/RDS', Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'orders' }] })
  await put('dead-letters', {
    ...{ Namespace: 'AWS/SQS', MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions: [{ Name: 'QueueName', Value: 'dead' }] },
  })
  expect(foundBy(await scan(), 'alarms-missing')).toEqual({ carts: 'unwatched' })
})
