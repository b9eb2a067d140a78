import { sizeOf } from './prices-compute.ts'
import { hourly } from './prices-hourly.ts'

/**
 * What instances of RDS, ElastiCache and OpenSearch cost: on demand, one zone, without storage. Within a family the price goes with
 * the size, so there is one price per family, that of its size `large`.
 */
const family = (service: 'rds' | 'rds/aurora' | 'elasticache' | 'opensearch-service') => (usdPerHour: number) => ({
  unit: 'size large',
  ...hourly(usdPerHour),
  source: `https://aws.amazon.com/${service}/pricing/`,
  asOf: '2025-06-01',
})

const rds = family('rds')
const aurora = family('rds/aurora')
const cache = family('elasticache')
const search = family('opensearch-service')

export const databasePrices = {
  /** MariaDB costs the same. */
  'rds-mysql-t3': rds(0.136),
  'rds-mysql-t4g': rds(0.129),
  'rds-mysql-m5': rds(0.171),
  'rds-mysql-m6g': rds(0.152),
  'rds-mysql-m6i': rds(0.171),
  'rds-mysql-r5': rds(0.24),
  'rds-mysql-r6g': rds(0.215),
  'rds-postgres-t3': rds(0.145),
  'rds-postgres-t4g': rds(0.129),
  'rds-postgres-m5': rds(0.178),
  'rds-postgres-m6g': rds(0.159),
  'rds-postgres-m6i': rds(0.178),
  'rds-postgres-r5': rds(0.25),
  'rds-postgres-r6g': rds(0.225),
  /** Aurora Standard, MySQL and PostgreSQL. */
  'rds-aurora-t3': aurora(0.164),
  'rds-aurora-t4g': aurora(0.146),
  'rds-aurora-r5': aurora(0.29),
  'rds-aurora-r6g': aurora(0.26),
  'rds-snapshot': { unit: 'GiB', usd: 0.095, source: 'https://aws.amazon.com/rds/pricing/', asOf: '2025-06-01' },
  /** Redis and Memcached; Valkey costs a fifth less. */
  'cache-t3': cache(0.136),
  'cache-t4g': cache(0.129),
  'cache-m5': cache(0.156),
  'cache-m6g': cache(0.149),
  'cache-r5': cache(0.216),
  'cache-r6g': cache(0.206),
  'search-t3': search(0.144),
  'search-m5': search(0.142),
  'search-m6g': search(0.128),
  'search-c5': search(0.125),
  'search-r5': search(0.186),
  'search-r6g': search(0.167),
} as const

export type DatabaseItem = keyof typeof databasePrices

const engines: Readonly<Record<string, string>> = {
  ...{ mysql: 'mysql', mariadb: 'mysql', postgres: 'postgres' },
  ...{ aurora: 'aurora', 'aurora-mysql': 'aurora', 'aurora-postgresql': 'aurora' },
}

/** `db.m5.xlarge` of `postgres` is twice `rds-postgres-m5`. Null: no price of it is known here. */
export function rdsItem(engine: string, dbClass: string): { item: DatabaseItem; quantity: number } | null {
  const prefix = engines[engine]
  return prefix === undefined ? null : itemOf(`rds-${prefix}`, dbClass.replace(/^db\./, ''))
}

/** `cache.r6g.large`. Valkey is cheaper: no price of it is known here. */
export const cacheItem = (engine: string, nodeType: string): { item: DatabaseItem; quantity: number } | null =>
  engine === 'valkey' ? null : itemOf('cache', nodeType.replace(/^cache\./, ''))

/** `m5.large.search`, and `m5.large.elasticsearch` of old. */
export const searchItem = (nodeType: string): { item: DatabaseItem; quantity: number } | null =>
  itemOf('search', nodeType.replace(/\.(search|elasticsearch)$/, ''))

function itemOf(prefix: string, type: string): { item: DatabaseItem; quantity: number } | null {
  const [name = '', size = ''] = type.split('.')
  const item = `${prefix}-${name}`
  const quantity = sizeOf(size)
  return item in databasePrices && quantity !== null ? { item: item as DatabaseItem, quantity } : null
}
