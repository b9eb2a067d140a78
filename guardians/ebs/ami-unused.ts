import { defineCheck, fail, pass } from '../define.ts'
import { images } from '../inventory/images.ts'
import { instances } from '../inventory/instances.ts'
import { launchTemplateVersions } from '../inventory/launch-template-versions.ts'
import { snapshots } from '../inventory/snapshots.ts'
import { daysSince } from '../resource.ts'
import { freedByDeleting, savedBy } from './freed.ts'

/** An AMI from which nothing runs, nothing would be launched, and nothing was for weeks. */
export const amiUnused = defineCheck('ebs-ami-unused', {
  number: 5,
  severity: 'low',
  title: { en: 'AMI that nothing is launched from', ja: '起動に使われていない AMI' },
  why: {
    en: 'Its snapshots are paid for, and a machine started from it by mistake is months behind in security fixes.',
    ja: 'AMI のスナップショットに課金され、誤って起動すると何か月も前の脆弱な状態のマシンになります。',
  },
  fix: {
    en: 'Ask its owner; look whether an Auto Scaling group pins an old template version. Then `aws ec2 deregister-image --image-id ID` and `aws ec2 delete-snapshot --snapshot-id SNAPSHOT` for each of its snapshots.',
    ja: '所有者に確認し、古い起動テンプレートのバージョンを固定した Auto Scaling グループがないか確かめます。`aws ec2 deregister-image --image-id ID` のあと、各スナップショットを `aws ec2 delete-snapshot --snapshot-id SNAPSHOT` で削除します。',
  },
  peers: ['Cloud Custodian', 'cloudrift', 'Janitor Monkey'],
  says: {
    unused: {
      en: 'Made {ageDays} days ago; no instance and no launch template uses it, no launch in {minDays} days',
      ja: '作成から {ageDays} 日。使用中のインスタンスも起動テンプレートもなく、{minDays} 日間起動されていません',
    },
  },
  subject: images,
  options: { minDays: { default: 45, unit: 'days', source: 'Janitor Monkey' } },
  reads: { instances, launchTemplateVersions, snapshots },
  prepare: (reads) => ({
    used: new Set([...reads.instances.map(({ image }) => image), ...reads.launchTemplateVersions.map(({ image }) => image)]),
    freed: freedByDeleting(reads.snapshots),
  }),
  judge({ id, createdAt, lastLaunchedAt, snapshots: own, public: isPublic }, { now, options, known, savings }) {
    const ageDays = daysSince(createdAt, now)
    const launchedDays = daysSince(lastLaunchedAt, now)
    const young = (days: number | null) => days !== null && days < options.minDays
    if (known.used.has(id) || young(ageDays) || young(launchedDays)) return pass
    const evidence = { ageDays, launchedDaysAgo: launchedDays, minDays: options.minDays, snapshots: own.slice(0, 20), public: isPublic }
    return fail('unused', evidence, { savings: savedBy(own, known.freed, savings) })
  },
})
