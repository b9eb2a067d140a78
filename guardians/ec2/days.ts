import type { Series } from '../define.ts'

/** The days that all series tell of, oldest first, with their values in the order of the series. Days of rest have none. */
export function daysOf(...series: readonly Series[]): number[][] {
  const [first, ...others] = series
  if (!first) return []
  const rest = others.map(({ at, values }) => new Map(at.map((time, index) => [time, values[index] as number])))
  return first.at.flatMap((time, index) => {
    const values = [first.values[index], ...rest.map((byTime) => byTime.get(time))]
    return values.every((value) => value !== undefined) ? [values] : []
  })
}

export const averageOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 100) / 100
