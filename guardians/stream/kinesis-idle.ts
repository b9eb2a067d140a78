import { defineCheck, fail, pass } from '../define.ts'
import { type Stream, streamSummary, streams } from '../inventory/streams.ts'
import { daysSince } from '../resource.ts'

const daily = (metric: string) =>
  ({
    namespace: 'AWS/Kinesis',
    metric,
    stat: 'Sum',
    periodS: 86_400,
    days: { option: 'days' },
    absent: 'zero',
    dimensions: ({ name }: Stream) => ({ StreamName: name }),
  }) as const

/** Shards are paid for by the hour, with records or without. */
export const kinesisIdle = defineCheck('stream-kinesis-idle', {
  number: 36,
  severity: 'medium',
  title: { en: 'Stream into which nothing is written', ja: '書き込みのないストリーム' },
  why: {
    en: 'It is paid for by the hour, with records or without. Or a producer stopped and nobody noticed.',
    ja: 'レコードがなくても時間課金されます。あるいは、プロデューサーが止まったことに誰も気付いていません。',
  },
  fix: {
    en: 'Ask its owner whether a producer should be writing; if not, `aws kinesis delete-stream --stream-name NAME`.',
    ja: 'プロデューサーが書き込むはずか所有者に確認し、不要なら `aws kinesis delete-stream --stream-name NAME` で削除します。',
  },
  peers: ['cloudrift'],
  says: {
    idle: {
      en: '{shards} shards, no record in {days} days ({bytes} bytes)',
      ja: 'シャード {shards} 個。直近 {days} 日のレコード 0 件（{bytes} バイト）',
    },
  },
  subject: streams,
  options: { days: { default: 14, unit: 'days', source: 'cloudrift' } },
  metrics: { records: daily('IncomingRecords'), bytes: daily('IncomingBytes') },
  details: { summary: streamSummary },
  applies: ({ createdAt }, { now, options }) => (daysSince(createdAt, now) ?? options.days) >= options.days,
  judge({ createdAt }, { now, options, metrics, details: { summary }, savings }) {
    const ageDays = daysSince(createdAt ?? summary.createdAt, now)
    const records = metrics.records.values.reduce((total, value) => total + value, 0)
    const bytes = metrics.bytes.values.reduce((total, value) => total + value, 0)
    if (records > 0 || bytes > 0 || (ageDays !== null && ageDays < options.days)) return pass
    const { shards, onDemand } = summary
    return fail(
      'idle',
      { shards, mode: onDemand ? 'on demand' : 'provisioned', records, bytes, days: options.days, ageDays },
      { savings: onDemand ? savings('kinesis-on-demand-stream', 1) : savings('kinesis-shard', shards) },
    )
  },
})
