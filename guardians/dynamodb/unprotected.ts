import { defineCheck, fail, pass } from '../define.ts'
import { pointInTimeRecovery, tableDescription, tables } from '../inventory/tables.ts'

/** One wrong command, and a table is gone or full of nonsense. */
export const unprotected = defineCheck('dynamodb-unprotected', {
  number: 35,
  severity: 'high',
  title: { en: 'Table without recovery or deletion protection', ja: '復元または削除保護のないテーブル' },
  why: {
    en: 'A bug that writes nonsense, or one wrong command, destroys data that nobody can bring back.',
    ja: '誤った書き込みや 1 つの操作ミスで、二度と戻せないデータが失われます。',
  },
  fix: {
    en: '`aws dynamodb update-continuous-backups --table-name NAME --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true` and `aws dynamodb update-table --table-name NAME --deletion-protection-enabled`.',
    ja: '`aws dynamodb update-continuous-backups --table-name NAME --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true` と `aws dynamodb update-table --table-name NAME --deletion-protection-enabled` を実行します。',
  },
  peers: ['AWS Config', 'Prowler'],
  says: {
    both: {
      en: 'Neither point-in-time recovery nor deletion protection',
      ja: 'ポイントインタイムリカバリも削除保護も無効',
    },
    recovery: { en: 'Point-in-time recovery is off', ja: 'ポイントインタイムリカバリが無効' },
    deletion: { en: 'Deletion protection is off', ja: '削除保護が無効' },
  },
  subject: tables,
  details: { table: tableDescription, recovery: pointInTimeRecovery },
  judge(_, { details: { table, recovery } }) {
    if (recovery && table.deletionProtection) return pass
    const reason = recovery ? 'deletion' : table.deletionProtection ? 'recovery' : 'both'
    return fail(reason, { pointInTimeRecovery: recovery, deletionProtection: table.deletionProtection })
  },
  runbook: 'protect-table',
})
