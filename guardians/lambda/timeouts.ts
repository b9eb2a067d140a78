import { defineCheck, fail, pass, type Series } from '../define.ts'
import { functions } from '../inventory/functions.ts'
import { daily, dayOf, percent } from './metrics.ts'

/** A call that is cut off is written with the limit as its duration; CloudWatch's percentiles are good to about one in a hundred. */
const atLimit = 0.99

/** Calls that are cut off by the function's time-out, or soon will be. AWS has no metric of it: the durations tell. */
export const timeouts = defineCheck('lambda-timeouts', {
  number: 21,
  severity: 'medium',
  title: { en: 'Function that runs into its time-out', ja: 'タイムアウトに達する関数' },
  why: {
    en: 'What is cut off is half done, is tried again, and is paid for in full each time.',
    ja: '途中で打ち切られた処理は中途半端に残り、再試行され、そのたびに全額課金されます。',
  },
  fix: {
    en: 'Find what it waits for; if it needs the time: `aws lambda update-function-configuration --function-name NAME --timeout SECONDS`.',
    ja: '何を待っているか調べ、必要なら `aws lambda update-function-configuration --function-name NAME --timeout SECONDS` で延長します。',
  },
  peers: ['Trusted Advisor'],
  says: {
    'timing-out': {
      en: 'At least a tenth of the calls of {worstDay} ran into the limit of {timeoutS} s',
      ja: '{worstDay} の呼び出しの 1 割以上が上限 {timeoutS} 秒に達しました',
    },
    near: {
      en: 'The slowest in a hundred took {p99Ms} ms on {worstDay}: {p99Percent} % of the limit of {timeoutS} s',
      ja: '{worstDay} の p99 は {p99Ms} ミリ秒（上限 {timeoutS} 秒の {p99Percent} %）',
    },
  },
  subject: functions,
  options: {
    nearPercent: { default: 80, unit: '% of the time-out, of the 99th percentile of a day', source: 'ours' },
    days: { default: 7, unit: 'days', source: 'AWS Trusted Advisor (more than 10 % of a day timed out)' },
  },
  metrics: { p90: daily('Duration', 'p90'), p99: daily('Duration', 'p99') },
  judge({ timeoutS }, { metrics, options }) {
    const limitMs = timeoutS * 1_000
    const tenth = worstOf(metrics.p90)
    const hundredth = worstOf(metrics.p99)
    const evidence = {
      ...{ timeoutS, windowDays: options.days, p90Ms: Math.round(tenth.ms) },
      ...{ p99Ms: Math.round(hundredth.ms), p99Percent: percent(hundredth.ms, limitMs) },
    }
    if (tenth.ms >= limitMs * atLimit) return fail('timing-out', { ...evidence, worstDay: dayOf(tenth.at) })
    if (hundredth.ms < (limitMs * options.nearPercent) / 100) return pass
    return fail('near', { ...evidence, worstDay: dayOf(hundredth.at) })
  },
})

const worstOf = ({ at, values }: Series): { ms: number; at: number } =>
  values.reduce((worst, ms, index) => (ms > worst.ms ? { ms, at: at[index] ?? 0 } : worst), { ms: 0, at: 0 })
