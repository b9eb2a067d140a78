import { defineCheck, fail, pass } from '../define.ts'
import { type DbInstance, dbInstances } from '../inventory/db-instances.ts'
import { rdsItem } from '../prices-database.ts'
import { daysSince } from '../resource.ts'
import { running } from './settled.ts'

/** They have metrics in namespaces of their own. */
const otherServices: readonly string[] = ['docdb', 'neptune']

/** A database that nobody connects to costs as much as one in use. A reader of a cluster is idle only when all of the cluster is. */
export const rdsIdle = defineCheck('database-rds-idle', {
  number: 38,
  severity: 'medium',
  title: { en: 'Database that nobody connects to', ja: '誰も接続していないデータベース' },
  why: {
    en: 'It costs as much as one in use, and it is patched, backed up and worried about for nobody.',
    ja: '使われているものと同じ料金がかかり、誰のためでもないパッチ適用やバックアップが続きます。',
  },
  fix: {
    en: 'Ask its owner. Then `aws rds delete-db-instance --db-instance-identifier ID --final-db-snapshot-identifier ID-final`; to wait a week, `aws rds stop-db-instance --db-instance-identifier ID`.',
    ja: '所有者に確認してから `aws rds delete-db-instance --db-instance-identifier ID --final-db-snapshot-identifier ID-final`。様子を見るなら `aws rds stop-db-instance --db-instance-identifier ID` で一週間止めます。',
  },
  peers: ['Trusted Advisor', 'Thrifty', 'cloudrift', 'Cloud Custodian'],
  says: {
    idle: {
      en: '{class} ({engine}): no connection in {windowDays} days',
      ja: '{class}（{engine}）: {windowDays} 日間接続なし',
    },
  },
  subject: dbInstances,
  options: { idleDays: { default: 7, unit: 'days', source: 'AWS Trusted Advisor' } },
  metrics: {
    connections: {
      ...{ namespace: 'AWS/RDS', metric: 'DatabaseConnections', stat: 'Maximum', periodS: 86_400, days: { option: 'idleDays' } },
      dimensions: ({ id, clusterId }: DbInstance): Record<string, string> =>
        clusterId === null ? { DBInstanceIdentifier: id } : { DBClusterIdentifier: clusterId },
      absent: 'unknown',
    },
  },
  applies: ({ status, engine, createdAt }, { now, options }) =>
    running(status) && !otherServices.includes(engine) && (daysSince(createdAt, now) ?? options.idleDays) >= options.idleDays,
  judge(db, { now, options, metrics, savings }) {
    const maxConnections = Math.max(0, ...metrics.connections.values)
    if (maxConnections > 0) return pass
    const price = rdsItem(db.engine, db.class)
    const evidence = {
      ...{ engine: db.engine, class: db.class, multiAz: db.multiAz, cluster: db.clusterId, ageDays: daysSince(db.createdAt, now) },
      ...{ maxConnections, windowDays: options.idleDays, daysMeasured: metrics.connections.values.length },
    }
    return fail('idle', evidence, { savings: price && savings(price.item, price.quantity * (db.multiAz ? 2 : 1)) })
  },
})
