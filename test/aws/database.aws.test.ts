import { CreateCacheClusterCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache'
import { CreateDomainCommand, OpenSearchClient } from '@aws-sdk/client-opensearch'
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  type CreateDBInstanceMessage,
  CreateDBParameterGroupCommand,
  CreateDBSnapshotCommand,
  DeleteDBInstanceCommand,
  ModifyDBInstanceCommand,
  ModifyDBParameterGroupCommand,
  RDSClient,
} from '@aws-sdk/client-rds'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { database } from '../../guardians/database/guardian.ts'
import { measure } from './measure.ts'
import { type Moto, motoAccount, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
beforeAll(async () => {
  moto = await openMoto()
})
afterEach(() => moto.reset())
afterAll(() => moto?.close())

const dayMs = 86_400_000
/** moto makes everything just now; a scan that is later sees it old. */
const later = (days: number) => Date.now() + days * dayMs
const scanLater = (days: number, check: string) => scanAt(moto.url, [database], { now: later(days), only: [check] })
const found = async (days: number, check: string) => foundBy(await scanLater(days, check), check)

const rds = () => moto.client(RDSClient)
const make = (id: string, over: Partial<CreateDBInstanceMessage> = {}) =>
  rds().send(
    new CreateDBInstanceCommand({
      ...{ DBInstanceIdentifier: id, Engine: 'mysql', EngineVersion: '8.4.3', DBInstanceClass: 'db.t3.micro', AllocatedStorage: 100 },
      ...{ MasterUsername: 'root', MasterUserPassword: 'not-a-secret', ...over },
    }),
  )
const change = (id: string, over: object) =>
  rds().send(new ModifyDBInstanceCommand({ DBInstanceIdentifier: id, ApplyImmediately: true, ...over }))
/** One value a day for so many days, up to the day of the scan. */
async function daily(metric: readonly [string, string], dimensions: Record<string, string>, value: number, scanDay: number, days: number) {
  for (let back = 1; back <= days; back += 1) await measure(moto, metric, dimensions, value, later(scanDay - back))
}

test('a database that nobody connects to, and one somebody does', async () => {
  await make('forgotten', { Tags: [{ Key: 'owner', Value: 'team-core' }] })
  await make('busy')
  await make('mute')
  const connections = ['AWS/RDS', 'DatabaseConnections'] as const
  await daily(connections, { DBInstanceIdentifier: 'forgotten' }, 0, 10, 7)
  await daily(connections, { DBInstanceIdentifier: 'busy' }, 3, 10, 7)
  const report = await scanLater(10, 'database-rds-idle')
  expect(report.findings).toMatchObject([
    {
      ...{ name: 'forgotten', reason: 'idle', owner: 'team-core', severity: 'medium' },
      evidence: { maxConnections: 0, windowDays: 7, class: 'db.t3.micro' },
      savings: { usdPerMonth: 12.41, basis: { item: 'rds-mysql-t3' } },
    },
  ])
  expect(report.unknown).toMatchObject([{ missing: 'no datapoints: AWS/RDS DatabaseConnections', resources: 1 }])
  expect(report.cost.byCall).toContainEqual(expect.objectContaining({ call: 'cloudwatch:GetMetricData', calls: 1 }))

  expect(await found(3, 'database-rds-idle')).toEqual({})
})

test('one zone, no backup, no protection; mended, they are gone', async () => {
  await make('weak', { BackupRetentionPeriod: 0 })
  await make('strong', { MultiAZ: true, BackupRetentionPeriod: 7, DeletionProtection: true })
  await rds().send(
    new CreateDBClusterCommand({
      ...{ DBClusterIdentifier: 'together', Engine: 'aurora-mysql', MasterUsername: 'root', MasterUserPassword: 'not-a-secret' },
    }),
  )
  await make('member', { Engine: 'aurora-mysql', EngineVersion: undefined, DBClusterIdentifier: 'together', AllocatedStorage: undefined })
  expect(await found(1, 'database-single-az')).toMatchObject({ weak: 'one-zone' })
  expect(await found(1, 'database-single-az')).not.toHaveProperty('strong')
  expect(await found(1, 'database-single-az')).not.toHaveProperty('member')
  expect(await found(1, 'database-unprotected')).toEqual({ weak: 'both', together: 'deletable' })

  await change('weak', { MultiAZ: true, BackupRetentionPeriod: 7 })
  expect(await found(1, 'database-single-az')).not.toHaveProperty('weak')
  expect(await found(1, 'database-unprotected')).toEqual({ weak: 'deletable', together: 'deletable' })
})

// moto knows neither pending maintenance nor the support of engines: what documentation says is judged all the same, the rest is
// unknown. Their answers are recorded in guardians/inventory/db-instances.test.ts.
test('an engine past its support, while AWS does not tell', async () => {
  await make('old', { EngineVersion: '5.7.44' })
  await make('new', { EngineVersion: '8.4.3' })
  const report = await scanLater(0, 'database-end-of-life')
  expect(foundBy(report, 'database-end-of-life')).toEqual({ old: 'engine' })
  expect(report.unknown).toMatchObject([{ check: 'database-end-of-life', resources: 1, missing: expect.stringContaining('rds:Describe') }])
  expect(report.undecided).toMatchObject([{ resources: [expect.stringContaining(':new')] }])
})

test('a disk nearly full, connections nearly used up, and neither', async () => {
  await rds().send(
    new CreateDBParameterGroupCommand({
      DBParameterGroupName: 'small',
      DBParameterGroupFamily: 'mysql8.4',
      Description: 'few connections',
    }),
  )
  const Parameters = [{ ParameterName: 'max_connections', ParameterValue: '100', ApplyMethod: 'immediate' as const }]
  await rds().send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: 'small', Parameters }))
  const databases = { crowded: [60, 91], stuffed: [5, 10], fine: [60, 10] } as const
  for (const [id, [freeGiB, connections]] of Object.entries(databases)) {
    await make(id, { DBParameterGroupName: 'small' })
    const at = Date.now() - 3 * 3_600_000
    await measure(moto, ['AWS/RDS', 'FreeStorageSpace'], { DBInstanceIdentifier: id }, freeGiB * 1_024 ** 3, at)
    await measure(moto, ['AWS/RDS', 'DatabaseConnections'], { DBInstanceIdentifier: id }, connections, at)
  }
  const report = await scanLater(0, 'database-full')
  expect(foundBy(report, 'database-full')).toEqual({ crowded: 'connections', stuffed: 'storage' })
  expect(report.unknown).toEqual([])
  expect(report.coverage).toMatchObject([{ looked: 3, passed: 1, failed: 2 }])
  expect(report.findings.find(({ name }) => name === 'crowded')?.evidence).toMatchObject({ connectionLimit: 100, connectionsPercent: 91 })
})

