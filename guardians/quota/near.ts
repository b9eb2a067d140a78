import { defineCheck, fail, pass, type Series } from '../define.ts'
import { type Quota, quotas, type Use } from '../inventory/quotas.ts'

/** Rates are told as sums of five minutes: a burst shorter than that is not seen. */
const ratePeriodS = 300

const usage = (use: Use, namespace: string, metric: string) =>
  ({
    ...{ namespace, metric, days: 1 },
    ...(use === 'calls' ? ({ stat: 'Sum', periodS: ratePeriodS } as const) : ({ stat: 'Maximum', periodS: 3600 } as const)),
    dimensions: ({ metric: own }: Quota) => (own.use === use ? own.dimensions : null),
    // AWS writes no usage of what is not used.
    absent: 'zero',
  }) as const

const highest = ({ values }: Series): number => Math.max(0, ...values)

/** At a quota everything stands that wants more: a deployment, a scale-out, a failover. */
export const near = defineCheck('quota-near', {
  number: 55,
  severity: 'high',
  title: { en: 'Quota nearly used up', ja: 'クォータの上限に近い' },
  why: {
    en: 'At the limit AWS refuses: the next deployment, scale-out or failover stops half-way, and more is granted only after hours or days.',
    ja: '上限に達すると AWS は拒否します。次のデプロイ・スケールアウト・フェイルオーバーが途中で止まり、引き上げには数時間から数日かかります。',
  },
  fix: {
    en: 'Ask for more: `aws service-quotas request-service-quota-increase --service-code SERVICE --quota-code CODE --desired-value N`; or remove what is not needed.',
    ja: '`aws service-quotas request-service-quota-increase --service-code SERVICE --quota-code CODE --desired-value N` で引き上げを申請するか、不要なものを削除します。',
  },
  peers: ['Trusted Advisor'],
  says: {
    near: {
      en: '{service}: {used} of {limit} used ({percent} %) at the highest of the last day; everybody gets {defaultLimit} ({code})',
      ja: '{service}: 直近 1 日の最大で {limit} 中 {used} を使用（{percent} %）。既定値は {defaultLimit}（{code}）',
    },
    full: {
      en: '{service}: {used} of {limit} used ({percent} %), nothing is left; everybody gets {defaultLimit} ({code})',
      ja: '{service}: {limit} 中 {used} を使用（{percent} %）。残りはありません。既定値は {defaultLimit}（{code}）',
    },
  },
  subject: quotas,
  options: {
    yellowPercent: { default: 80, unit: '% of the quota', source: 'AWS Trusted Advisor' },
    redPercent: { default: 100, unit: '% of the quota', source: 'AWS Trusted Advisor' },
  },
  metrics: {
    resources: usage('resources', 'AWS/Usage', 'ResourceCount'),
    calls: usage('calls', 'AWS/Usage', 'CallCount'),
    executions: usage('executions', 'AWS/Lambda', 'ConcurrentExecutions'),
  },
  judge(quota, { options, metrics }) {
    const { use } = quota.metric
    const most = highest(metrics[use])
    // A rate is compared over its own period.
    const used = use === 'calls' ? Math.round((most / ratePeriodS) * quota.perS * 100) / 100 : most
    const percent = Math.round((1000 * used) / quota.limit) / 10
    if (percent < Math.min(options.yellowPercent, options.redPercent)) return pass
    const { service, code, limit, defaultLimit } = quota
    const evidence = { service, code, used, limit, percent, defaultLimit, windowHours: 24 }
    return percent >= options.redPercent ? fail('full', evidence, { severity: 'high' }) : fail('near', evidence, { severity: 'medium' })
  },
})
