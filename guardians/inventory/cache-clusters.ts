import { DescribeCacheClustersCommand, ElastiCacheClient } from '@aws-sdk/client-elasticache'
import { defineInventory, type Resource } from '../define.ts'
import { arnOf } from '../resource.ts'
import { ownerCalls, withOwners } from './owners.ts'

export interface CacheCluster extends Resource {
  id: string
  /** `redis`, `valkey`, `memcached`. */
  engine: string
  /** `cache.t3.micro`. */
  nodeType: string
  nodes: number
  status: string
  /** Replication group that it is a node of. */
  group: string | null
  /** Epoch ms. */
  createdAt: number | null
}

/** Clusters of ElastiCache: of Redis and Valkey each node is one. */
export const cacheClusters = defineInventory<CacheCluster>('cache-clusters', {
  title: { en: 'Cache clusters', ja: 'キャッシュクラスター' },
  scope: 'region',
  calls: ['elasticache:DescribeCacheClusters', ...ownerCalls],
  async page(sources, token) {
    const { aws, target } = sources
    const answer = await aws.send(ElastiCacheClient, new DescribeCacheClustersCommand({ MaxRecords: 100, Marker: token }))
    const found = (answer.CacheClusters ?? []).map(
      (cluster): CacheCluster => ({
        arn: cluster.ARN ?? arnOf(target, 'elasticache', `cluster:${cluster.CacheClusterId}`),
        id: cluster.CacheClusterId ?? '',
        name: cluster.CacheClusterId ?? '',
        engine: cluster.Engine ?? '',
        nodeType: cluster.CacheNodeType ?? '',
        nodes: cluster.NumCacheNodes ?? 1,
        status: cluster.CacheClusterStatus ?? '',
        group: cluster.ReplicationGroupId || null,
        createdAt: cluster.CacheClusterCreateTime?.getTime() ?? null,
      }),
    )
    const rows = await withOwners(sources, found)
    return answer.Marker ? { rows, next: answer.Marker } : { rows }
  },
})