test('a snapshot whose database is gone', async () => {
  await make('gone')
  await make('here')
  for (const id of ['gone', 'here'])
    await rds().send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: id, DBSnapshotIdentifier: `before-${id}` }))
  expect(await found(40, 'database-snapshot-orphan')).toEqual({})
  await rds().send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'gone', SkipFinalSnapshot: true }))
  const report = await scanLater(40, 'database-snapshot-orphan')
  expect(report.findings).toMatchObject([
    { name: 'before-gone', evidence: { source: 'gone', upToGiB: 100 }, savings: { usdPerMonth: 9.5 } },
  ])
  expect(await found(20, 'database-snapshot-orphan')).toEqual({})
})

test('a cache and a search domain that nobody asks', async () => {
  const caches = moto.client(ElastiCacheClient)
  for (const CacheClusterId of ['cold', 'hot'])
    await caches.send(new CreateCacheClusterCommand({ CacheClusterId, Engine: 'redis', CacheNodeType: 'cache.t3.micro', NumCacheNodes: 1 }))
  const search = moto.client(OpenSearchClient)
  for (const DomainName of ['idle-logs', 'shop-search'])
    await search.send(new CreateDomainCommand({ DomainName, ClusterConfig: { InstanceType: 'm5.large.search', InstanceCount: 2 } }))
  for (const CacheClusterId of ['cold', 'hot']) await daily(['AWS/ElastiCache', 'CurrConnections'], { CacheClusterId }, 3, 20, 14)
  await measure(moto, ['AWS/ElastiCache', 'GetTypeCmds'], { CacheClusterId: 'hot' }, 12, later(20 - 5))
  for (const [DomainName, rate] of Object.entries({ 'idle-logs': 0.2, 'shop-search': 40 })) {
    await daily(['AWS/ES', 'SearchRate'], { DomainName, ClientId: motoAccount }, rate, 20, 14)
    await daily(['AWS/ES', 'IndexingRate'], { DomainName, ClientId: motoAccount }, 0, 20, 14)
  }
  const cold = await scanLater(20, 'database-cache-idle')
  expect(cold.findings).toMatchObject([
    { name: 'cold', evidence: { commands: 0, maxConnections: 3, windowDays: 14 }, savings: { usdPerMonth: 12.41 } },
  ])
  const idle = await scanLater(20, 'database-search-idle')
  expect(idle.findings).toMatchObject([{ name: 'idle-logs', evidence: { searchesPerMinute: 0.2 }, savings: { usdPerMonth: 207.32 } }])
  expect([...cold.unknown, ...idle.unknown]).toEqual([])
})

test('an empty region is looked at, and nothing is found', async () => {
  const report = await scanAt(moto.url, [database])
  expect(report).toMatchObject({ findings: [], unknown: [] })
  expect(report.coverage).toHaveLength(database.checks.length)
  expect(report.coverage.every(({ complete, looked }) => complete && looked === 0)).toBe(true)
})
