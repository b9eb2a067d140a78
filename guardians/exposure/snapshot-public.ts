import { defineCheck, fail, pass } from '../define.ts'
import { publicSnapshots, snapshotIsPublic } from '../inventory/public-snapshots.ts'
import { daysSince } from '../resource.ts'

/** A copy of a disk that every account of AWS can restore. */
export const snapshotPublic = defineCheck('exposure-snapshot-public', {
  number: 49,
  severity: 'high',
  title: { en: 'Public EBS snapshot', ja: '公開されている EBS スナップショット' },
  why: {
    en: 'Every account of AWS can make a disk of it and read everything, deleted files and keys included.',
    ja: 'どの AWS アカウントからでもディスクとして復元され、削除済みファイルや鍵まで読まれてしまいます。',
  },
  fix: {
    en: '`aws ec2 modify-snapshot-attribute --snapshot-id ID --attribute createVolumePermission --operation-type remove --group-names all`, then change every password and key that was on the disk. For good: `aws ec2 enable-snapshot-block-public-access --state block-all-sharing`.',
    ja: '`aws ec2 modify-snapshot-attribute --snapshot-id ID --attribute createVolumePermission --operation-type remove --group-names all` のあと、ディスクにあったパスワードと鍵をすべて変更します。恒久対策は `aws ec2 enable-snapshot-block-public-access --state block-all-sharing`。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Prowler', 'Cloud Custodian'],
  says: {
    public: {
      en: 'everybody may restore it: {sizeGiB} GiB of {volume}, made {ageDays} days ago',
      ja: '誰でも復元できる。{volume} の {sizeGiB} GiB、作成から {ageDays} 日',
    },
  },
  subject: publicSnapshots,
  details: { everybody: snapshotIsPublic },
  judge: ({ sizeGiB, volume, startedAt }, { now, details: { everybody } }) =>
    everybody ? fail('public', { sizeGiB, volume, ageDays: daysSince(startedAt, now) }) : pass,
})
