import { defineCheck, fail, pass } from '../define.ts'
import { databases } from '../inventory/databases.ts'
import { settled } from './settled.ts'

/** Without a standby in another zone the database is down as long as its zone is. */
export const singleAz = defineCheck('database-single-az', {
  number: 39,
  severity: 'high',
  title: { en: 'Database in one zone only', ja: '単一 AZ のデータベース' },
  why: {
    en: 'When its zone fails, everything behind it is down until somebody restores a backup elsewhere, and what came since is lost.',
    ja: 'その AZ が止まると、別の場所でバックアップから復元するまで全体が止まり、それ以降のデータは失われます。',
  },
  fix: {
    en: '`aws rds modify-db-instance --db-instance-identifier ID --multi-az --apply-immediately`; for Aurora add a reader in another zone: `aws rds create-db-instance --db-cluster-identifier ID --db-instance-identifier ID-2 --availability-zone ZONE --engine ENGINE --db-instance-class CLASS`.',
    ja: '`aws rds modify-db-instance --db-instance-identifier ID --multi-az --apply-immediately`。Aurora は `aws rds create-db-instance --db-cluster-identifier ID --db-instance-identifier ID-2 --availability-zone ZONE --engine ENGINE --db-instance-class CLASS` で別 AZ にリーダーを追加します。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Prowler'],
  says: {
    'one-zone': { en: '{engine} {kind} without a standby in another zone', ja: '{engine}（{kind}）: 別 AZ に待機系なし' },
  },
  subject: databases,
  judge({ kind, engine, status, multiAz, zoneless, replicaOf }) {
    // A replica is itself the second copy of something.
    if (multiAz || zoneless || replicaOf !== null || !settled(status)) return pass
    return fail('one-zone', { kind, engine })
  },
})
