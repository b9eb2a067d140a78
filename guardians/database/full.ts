import { defineCheck, fail, pass, unknown } from '../define.ts'
import { type DbInstance, dbInstances, maxConnections } from '../inventory/db-instances.ts'
import type { Told } from '../inventory/told.ts'
import { classMemoryBytes, connectionLimit } from './connection-limit.ts'
import { running } from './settled.ts'

const gib = 1_024 ** 3

/** Their storage grows by itself, without a limit that anybody meets. */
const boundless = (engine: string): boolean => engine.startsWith('aurora') || engine === 'neptune' || engine === 'docdb'

/** Oracle and SQL Server bound something else. */
const bounded: readonly string[] = ['mysql', 'mariadb', 'postgres', 'aurora', 'aurora-mysql', 'aurora-postgresql']

/** A database stops when its disk is full, and turns people away when its connections are used up. */
export const full = defineCheck('database-full', {
  number: 42,
  severity: 'high',
  title: { en: 'Database short of storage or connections', ja: 'ストレージまたは接続数が限界に近いデータベース' },
  why: {
    en: 'A full disk stops the database; used-up connections turn away everybody who comes next, those who repair it as well.',
    ja: 'ディスクが満杯になるとデータベースは停止し、接続数が尽きると復旧に来た人も含めて接続できなくなります。',
  },
  fix: {
    en: 'Storage: `aws rds modify-db-instance --db-instance-identifier ID --allocated-storage GIB --max-allocated-storage GIB --apply-immediately`. Connections: look for a leak, pool them (RDS Proxy), or take a larger class.',
    ja: 'ストレージ: `aws rds modify-db-instance --db-instance-identifier ID --allocated-storage GIB --max-allocated-storage GIB --apply-immediately`。接続数: リークを調べ、RDS Proxy などでプールするか、大きいクラスに変更します。',
  },
  peers: [],
  says: {
    storage: { en: '{storagePercent} % of {storageLimitGiB} GiB used', ja: '{storageLimitGiB} GiB の {storagePercent} % を使用' },
    connections: {
      en: '{connectionsPercent} % of about {connectionLimit} connections used in the last day',
      ja: '直近 1 日で接続上限（約 {connectionLimit}）の {connectionsPercent} % を使用',
    },
  },
  subject: dbInstances,
  options: { usedPercent: { default: 80, unit: 'percent', source: 'ours' } },
  metrics: {
    freeStorage: {
      ...{ namespace: 'AWS/RDS', metric: 'FreeStorageSpace', stat: 'Minimum', periodS: 3_600, days: 1, absent: 'unknown' },
      dimensions: ({ id, engine }: DbInstance) => (boundless(engine) ? null : { DBInstanceIdentifier: id }),
    },
    connections: {
      ...{ namespace: 'AWS/RDS', metric: 'DatabaseConnections', stat: 'Maximum', periodS: 3_600, days: 1, absent: 'unknown' },
      dimensions: ({ id, engine }: DbInstance) => (bounded.includes(engine) ? { DBInstanceIdentifier: id } : null),
    },
  },
  details: { limit: maxConnections },
  applies: ({ status, engine }) => running(status) && !['neptune', 'docdb'].includes(engine),
  judge(db, { options, metrics, details }) {
    const storage = storageOf(db, metrics.freeStorage.values.at(-1))
    const limit = limitOf(db, details.limit)
    const connections = metrics.connections.values.length > 0 ? Math.max(...metrics.connections.values) : null
    const connectionsPercent = limit.value === null || connections === null ? null : percent(connections, limit.value)
    const evidence = { ...storage, connections, connectionLimit: limit.value, connectionsPercent, windowHours: 24 }
    if ((storage.storagePercent ?? 0) >= options.usedPercent) return fail('storage', evidence)
    if ((connectionsPercent ?? 0) >= options.usedPercent) return fail('connections', evidence)
    return limit.missing === null ? pass : unknown(limit.missing)
  },
})

/** Against what it may grow to by itself. */
function storageOf({ storageGiB, storageMaxGiB }: DbInstance, freeBytes: number | undefined) {
  if (freeBytes === undefined) return { storageFreeGiB: null, storageLimitGiB: null, storagePercent: null }
  const storageFreeGiB = Math.round((freeBytes / gib) * 10) / 10
  const storageLimitGiB = Math.max(storageGiB, storageMaxGiB ?? 0)
  return { storageFreeGiB, storageLimitGiB, storagePercent: percent(storageGiB - storageFreeGiB, storageLimitGiB) }
}

function limitOf(db: DbInstance, told: Told<string | null>): { value: number | null; missing: string | null } {
  if (!bounded.includes(db.engine)) return { value: null, missing: null }
  if ('missing' in told) return { value: null, missing: told.missing }
  const value = told.value === null ? null : connectionLimit(told.value, classMemoryBytes(db.class))
  return { value, missing: value === null ? `connection limit of ${db.class}` : null }
}

const percent = (part: number, whole: number): number => (whole > 0 ? Math.round((part / whole) * 100) : 0)
