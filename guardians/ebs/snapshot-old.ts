import { defineCheck, fail, pass } from '../define.ts'
import { images } from '../inventory/images.ts'
import { snapshots } from '../inventory/snapshots.ts'
import { volumes } from '../inventory/volumes.ts'
import { daysSince } from '../resource.ts'
import { freedByDeleting, savedBy } from './freed.ts'

/** Snapshots that nobody will restore: too old, or of a volume that is gone. Those of AMIs and of backup policies have other keepers. */
export const snapshotOld = defineCheck('ebs-snapshot-old', {
  number: 4,
  severity: 'low',
  title: { en: 'Snapshot that nobody will need', ja: '誰も使わないスナップショット' },
  why: {
    en: 'Old snapshots add up month by month, and old data in them stays in reach longer than anybody meant.',
    ja: '古いスナップショットの費用は毎月積み重なり、中の古いデータも意図より長く手の届く場所に残ります。',
  },
  fix: {
    en: 'Ask its owner, then `aws ec2 delete-snapshot --snapshot-id ID`. To keep it for years, `aws ec2 modify-snapshot-tier --snapshot-id ID --storage-tier archive`.',
    ja: '所有者に確認し、`aws ec2 delete-snapshot --snapshot-id ID` で削除します。長期保存なら `aws ec2 modify-snapshot-tier --snapshot-id ID --storage-tier archive`。',
  },
  peers: ['Thrifty', 'cloudrift', 'Cloud Custodian', 'Janitor Monkey'],
  says: {
    old: { en: '{ageDays} days old, of a volume of {volumeGiB} GiB', ja: '作成から {ageDays} 日（元のボリュームは {volumeGiB} GiB）' },
    orphan: {
      en: '{ageDays} days old; its volume {volume} ({volumeGiB} GiB) is gone',
      ja: '作成から {ageDays} 日。元のボリューム {volume}（{volumeGiB} GiB）は存在しません',
    },
  },
  subject: snapshots,
  options: {
    maxDays: { default: 90, unit: 'days', source: 'Thrifty' },
    // A last snapshot before a volume is deleted is good practice; somebody may still want it back.
    orphanDays: { default: 30, unit: 'days', source: 'ours' },
  },
  reads: { volumes, images, copies: snapshots },
  prepare: (reads) => ({
    volumes: new Set(reads.volumes.map(({ id }) => id)),
    ofImages: new Set(reads.images.flatMap((image) => image.snapshots)),
    freed: freedByDeleting(reads.copies),
  }),
  judge({ id, volume, volumeGiB, storedGiB, startedAt, state, archived, managedBy }, { now, options, known, savings }) {
    if (state !== 'completed' || archived || managedBy || known.ofImages.has(id)) return pass
    const ageDays = daysSince(startedAt, now) ?? 0
    const orphan = volume !== null && !known.volumes.has(volume)
    if (ageDays < (orphan ? Math.min(options.orphanDays, options.maxDays) : options.maxDays)) return pass
    const evidence = { ageDays, volume, volumeGiB, storedGiB: storedGiB === null ? null : Math.round(storedGiB * 1000) / 1000 }
    return fail(orphan ? 'orphan' : 'old', evidence, { savings: savedBy([id], known.freed, savings) })
  },
})
