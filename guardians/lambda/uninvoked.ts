import { defineCheck, fail, type Metric, pass, unknown } from '../define.ts'
import { functions, type LambdaFunction } from '../inventory/functions.ts'
import { daysSince } from '../resource.ts'
import { daily, sum } from './metrics.ts'

const invocations = daily('Invocations', 'Sum')
/** Functions at the edge are made in us-east-1 and counted where they ran, under another name. */
const atTheEdge: Metric<LambdaFunction> = {
  ...invocations,
  dimensions: ({ arn, name }) => (arn.split(':')[3] === 'us-east-1' ? { FunctionName: `us-east-1.${name}` } : null),
}

/** Nobody calls it. */
export const uninvoked = defineCheck('lambda-uninvoked', {
  number: 25,
  severity: 'low',
  title: { en: 'Function that nobody calls', ja: '呼び出されていない関数' },
  why: {
    en: 'Its role and its code stay open to misuse, and whoever looks for a fault has to read it too.',
    ja: '権限とコードが悪用されうるまま残り、障害調査のたびに読む対象が増えます。',
  },
  fix: {
    en: 'Ask its owner (a yearly job, a function of CloudFront?); then `aws lambda delete-function --function-name NAME`.',
    ja: '所有者に確認し（年次処理や CloudFront 用の可能性あり）、不要なら `aws lambda delete-function --function-name NAME` で削除します。',
  },
  peers: ['cloudrift'],
  says: {
    uninvoked: {
      en: 'No call in {windowDays} days; last changed {changedDays} days ago',
      ja: '{windowDays} 日間呼び出しなし。最終変更から {changedDays} 日',
    },
  },
  subject: functions,
  options: { days: { default: 7, unit: 'days', source: 'cloudrift' } },
  metrics: { invocations, atTheEdge },
  applies: ({ modifiedAt }, { now, options }) => (daysSince(modifiedAt, now) ?? options.days) >= options.days,
  judge({ modifiedAt, runtime, memoryMB }, { metrics, options, now }) {
    const calls = sum(metrics.invocations) + sum(metrics.atTheEdge)
    if (calls > 0) return pass
    const changedDays = daysSince(modifiedAt, now)
    if (changedDays === null) return unknown('LastModified of the function')
    return fail('uninvoked', { windowDays: options.days, invocations: calls, changedDays, runtime, memoryMB })
  },
})
