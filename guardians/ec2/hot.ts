import { defineCheck, fail, pass } from '../define.ts'
import { type Instance, instances } from '../inventory/instances.ts'
import { daysSince } from '../resource.ts'
import { averageOf } from './days.ts'

/** A machine at its limit for days: the next peak has no room. */
export const hot = defineCheck('ec2-hot', {
  number: 8,
  severity: 'high',
  title: { en: 'Instance at its limit', ja: 'CPU が限界に近いインスタンス' },
  why: {
    en: 'With no room left, the next peak or the loss of a neighbour makes its users wait, or stops it.',
    ja: '余力がないため、次のピークや他のインスタンスの停止で応答が遅れたり止まったりします。',
  },
  fix: {
    en: 'Find what eats the CPU (`top`, a profiler). Then more machines behind the load balancer, or a larger type: stop it, `aws ec2 modify-instance-attribute --instance-id ID --instance-type TYPE`, start it.',
    ja: '`top` やプロファイラで原因を調べます。台数を増やすか、停止して `aws ec2 modify-instance-attribute --instance-id ID --instance-type TYPE` で大きなタイプに変更して起動します。',
  },
  peers: ['Trusted Advisor'],
  says: {
    hot: {
      en: '{type}: above {minCpuPercent} % CPU on {hotDays} of {judgedDays} days, up to {highestCpuPercent} % of a whole day',
      ja: '{type}：{judgedDays} 日中 {hotDays} 日が CPU {minCpuPercent} % 超（1 日平均の最大 {highestCpuPercent} %）',
    },
  },
  subject: instances,
  options: {
    days: { default: 14, unit: 'days', source: 'AWS Trusted Advisor' },
    minHotDays: { default: 4, unit: 'days', source: 'AWS Trusted Advisor' },
    minCpuPercent: { default: 90, unit: '% of the day’s average', source: 'AWS Trusted Advisor' },
  },
  metrics: {
    cpu: {
      ...{ namespace: 'AWS/EC2', metric: 'CPUUtilization', stat: 'Average', periodS: 86_400, days: { option: 'days' }, absent: 'unknown' },
      dimensions: ({ id }: Instance) => ({ InstanceId: id }),
    },
  },
  // Four hot days need a life of four whole ones; a younger one has perhaps no datapoint at all.
  applies: ({ state, launchedAt }, { now, options }) => state === 'running' && (daysSince(launchedAt, now) ?? 0) >= options.minHotDays,
  judge({ type, group }, { options, metrics: { cpu } }) {
    const hotDays = cpu.values.filter((value) => value > options.minCpuPercent).length
    if (hotDays < options.minHotDays) return pass
    return fail('hot', {
      ...{ type, group, hotDays, judgedDays: cpu.values.length, minCpuPercent: options.minCpuPercent, days: options.days },
      averageCpuPercent: averageOf(cpu.values),
      highestCpuPercent: averageOf([Math.max(...cpu.values)]),
    })
  },
})
