import { defineCheck, fail, pass } from '../define.ts'
import { functions } from '../inventory/functions.ts'
import { daily, dayOf, percent, sum } from './metrics.ts'

/** More than a tenth of a day's calls ended with an error. */
export const errors = defineCheck('lambda-errors', {
  number: 20,
  severity: 'high',
  title: { en: 'Function that often fails', ja: 'エラーの多い関数' },
  why: {
    en: 'Callers get errors, and queued work is tried again and then lost.',
    ja: '呼び出し側にエラーが返り、キューの仕事は再試行の末に失われます。',
  },
  fix: {
    en: 'Read what it says: `aws logs tail /aws/lambda/NAME --since 1d --filter-pattern ERROR`.',
    ja: '`aws logs tail /aws/lambda/NAME --since 1d --filter-pattern ERROR` で原因を確認します。',
  },
  peers: ['Trusted Advisor'],
  says: {
    failing: {
      en: '{worstPercent} % of {worstInvocations} calls failed on {worstDay}; {daysOver} of {windowDays} days above {errorPercent} %',
      ja: '{worstDay} に {worstInvocations} 回中 {worstPercent} % が失敗。{windowDays} 日のうち {daysOver} 日が {errorPercent} % 超',
    },
  },
  subject: functions,
  options: {
    errorPercent: { default: 10, unit: '% of the calls of a day', source: 'AWS Trusted Advisor' },
    days: { default: 7, unit: 'days', source: 'AWS Trusted Advisor' },
  },
  metrics: { invocations: daily('Invocations', 'Sum'), errors: daily('Errors', 'Sum') },
  judge(_, { metrics, options }) {
    const calls = new Map(metrics.invocations.at.map((at, index) => [at, metrics.invocations.values[index] ?? 0]))
    const days = metrics.errors.at.flatMap((at, index) => {
      const invocations = calls.get(at) ?? 0
      const failed = metrics.errors.values[index] ?? 0
      return invocations > 0 ? { at, invocations, share: percent(failed, invocations) } : []
    })
    const over = days.filter(({ share }) => share > options.errorPercent)
    const [worst] = over.toSorted((a, b) => b.share - a.share || b.invocations - a.invocations)
    if (worst === undefined) return pass
    return fail('failing', {
      ...{ worstDay: dayOf(worst.at), worstPercent: worst.share, worstInvocations: worst.invocations },
      ...{ daysOver: over.length, windowDays: options.days, errorPercent: options.errorPercent },
      ...{ errors: sum(metrics.errors), invocations: sum(metrics.invocations) },
    })
  },
})
