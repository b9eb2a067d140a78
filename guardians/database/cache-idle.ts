import { defineCheck, fail, type Metric, pass } from '../define.ts'
import { type CacheCluster, cacheClusters } from '../inventory/cache-clusters.ts'
import { cacheItem } from '../prices-database.ts'
import { daysSince } from '../resource.ts'
import { running } from './settled.ts'

const memcached = ({ engine }: CacheCluster): boolean => engine === 'memcached'

/** Commands of one day; a day without any is not written by CloudWatch. `connections` proves that the node reports at all. */
const commands = (metric: string, of: (row: CacheCluster) => boolean): Metric<CacheCluster> => ({
  ...{ namespace: 'AWS/ElastiCache', metric, stat: 'Sum', periodS: 86_400, days: { option: 'idleDays' }, absent: 'zero' },
  dimensions: (row) => (of(row) ? { CacheClusterId: row.id } : null),
})
const always = (metric: string, of: (row: CacheCluster) => boolean): Metric<CacheCluster> => ({
  ...commands(metric, of),
  ...{ stat: 'Maximum', absent: 'unknown' },
})

/** ElastiCache itself keeps some connections open, so that commands are counted. */
export const cacheIdle = defineCheck('database-cache-idle', {
  number: 44,
  severity: 'medium',
  title: { en: 'Cache that nobody asks', ja: '誰も使っていないキャッシュ' },
  why: {
    en: 'Its memory is paid for by the hour, full or empty, asked or not.',
    ja: '使われていなくても、メモリの料金が毎時間かかります。',
  },
  fix: {
    en: 'Ask its owner, then `aws elasticache delete-cache-cluster --cache-cluster-id ID`; a group: `aws elasticache delete-replication-group --replication-group-id ID`.',
    ja: '所有者に確認してから `aws elasticache delete-cache-cluster --cache-cluster-id ID`。グループは `aws elasticache delete-replication-group --replication-group-id ID`。',
  },
  peers: ['cloudrift', 'Thrifty'],
  says: {
    idle: { en: '{nodeType} x {nodes}: no command in {windowDays} days', ja: '{nodeType} × {nodes}: {windowDays} 日間コマンドなし' },
  },
  subject: cacheClusters,
  options: { idleDays: { default: 14, unit: 'days', source: 'cloudrift' } },
  metrics: {
    connections: always('CurrConnections', () => true),
    /** A replica waits for its turn: only the primary of a group is judged. */
    primary: always('IsMaster', ({ group }) => group !== null),
    reads: commands('GetTypeCmds', (row) => !memcached(row)),
    writes: commands('SetTypeCmds', (row) => !memcached(row)),
    messages: commands('PubSubBasedCmds', (row) => !memcached(row)),
    gets: commands('CmdGet', memcached),
    sets: commands('CmdSet', memcached),
  },
  applies: ({ status, createdAt }, { now, options }) =>
    running(status) && (daysSince(createdAt, now) ?? options.idleDays) >= options.idleDays,
  judge(cluster, { options, metrics, savings }) {
    const { reads, writes, messages, gets, sets } = metrics
    const count = [reads, writes, messages, gets, sets].flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0)
    if (count > 0 || (cluster.group !== null && !metrics.primary.values.some((value) => value > 0))) return pass
    const { engine, nodeType, nodes, group } = cluster
    const price = cacheItem(engine, nodeType)
    const maxConnections = Math.max(0, ...metrics.connections.values)
    const evidence = { engine, nodeType, nodes, group, commands: count, maxConnections, windowDays: options.idleDays }
    return fail('idle', evidence, { savings: price && savings(price.item, price.quantity * nodes) })
  },
})
