import { defineCheck, fail, type Metric, pass } from '../define.ts'
import { type LoadBalancer, loadBalancers, targetHealth } from '../inventory/load-balancers.ts'
import { daysSince } from '../resource.ts'

const perDay = (
  kind: LoadBalancer['kind'],
  namespace: string,
  metric: string,
  absent: Metric<LoadBalancer>['absent'],
): Metric<LoadBalancer> => ({
  ...{ namespace, metric, stat: 'Sum', periodS: 86_400, days: { option: 'days' }, absent },
  dimensions: (balancer) => (balancer.kind === kind ? { LoadBalancer: balancer.dimension } : null),
})

/** A load balancer that serves nobody, because nothing is behind it or nobody comes. */
export const elbIdle = defineCheck('network-elb-idle', {
  number: 13,
  severity: 'medium',
  title: { en: 'Load balancer that serves nobody', ja: '誰も使っていないロードバランサー' },
  why: {
    en: 'It is paid for by the hour; and one without a healthy target answers those who do come with an error.',
    ja: '時間課金されます。正常なターゲットがない場合、訪れた利用者にはエラーが返ります。',
  },
  fix: {
    en: 'Without a healthy target: `aws elbv2 describe-target-health --target-group-arn ARN` says why. If nobody needs it, `aws elbv2 delete-load-balancer --load-balancer-arn ARN`.',
    ja: '正常なターゲットがない場合は `aws elbv2 describe-target-health --target-group-arn ARN` で理由を確認します。不要なら `aws elbv2 delete-load-balancer --load-balancer-arn ARN` で削除します。',
  },
  peers: ['Trusted Advisor', 'AWS Config', 'Cloud Custodian', 'Thrifty', 'cloudrift'],
  says: {
    'no-target': {
      en: 'None of {targets} targets in {groups} groups can serve; {perDay} {counted} a day came in vain',
      ja: '{groups} グループの {targets} ターゲットがいずれも応答不可（1 日あたり {perDay} {counted}）',
    },
    quiet: {
      en: 'At most {highestDay} {counted} a day in {days} days',
      ja: '{days} 日間、1 日最大 {highestDay} {counted}',
    },
  },
  subject: loadBalancers,
  options: {
    days: { default: 7, unit: 'days', source: 'AWS Trusted Advisor' },
    minPerDay: { default: 100, unit: 'requests a day (ours: flows of network and gateway load balancers)', source: 'AWS Trusted Advisor' },
  },
  metrics: {
    // Written only when there are some.
    requests: perDay('application', 'AWS/ApplicationELB', 'RequestCount', 'zero'),
    // Written always: silence means something else.
    flows: perDay('network', 'AWS/NetworkELB', 'NewFlowCount', 'unknown'),
    gatewayFlows: perDay('gateway', 'AWS/GatewayELB', 'NewFlowCount', 'zero'),
  },
  details: { health: targetHealth },
  applies: ({ state, createdAt }, { now, options }) =>
    !/^(provisioning|failed)$/.test(state) && (daysSince(createdAt, now) ?? 0) > options.days,
  judge({ kind, scheme, createdAt }, { now, options, metrics, details: { health }, savings }) {
    const { values } = { application: metrics.requests, network: metrics.flows, gateway: metrics.gatewayFlows }[kind]
    const highestDay = Math.max(0, ...values)
    const noTarget = health.groups > 0 && !health.serves
    if (!noTarget && highestDay >= options.minPerDay) return pass
    const evidence = {
      ...{ kind, scheme, groups: health.groups, targets: health.targets, days: options.days, ageDays: daysSince(createdAt, now) },
      ...{ counted: kind === 'application' ? 'requests' : 'flows', highestDay },
      perDay: Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)),
    }
    return fail(noTarget ? 'no-target' : 'quiet', evidence, { savings: savings(`elb-${kind}`, 1) })
  },
})
