import { type MetricQuery, metricData } from '../aws/metrics.ts'
import { defineInventory } from '../define.ts'
import { dayMs } from '../resource.ts'
import { functions, type LambdaFunction } from './functions.ts'

/** Of the last seven full days; null: CloudWatch did not answer for it. */
export interface FunctionTraffic extends LambdaFunction {
  invocations: number | null
  /** Events that were queued for it: called by S3, SNS, EventBridge, or with `Event`. */
  asyncEvents: number | null
  /** Written to its log group, by whomever. */
  logBytes: number | null
  /** Why one of them is null: a permission, or the answer that is missing. */
  missing: string | null
}

export const trafficDays = 7

/**
 * Functions with what they had to do. Some details cost a call or money for each function: their checks ask only for those whose
 * traffic makes it worth while, and `applies` cannot see a check's metrics. One more call for each 50 functions.
 */
export const functionTraffic = defineInventory<FunctionTraffic>('function-traffic', {
  title: { en: 'Lambda functions and their traffic', ja: 'Lambda 関数とその呼び出し量' },
  scope: 'region',
  calls: [...functions.calls, 'cloudwatch:GetMetricData'],
  async page(sources, token) {
    const { rows, next } = await functions.page(sources, token)
    const endMs = Math.floor(sources.clock.now() / dayMs) * dayMs
    const answers = await metricData(
      sources.aws,
      rows.flatMap((row) => queriesOf(row, endMs)),
    )
    // These services write only what happens: no datapoint is zero.
    const sums = answers.map((answer) => ('missing' in answer ? null : answer.values.reduce((sum, value) => sum + value, 0)))
    const told = rows.map((row, index): FunctionTraffic => {
      const [invocations = null, asyncEvents = null, logBytes = null] = sums.slice(index * 3, index * 3 + 3)
      const untold = answers.slice(index * 3, index * 3 + 3).find((answer) => 'missing' in answer)
      return { ...row, invocations, asyncEvents, logBytes, missing: untold && 'missing' in untold ? untold.missing : null }
    })
    return next === undefined ? { rows: told } : { rows: told, next }
  },
})

function queriesOf({ name, logGroup }: LambdaFunction, endMs: number): MetricQuery[] {
  const window = { stat: 'Sum', periodS: dayMs / 1_000, startMs: endMs - trafficDays * dayMs, endMs }
  const ofFunction = { namespace: 'AWS/Lambda', dimensions: { FunctionName: name } }
  return [
    { ...window, ...ofFunction, metric: 'Invocations' },
    { ...window, ...ofFunction, metric: 'AsyncEventsReceived' },
    { ...window, namespace: 'AWS/Logs', dimensions: { LogGroupName: logGroup }, metric: 'IncomingBytes' },
  ]
}
