import { ApplicationAutoScalingClient, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling'
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { dynamodb } from '../../guardians/dynamodb/guardian.ts'
import { measure } from './measure.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

/** Moto makes tables now: a scan a month later finds them old enough. */
const later = Date.now() + 30 * 86_400_000

async function make(TableName: string, units: [read: number, write: number] | null, over: Partial<CreateTableCommandInput> = {}) {
  await moto.client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      ...(units === null
        ? { BillingMode: 'PAY_PER_REQUEST' }
        : { ProvisionedThroughput: { ReadCapacityUnits: units[0], WriteCapacityUnits: units[1] } }),
      ...over,
    }),
  )
}
const scanFor = async (check: string, over = {}) => {
  const report = await scanAt(moto.url, [dynamodb], { only: [check], ...over })
  expect(report.unknown).toEqual([])
  expect(report.coverage.every(({ complete }) => complete)).toBe(true)
  return report
}

test('a table that was throttled last week, and one that was throttled last month', async () => {
  await make('hot', null, { Tags: [{ Key: 'team', Value: 'shop' }] })
  await make('cooled', null)
  await make('calm', null)
  const daysAgo = (days: number) => Date.now() - days * 86_400_000
  await measure(moto, ['AWS/DynamoDB', 'WriteThrottleEvents'], { TableName: 'hot' }, 12, daysAgo(2))
  await measure(moto, ['AWS/DynamoDB', 'ThrottledRequests'], { TableName: 'hot', Operation: 'PutItem' }, 4, daysAgo(2))
  await measure(moto, ['AWS/DynamoDB', 'WriteThrottleEvents'], { TableName: 'cooled' }, 12, daysAgo(20))
  const report = await scanFor('dynamodb-throttled')
  expect(report.findings).toMatchObject([
    { name: 'hot', owner: 'shop', severity: 'high', evidence: { reads: 0, writes: 12, requests: 4, throttledDays: 1, days: 7 } },
  ])
  expect(report.coverage).toMatchObject([{ looked: 3, passed: 2, failed: 1 }])
})

test('capacity that nobody uses, told with what it costs', async () => {
  await make('idle', [100, 100])
  await make('busy', [10, 10])
  await make('on-demand', null)
  for (let hour = 1; hour <= 168; hour += 1) {
    const at = later - hour * 3_600_000
    await measure(moto, ['AWS/DynamoDB', 'ConsumedReadCapacityUnits'], { TableName: 'busy' }, 7 * 3600, at)
    await measure(moto, ['AWS/DynamoDB', 'ConsumedWriteCapacityUnits'], { TableName: 'busy' }, 2 * 3600, at)
  }
  await measure(moto, ['AWS/DynamoDB', 'ConsumedReadCapacityUnits'], { TableName: 'idle' }, 7 * 3600, later - 86_400_000)
  const report = await scanFor('dynamodb-over-provisioned', { now: later })
  expect(report.findings).toMatchObject([
    {
      name: 'idle',
      evidence: { readUnits: 100, readPercent: 0, readBusiestPercent: 7, writePercent: 0, days: 7 },
      // 90 read and 99 write units are spare.
      savings: { usdPerMonth: 55.52, basis: { item: 'dynamodb-capacity', quantity: 90 + 5 * 99 } },
    },
  ])
  // The same table is too young today.
  expect((await scanFor('dynamodb-over-provisioned')).findings).toEqual([])
})

test('the account near its limit, as DynamoDB tells it of the region', async () => {
  const hourAgo = Date.now() - 2 * 3_600_000
  await measure(moto, ['AWS/DynamoDB', 'AccountProvisionedReadCapacityUtilization'], {}, 41, hourAgo)
  expect((await scanFor('dynamodb-account-capacity')).findings).toEqual([])
  await measure(moto, ['AWS/DynamoDB', 'AccountProvisionedWriteCapacityUtilization'], {}, 85, hourAgo)
  expect((await scanFor('dynamodb-account-capacity')).findings).toMatchObject([
    { reason: 'account', severity: 'high', evidence: { accountReadPercent: 41, accountWritePercent: 85, accountWriteUnits: 20_000 } },
  ])
})

test('a provisioned table that nothing scales, until both ways do', async () => {
  await make('orders', [20, 10])
  await make('on-demand', null)
  expect((await scanFor('dynamodb-no-autoscaling')).findings).toMatchObject([
    { name: 'orders', evidence: { unscaled: ['table reads', 'table writes'] } },
  ])
  const scaling = moto.client(ApplicationAutoScalingClient)
  const scale = (way: 'Read' | 'Write') =>
    scaling.send(
      new RegisterScalableTargetCommand({
        ...{ ServiceNamespace: 'dynamodb', ResourceId: 'table/orders', MinCapacity: 5, MaxCapacity: 50 },
        ScalableDimension: `dynamodb:table:${way}CapacityUnits`,
      }),
    )
  await scale('Read')
  expect((await scanFor('dynamodb-no-autoscaling')).findings).toMatchObject([{ evidence: { unscaled: ['table writes'] } }])
  await scale('Write')
  expect((await scanFor('dynamodb-no-autoscaling')).findings).toEqual([])
})

test('a table that can neither be put back nor is kept from deletion, until it is', async () => {
  await make('orders', null)
  expect(foundBy(await scanFor('dynamodb-unprotected'), 'dynamodb-unprotected')).toEqual({ orders: 'both' })
  const client = moto.client(DynamoDBClient)
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true }
  await client.send(new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification }))
  expect(foundBy(await scanFor('dynamodb-unprotected'), 'dynamodb-unprotected')).toEqual({ orders: 'deletion' })
  await client.send(new UpdateTableCommand({ TableName: 'orders', DeletionProtectionEnabled: true }))
  expect((await scanFor('dynamodb-unprotected')).findings).toEqual([])
})

test('more tables than a page', async () => {
  for (let at = 0; at < 130; at += 1) await make(`table-${at}`, null)
  const report = await scanFor('dynamodb-throttled')
  expect(report.coverage).toMatchObject([{ looked: 130, passed: 130 }])
  expect(report.cost.byCall.find(({ call }) => call === 'dynamodb:ListTables')?.calls).toBe(2)
})

test('an empty region: there is nothing but the account', async () => {
  const report = await scanAt(moto.url, [dynamodb])
  expect({ findings: report.findings, unknown: report.unknown }).toEqual({ findings: [], unknown: [] })
})
