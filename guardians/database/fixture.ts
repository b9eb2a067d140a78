import type { CacheCluster } from '../inventory/cache-clusters.ts'
import type { Database } from '../inventory/databases.ts'
import type { DbInstance } from '../inventory/db-instances.ts'

/** Rows of examples: each is in order until it is told otherwise. For tests only. */

const longAgo = Date.parse('2026-01-01T00:00:00Z')

export const instance = (over: Partial<DbInstance> = {}): DbInstance => ({
  ...{ arn: 'arn:aws:rds:us-east-1:123456789012:db:orders', id: 'orders', name: 'orders', status: 'available' },
  ...{ engine: 'postgres', engineVersion: '17.4', class: 'db.m5.large', multiAz: false, clusterId: null, replicaOf: null },
  ...{ backupDays: 7, deletionProtection: true, encrypted: true, storageGiB: 100, storageMaxGiB: null },
  ...{ parameterGroup: 'default.postgres17', ca: 'rds-ca-rsa2048-g1', caEndsAt: Date.parse('2027-11-21T00:00:00Z'), createdAt: longAgo },
  ...over,
})

export const standing = (over: Partial<Database> = {}): Database => ({
  ...{ arn: 'arn:aws:rds:us-east-1:123456789012:db:orders', name: 'orders', kind: 'instance', engine: 'postgres', status: 'available' },
  ...{ multiAz: true, zoneless: false, replicaOf: null, backupDays: 7, deletionProtection: true },
  ...over,
})

export const cacheNode = (over: Partial<CacheCluster> = {}): CacheCluster => ({
  ...{ arn: 'arn:aws:elasticache:us-east-1:123456789012:cluster:hot', id: 'hot', name: 'hot', engine: 'redis' },
  ...{ nodeType: 'cache.t3.micro', nodes: 1, status: 'available', group: null, createdAt: longAgo },
  ...over,
})
