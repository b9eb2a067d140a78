import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { isFault } from '../../core/errors.ts'
import type { Aws } from './aws.ts'
import { missingOf } from './errors.ts'

/** One metric of one resource. */
export interface MetricQuery {
  namespace: string
  metric: string
  stat: string
  periodS: number
  dimensions: Readonly<Record<string, string>>
  /** Epoch ms; full periods. */
  startMs: number
  endMs: number
}

/** Oldest first; or the permission or answer that is missing. */
export type MetricAnswer = { at: number[]; values: number[] } | { missing: string }

/** What one GetMetricData takes and gives at most. */
const queriesMax = 500
const datapointsMax = 100_800
const pagesMax = 1_000
const batchesAtOnce = 4

/**
 * Answers in the order of the queries, up to 500 in one call. A batch that is refused leaves only its own queries unanswered; one
 * whose permission is missing ends the asking.
 */
export async function metricData(aws: Aws, queries: readonly MetricQuery[]): Promise<MetricAnswer[]> {
  const answers: MetricAnswer[] = new Array(queries.length)
  const batches = batchesOf(queries)
  let denied: string | null = null
  const work = async () => {
    for (let batch = batches.shift(); batch; batch = batches.shift()) {
      try {
        if (denied === null) await askBatch(aws, queries, batch, answers)
      } catch (error) {
        if (isFault(error, 'aws-denied', 'aws-credentials', 'aws-region-off', 'aws-undeclared')) denied = missingOf(error)
        for (const at of batch) answers[at] = { missing: missingOf(error) }
      }
      if (denied !== null) for (const at of batch) answers[at] ??= { missing: denied }
    }
  }
  await Promise.all(Array.from({ length: Math.min(batchesAtOnce, batches.length) }, work))
  return answers
}

/** A call has one window for all its queries. */
function batchesOf(queries: readonly MetricQuery[]): number[][] {
  const windows = new Map<string, { open: number[]; datapoints: number }>()
  const batches: number[][] = []
  queries.forEach(({ startMs, endMs, periodS }, index) => {
    const key = `${startMs} ${endMs}`
    const datapoints = (endMs - startMs) / 1_000 / periodS
    let window = windows.get(key)
    if (!window || window.open.length >= queriesMax || window.datapoints + datapoints > datapointsMax) {
      window = { open: [], datapoints: 0 }
      windows.set(key, window)
      batches.push(window.open)
    }
    window.open.push(index)
    window.datapoints += datapoints
  })
  return batches
}

async function askBatch(aws: Aws, queries: readonly MetricQuery[], batch: readonly number[], answers: MetricAnswer[]): Promise<void> {
  const { startMs, endMs } = queries[batch[0] as number] as MetricQuery
  const found = batch.map(() => ({ at: [] as number[], values: [] as number[], status: 'Missing' }))
  let token: string | undefined
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const answer = await aws.send(
      CloudWatchClient,
      new GetMetricDataCommand({
        ...{ StartTime: new Date(startMs), EndTime: new Date(endMs), ScanBy: 'TimestampAscending', NextToken: token },
        MetricDataQueries: batch.map((index, at) => queryOf(queries[index] as MetricQuery, at)),
      }),
    )
    for (const { Id, Timestamps = [], Values = [], StatusCode } of answer.MetricDataResults ?? []) {
      const series = found[Number(Id?.slice(1))]
      if (!series) continue
      for (const [at, time] of Timestamps.entries()) {
        series.at.push(time.getTime())
        series.values.push(Values[at] ?? 0)
      }
      series.status = StatusCode ?? 'Complete'
    }
    token = answer.NextToken
    if (!token) break
  }
  batch.forEach((index, at) => {
    answers[index] = answerOf(found[at] as (typeof found)[number], token !== undefined)
  })
}

const queryOf = ({ namespace, metric, stat, periodS, dimensions }: MetricQuery, at: number) => ({
  Id: `q${at}`,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    ...{ Stat: stat, Period: periodS },
  },
})

function answerOf({ at, values, status }: { at: number[]; values: number[]; status: string }, cut: boolean): MetricAnswer {
  if (status === 'Forbidden') return { missing: 'cloudwatch:GetMetricData' }
  if (status === 'Complete' && !cut) return ascending(at) ? { at, values } : sorted(at, values)
  return { missing: `refused: cloudwatch:GetMetricData ${cut ? 'PartialData' : status}` }
}

const ascending = (at: readonly number[]) => at.every((time, index) => index === 0 || (at[index - 1] as number) < time)

function sorted(at: readonly number[], values: readonly number[]): MetricAnswer {
  const order = [...at.keys()].sort((a, b) => (at[a] as number) - (at[b] as number))
  return { at: order.map((index) => at[index] as number), values: order.map((index) => values[index] as number) }
}
