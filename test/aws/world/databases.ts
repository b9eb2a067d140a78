import { ApplicationAutoScalingClient, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling'
import { CreateTableCommand, DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import { CreateCacheClusterCommand, DeleteCacheClusterCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache'
import { AddTagsCommand, CreateDomainCommand, DeleteDomainCommand, OpenSearchClient } from '@aws-sdk/client-opensearch'
import {
  CreateDBInstanceCommand,
  type CreateDBInstanceMessage,
  CreateDBParameterGroupCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  DeleteDBSnapshotCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  ModifyDBSnapshotAttributeCommand,
  RDSClient,
} from '@aws-sdk/client-rds'
import { motoAccount } from '../moto.ts'
import { type Expected, type Piece, type Seeding, tagsOf } from './seeding.ts'

/** Where the company keeps what it knows: databases, tables, caches, search. */

const teamOf = (name: string) => `${name.split('-')[0]}-team`
const gib = 1_024 ** 3

const well: Partial<CreateDBInstanceMessage> = { MultiAZ: true, BackupRetentionPeriod: 7, DeletionProtection: true, StorageEncrypted: true }

async function database(world: Seeding, DBInstanceIdentifier: string, over: Partial<CreateDBInstanceMessage> = {}) {
  await world.client(RDSClient).send(
    new CreateDBInstanceCommand({
      ...{ DBInstanceIdentifier, Engine: 'mysql', EngineVersion: '8.4.3', DBInstanceClass: 'db.m5.large', AllocatedStorage: 200 },
      ...{ MasterUsername: 'root', MasterUserPassword: 'not-a-secret', DBParameterGroupName: 'few-connections' },
      ...{ Tags: tagsOf(DBInstanceIdentifier, teamOf(DBInstanceIdentifier)), ...well, ...over },
    }),
  )
}
const databases: Readonly<Record<string, { connections: number; freeGiB: number; over?: Partial<CreateDBInstanceMessage> }>> = {
  'dipper-billing': { connections: 62, freeGiB: 21 },
  'leo-profiles': { connections: 30, freeGiB: 150, over: { MultiAZ: false, StorageEncrypted: false } },
  'capricorn-history': { connections: 11, freeGiB: 90, over: { EngineVersion: '5.7.44' } },
  'hubble-wiki': { connections: 0, freeGiB: 180, over: { BackupRetentionPeriod: 0, DeletionProtection: false } },
  'aries-routes': { connections: 24, freeGiB: 120 },
}

async function snapshot(world: Seeding, DBInstanceIdentifier: string, DBSnapshotIdentifier: string) {
  const Tags = tagsOf(DBSnapshotIdentifier, teamOf(DBInstanceIdentifier))
  await world.client(RDSClient).send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier, Tags }))
}

async function table(world: Seeding, TableName: string, units: number | null, safe = true) {
  const client = world.client(DynamoDBClient)
  await client.send(
    new CreateTableCommand({
      ...{ TableName, KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], DeletionProtectionEnabled: safe },
      ...{ AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], Tags: tagsOf(TableName, teamOf(TableName)) },
      ...(units === null
        ? { BillingMode: 'PAY_PER_REQUEST' }
        : { ProvisionedThroughput: { ReadCapacityUnits: units, WriteCapacityUnits: units } }),
    }),
  )
  if (safe) await restorable(world, TableName)
}
const restorable = (world: Seeding, TableName: string) =>
  world
    .client(DynamoDBClient)
    .send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }))

async function scaled(world: Seeding, name: string) {
  for (const way of ['Read', 'Write'])
    await world.client(ApplicationAutoScalingClient).send(
      new RegisterScalableTargetCommand({
        ...{ ServiceNamespace: 'dynamodb', ResourceId: `table/${name}`, MinCapacity: 5, MaxCapacity: 500 },
        ScalableDimension: `dynamodb:table:${way}CapacityUnits` as never,
      }),
    )
}

