import { defineCheck, fail, pass } from '../define.ts'
import { dbSnapshotAccess } from '../inventory/db-snapshot-access.ts'
import { dbSnapshots } from '../inventory/db-snapshots.ts'
import { daysSince } from '../resource.ts'

/** As `exposure-snapshot-public`, of a database. */
export const dbSnapshotPublic = defineCheck('exposure-db-snapshot-public', {
  number: 49,
  severity: 'high',
  title: { en: 'Public DB snapshot', ja: '公開されている DB スナップショット' },
  why: {
    en: 'Every account of AWS can start the database of that day and read all of it.',
    ja: 'どの AWS アカウントからでもその日のデータベースを起動し、すべて読めてしまいます。',
  },
  fix: {
    en: '`aws rds modify-db-snapshot-attribute --db-snapshot-identifier ID --attribute-name restore --values-to-remove all` (of a cluster: `aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier ID ...`), then tell whoever answers for the data.',
    ja: '`aws rds modify-db-snapshot-attribute --db-snapshot-identifier ID --attribute-name restore --values-to-remove all`（クラスターは `aws rds modify-db-cluster-snapshot-attribute --db-cluster-snapshot-identifier ID ...`）を実行し、データの責任者に知らせます。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Prowler', 'Cloud Custodian'],
  says: {
    public: {
      en: 'everybody may restore this copy of {source} ({engine}), made {ageDays} days ago',
      ja: '{source}（{engine}）の複製を誰でも復元できる。作成から {ageDays} 日',
    },
  },
  subject: dbSnapshots,
  details: { restorers: dbSnapshotAccess },
  judge: ({ source, engine, createdAt }, { now, details: { restorers } }) =>
    restorers.includes('all') ? fail('public', { source, engine, ageDays: daysSince(createdAt, now) }) : pass,
})
