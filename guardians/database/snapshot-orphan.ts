import { defineCheck, fail, pass } from '../define.ts'
import { dbClusters } from '../inventory/db-clusters.ts'
import { dbInstances } from '../inventory/db-instances.ts'
import { dbSnapshots } from '../inventory/db-snapshots.ts'
import { daysSince } from '../resource.ts'

/** A snapshot made by hand outlives its database until somebody deletes it. */
export const snapshotOrphan = defineCheck('database-snapshot-orphan', {
  number: 43,
  severity: 'low',
  title: { en: 'Snapshot of a database that is gone', ja: '削除済みデータベースの手動スナップショット' },
  why: {
    en: 'AWS never deletes it: it is paid for every month, and it keeps personal data that everybody believes to be gone.',
    ja: 'AWS が削除することはなく、毎月課金され、消えたはずの個人データが残り続けます。',
  },
  fix: {
    en: 'Ask whether it must be kept (and until when: tag it). Else `aws rds delete-db-snapshot --db-snapshot-identifier ID`, of a cluster `aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier ID`.',
    ja: '保管が必要か（いつまでか、タグに）確認し、不要なら `aws rds delete-db-snapshot --db-snapshot-identifier ID`、クラスターは `aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier ID`。',
  },
  peers: ['Thrifty', 'cloudrift'],
  says: {
    orphan: { en: '{ageDays} days old; its {of} {source} is gone', ja: '作成から {ageDays} 日。元の {of} {source} は存在しません' },
  },
  subject: dbSnapshots,
  options: { minDays: { default: 30, unit: 'days', source: 'Thrifty' } },
  reads: { instances: dbInstances, clusters: dbClusters },
  prepare: ({ instances, clusters }) => ({
    instance: new Set(instances.map(({ id }) => id)),
    cluster: new Set([...clusters.map(({ id }) => id), ...instances.flatMap(({ clusterId }) => clusterId ?? [])]),
  }),
  judge({ of, source, engine, sizeGiB, elsewhere, createdAt }, { now, options, known, savings }) {
    const ageDays = daysSince(createdAt, now)
    // Of a copy from another region or account nobody here can tell whether its source is there.
    if (elsewhere || known[of].has(source) || ageDays === null || ageDays < options.minDays) return pass
    const priced = of === 'instance' && sizeGiB !== null
    return fail('orphan', { of, source, engine, upToGiB: sizeGiB, ageDays }, { savings: priced ? savings('rds-snapshot', sizeGiB) : null })
  },
})