async function caches(world: Seeding) {
  for (const CacheClusterId of ['dipper-tokens', 'hubble-cache'])
    await world.client(ElastiCacheClient).send(
      new CreateCacheClusterCommand({
        ...{ CacheClusterId, Engine: 'redis', CacheNodeType: 'cache.t3.micro', NumCacheNodes: 1 },
        Tags: tagsOf(CacheClusterId, teamOf(CacheClusterId)),
      }),
    )
  for (const DomainName of ['hubble-logs', 'dipper-search']) {
    const search = world.client(OpenSearchClient)
    await search.send(
      new CreateDomainCommand({
        ...{ DomainName, ClusterConfig: { InstanceType: 'm5.large.search', InstanceCount: 2 } },
        TagList: tagsOf(DomainName, teamOf(DomainName)),
      }),
    )
    const ARN = `arn:aws:es:us-east-1:${motoAccount}:domain/${DomainName}`
    await search.send(new AddTagsCommand({ ARN, TagList: tagsOf(DomainName, teamOf(DomainName)) }))
  }
}

export const databasesPiece: Piece = {
  async past(world) {
    const rds = world.client(RDSClient)
    const DBParameterGroupName = 'few-connections'
    await rds.send(
      new CreateDBParameterGroupCommand({
        ...{ DBParameterGroupName, DBParameterGroupFamily: 'mysql8.4', Description: 'no formulas' },
        Tags: tagsOf(DBParameterGroupName, 'dipper-team'),
      }),
    )
    const Parameters = [{ ParameterName: 'max_connections', ParameterValue: '200', ApplyMethod: 'immediate' as const }]
    await rds.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName, Parameters }))
    for (const [name, { over }] of Object.entries(databases)) await database(world, name, over)
    await database(world, 'polaris-cdr', { DeletionProtection: false })
    await snapshot(world, 'polaris-cdr', 'polaris-cdr-final')
    await snapshot(world, 'dipper-billing', 'dipper-billing-before-8')
    await snapshot(world, 'leo-profiles', 'leo-profiles-for-vendor')
    await rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'polaris-cdr', SkipFinalSnapshot: true }))
    await caches(world)
    await table(world, 'dipper-sessions', 400)
    await scaled(world, 'dipper-sessions')
    await table(world, 'leo-sims', 200)
    await table(world, 'polaris-usage', null)
    await table(world, 'capricorn-inbox', null, false)
  },
  async today(world) {
    const attribute = { DBSnapshotIdentifier: 'leo-profiles-for-vendor', AttributeName: 'restore' }
    await world.client(RDSClient).send(new ModifyDBSnapshotAttributeCommand({ ...attribute, ValuesToAdd: ['all'] }))
    for (const [name, { connections, freeGiB }] of Object.entries(databases)) {
      const of = { DBInstanceIdentifier: name }
      world.daily(['AWS/RDS', 'DatabaseConnections', of], connections)
      world.hourly(['AWS/RDS', 'DatabaseConnections', of], connections)
      world.hourly(['AWS/RDS', 'FreeStorageSpace', of], freeGiB * gib)
    }
    for (const major of ['mysql 8.4', 'mysql 5.7']) world.told.support.set(major, major.endsWith('8.4') ? '2029-07-31' : '2024-02-29')
    const soon = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 19)
    world.told.maintenance.set(`arn:aws:rds:us-east-1:${motoAccount}:db:aries-routes`, { action: 'system-update', appliesAt: `${soon}Z` })
    for (const CacheClusterId of ['dipper-tokens', 'hubble-cache'])
      world.daily(['AWS/ElastiCache', 'CurrConnections', { CacheClusterId }], 3)
    world.daily(['AWS/ElastiCache', 'GetTypeCmds', { CacheClusterId: 'dipper-tokens' }], 80_000)
    for (const [DomainName, rate] of Object.entries({ 'hubble-logs': 0.1, 'dipper-search': 60 }))
      for (const metric of ['SearchRate', 'IndexingRate']) world.daily(['AWS/ES', metric, { DomainName, ClientId: motoAccount }], rate)
    busy(world)
  },
  expected: (world) => [...databasesExpected(world), ...tablesExpected(world)],
}

function busy(world: Seeding) {
  for (const [TableName, units] of Object.entries({ 'dipper-sessions': 2, 'leo-sims': 110 }))
    for (const way of ['Read', 'Write']) world.hourly(['AWS/DynamoDB', `Consumed${way}CapacityUnits`, { TableName }], units * 3_600, 168)
  world.daily(['AWS/DynamoDB', 'WriteThrottleEvents', { TableName: 'leo-sims' }], 48)
  world.hourly(['AWS/DynamoDB', 'AccountProvisionedReadCapacityUtilization', {}], 84)
  world.hourly(['AWS/DynamoDB', 'AccountProvisionedWriteCapacityUtilization', {}], 37)
}

