import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { defineInventory, type Sources } from '../define.ts'
import { dayMs } from '../resource.ts'
import { functions, type LambdaFunction } from './functions.ts'

/** Of the last seven full days; null: CloudWatch did not answer for it. */
export interface FunctionTraffic extends LambdaFunction {
  invocations: number | null
  /** Events that were queued for it: called by S3, SNS, EventBridge, or with `Event`. */
  asyncEvents: number | null
  /** Written to its log group, by whomever. */
  logBytes: number | null
}

export const trafficDays = 7

/**
 * Functions with what they had to do. Some details cost a call or money for each function: their checks ask only for those whose
 * traffic makes it worth while, and `applies` cannot see a check's metrics. One more call for each 50 functions.
 */
export const functionTraffic = defineInventory<FunctionTraffic>('function-traffic', {
  title: { en: 'Lambda functions and their traffic', ja: 'Lambda 関数とその呼び出し量' },
  scope: 'region',
  calls: ['lambda:ListFunctions', 'cloudwatch:GetMetricData'],
  async page(sources, token) {
    const { rows, next } = await functions.page(sources, token)
    const sums = rows.length === 0 ? new Map<string, number | null>() : await sumsOf(sources, rows.flatMap(queriesOf))
    const of = (id: string) => sums.get(id) ?? null
    return {
      rows: rows.map((row, index) => ({
        ...row,
        ...{ invocations: of(`i${index}`), asyncEvents: of(`a${index}`), logBytes: of(`b${index}`) },
      })),
      ...(next === undefined ? {} : { next }),
    }
  },
})

function queriesOf({ name, logGroup }: LambdaFunction, index: number): MetricDataQuery[] {
  const query = (letter: string, Namespace: string, MetricName: string, dimension: [string, string]): MetricDataQuery => ({
    Id: `${letter}${index}`,
    MetricStat: {
      Metric: { Namespace, MetricName, Dimensions: [{ Name: dimension[0], Value: dimension[1] }] },
      ...{ Period: 86_400, Stat: 'Sum' },
    },
  })
  return [
    query('i', 'AWS/Lambda', 'Invocations', ['FunctionName', name]),
    query('a', 'AWS/Lambda', 'AsyncEventsReceived', ['FunctionName', name]),
    query('b', 'AWS/Logs', 'IncomingBytes', ['LogGroupName', logGroup]),
  ]
}

/** By id. These services write only what happens: no datapoint is zero. */
async function sumsOf({ aws, clock }: Sources, queries: MetricDataQuery[]): Promise<Map<string, number | null>> {
  const end = Math.floor(clock.now() / dayMs) * dayMs
  const sums = new Map<string, number | null>()
  let token: string | undefined
  do {
    const { MetricDataResults = [], NextToken } = await aws.send(
      CloudWatchClient,
      new GetMetricDataCommand({
        ...{ MetricDataQueries: queries, NextToken: token, ScanBy: 'TimestampAscending' },
        ...{ StartTime: new Date(end - trafficDays * dayMs), EndTime: new Date(end) },
      }),
    )
    for (const { Id = '', StatusCode, Values = [] } of MetricDataResults) {
      const before = sums.get(Id)
      const refused = before === null || StatusCode === 'Forbidden' || StatusCode === 'InternalError'
      sums.set(Id, refused ? null : (before ?? 0) + Values.reduce((sum, value) => sum + value, 0))
    }
    token = NextToken === token ? undefined : NextToken
  } while (token)
  return sums
}
