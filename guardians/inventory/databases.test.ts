import { afterEach, describe, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll, sourcesAt } from '../../test/aws/sources.ts'
import { databases } from './databases.ts'
import { dbClusters } from './db-clusters.ts'
import { dbSnapshots } from './db-snapshots.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const at = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return sourcesAt(aws.url)
}

const page = (operation: string, list: string, items: string, next = '') =>
  `<${operation}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${operation}Result>${next && `<Marker>${next}</Marker>`}<${list}>${items}</${list}></${operation}Result></${operation}Response>`
const instances = (items: string, next = '') => page('DescribeDBInstances', 'DBInstances', items, next)
const clusters = (items: string, next = '') => page('DescribeDBClusters', 'DBClusters', items, next)
const instance = (id: string, rest = '') =>
  `<DBInstance><DBInstanceIdentifier>${id}</DBInstanceIdentifier><DBInstanceArn>arn:${id}</DBInstanceArn>${rest}</DBInstance>`
const cluster = (id: string, rest = '') =>
  `<DBCluster><DBClusterIdentifier>${id}</DBClusterIdentifier><DBClusterArn>arn:${id}</DBClusterArn>${rest}</DBCluster>`
const denied = refused('AccessDenied', 'no', { xml: 'query' })

const members = '<DBClusterMembers><DBClusterMember><DBInstanceIdentifier>o-1</DBInstanceIdentifier></DBClusterMember></DBClusterMembers>'
const orders = cluster(
  'orders',
  `<Engine>aurora-mysql</Engine><EngineVersion>8.0.mysql_aurora.3.04.0</EngineVersion><Status>available</Status><MultiAZ>true</MultiAZ>${members}
  <BackupRetentionPeriod>3</BackupRetentionPeriod><DeletionProtection>true</DeletionProtection><ClusterCreateTime>2026-01-01T00:00:00Z</ClusterCreateTime>
  <TagList><Tag><Key>owner</Key><Value>aki</Value></Tag></TagList>`,
)

describe('clusters', () => {
  test('page after page; what is missing is nothing', async () => {
    const rows = await readAll(
      dbClusters,
      await at({
        DescribeDBClusters: [
          clusters(orders, 'more'),
          ({ input }) => clusters(cluster(`${input.Marker}`, '<EngineMode>serverless</EngineMode>')),
        ],
      }),
    )
    expect(rows).toEqual([
      {
        ...{ arn: 'arn:orders', id: 'orders', name: 'orders', engine: 'aurora-mysql', engineVersion: '8.0.mysql_aurora.3.04.0' },
        ...{ status: 'available', multiAz: true, members: 1, serverless: false, replicaOf: null, backupDays: 3 },
        ...{ deletionProtection: true, createdAt: Date.parse('2026-01-01T00:00:00Z'), owner: 'aki' },
      },
      {
        ...{ arn: 'arn:more', id: 'more', name: 'more', engine: '', engineVersion: '', status: '', multiAz: false, members: 0 },
        ...{ serverless: true, replicaOf: null, backupDays: 0, deletionProtection: false, createdAt: null },
      },
    ])
  })

  test('a refusal goes through', async () => {
    await expect(readAll(dbClusters, await at({ DescribeDBClusters: denied }))).rejects.toThrow()
  })
})

describe('databases', () => {
  test('instances that stand alone, page after page, then clusters', async () => {
    const sources = await at({
      DescribeDBInstances: [
        instances(
          instance('alone', '<MultiAZ>true</MultiAZ>') + instance('o-1', '<DBClusterIdentifier>orders</DBClusterIdentifier>'),
          'more',
        ),
        instances(instance('replica', '<ReadReplicaSourceDBInstanceIdentifier>alone</ReadReplicaSourceDBInstanceIdentifier>')),
      ],
      DescribeDBClusters: clusters(orders + cluster('empty')),
    })
    expect(await readAll(databases, sources)).toMatchObject([
      { name: 'alone', kind: 'instance', multiAz: true, zoneless: false },
      { name: 'replica', kind: 'instance', replicaOf: 'alone' },
      { name: 'orders', kind: 'cluster', multiAz: true, zoneless: false, backupDays: 3, owner: 'aki' },
      { name: 'empty', kind: 'cluster', zoneless: true },
    ])
    expect(aws?.calls.map(({ operation }) => operation)).toEqual(['DescribeDBInstances', 'DescribeDBInstances', 'DescribeDBClusters'])
  })

  test('goes on in the middle, as another process would', async () => {
    const sources = await at({ DescribeDBInstances: instances('', 'more'), DescribeDBClusters: clusters(orders) })
    const { next } = await databases.page(sources, undefined)
    await databases.page(sources, next)
    expect(aws?.calls[1]?.input).toMatchObject({ Marker: 'more' })
  })

  test('an empty region', async () => {
    expect(await readAll(databases, await at({ DescribeDBInstances: instances(''), DescribeDBClusters: clusters('') }))).toEqual([])
  })

  test('a token that is not one of ours', async () => {
    await expect(databases.page(await at({}), '["x"]')).rejects.toThrow('token')
    await expect(databases.page(await at({}), '[7,null]')).rejects.toThrow('stage')
  })
})

