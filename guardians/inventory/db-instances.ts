import {
  DescribeDBInstancesCommand,
  DescribeDBMajorEngineVersionsCommand,
  DescribeDBParametersCommand,
  DescribePendingMaintenanceActionsCommand,
  RDSClient,
} from '@aws-sdk/client-rds'
import { defineDetail, defineInventory, type Resource, type Sources } from '../define.ts'
import { arnOf, ownerIn } from '../resource.ts'
import { orMissing, type Told } from './told.ts'

export interface DbInstance extends Resource {
  id: string
  /** `mysql`, `aurora-postgresql`, `docdb`. */
  engine: string
  engineVersion: string
  /** `db.t3.micro`. */
  class: string
  status: string
  multiAz: boolean
  /** Cluster that it is a member of: Aurora, Neptune, DocumentDB, Multi-AZ clusters. */
  clusterId: string | null
  /** What it is a read replica of. */
  replicaOf: string | null
  /** 0: no automatic backup. */
  backupDays: number
  deletionProtection: boolean
  encrypted: boolean
  storageGiB: number
  /** To which its storage may grow by itself; null: it may not. */
  storageMaxGiB: number | null
  parameterGroup: string | null
  ca: string | null
  /** When the certificate that clients verify ends; epoch ms. */
  caEndsAt: number | null
  /** Epoch ms. */
  createdAt: number | null
}

/** DB instances of RDS; Aurora, Neptune and DocumentDB answer here as well. */
export const dbInstances = defineInventory<DbInstance>('db-instances', {
  title: { en: 'DB instances', ja: 'DB インスタンス' },
  scope: 'region',
  calls: ['rds:DescribeDBInstances'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(RDSClient, new DescribeDBInstancesCommand({ MaxRecords: 100, Marker: token }))
    const rows = (answer.DBInstances ?? []).map(
      (db): DbInstance => ({
        arn: db.DBInstanceArn ?? arnOf(target, 'rds', `db:${db.DBInstanceIdentifier}`),
        id: db.DBInstanceIdentifier ?? '',
        name: db.DBInstanceIdentifier ?? '',
        engine: db.Engine ?? '',
        engineVersion: db.EngineVersion ?? '',
        class: db.DBInstanceClass ?? '',
        status: db.DBInstanceStatus ?? '',
        multiAz: db.MultiAZ ?? false,
        clusterId: db.DBClusterIdentifier || null,
        replicaOf: db.ReadReplicaSourceDBInstanceIdentifier || db.ReadReplicaSourceDBClusterIdentifier || null,
        backupDays: db.BackupRetentionPeriod ?? 0,
        deletionProtection: db.DeletionProtection ?? false,
        encrypted: db.StorageEncrypted ?? false,
        storageGiB: db.AllocatedStorage ?? 0,
        storageMaxGiB: db.MaxAllocatedStorage ?? null,
        parameterGroup: db.DBParameterGroups?.[0]?.DBParameterGroupName ?? null,
        ca: db.CACertificateIdentifier ?? null,
        caEndsAt: db.CertificateDetails?.ValidTill?.getTime() ?? null,
        createdAt: db.InstanceCreateTime?.getTime() ?? null,
        ...ownerIn(db.TagList, settings),
      }),
    )
    return answer.Marker ? { rows, next: answer.Marker } : { rows }
  },
})

export interface Maintenance {
  /** `ca-certificate-rotation`, `db-upgrade`, `system-update`. */
  action: string
  /** When AWS does it by itself; null: it waits to be asked. Epoch ms. */
  appliesAt: number | null
}

/** What AWS wants to do to each, or to its cluster, with the dates that it sets. Asked for a hundred at a time. */
export const pendingMaintenance = defineDetail<DbInstance, Told<Maintenance[]>>('pending-maintenance', {
  calls: ['rds:DescribePendingMaintenanceActions'],
  atOnce: 100,
  async get(sources, rows) {
    const clusters = [...new Set(rows.flatMap(({ clusterId }) => clusterId ?? []))]
    const told = await orMissing(async () => ({
      own: await maintenanceOf(
        sources,
        'db-instance-id',
        rows.map(({ arn }) => arn),
      ),
      shared: await maintenanceOf(sources, 'db-cluster-id', clusters),
    }))
    if ('missing' in told) return new Map(rows.map(({ arn }) => [arn, told]))
    const { own, shared } = told.value
    const clusterArn = (id: string | null) => arnOf(sources.target, 'rds', `cluster:${id}`)
    return new Map(
      rows.map(({ arn, clusterId }) => [arn, { value: [...(own.get(arn) ?? []), ...(shared.get(clusterArn(clusterId)) ?? [])] }]),
    )
  },
})

