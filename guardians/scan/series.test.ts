import { expect, test } from 'vitest'
import type { Metric, Resource } from '../define.ts'
import type { Unit } from './plan.ts'
import { chunkRowsOf, seriesOf, windowOf, wishesOf } from './series.ts'

const day = 86_400
const now = Date.parse('2026-11-21T06:30:00Z')
const midnight = Date.parse('2026-11-21T00:00:00Z')
const metric = (over: Partial<Metric<Resource>> = {}): Metric<Resource> => ({
  ...{ namespace: 'AWS/EBS', metric: 'VolumeReadOps', stat: 'Sum', periodS: day, days: 3, absent: 'zero' },
  dimensions: ({ arn }) => ({ VolumeId: arn }),
  ...over,
})
const unit = (metrics: Record<string, Metric<Resource>>, options: Record<string, unknown> = {}) =>
  ({ check: { metrics }, options }) as unknown as Unit

test('the window ends at the last full period', () => {
  expect(windowOf({ periodS: day, days: 3 }, {}, now)).toEqual({ startMs: midnight - 3 * day * 1_000, endMs: midnight })
  expect(windowOf({ periodS: 3_600, days: { option: 'days' } }, { days: 1 }, now)).toMatchObject({
    endMs: Date.parse('2026-11-21T06:00:00Z'),
  })
})

test('one question for all who want the same, however they write it', () => {
  const wishes = wishesOf(now)
  const row = { arn: 'vol-1' }
  const one = wishes.of(unit({ reads: metric({ dimensions: () => ({ A: '1', B: '2' }) }) }), row)
  const two = wishes.of(unit({ other: metric({ dimensions: () => ({ B: '2', A: '1' }) }), wider: metric({ days: 4 }) }), row)
  expect(one.reads).toBe(two.other)
  expect(two.wider).not.toBe(two.other)
  expect(wishes.queries).toHaveLength(2)
})

const answered = (over: Partial<Metric<Resource>>, answer: { at: number[]; values: number[] } | { missing: string }) => {
  const wishes = wishesOf(now)
  const one = unit({ reads: metric(over) })
  return seriesOf(one, wishes.of(one, { arn: 'vol-1' }), wishes, [answer])
}
const at = (daysAgo: number) => midnight - daysAgo * day * 1_000

test('gaps are zeros where the service writes only what happens', () => {
  expect(answered({}, { at: [at(2)], values: [5] })).toEqual({ series: { reads: { at: [at(3), at(2), at(1)], values: [0, 5, 0] } } })
  expect(answered({}, { at: [], values: [] })).toMatchObject({ series: { reads: { values: [0, 0, 0] } } })
})

test('elsewhere gaps stay gaps, and none at all is not judged', () => {
  expect(answered({ absent: 'unknown' }, { at: [at(2)], values: [5] })).toEqual({ series: { reads: { at: [at(2)], values: [5] } } })
  expect(answered({ absent: 'unknown' }, { at: [], values: [] })).toEqual({ missing: 'no datapoints: AWS/EBS VolumeReadOps' })
})

test('a row without such a metric is judged by an empty series; a refusal is told', () => {
  expect(answered({ dimensions: () => null, absent: 'unknown' }, { missing: 'never asked' })).toEqual({
    series: { reads: { at: [], values: [] } },
  })
  expect(answered({}, { missing: 'cloudwatch:GetMetricData' })).toEqual({ missing: 'cloudwatch:GetMetricData' })
})

test('rows are gathered until calls are full, and no further than memory allows', () => {
  expect(chunkRowsOf([unit({})], now)).toBe(1)
  expect(chunkRowsOf([unit({ a: metric(), b: metric({ metric: 'VolumeWriteOps' }) })], now)).toBe(1_000)
  expect(chunkRowsOf([unit({ a: metric({ periodS: 300, days: 14 }) })], now)).toBe(99)
})