function databasesExpected(world: Seeding): Expected[] {
  const rds = world.client(RDSClient)
  const change = (DBInstanceIdentifier: string, over: object) =>
    rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, ApplyImmediately: true, ...over }))
  return [
    { check: 'database-rds-idle', fails: { 'hubble-wiki': 'idle' }, passes: ['dipper-billing'] },
    {
      ...{ check: 'database-single-az', fails: { 'leo-profiles': 'one-zone' }, passes: ['dipper-billing'] },
      mend: () => change('leo-profiles', { MultiAZ: true }),
    },
    {
      ...{ check: 'database-unprotected', fails: { 'hubble-wiki': 'both' }, passes: ['dipper-billing'] },
      mend: () => change('hubble-wiki', { BackupRetentionPeriod: 7, DeletionProtection: true }),
    },
    {
      check: 'database-end-of-life',
      ...{ fails: { 'capricorn-history': 'engine', 'aries-routes': 'maintenance' }, passes: ['dipper-billing'] },
      mend: async () => {
        await change('capricorn-history', { EngineVersion: '8.4.3', AllowMajorVersionUpgrade: true })
        world.told.maintenance.clear()
      },
    },
    {
      ...{ check: 'database-full', fails: { 'dipper-billing': 'storage' }, passes: ['leo-profiles'] },
      mend: () => change('dipper-billing', { AllocatedStorage: 200, MaxAllocatedStorage: 1_000 }),
    },
    {
      ...{ check: 'database-snapshot-orphan', fails: { 'polaris-cdr-final': 'orphan' }, passes: ['dipper-billing-before-8'] },
      mend: () => rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'polaris-cdr-final' })),
    },
    {
      ...{ check: 'database-cache-idle', fails: { 'hubble-cache': 'idle' }, passes: ['dipper-tokens'] },
      mend: () => world.client(ElastiCacheClient).send(new DeleteCacheClusterCommand({ CacheClusterId: 'hubble-cache' })),
    },
    {
      ...{ check: 'database-search-idle', fails: { 'hubble-logs': 'idle' }, passes: ['dipper-search'] },
      mend: () => world.client(OpenSearchClient).send(new DeleteDomainCommand({ DomainName: 'hubble-logs' })),
    },
    { check: 'exposure-unencrypted-db', fails: { 'leo-profiles': 'plain' }, passes: ['dipper-billing'] },
    {
      check: 'exposure-db-snapshot-public',
      ...{ fails: { 'leo-profiles-for-vendor': 'public' }, passes: ['dipper-billing-before-8'] },
      mend: () => rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'leo-profiles-for-vendor' })),
    },
  ]
}

function tablesExpected(world: Seeding): Expected[] {
  const tables = world.client(DynamoDBClient)
  return [
    { check: 'dynamodb-throttled', fails: { 'leo-sims': 'throttled' }, passes: ['dipper-sessions', 'polaris-usage'] },
    {
      ...{ check: 'dynamodb-over-provisioned', fails: { 'dipper-sessions': 'idle' }, passes: ['leo-sims', 'polaris-usage'] },
      mend: () => tables.send(new UpdateTableCommand({ TableName: 'dipper-sessions', BillingMode: 'PAY_PER_REQUEST' })),
    },
    { check: 'dynamodb-account-capacity', fails: { 'DynamoDB, us-east-1': 'account' }, passes: [] },
    {
      ...{ check: 'dynamodb-no-autoscaling', fails: { 'leo-sims': 'fixed' }, passes: ['dipper-sessions', 'polaris-usage'] },
      mend: () => scaled(world, 'leo-sims'),
    },
    {
      ...{ check: 'dynamodb-unprotected', fails: { 'capricorn-inbox': 'both' }, passes: ['leo-sims'] },
      mend: async () => {
        await restorable(world, 'capricorn-inbox')
        await tables.send(new UpdateTableCommand({ TableName: 'capricorn-inbox', DeletionProtectionEnabled: true }))
      },
    },
  ]
}