/** By ARN. No values: nothing is asked. */
async function maintenanceOf({ aws }: Sources, Name: string, Values: string[]): Promise<Map<string, Maintenance[]>> {
  const found = new Map<string, Maintenance[]>()
  let Marker: string | undefined
  do {
    if (Values.length === 0) break
    const ask = new DescribePendingMaintenanceActionsCommand({ Filters: [{ Name, Values }], MaxRecords: 100, Marker })
    const answer = await aws.send(RDSClient, ask)
    for (const { ResourceIdentifier = '', PendingMaintenanceActionDetails = [] } of answer.PendingMaintenanceActions ?? [])
      found.set(
        ResourceIdentifier,
        PendingMaintenanceActionDetails.map(({ Action, CurrentApplyDate, ForcedApplyDate, AutoAppliedAfterDate }) => ({
          action: Action ?? '',
          appliesAt: (CurrentApplyDate ?? ForcedApplyDate ?? AutoAppliedAfterDate)?.getTime() ?? null,
        })),
      )
    Marker = answer.Marker
  } while (Marker)
  return found
}

/** End of standard support by `engine major`, epoch ms: what AWS itself says, the same for all rows. */
export const engineSupport = defineDetail<DbInstance, Told<ReadonlyMap<string, number>>>('engine-support', {
  calls: ['rds:DescribeDBMajorEngineVersions'],
  atOnce: 1_000,
  async get(sources, rows) {
    const told = await orMissing(() => supportEnds(sources))
    return new Map(rows.map(({ arn }) => [arn, told]))
  },
})

async function supportEnds({ aws }: Sources): Promise<ReadonlyMap<string, number>> {
  const ends = new Map<string, number>()
  let Marker: string | undefined
  do {
    const answer = await aws.send(RDSClient, new DescribeDBMajorEngineVersionsCommand({ MaxRecords: 100, Marker }))
    for (const { Engine, MajorEngineVersion, SupportedEngineLifecycles = [] } of answer.DBMajorEngineVersions ?? []) {
      const standard = SupportedEngineLifecycles.find(({ LifecycleSupportName: name }) => name === 'open-source-rds-standard-support')
      if (standard?.LifecycleSupportEndDate) ends.set(`${Engine} ${MajorEngineVersion}`, standard.LifecycleSupportEndDate.getTime())
    }
    Marker = answer.Marker
  } while (Marker)
  return ends
}

/** `max_connections` as its parameter group says it: a number, or a formula over the memory of its class; null: the group does not say. */
export const maxConnections = defineDetail<DbInstance, Told<string | null>>('max-connections', {
  calls: ['rds:DescribeDBParameters'],
  atOnce: 100,
  async get(sources, rows) {
    const groups = new Map<string, Told<string | null>>()
    for (const { parameterGroup } of rows) {
      if (parameterGroup === null || groups.has(parameterGroup)) continue
      groups.set(parameterGroup, await orMissing(() => parameterOf(sources, parameterGroup)))
    }
    return new Map(rows.map(({ arn, parameterGroup }) => [arn, groups.get(parameterGroup ?? '') ?? { value: null }]))
  },
})

async function parameterOf({ aws }: Sources, DBParameterGroupName: string): Promise<string | null> {
  const Filters = [{ Name: 'parameter-name', Values: ['max_connections'] }]
  const { Parameters } = await aws.send(RDSClient, new DescribeDBParametersCommand({ DBParameterGroupName, Filters, MaxRecords: 100 }))
  return Parameters?.find(({ ParameterName }) => ParameterName === 'max_connections')?.ParameterValue ?? null
}