describe('snapshots made by hand', () => {
  const ofInstances = (items: string, next = '') => page('DescribeDBSnapshots', 'DBSnapshots', items, next)
  const ofClusters = (items: string) => page('DescribeDBClusterSnapshots', 'DBClusterSnapshots', items)
  const snapshot = (id: string, rest = '') =>
    `<DBSnapshot><DBSnapshotIdentifier>${id}</DBSnapshotIdentifier><DBSnapshotArn>arn:${id}</DBSnapshotArn><DBInstanceIdentifier>orders</DBInstanceIdentifier><AllocatedStorage>20</AllocatedStorage>${rest}</DBSnapshot>`
  const copyOf = (arn: string) => `<SourceDBSnapshotIdentifier>${arn}</SourceDBSnapshotIdentifier>`

  test('of instances, page after page, then of clusters', async () => {
    const sources = await at({
      DescribeDBSnapshots: [
        ofInstances(
          snapshot(
            's-1',
            '<Engine>mysql</Engine><SnapshotCreateTime>2026-06-01T00:00:00Z</SnapshotCreateTime><OriginalSnapshotCreateTime>2026-05-01T00:00:00Z</OriginalSnapshotCreateTime><TagList><Tag><Key>team</Key><Value>t</Value></Tag></TagList>',
          ),
          'more',
        ),
        ofInstances(
          snapshot('s-2', copyOf('arn:aws:rds:eu-west-1:123456789012:snapshot:s')) +
            snapshot('s-3', copyOf('arn:aws:rds:us-east-1:123456789012:snapshot:s')),
        ),
      ],
      DescribeDBClusterSnapshots: ofClusters(
        '<DBClusterSnapshot><DBClusterSnapshotIdentifier>c-1</DBClusterSnapshotIdentifier><DBClusterIdentifier>orders</DBClusterIdentifier><AllocatedStorage>1</AllocatedStorage></DBClusterSnapshot>',
      ),
    })
    expect(await readAll(dbSnapshots, sources)).toEqual([
      {
        ...{ arn: 'arn:s-1', id: 's-1', name: 's-1', of: 'instance', source: 'orders', engine: 'mysql', sizeGiB: 20, elsewhere: false },
        ...{ createdAt: Date.parse('2026-05-01T00:00:00Z'), owner: 't' },
      },
      expect.objectContaining({ id: 's-2', elsewhere: true, createdAt: null }),
      expect.objectContaining({ id: 's-3', elsewhere: false }),
      {
        ...{ arn: 'arn:aws:rds:us-east-1:123456789012:cluster-snapshot:c-1', id: 'c-1', name: 'c-1', of: 'cluster', source: 'orders' },
        ...{ engine: '', sizeGiB: null, elsewhere: false, createdAt: null },
      },
    ])
    expect(aws?.calls.every(({ input }) => input.SnapshotType === 'manual')).toBe(true)
  })

  test('an empty region, and a refusal', async () => {
    expect(
      await readAll(dbSnapshots, await at({ DescribeDBSnapshots: ofInstances(''), DescribeDBClusterSnapshots: ofClusters('') })),
    ).toEqual([])
    await aws?.close()
    await expect(
      readAll(dbSnapshots, await at({ DescribeDBSnapshots: ofInstances(''), DescribeDBClusterSnapshots: denied })),
    ).rejects.toThrow()
  })
})
