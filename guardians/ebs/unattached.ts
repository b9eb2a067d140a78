import { defineCheck, fail, pass } from '../define.ts'
import { volumes } from '../inventory/volumes.ts'
import { volumeItem } from '../prices-storage.ts'
import { daysSince } from '../resource.ts'

/** A volume attached to nothing is paid for, and its data ages out of sight. */
export const unattached = defineCheck('ebs-unattached', {
  number: 1,
  severity: 'medium',
  title: { en: 'Volume attached to nothing', ja: 'どこにもアタッチされていないボリューム' },
  why: {
    en: 'It is paid for every month and serves nobody, and the data on it ages where nobody looks.',
    ja: '誰にも使われないまま毎月課金され、中のデータは人目につかないまま古くなります。',
  },
  fix: {
    en: 'Ask its owner; if in doubt `aws ec2 create-snapshot --volume-id ID`, then `aws ec2 delete-volume --volume-id ID`.',
    ja: '所有者に確認し、迷う場合は `aws ec2 create-snapshot --volume-id ID` のあと `aws ec2 delete-volume --volume-id ID` で削除します。',
  },
  peers: ['Trusted Advisor', 'Thrifty', 'cloudrift', 'Cloud Custodian', 'Janitor Monkey'],
  says: {
    unattached: {
      en: '{type}, {sizeGiB} GiB, attached to nothing; made {ageDays} days ago',
      ja: '{type}・{sizeGiB} GiB。アタッチ先なし。作成から {ageDays} 日',
    },
  },
  subject: volumes,
  options: { minDays: { default: 7, unit: 'days', source: 'cloudrift; Janitor Monkey waits 30' } },
  judge(volume, { now, options, savings }) {
    const ageDays = daysSince(volume.createdAt, now)
    if (volume.instances.length > 0 || (ageDays !== null && ageDays < options.minDays)) return pass
    const { type, sizeGiB } = volume
    const item = volumeItem(type)
    return fail('unattached', { type, sizeGiB, ageDays }, { savings: item && savings(item, sizeGiB) })
  },
})
