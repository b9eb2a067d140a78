import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import type { Stream, StreamSummary } from '../inventory/streams.ts'
import { kinesisIdle } from './kinesis-idle.ts'

const stream = (over: Partial<Stream> = {}): Stream => ({
  ...{ arn: 'arn:aws:kinesis:us-east-1:123456789012:stream/clicks', name: 'clicks', createdAt: daysAgo(90), ...over },
})
const summary = (over: Partial<StreamSummary> = {}): StreamSummary => ({
  ...{ shards: 4, onDemand: false, retentionHours: 24, createdAt: daysAgo(90), ...over },
})
const fortnight = (...last: number[]) => daily([...Array.from({ length: 14 - last.length }, () => 0), ...last])
const silent = { records: fortnight(), bytes: fortnight() }

checkTable(kinesisIdle, {
  flags: {
    'four shards, and nothing written for a fortnight': {
      row: stream(),
      metrics: silent,
      details: { summary: summary() },
      evidence: { shards: 4, mode: 'provisioned', records: 0, bytes: 0, days: 14, ageDays: 90 },
      usdPerMonth: 43.8,
    },
    'in Tokyo a shard costs more': {
      row: stream(),
      metrics: silent,
      details: { summary: summary() },
      target: { region: 'ap-northeast-1' },
      usdPerMonth: 56.94,
    },
    'on demand it is paid for by the hour all the same': {
      row: stream(),
      metrics: silent,
      details: { summary: summary({ onDemand: true }) },
      usdPerMonth: 29.2,
    },
    'of unknown age, which the stream itself then tells': {
      row: stream({ createdAt: null }),
      metrics: silent,
      details: { summary: summary() },
    },
  },
  passes: {
    'one record yesterday': {
      row: stream(),
      metrics: { records: fortnight(1), bytes: fortnight(20) },
      details: { summary: summary() },
    },
    'made last week': { row: stream({ createdAt: daysAgo(7) }), metrics: silent, details: { summary: summary() } },
    'made last week, as only the stream itself tells': {
      row: stream({ createdAt: null }),
      metrics: silent,
      details: { summary: summary({ createdAt: daysAgo(7) }) },
    },
  },
})
