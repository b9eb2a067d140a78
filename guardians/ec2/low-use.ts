import { defineCheck, fail, type Metric, pass } from '../define.ts'
import { type Instance, instances } from '../inventory/instances.ts'
import { computeItem } from '../prices-compute.ts'
import { daysSince } from '../resource.ts'
import { averageOf, daysOf } from './days.ts'

/** Days without a datapoint are days on which it stood still: they count neither way. */
const daily = (metric: string, stat: 'Average' | 'Sum'): Metric<Instance> => ({
  ...{ namespace: 'AWS/EC2', metric, stat, periodS: 86_400, days: { option: 'days' }, absent: 'unknown' },
  dimensions: ({ id }) => ({ InstanceId: id }),
})

const bytesPerMB = 1_000_000

/** A machine that runs, and does next to nothing. */
export const lowUse = defineCheck('ec2-low-use', {
  number: 7,
  severity: 'medium',
  title: { en: 'Instance that does next to nothing', ja: 'ほとんど使われていないインスタンス' },
  why: {
    en: 'It is paid for by the hour, patched and watched, and nearly nobody would miss it.',
    ja: '時間課金され、パッチや監視の手間もかかりますが、なくてもほとんど誰も困りません。',
  },
  fix: {
    en: 'Ask its owner. `aws ec2 stop-instances --instance-ids ID`; or a smaller type: stop it, `aws ec2 modify-instance-attribute --instance-id ID --instance-type TYPE`, start it.',
    ja: '所有者に確認し、`aws ec2 stop-instances --instance-ids ID` で停止します。小さくする場合は停止後に `aws ec2 modify-instance-attribute --instance-id ID --instance-type TYPE` で変更して起動します。',
  },
  peers: ['Trusted Advisor', 'Thrifty', 'cloudrift', 'Cloud Custodian'],
  says: {
    'low-use': {
      en: '{type}: on {lowDays} of {judgedDays} days at most {maxCpuPercent} % CPU and {maxNetworkMB} MB of network; {averageCpuPercent} % CPU on average',
      ja: '{type}：{judgedDays} 日中 {lowDays} 日が CPU {maxCpuPercent} % 以下かつ通信 {maxNetworkMB} MB 以下。平均 CPU {averageCpuPercent} %',
    },
  },
  subject: instances,
  options: {
    days: { default: 14, unit: 'days', source: 'AWS Trusted Advisor' },
    minLowDays: { default: 4, unit: 'days', source: 'AWS Trusted Advisor' },
    maxCpuPercent: { default: 10, unit: '% of the day’s average', source: 'AWS Trusted Advisor' },
    maxNetworkMB: { default: 5, unit: 'MB a day, in and out', source: 'AWS Trusted Advisor' },
  },
  metrics: { cpu: daily('CPUUtilization', 'Average'), received: daily('NetworkIn', 'Sum'), sent: daily('NetworkOut', 'Sum') },
  applies: ({ state, launchedAt }, { now, options }) => state === 'running' && (daysSince(launchedAt, now) ?? 0) > options.days,
  judge({ type, listPriced, group }, { options, metrics, savings }) {
    const days = daysOf(metrics.cpu, metrics.received, metrics.sent).map(([cpu = 0, received = 0, sent = 0]) => ({
      cpu,
      networkMB: (received + sent) / bytesPerMB,
    }))
    const low = days.filter(({ cpu, networkMB }) => cpu <= options.maxCpuPercent && networkMB <= options.maxNetworkMB)
    if (low.length < options.minLowDays) return pass
    const { maxCpuPercent, maxNetworkMB } = options
    const evidence = {
      ...{ type, group, maxCpuPercent, maxNetworkMB, lowDays: low.length, judgedDays: days.length, days: options.days },
      averageCpuPercent: averageOf(days.map(({ cpu }) => cpu)),
      averageNetworkMB: averageOf(days.map(({ networkMB }) => networkMB)),
    }
    const priced = listPriced ? computeItem(type) : null
    return fail('low-use', evidence, { savings: priced && savings(priced.item, priced.quantity) })
  },
})
