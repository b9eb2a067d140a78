import type { MetricAnswer, MetricQuery } from '../aws/metrics.ts'
import type { Metric, Resource, Series } from '../define.ts'
import type { Unit } from './plan.ts'

/** The metrics that the checks of a chunk want, each asked once however many checks want it. */

export type Wanted = Readonly<Record<string, number | null>>

export interface Wishes {
  queries: MetricQuery[]
  /** By name of the check's metric: which query; null: the row has no such metric. */
  of(unit: Unit, row: Resource): Wanted
}

const dayMs = 86_400_000
const nothing: Wanted = {}

const metricsOf = (unit: Unit) => Object.entries((unit.check.metrics ?? {}) as Record<string, Metric<Resource>>)

/** Ends at the last full period. */
export function windowOf({ periodS, days }: Pick<Metric<Resource>, 'periodS' | 'days'>, options: Unit['options'], now: number) {
  const periodMs = periodS * 1_000
  const endMs = Math.floor(now / periodMs) * periodMs
  const length = Number(typeof days === 'number' ? days : options[days.option]) * dayMs
  return { startMs: endMs - Math.ceil(length / periodMs) * periodMs, endMs }
}

export function wishesOf(now: number): Wishes {
  const queries: MetricQuery[] = []
  const known = new Map<string, number>()

  function ask(unit: Unit, metric: Metric<Resource>, row: Resource): number | null {
    const dimensions = metric.dimensions(row)
    if (dimensions === null) return null
    const { startMs, endMs } = windowOf(metric, unit.options, now)
    const key = [metric.namespace, metric.metric, metric.stat, metric.periodS, startMs, ...Object.entries(dimensions).sort().flat()].join(
      '\0',
    )
    const asked = known.get(key)
    if (asked !== undefined) return asked
    const { namespace, metric: name, stat, periodS } = metric
    known.set(key, queries.length)
    return queries.push({ namespace, metric: name, stat, periodS, dimensions, startMs, endMs }) - 1
  }
  return {
    queries,
    of(unit, row) {
      const metrics = metricsOf(unit)
      if (metrics.length === 0) return nothing
      return Object.fromEntries(metrics.map(([name, metric]) => [name, ask(unit, metric, row)]))
    },
  }
}

/** How many rows make one good asking: full calls, and not too many datapoints in memory. */
export function chunkRowsOf(units: readonly Unit[], now: number): number {
  const metrics = units.flatMap((unit) =>
    metricsOf(unit).map(([, metric]) => {
      const { startMs, endMs } = windowOf(metric, unit.options, now)
      return (endMs - startMs) / 1_000 / metric.periodS
    }),
  )
  if (metrics.length === 0) return 1
  const datapoints = metrics.reduce((sum, each) => sum + each, 0)
  return Math.max(1, Math.min(Math.ceil(2_000 / metrics.length), Math.floor(400_000 / datapoints)))
}

const empty: Series = { at: [], values: [] }

/** The series of one row by name, or what is missing. */
export function seriesOf(
  unit: Unit,
  wanted: Wanted,
  wishes: Wishes,
  answers: readonly MetricAnswer[],
): { series: Record<string, Series> } | { missing: string } {
  const series: Record<string, Series> = {}
  for (const [name, metric] of metricsOf(unit)) {
    const index = wanted[name]
    if (index === null || index === undefined) {
      series[name] = empty
      continue
    }
    const answer = answers[index] as MetricAnswer
    if ('missing' in answer) return answer
    if (metric.absent === 'zero') series[name] = filled(answer, wishes.queries[index] as MetricQuery)
    else if (answer.at.length === 0) return { missing: `no datapoints: ${metric.namespace} ${metric.metric}` }
    else series[name] = answer
  }
  return { series }
}

/** A value for each period; zero where the service wrote nothing. */
function filled({ at, values }: { at: readonly number[]; values: readonly number[] }, { startMs, endMs, periodS }: MetricQuery): Series {
  const periodMs = periodS * 1_000
  const periods = Math.round((endMs - startMs) / periodMs)
  if (at.length === periods) return { at, values }
  const all = new Array<number>(periods).fill(0)
  at.forEach((time, index) => {
    const period = Math.floor((time - startMs) / periodMs)
    if (period >= 0 && period < periods) all[period] = values[index] as number
  })
  return { at: all.map((_, period) => startMs + period * periodMs), values: all }
}
