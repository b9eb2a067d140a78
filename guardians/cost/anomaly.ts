import { defineCheck, fail, pass } from '../define.ts'
import { costs } from '../inventory/costs.ts'

/** Costs that grew, as long as they are small enough to be mended. */
export const anomaly = defineCheck('cost-anomaly', {
  number: 58,
  severity: 'medium',
  title: { en: 'A service costs more than last month', ja: '先月より高くなったサービス' },
  why: {
    en: 'A forgotten test or a loop of calls costs most between the day it starts and the day of the bill.',
    ja: '消し忘れたテスト環境や呼び出しのループは、始まった日から請求日までが最も高くつきます。',
  },
  fix: {
    en: 'See what grew: `aws ce get-cost-and-usage --time-period Start=FROM,End=TO --granularity DAILY --metrics UnblendedCost --group-by Type=DIMENSION,Key=USAGE_TYPE --filter \'{"Dimensions":{"Key":"SERVICE","Values":["SERVICE"]}}\'`; ask who changed something that day.',
    ja: '増えた内訳を見ます: `aws ce get-cost-and-usage --time-period Start=FROM,End=TO --granularity DAILY --metrics UnblendedCost --group-by Type=DIMENSION,Key=USAGE_TYPE --filter \'{"Dimensions":{"Key":"SERVICE","Values":["SERVICE"]}}\'`。その日に何を変えたか尋ねます。',
  },
  peers: ['Thrifty'],
  says: {
    grew: {
      en: '{spent} {unit} in {days} days from {from}; {before} in as many days from {beforeFrom}: {percent} % more, {perMonth} {unit} a month',
      ja: '{from} から {days} 日で {spent} {unit}。{beforeFrom} からの同日数は {before}: {percent} % 増、月あたり {perMonth} {unit} 増',
    },
    began: {
      en: '{spent} {unit} in {days} days from {from}; nothing the month before; {perMonth} {unit} a month',
      ja: '{from} から {days} 日で {spent} {unit}。前月は 0。月あたり {perMonth} {unit}',
    },
  },
  subject: costs,
  options: {
    units: { default: 10, unit: 'units of the currency more than in the same days of the month before', source: 'Thrifty' },
    percent: { default: 10, unit: 'percent more, so that a large bill may breathe', source: 'ours' },
  },
  judge(cost, { options }) {
    const { service, spent, before, unit, days, daysOfMonth, from, beforeFrom } = cost
    const delta = Math.round((spent - before) * 100) / 100
    const percent = before > 0 ? Math.round((delta / before) * 100) : null
    if (delta <= options.units || (percent !== null && percent <= options.percent)) return pass
    // No savings: what grew may well be needed, and what is not is told by its own check.
    const perMonth = Math.round((delta / days) * daysOfMonth * 100) / 100
    const evidence = { service, spent, before, delta, perMonth, percent, unit, days, from, beforeFrom }
    return fail(percent === null ? 'began' : 'grew', evidence)
  },
})
