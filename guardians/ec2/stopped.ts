import { type Basis, defineCheck, fail, pass } from '../define.ts'
import { type Instance, instances } from '../inventory/instances.ts'
import { type Volume, volumes } from '../inventory/volumes.ts'
import type { Savings } from '../prices.ts'
import { volumeItem } from '../prices-storage.ts'
import { daysSince } from '../resource.ts'

/** Its disks are paid for while it stands still. Disks of several types make no single price. */
function priceOf(disks: readonly Volume[], savings: Basis<unknown, unknown, unknown, unknown>['savings']): Savings | null {
  const types = new Set(disks.map(({ type }) => type))
  const item = types.size === 1 ? volumeItem(disks[0]?.type ?? '') : null
  return item && savings(item, gibOf(disks))
}

const gibOf = (disks: readonly Volume[]) => disks.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0)

/** A machine that was stopped and forgotten. */
export const stopped = defineCheck('ec2-stopped', {
  number: 9,
  severity: 'medium',
  title: { en: 'Instance stopped long ago', ja: '長期間停止したままのインスタンス' },
  why: {
    en: 'Its disks and addresses are paid for, and when somebody starts it again it is months behind in security fixes.',
    ja: 'ディスクや IP アドレスには課金が続き、再び起動すると何か月分もの修正が当たっていません。',
  },
  fix: {
    en: 'Ask its owner. `aws ec2 create-image --instance-id ID --name NAME` to keep what is on it, then `aws ec2 terminate-instances --instance-ids ID`.',
    ja: '所有者に確認し、残す場合は `aws ec2 create-image --instance-id ID --name NAME` のあと `aws ec2 terminate-instances --instance-ids ID` で終了します。',
  },
  peers: ['AWS Config', 'Prowler', 'cloudrift', 'Thrifty'],
  says: {
    stopped: {
      en: '{type}, stopped {days} days ago; {disksGiB} GiB of disks wait',
      ja: '{type}・停止から {days} 日・ディスク {disksGiB} GiB が残存',
    },
    'no-sign': {
      en: '{type}, stopped, with no sign of life in {days} days; {disksGiB} GiB of disks wait',
      ja: '{type}・停止中で {days} 日間稼働の記録なし・ディスク {disksGiB} GiB が残存',
    },
  },
  subject: instances,
  options: { minDays: { default: 30, unit: 'days', source: 'AWS Config; Prowler' } },
  metrics: {
    // AWS tells no date when the machine was shut down from within. A machine that runs writes this metric, one that stands does not.
    life: {
      ...{
        namespace: 'AWS/EC2',
        metric: 'CPUUtilization',
        stat: 'SampleCount',
        periodS: 86_400,
        days: { option: 'minDays' },
        absent: 'zero',
      },
      dimensions: ({ id, stoppedAt }: Instance) => (stoppedAt === null ? { InstanceId: id } : null),
    },
  },
  reads: { volumes },
  prepare: (reads) => {
    const disks = new Map<string, Volume[]>()
    for (const volume of reads.volumes) for (const id of volume.instances) disks.set(id, [...(disks.get(id) ?? []), volume])
    return disks
  },
  // Today is not in the metric's window: one day more.
  applies: ({ state, stoppedAt, launchedAt }, { now, options }) =>
    state === 'stopped' && (stoppedAt !== null || (daysSince(launchedAt, now) ?? 0) > options.minDays),
  judge({ id, type, stoppedAt }, { now, options, metrics: { life }, known, savings }) {
    const disks = known.get(id) ?? []
    const days = daysSince(stoppedAt, now)
    if (days === null ? life.values.some((samples) => samples > 0) : days < options.minDays) return pass
    const evidence = { type, days: days ?? options.minDays, disksGiB: gibOf(disks), disks: disks.slice(0, 20).map((disk) => disk.id) }
    return fail(days === null ? 'no-sign' : 'stopped', evidence, { savings: priceOf(disks, savings) })
  },
})
