import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { table } from '../dynamodb/example.ts'
import { dynamodbAccount } from './dynamodb-account.ts'
import { scalableTargets } from './scalable-targets.ts'
import { pointInTimeRecovery, tableDescription, tables } from './tables.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded({ GetResources: '{"ResourceTagMappingList":[]}', ...answers })
  return sourcesThrough(accessTo(aws.url), aws.url)
}
const inputsOf = (operation: string) => aws?.calls.filter((call) => call.operation === operation).map(({ input }) => input)
const denied = refused('AccessDeniedException', 'no', { status: 400 })

test('tables, page after page, each with the owner that its tags name', async () => {
  const sources = await open({
    ListTables: ['{"TableNames":["mails","orders"],"LastEvaluatedTableName":"orders"}', '{"TableNames":["parts"]}'],
    GetResources: JSON.stringify({
      ResourceTagMappingList: [{ ResourceARN: table('orders').arn, Tags: [{ Key: 'team', Value: 'shop' }] }],
    }),
  })
  expect(await readAll(tables, sources)).toEqual([table('mails'), { ...table('orders'), owner: 'shop' }, table('parts')])
  expect(inputsOf('ListTables')).toEqual([{ Limit: 100 }, { Limit: 100, ExclusiveStartTableName: 'orders' }])
})

test('a region without tables', async () => {
  expect(await readAll(tables, await open({ ListTables: '{"TableNames":[]}' }))).toEqual([])
})

test('a refusal of the list goes through', async () => {
  await expect(readAll(tables, await open({ ListTables: denied }))).rejects.toMatchObject({ code: 'aws-denied' })
})

const described = async (Table: object) => {
  const sources = await open({ DescribeTable: JSON.stringify({ Table }) })
  return (await tableDescription.get(sources, [table()])).get(table().arn)
}

test('a table as DynamoDB describes it', async () => {
  expect(
    await described({
      ...{ TableName: 'orders', CreationDateTime: 1_700_000_000, DeletionProtectionEnabled: true },
      ProvisionedThroughput: { ReadCapacityUnits: 20, WriteCapacityUnits: 10, NumberOfDecreasesToday: 0 },
      GlobalSecondaryIndexes: [{ IndexName: 'by-day' }],
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
    }),
  ).toEqual({
    ...{ createdAt: 1_700_000_000_000, provisioned: { read: 20, write: 10 }, indexes: ['by-day'] },
    ...{ tableClass: 'STANDARD_INFREQUENT_ACCESS', deletionProtection: true },
  })
})

test('on demand: it is said, or there are no units', async () => {
  const zero = { ReadCapacityUnits: 0, WriteCapacityUnits: 0 }
  expect(await described({ BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' }, ProvisionedThroughput: zero })).toMatchObject({
    provisioned: null,
  })
  await aws?.close()
  expect(await described({ ProvisionedThroughput: zero })).toMatchObject({ provisioned: null, tableClass: 'STANDARD', createdAt: null })
})

test('a table that has gone meanwhile has no description', async () => {
  const sources = await open({ DescribeTable: '{}' })
  expect(await tableDescription.get(sources, [table()])).toEqual(new Map())
})

const recovery = async (answer: Answers[string]) => {
  const sources = await open({ DescribeContinuousBackups: answer })
  return (await pointInTimeRecovery.get(sources, [table()])).get(table().arn)
}
const backups = (PointInTimeRecoveryStatus: string) =>
  JSON.stringify({
    ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus } },
  })

test.each([
  ['on', backups('ENABLED'), true],
  ['off', backups('DISABLED'), false],
  ['not told', '{"ContinuousBackupsDescription":{"ContinuousBackupsStatus":"DISABLED"}}', false],
])('recovery to a point in time: %s', async (_, answer, enabled) => {
  expect(await recovery(answer)).toBe(enabled)
})

test('recovery that may not be asked about is not taken as off', async () => {
  await expect(recovery(denied)).rejects.toMatchObject({ code: 'aws-denied' })
})

test('what scales, page after page', async () => {
  const target = (ResourceId: string, ScalableDimension: string) => ({ ServiceNamespace: 'dynamodb', ResourceId, ScalableDimension })
  const sources = await open({
    DescribeScalableTargets: [
      JSON.stringify({ ScalableTargets: [target('table/orders', 'dynamodb:table:ReadCapacityUnits')], NextToken: 'more' }),
      JSON.stringify({ ScalableTargets: [target('table/orders/index/by-day', 'dynamodb:index:WriteCapacityUnits')] }),
    ],
  })
  const rows = await readAll(scalableTargets, sources)
  expect(rows.map(({ resourceId, dimension }) => [resourceId, dimension])).toEqual([
    ['table/orders', 'dynamodb:table:ReadCapacityUnits'],
    ['table/orders/index/by-day', 'dynamodb:index:WriteCapacityUnits'],
  ])
  expect(new Set(rows.map(({ arn }) => arn)).size).toBe(2)
  expect(inputsOf('DescribeScalableTargets')).toEqual([
    { ServiceNamespace: 'dynamodb', MaxResults: 50 },
    { ServiceNamespace: 'dynamodb', MaxResults: 50, NextToken: 'more' },
  ])
})

test('nothing scales; nobody may look', async () => {
  expect(await readAll(scalableTargets, await open({ DescribeScalableTargets: '{"ScalableTargets":[]}' }))).toEqual([])
  await aws?.close()
  await expect(readAll(scalableTargets, await open({ DescribeScalableTargets: denied }))).rejects.toMatchObject({ code: 'aws-denied' })
})

test('what DynamoDB allows the account in this region', async () => {
  const limits = { AccountMaxReadCapacityUnits: 80_000, AccountMaxWriteCapacityUnits: 70_000, TableMaxReadCapacityUnits: 40_000 }
  expect(await readAll(dynamodbAccount, await open({ DescribeLimits: JSON.stringify(limits) }))).toEqual([
    {
      ...{ arn: 'arn:aws:dynamodb:us-east-1:123456789012:account', name: 'DynamoDB, us-east-1' },
      ...{ accountRead: 80_000, accountWrite: 70_000, tableRead: 40_000, tableWrite: 0 },
    },
  ])
  await aws?.close()
  await expect(readAll(dynamodbAccount, await open({ DescribeLimits: denied }))).rejects.toMatchObject({ code: 'aws-denied' })
})
