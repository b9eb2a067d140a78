import { afterEach, describe, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { readAll } from '../../test/aws/sources.ts'
import { instance } from '../database/fixture.ts'
import { type DbInstance, dbInstances, engineSupport, maxConnections, pendingMaintenance } from './db-instances.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
const at = async (answers: Answers) => {
  aws = await openRecorded(answers)
  return sourcesThrough(accessTo(aws.url), aws.url)
}

const answer = (operation: string, body: string) =>
  `<${operation}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${operation}Result>${body}</${operation}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></${operation}Response>`
const marker = (next: string) => (next ? `<Marker>${next}</Marker>` : '')
const page = (items: string, next = '') => answer('DescribeDBInstances', `${marker(next)}<DBInstances>${items}</DBInstances>`)
const denied = refused('AccessDenied', 'no', { xml: 'query' })

const orders = `<DBInstance><DBInstanceIdentifier>orders</DBInstanceIdentifier><DBInstanceArn>arn:aws:rds:us-east-1:123456789012:db:orders</DBInstanceArn>
  <Engine>postgres</Engine><EngineVersion>17.4</EngineVersion><DBInstanceClass>db.m5.large</DBInstanceClass><DBInstanceStatus>available</DBInstanceStatus>
  <MultiAZ>true</MultiAZ><BackupRetentionPeriod>7</BackupRetentionPeriod><DeletionProtection>true</DeletionProtection><StorageEncrypted>true</StorageEncrypted>
  <AllocatedStorage>100</AllocatedStorage><MaxAllocatedStorage>500</MaxAllocatedStorage><InstanceCreateTime>2026-01-01T00:00:00Z</InstanceCreateTime>
  <DBParameterGroups><DBParameterGroup><DBParameterGroupName>default.postgres17</DBParameterGroupName><ParameterApplyStatus>in-sync</ParameterApplyStatus></DBParameterGroup></DBParameterGroups>
  <CACertificateIdentifier>rds-ca-rsa2048-g1</CACertificateIdentifier><CertificateDetails><CAIdentifier>rds-ca-rsa2048-g1</CAIdentifier><ValidTill>2027-11-21T00:00:00Z</ValidTill></CertificateDetails>
  <TagList><Tag><Key>Team</Key><Value>team-core</Value></Tag></TagList></DBInstance>`

test('page after page, with what checks need and nothing else', async () => {
  const rows = await readAll(
    dbInstances,
    await at({
      DescribeDBInstances: [
        page(orders, 'more'),
        ({ input }) =>
          page(
            `<DBInstance><DBInstanceIdentifier>member</DBInstanceIdentifier><Engine>${input.Marker}</Engine><DBClusterIdentifier>c</DBClusterIdentifier></DBInstance>`,
          ),
      ],
    }),
  )
  expect(rows).toEqual([
    instance({ multiAz: true, storageMaxGiB: 500, owner: 'team-core' }),
    {
      ...{ arn: 'arn:aws:rds:us-east-1:123456789012:db:member', id: 'member', name: 'member', engine: 'more', engineVersion: '' },
      ...{ class: '', status: '', multiAz: false, clusterId: 'c', replicaOf: null, backupDays: 0, deletionProtection: false },
      ...{ encrypted: false, storageGiB: 0, storageMaxGiB: null, parameterGroup: null, ca: null, caEndsAt: null, createdAt: null },
    },
  ])
})

test('an empty region', async () => {
  expect(await readAll(dbInstances, await at({ DescribeDBInstances: page('') }))).toEqual([])
})

test('a refusal goes through', async () => {
  await expect(readAll(dbInstances, await at({ DescribeDBInstances: denied }))).rejects.toMatchObject({ code: 'aws-denied' })
})

const row = (id: string, over: Partial<DbInstance> = {}) => instance({ id, arn: `arn:aws:rds:us-east-1:123456789012:db:${id}`, ...over })
const arn = (id: string) => row(id).arn

describe('pending maintenance', () => {
  const actions = (id: string, details: string, next = '') => actionsOf(arn(id), details, next)
  const actionsOf = (resource: string, details: string, next = '') =>
    answer(
      'DescribePendingMaintenanceActions',
      `${marker(next)}<PendingMaintenanceActions><ResourcePendingMaintenanceActions><ResourceIdentifier>${resource}</ResourceIdentifier><PendingMaintenanceActionDetails>${details}</PendingMaintenanceActionDetails></ResourcePendingMaintenanceActions></PendingMaintenanceActions>`,
    )
  const action = (name: string, date = '') => `<PendingMaintenanceAction><Action>${name}</Action>${date}</PendingMaintenanceAction>`

  test('of many databases in one call, page after page', async () => {
    const sources = await at({
      DescribePendingMaintenanceActions: [
        actions('a', action('system-update', '<ForcedApplyDate>2026-12-01T00:00:00Z</ForcedApplyDate>'), 'more'),
        actions('b', action('db-upgrade') + action('os-upgrade', '<AutoAppliedAfterDate>2026-12-02T00:00:00Z</AutoAppliedAfterDate>')),
      ],
    })
    expect(Object.fromEntries(await pendingMaintenance.get(sources, [row('a'), row('b'), row('c')]))).toEqual({
      [arn('a')]: { value: [{ action: 'system-update', appliesAt: Date.parse('2026-12-01T00:00:00Z') }] },
      [arn('b')]: {
        value: [
          { action: 'db-upgrade', appliesAt: null },
          { action: 'os-upgrade', appliesAt: Date.parse('2026-12-02T00:00:00Z') },
        ],
      },
      [arn('c')]: { value: [] },
    })
    expect(aws?.calls).toHaveLength(2)
    expect(aws?.calls[0]?.input).toMatchObject({ 'Filters.Filter.1.Name': 'db-instance-id', 'Filters.Filter.1.Values.Value.3': arn('c') })
  })

  test('of a cluster it is told with each of its members', async () => {
    const sources = await at({
      DescribePendingMaintenanceActions: ({ input }) =>
        input['Filters.Filter.1.Name'] === 'db-cluster-id'
          ? actionsOf('arn:aws:rds:us-east-1:123456789012:cluster:o', action('db-upgrade'))
          : actions('a', action('os-upgrade')),
    })
    const told = await pendingMaintenance.get(sources, [row('a', { clusterId: 'o' }), row('b', { clusterId: 'o' }), row('c')])
    const names = [...told.values()].map((each) => ('value' in each ? each.value.map((one) => one.action) : each))
    expect(names).toEqual([['os-upgrade', 'db-upgrade'], ['db-upgrade'], []])
    expect(aws?.calls).toHaveLength(2)
  })

  test('refused: the permission is told, and what is known otherwise can still be judged', async () => {
    const sources = await at({ DescribePendingMaintenanceActions: denied })
    const told = await pendingMaintenance.get(sources, [row('a')])
    expect(told.get(arn('a'))).toEqual({ missing: 'rds:DescribePendingMaintenanceActions' })
  })
})

describe('support of engines', () => {
  const version = (engine: string, major: string, name: string, end: string) =>
    `<DBMajorEngineVersion><Engine>${engine}</Engine><MajorEngineVersion>${major}</MajorEngineVersion><SupportedEngineLifecycles><SupportedEngineLifecycle><LifecycleSupportName>open-source-rds-${name}-support</LifecycleSupportName><LifecycleSupportStartDate>2018-01-01T00:00:00Z</LifecycleSupportStartDate><LifecycleSupportEndDate>${end}T00:00:00Z</LifecycleSupportEndDate></SupportedEngineLifecycle></SupportedEngineLifecycles></DBMajorEngineVersion>`
  const versions = (items: string, next = '') =>
    answer('DescribeDBMajorEngineVersions', `${marker(next)}<DBMajorEngineVersions>${items}</DBMajorEngineVersions>`)

  test('the end of standard support, not that of the extended', async () => {
    const sources = await at({
      DescribeDBMajorEngineVersions: [
        versions(version('mysql', '8.0', 'standard', '2026-07-31'), 'more'),
        versions(version('postgres', '13', 'extended', '2029-02-28')),
      ],
    })
    const told = await engineSupport.get(sources, [row('a'), row('b')])
    expect(told.get(arn('b'))).toEqual({ value: new Map([['mysql 8.0', Date.parse('2026-07-31T00:00:00Z')]]) })
    expect(aws?.calls).toHaveLength(2)
  })

  test('refused', async () => {
    const told = await engineSupport.get(await at({ DescribeDBMajorEngineVersions: denied }), [row('a')])
    expect(told.get(arn('a'))).toEqual({ missing: 'rds:DescribeDBMajorEngineVersions' })
  })
})

describe('the limit of connections', () => {
  const parameter = (value: string) =>
    answer(
      'DescribeDBParameters',
      `<Parameters><Parameter><ParameterName>max_connections</ParameterName>${value && `<ParameterValue>${value}</ParameterValue>`}</Parameter></Parameters>`,
    )

  test('one call for each parameter group', async () => {
    const sources = await at({
      DescribeDBParameters: ({ input }) => parameter(input.DBParameterGroupName === 'mine' ? '250' : '{DBInstanceClassMemory/12582880}'),
    })
    const rows = [
      row('a', { parameterGroup: 'mine' }),
      row('b', { parameterGroup: 'default.mysql8.0' }),
      row('c', { parameterGroup: 'mine' }),
    ]
    const told = await maxConnections.get(sources, [...rows, row('d', { parameterGroup: null })])
    expect([...told.values()]).toEqual([{ value: '250' }, { value: '{DBInstanceClassMemory/12582880}' }, { value: '250' }, { value: null }])
    expect(aws?.count('DescribeDBParameters')).toBe(2)
    expect(aws?.calls[0]?.input).toMatchObject({ 'Filters.Filter.1.Name': 'parameter-name' })
  })

  test('a group that does not say, and one that may not be read', async () => {
    const sources = await at({ DescribeDBParameters: [parameter(''), denied] })
    const told = await maxConnections.get(sources, [row('a', { parameterGroup: 'silent' }), row('b', { parameterGroup: 'closed' })])
    expect([...told.values()]).toEqual([{ value: null }, { missing: 'rds:DescribeDBParameters' }])
  })
})
