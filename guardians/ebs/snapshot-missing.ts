import { defineCheck, fail, pass } from '../define.ts'
import { snapshots } from '../inventory/snapshots.ts'
import { volumes } from '../inventory/volumes.ts'
import { daysSince } from '../resource.ts'

/** A volume whose loss would lose more than a week of work. */
export const snapshotMissing = defineCheck('ebs-snapshot-missing', {
  number: 6,
  severity: 'medium',
  title: { en: 'Volume without a recent snapshot', ja: '最近のスナップショットがないボリューム' },
  why: {
    en: 'When the volume fails or somebody deletes it, all that was written since the last snapshot is lost.',
    ja: 'ボリュームの故障や誤削除の際、最後のスナップショット以降に書かれたデータはすべて失われます。',
  },
  fix: {
    en: '`aws ec2 create-snapshot --volume-id ID` now, and a policy for the days to come: `aws dlm create-lifecycle-policy` or AWS Backup. Mute what holds nothing of value.',
    ja: 'まず `aws ec2 create-snapshot --volume-id ID` を実行し、今後は `aws dlm create-lifecycle-policy` か AWS Backup で自動化します。価値のないデータならミュートします。',
  },
  peers: ['Trusted Advisor', 'Prowler'],
  says: {
    never: {
      en: 'Never copied in the {days} days since it was made ({sizeGiB} GiB)',
      ja: '作成から {days} 日間スナップショットなし（{sizeGiB} GiB）',
    },
    stale: { en: 'The last snapshot is {days} days old ({sizeGiB} GiB)', ja: '最後のスナップショットから {days} 日（{sizeGiB} GiB）' },
  },
  subject: volumes,
  options: {
    days: { default: 7, unit: 'days', source: 'AWS Trusted Advisor' },
    redDays: { default: 30, unit: 'days', source: 'AWS Trusted Advisor' },
  },
  reads: { snapshots },
  prepare(reads) {
    const latest = new Map<string, number>()
    for (const { volume, startedAt, state } of reads.snapshots)
      if (volume && startedAt !== null && state === 'completed') latest.set(volume, Math.max(startedAt, latest.get(volume) ?? 0))
    return latest
  },
  judge({ id, createdAt, sizeGiB, instances }, { now, options, known }) {
    const copiedAt = known.get(id)
    const days = daysSince(copiedAt ?? createdAt, now)
    if (days !== null && days < options.days) return pass
    const severity = days === null || days >= options.redDays ? 'high' : 'medium'
    return fail(copiedAt === undefined ? 'never' : 'stale', { days, sizeGiB, instances: instances.slice(0, 20) }, { severity })
  },
})
