import type { Metric, Series } from '../define.ts'
import type { LambdaFunction } from '../inventory/functions.ts'

/** A metric of Lambda, day by day. It writes only what happens: no datapoint means no call. */
export const daily = (metric: string, stat: Metric<LambdaFunction>['stat']): Metric<LambdaFunction> => ({
  ...{ namespace: 'AWS/Lambda', metric, stat, periodS: 86_400, days: { option: 'days' }, absent: 'zero' },
  dimensions: ({ name }) => ({ FunctionName: name }),
})

export const sum = ({ values }: Series): number => values.reduce((total, value) => total + value, 0)

/** `2026-11-20`, UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

export const percent = (part: number, whole: number): number => Math.round((part / whole) * 1_000) / 10
