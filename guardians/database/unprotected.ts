import { defineCheck, fail, pass } from '../define.ts'
import { databases } from '../inventory/databases.ts'
import { settled } from './settled.ts'

/** No backup, or one command away from being gone with its backups. */
export const unprotected = defineCheck('database-unprotected', {
  number: 40,
  severity: 'high',
  title: { en: 'Database without backup or deletion protection', ja: 'バックアップまたは削除保護のないデータベース' },
  why: {
    en: 'A wrong statement cannot be undone without backups, and one wrong command deletes a database without protection, its automatic backups with it.',
    ja: 'バックアップがなければ誤操作を元に戻せず、削除保護がなければ一つのコマンドで自動バックアップごと消えます。',
  },
  fix: {
    en: '`aws rds modify-db-instance --db-instance-identifier ID --backup-retention-period 7 --deletion-protection --apply-immediately` (the first backup interrupts I/O for moments); for a cluster `aws rds modify-db-cluster --db-cluster-identifier ID --deletion-protection`.',
    ja: '`aws rds modify-db-instance --db-instance-identifier ID --backup-retention-period 7 --deletion-protection --apply-immediately`（初回バックアップで一瞬 I/O が止まります）。クラスターは `aws rds modify-db-cluster --db-cluster-identifier ID --deletion-protection`。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Prowler'],
  says: {
    both: {
      en: '{engine} {kind}: no automatic backup, and nothing keeps it from being deleted',
      ja: '{engine}（{kind}）: 自動バックアップも削除保護もなし',
    },
    'no-backup': { en: '{engine} {kind}: automatic backup is off', ja: '{engine}（{kind}）: 自動バックアップが無効' },
    deletable: { en: '{engine} {kind}: no deletion protection', ja: '{engine}（{kind}）: 削除保護なし' },
  },
  subject: databases,
  judge({ kind, engine, status, replicaOf, backupDays, deletionProtection }) {
    if (!settled(status)) return pass
    // The source of a replica is what is backed up.
    const noBackup = backupDays === 0 && replicaOf === null
    if (!noBackup && deletionProtection) return pass
    const reason = noBackup ? (deletionProtection ? 'no-backup' : 'both') : 'deletable'
    return fail(reason, { kind, engine, backupDays, deletionProtection })
  },
})
