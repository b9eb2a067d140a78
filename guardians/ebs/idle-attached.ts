import { defineCheck, fail, type Metric, pass } from '../define.ts'
import { type Volume, volumes } from '../inventory/volumes.ts'
import { volumeItem } from '../prices-storage.ts'
import { daysSince } from '../resource.ts'

/** Written only while the volume is attached and something happens on it: no datapoint is no operation. */
const operations = (metric: string): Metric<Volume> => ({
  ...{ namespace: 'AWS/EBS', metric, stat: 'Sum', periodS: 86_400, days: { option: 'days' }, absent: 'zero' },
  dimensions: ({ id }) => ({ VolumeId: id }),
})

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** A volume attached to something that never reads or writes it. */
export const idleAttached = defineCheck('ebs-idle-attached', {
  number: 2,
  severity: 'medium',
  title: { en: 'Attached volume that nobody reads or writes', ja: 'アタッチされているのに読み書きのないボリューム' },
  why: {
    en: 'It looks used because it is attached, so nobody questions it, and it is paid for every month.',
    ja: 'アタッチされているため使用中に見え、誰も疑わないまま毎月課金されます。',
  },
  fix: {
    en: 'Ask its owner. Then `aws ec2 create-snapshot --volume-id ID`, unmount it, `aws ec2 detach-volume --volume-id ID`, and later `aws ec2 delete-volume --volume-id ID`.',
    ja: '所有者に確認します。`aws ec2 create-snapshot --volume-id ID` のあとアンマウントし、`aws ec2 detach-volume --volume-id ID`、後日 `aws ec2 delete-volume --volume-id ID` で削除します。',
  },
  peers: ['Trusted Advisor', 'Thrifty', 'cloudrift', 'Cloud Custodian'],
  says: {
    idle: {
      en: '{type}, {sizeGiB} GiB, attached to {instances}: {operations} reads and writes in {days} days',
      ja: '{type}・{sizeGiB} GiB、{instances} にアタッチ中。{days} 日間の読み書きは {operations} 回',
    },
  },
  subject: volumes,
  options: {
    days: { default: 7, unit: 'days', source: 'AWS Trusted Advisor' },
    minOperationsPerDay: { default: 1, unit: 'operations a day', source: 'AWS Trusted Advisor' },
  },
  metrics: { reads: operations('VolumeReadOps'), writes: operations('VolumeWriteOps') },
  // One day more than the window: it ends with yesterday.
  applies: ({ attachedAt }, { now, options }) => attachedAt !== null && (daysSince(attachedAt, now) ?? 0) > options.days,
  judge({ type, sizeGiB, instances, attachedAt }, { now, options, metrics, savings }) {
    const operations = sum(metrics.reads.values) + sum(metrics.writes.values)
    if (operations / options.days >= options.minOperationsPerDay) return pass
    const item = volumeItem(type)
    const evidence = { type, sizeGiB, instances: instances.slice(0, 20), operations, days: options.days }
    return fail('idle', { ...evidence, attachedDays: daysSince(attachedAt, now) }, { savings: item && savings(item, sizeGiB) })
  },
})
