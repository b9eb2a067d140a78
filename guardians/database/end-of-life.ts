import { defineCheck, fail, pass, unknown } from '../define.ts'
import { type DbInstance, dbInstances, engineSupport, type Maintenance, pendingMaintenance } from '../inventory/db-instances.ts'
import type { Told } from '../inventory/told.ts'
import { dayMs } from '../resource.ts'
import { datedEngines, engineTable, majorOf } from './engine-table.ts'

/** What comes to its end, or is done to it, at a date that is set. */
interface End {
  reason: 'ca' | 'engine' | 'maintenance'
  what: string
  at: number
}

/** Certificate, engine, and what AWS will do by itself: all have dates, and none of them asks whether it suits. */
export const endOfLife = defineCheck('database-end-of-life', {
  number: 41,
  severity: 'medium',
  title: { en: 'Engine or certificate of a database near its end', ja: 'エンジンまたは証明書の期限が近いデータベース' },
  why: {
    en: 'After the date clients refuse the certificate, support costs extra, or AWS upgrades and restarts the database when it suits AWS.',
    ja: '期限後は、証明書の拒否による接続断、延長サポートの追加料金、AWS 都合のアップグレードと再起動が起きます。',
  },
  fix: {
    en: 'Certificate: renew the bundle of the clients, then `aws rds modify-db-instance --db-instance-identifier ID --ca-certificate-identifier rds-ca-rsa2048-g1`. Engine: try it on a restored snapshot, then `aws rds modify-db-instance --db-instance-identifier ID --engine-version VERSION --allow-major-version-upgrade`. Maintenance: choose the hour with `aws rds apply-pending-maintenance-action`.',
    ja: '証明書: クライアントの証明書バンドルを更新後、`aws rds modify-db-instance --db-instance-identifier ID --ca-certificate-identifier rds-ca-rsa2048-g1`。エンジン: 復元したスナップショットで試してから `aws rds modify-db-instance --db-instance-identifier ID --engine-version VERSION --allow-major-version-upgrade`。メンテナンス: `aws rds apply-pending-maintenance-action` で時刻を選びます。',
  },
  peers: ['Trusted Advisor', 'Prowler'],
  says: {
    ca: { en: 'The certificate authority {what} is valid until {endsOn}', ja: '認証局 {what} は {endsOn} まで有効' },
    engine: { en: 'Standard support of {what}: until {endsOn}', ja: '{what} の標準サポートは {endsOn} まで' },
    maintenance: { en: 'AWS does {what} by itself from {endsOn} on', ja: '{endsOn} 以降、AWS が {what} を自動実行' },
  },
  subject: dbInstances,
  options: {
    caDays: { default: 90, unit: 'days', source: 'ours' },
    engineDays: { default: 180, unit: 'days', source: 'ours' },
    maintenanceDays: { default: 30, unit: 'days', source: 'ours' },
  },
  details: { maintenance: pendingMaintenance, support: engineSupport },
  applies: ({ status }) => status !== 'deleting',
  judge(db, { now, options, details }) {
    const support = supportOf(db, details.support)
    const horizons = { ca: options.caDays, engine: options.engineDays, maintenance: options.maintenanceDays }
    const ends = [...certificateOf(db), ...support.ends, ...maintenanceOf(details.maintenance)]
      .filter(({ reason, at }) => at <= now + horizons[reason] * dayMs)
      .toSorted((a, b) => a.at - b.at)
    const [first, ...also] = ends
    if (first) {
      const endsOn = dayOf(first.at)
      const { engine, engineVersion } = db
      const evidence = { what: first.what, endsOn, daysLeft: Math.floor((first.at - now) / dayMs), engine, engineVersion }
      return fail(first.reason, { ...evidence, also: also.slice(0, 20).map(({ what, at }) => `${what} ${dayOf(at)}`) })
    }
    if (support.missing !== null) return unknown(support.missing)
    return 'missing' in details.maintenance ? unknown(details.maintenance.missing) : pass
  },
})

const certificateOf = ({ ca, caEndsAt }: DbInstance): End[] => (caEndsAt === null ? [] : [{ reason: 'ca', what: ca ?? '', at: caEndsAt }])

/** What AWS says, else what its documentation said. */
function supportOf(
  { engine, engineVersion }: DbInstance,
  told: Told<ReadonlyMap<string, number>>,
): { ends: End[]; missing: string | null } {
  if (!datedEngines.includes(engine)) return { ends: [], missing: null }
  const major = majorOf(engine, engineVersion)
  const documented = engineTable[major]
  const at = ('value' in told ? told.value.get(major) : undefined) ?? (documented === undefined ? undefined : Date.parse(documented))
  if (at !== undefined) return { ends: [{ reason: 'engine', what: major, at }], missing: null }
  return { ends: [], missing: 'missing' in told ? told.missing : `end of support of ${major}` }
}

const maintenanceOf = (told: Told<Maintenance[]>): End[] =>
  'missing' in told
    ? []
    : told.value.flatMap(({ action, appliesAt }): End[] =>
        appliesAt === null ? [] : [{ reason: 'maintenance', what: action, at: appliesAt }],
      )

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
