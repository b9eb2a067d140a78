import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf, ownerIn } from '../resource.ts'

export interface DbCluster extends Resource {
  id: string
  engine: string
  engineVersion: string
  status: string
  /** It has instances in more than one zone. */
  multiAz: boolean
  members: number
  /** Aurora Serverless v1: AWS starts it elsewhere by itself. */
  serverless: boolean
  /** What it replicates: another cluster or instance. */
  replicaOf: string | null
  backupDays: number
  deletionProtection: boolean
  /** Epoch ms. */
  createdAt: number | null
}

/** Clusters of Aurora, Neptune and DocumentDB, and Multi-AZ clusters of RDS. */
export const dbClusters = defineInventory<DbCluster>('db-clusters', {
  title: { en: 'DB clusters', ja: 'DB クラスター' },
  scope: 'region',
  calls: ['rds:DescribeDBClusters'],
  async page({ aws, target, settings }, token) {
    const answer = await aws.send(RDSClient, new DescribeDBClustersCommand({ MaxRecords: 100, Marker: token }))
    const rows = (answer.DBClusters ?? []).map(
      (cluster): DbCluster => ({
        arn: cluster.DBClusterArn ?? arnOf(target, 'rds', `cluster:${cluster.DBClusterIdentifier}`),
        id: cluster.DBClusterIdentifier ?? '',
        name: cluster.DBClusterIdentifier ?? '',
        engine: cluster.Engine ?? '',
        engineVersion: cluster.EngineVersion ?? '',
        status: cluster.Status ?? '',
        multiAz: cluster.MultiAZ ?? false,
        members: cluster.DBClusterMembers?.length ?? 0,
        serverless: cluster.EngineMode === 'serverless',
        replicaOf: cluster.ReplicationSourceIdentifier || null,
        backupDays: cluster.BackupRetentionPeriod ?? 0,
        deletionProtection: cluster.DeletionProtection ?? false,
        createdAt: cluster.ClusterCreateTime?.getTime() ?? null,
        ...ownerIn(cluster.TagList, settings),
      }),
    )
    return answer.Marker ? { rows, next: answer.Marker } : { rows }
  },
})
