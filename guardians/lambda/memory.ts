import { defineCheck, fail, pass, unknown } from '../define.ts'
import { memoryUse } from '../inventory/function-memory.ts'
import { functionTraffic, trafficDays } from '../inventory/function-traffic.ts'
import { percent } from './metrics.ts'

const leastMB = 128
const monthHours = 730

/** Memory is what Lambda is paid by. How much of it was used stands only in the logs. */
export const memory = defineCheck('lambda-memory', {
  number: 22,
  severity: 'low',
  title: { en: 'Function with too much or too little memory', ja: 'メモリの過不足がある関数' },
  why: {
    en: 'Memory that is never used is paid for with every call; with hardly any left, the next larger input ends the call.',
    ja: '使わないメモリにも呼び出しのたびに課金されます。余裕がないと、少し大きな入力で処理が落ちます。',
  },
  fix: {
    en: '`aws lambda update-function-configuration --function-name NAME --memory-size MB`. Less memory is less CPU too: measure the time.',
    ja: '`aws lambda update-function-configuration --function-name NAME --memory-size MB` を実行します。CPU も減るため所要時間を測ってください。',
  },
  peers: ['AWS Compute Optimizer', 'sls-mentor'],
  says: {
    over: {
      en: '{maxUsedMB} of {memoryMB} MB used at most in {invocations} calls ({windowHours} h); {enoughMB} MB would do',
      ja: '{invocations} 回の呼び出し（{windowHours} 時間）で最大 {maxUsedMB}／{memoryMB} MB。{enoughMB} MB で足ります',
    },
    under: {
      en: '{maxUsedMB} of {memoryMB} MB used in {invocations} calls ({windowHours} h): {usedPercent} %',
      ja: '{invocations} 回の呼び出し（{windowHours} 時間）で最大 {maxUsedMB}／{memoryMB} MB（{usedPercent} %）',
    },
  },
  subject: functionTraffic,
  options: {
    minInvocations: { default: 1_000, unit: 'calls in 7 days, below which the logs are not read', source: 'ours' },
    overPercent: { default: 50, unit: '% of the memory, used at most', source: 'ours' },
    underPercent: { default: 90, unit: '% of the memory', source: 'ours' },
    sparePercent: { default: 25, unit: '% above the most that was used, for what is enough', source: 'ours' },
  },
  details: { use: memoryUse },
  applies: ({ invocations }, { options }) => invocations === null || invocations >= options.minInvocations,
  judge({ invocations, memoryMB, arm, missing }, { details: { use }, options, savings }) {
    if (invocations === null) return unknown(missing ?? 'cloudwatch:GetMetricData')
    if ('missing' in use) return unknown(use.missing)
    const { maxUsedMB, windowHours } = use
    const usedPercent = percent(maxUsedMB, memoryMB)
    const evidence = { memoryMB, maxUsedMB, usedPercent, windowHours, invocations: use.invocations }
    if (usedPercent >= options.underPercent) return fail('under', evidence, { severity: 'medium' })
    const enoughMB = Math.max(leastMB, Math.ceil((maxUsedMB * (1 + options.sparePercent / 100)) / 64) * 64)
    if (usedPercent > options.overPercent || enoughMB >= memoryMB) return pass
    // The logs may have been read for an hour only: the week's calls say how much the month has.
    const secondsPerMonth = ((use.billedSeconds / use.invocations) * invocations * monthHours) / (trafficDays * 24)
    const saved = savings(arm ? 'lambda-arm' : 'lambda-x86', ((memoryMB - enoughMB) / 1_024) * secondsPerMonth)
    return fail('over', { ...evidence, enoughMB }, { savings: saved })
  },
})
