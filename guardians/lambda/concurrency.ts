import { defineCheck, fail, type Metric, pass, type Series, unknown } from '../define.ts'
import { type LambdaAccount, lambdaAccount } from '../inventory/lambda-account.ts'
import { dayOf, percent } from './metrics.ts'

/** Of all functions of the region together. */
const peak = (metric: string): Metric<LambdaAccount> => ({
  ...{ namespace: 'AWS/Lambda', metric, stat: 'Maximum', periodS: 86_400, days: { option: 'days' }, absent: 'zero' },
  dimensions: () => ({}),
})

/** All functions of a region share one limit of calls at once. */
export const concurrency = defineCheck('lambda-concurrency', {
  number: 23,
  severity: 'high',
  title: { en: 'Near the limit of calls at once', ja: '同時実行数の上限に接近' },
  why: {
    en: 'At the limit every function of the region is throttled, also those that have nothing to do with the load.',
    ja: '上限に達すると、負荷と無関係な関数も含めてリージョン全体がスロットリングされます。',
  },
  fix: {
    en: '`aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value N`.',
    ja: '`aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value N` で引き上げを申請します。',
  },
  peers: [],
  says: {
    region: {
      en: '{peak} of {limit} calls at once on {day}: {usedPercent} % of the limit of the region',
      ja: '{day} に同時実行 {peak}／{limit}（リージョン上限の {usedPercent} %）',
    },
    unreserved: {
      en: '{peak} of {limit} calls at once on {day}: {usedPercent} % of what no function has reserved',
      ja: '{day} に予約外の同時実行 {peak}／{limit}（{usedPercent} %）',
    },
  },
  subject: lambdaAccount,
  options: {
    usedPercent: { default: 80, unit: '% of the limit', source: 'ours' },
    days: { default: 7, unit: 'days', source: 'ours' },
  },
  metrics: { all: peak('ConcurrentExecutions'), unreserved: peak('UnreservedConcurrentExecutions') },
  judge(row, { metrics, options }) {
    if (row.concurrent === null) return unknown('ConcurrentExecutions of lambda:GetAccountSettings')
    const used = (reason: string, series: Series, limit: number | null) => {
      const most = Math.max(0, ...series.values)
      if (!limit || most < (limit * options.usedPercent) / 100) return null
      const day = dayOf(series.at[series.values.indexOf(most)] ?? 0)
      return fail(reason, { peak: most, limit, usedPercent: percent(most, limit), day, windowDays: options.days })
    }
    return used('region', metrics.all, row.concurrent) ?? used('unreserved', metrics.unreserved, row.unreserved) ?? pass
  },
})
