import { checkTable, daily, exampleNow } from '../../test/check-table.ts'
import type { Series } from '../define.ts'
import type { Stream, StreamSummary } from '../inventory/streams.ts'
import { kinesisHot } from './kinesis-hot.ts'

const row: Stream = { arn: 'arn:aws:kinesis:us-east-1:123456789012:stream/clicks', name: 'clicks', createdAt: null }
const summary = (over: Partial<StreamSummary> = {}): StreamSummary => ({
  ...{ shards: 2, onDemand: false, retentionHours: 24, createdAt: null, ...over },
})
/** Hours behind, one per hour of the last day. */
const behind = (...hours: number[]): Series => {
  const values = [...Array.from({ length: 24 - hours.length }, () => 0), ...hours.map((lag) => lag * 3_600_000)]
  return { at: values.map((_, hour) => exampleNow - (24 - hour) * 3_600_000), values }
}
const calm = { writes: daily([0, 0, 0, 0, 0, 0, 0]), lag: behind(0.1, 0.2) }

checkTable(kinesisHot, {
  flags: {
    'writes were refused on two days': {
      row,
      metrics: { ...calm, writes: daily([0, 0, 70, 0, 0, 0, 5]) },
      details: { summary: summary() },
      reason: 'throttled',
      severity: 'high',
      evidence: { refusedWrites: 75, refusedDays: 2, days: 7, shards: 2 },
    },
    'a reader is half of the retention behind': {
      row,
      metrics: { ...calm, lag: behind(10, 11, 12) },
      details: { summary: summary() },
      reason: 'lag',
      evidence: { lagHours: 12, lagPercent: 50, retentionHours: 24 },
    },
    'twelve hours are late, however long records are kept': {
      row,
      metrics: { ...calm, lag: behind(12, 0) },
      details: { summary: summary({ retentionHours: 8760 }) },
      reason: 'lag',
    },
    'who loses records both ways is told of the lag first': {
      row,
      metrics: { writes: daily([9]), lag: behind(23) },
      details: { summary: summary() },
      reason: 'lag',
      evidence: { refusedWrites: 9 },
    },
  },
  passes: {
    'all is written and read in time': { row, metrics: calm, details: { summary: summary() } },
    'a reader was late this morning and has caught up': {
      row,
      metrics: { ...calm, lag: behind(20, 0, 0, 0) },
      details: { summary: summary() },
    },
    'a reader a little late': { row, metrics: { ...calm, lag: behind(11.5) }, details: { summary: summary() } },
    'fewer refusals than the configuration minds': {
      row,
      options: { minRefused: 100 },
      metrics: { ...calm, writes: daily([99]) },
      details: { summary: summary() },
    },
  },
})
