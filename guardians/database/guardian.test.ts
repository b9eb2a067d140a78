import { afterEach, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { scanAt } from '../../test/aws/scans.ts'
import { database } from './guardian.ts'

/** The guardian as a whole, by the real engine and door, on recorded answers: how it asks, and what it says when it may not. */

let aws: Recorded | undefined
afterEach(() => aws?.close())
const scan = async (answers: Answers, only?: string[]) => {
  aws = await openRecorded(answers)
  return scanAt(aws.url, [database], only ? { only } : {})
}

const page = (operation: string, list: string, items = '', next = '') =>
  `<${operation}Response><${operation}Result>${next && `<Marker>${next}</Marker>`}<${list}>${items}</${list}></${operation}Result></${operation}Response>`
const denied = refused('AccessDenied', 'User is not authorized', { xml: 'query' })
const nothing: Answers = {
  DescribeDBInstances: page('DescribeDBInstances', 'DBInstances'),
  DescribeDBClusters: page('DescribeDBClusters', 'DBClusters'),
  DescribeDBSnapshots: page('DescribeDBSnapshots', 'DBSnapshots'),
  DescribeDBClusterSnapshots: page('DescribeDBClusterSnapshots', 'DBClusterSnapshots'),
  DescribeCacheClusters: page('DescribeCacheClusters', 'CacheClusters'),
  'GET /2021-01-01/domain': JSON.stringify({ DomainNames: [] }),
}

test('what may not be read names its permission, and only what rests on it is not covered', async () => {
  const report = await scan({ ...nothing, DescribeDBInstances: denied })
  const open = report.coverage.filter(({ complete }) => complete).map(({ check }) => check)
  expect(open.toSorted()).toEqual(['database-cache-idle', 'database-search-idle'])
  expect(new Set(report.unknown.map(({ missing }) => missing))).toEqual(new Set(['rds:DescribeDBInstances']))
  expect(report.unknown).toHaveLength(database.checks.length - open.length)
})

test('a snapshot is no orphan as long as nobody may look for its database', async () => {
  const old =
    '<DBSnapshot><DBSnapshotIdentifier>s</DBSnapshotIdentifier><DBInstanceIdentifier>orders</DBInstanceIdentifier><SnapshotCreateTime>2020-01-01T00:00:00Z</SnapshotCreateTime></DBSnapshot>'
  const answers = { ...nothing, DescribeDBSnapshots: page('DescribeDBSnapshots', 'DBSnapshots', old) }
  expect((await scan(answers, ['database-snapshot-orphan'])).findings).toHaveLength(1)
  await aws?.close()
  const report = await scan({ ...answers, DescribeDBClusters: denied }, ['database-snapshot-orphan'])
  expect(report).toMatchObject({ findings: [], unknown: [{ missing: 'rds:DescribeDBClusters' }], coverage: [{ complete: false }] })
})

const silent = ({ input }: RecordedCall) =>
  JSON.stringify({
    MetricDataResults: (input.MetricDataQueries as { Id: string }[]).map(({ Id }) => ({
      ...{ Id, StatusCode: 'Complete', Timestamps: [Number(input.EndTime) - 86_400], Values: [0] },
    })),
  })

test('a thousand databases that nobody uses: twelve calls', async () => {
  const instances = (from: number) =>
    Array.from(
      { length: 100 },
      (_, index) =>
        `<DBInstance><DBInstanceIdentifier>db-${from + index}</DBInstanceIdentifier><Engine>mysql</Engine><DBInstanceStatus>available</DBInstanceStatus><InstanceCreateTime>2020-01-01T00:00:00Z</InstanceCreateTime></DBInstance>`,
    ).join('')
  const DescribeDBInstances = ({ input }: RecordedCall) => {
    const from = Number(input.Marker ?? 0)
    return page('DescribeDBInstances', 'DBInstances', instances(from), from < 900 ? String(from + 100) : '')
  }
  const report = await scan({ DescribeDBInstances, GetMetricData: silent }, ['database-rds-idle'])
  expect(report.findings).toHaveLength(1_000)
  expect(report.cost.calls).toBeLessThanOrEqual(20)
  expect(report.cost).toMatchObject({ calls: 12, usd: 0.01 })
})
