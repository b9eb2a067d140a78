import { defineCheck, fail, pass } from '../define.ts'
import { dbInstances } from '../inventory/db-instances.ts'

/** A database whose storage, backups and replicas lie in plain. */
export const unencryptedDb = defineCheck('exposure-unencrypted-db', {
  number: 51,
  severity: 'medium',
  title: { en: 'Unencrypted database', ja: '暗号化されていないデータベース' },
  why: {
    en: 'Storage, backups and replicas are plain, and it cannot be switched on later: the longer it waits, the more has to move.',
    ja: 'ストレージもバックアップもレプリカも平文です。後から有効化はできず、待つほど移行が重くなります。',
  },
  fix: {
    en: '`aws rds create-db-snapshot`, `aws rds copy-db-snapshot --kms-key-id KEY`, `aws rds restore-db-instance-from-db-snapshot` beside it, then switch the application over.',
    ja: '`aws rds create-db-snapshot`、`aws rds copy-db-snapshot --kms-key-id KEY`、`aws rds restore-db-instance-from-db-snapshot` で並べて復元し、アプリケーションを切り替えます。',
  },
  peers: ['AWS Config', 'Prowler', 'Cloud Custodian'],
  says: { plain: { en: '{engine}, {storageGiB} GiB, not encrypted', ja: '{engine}・{storageGiB} GiB、暗号化なし' } },
  subject: dbInstances,
  judge: ({ encrypted, engine, storageGiB }) => (encrypted ? pass : fail('plain', { engine, storageGiB })),
})
