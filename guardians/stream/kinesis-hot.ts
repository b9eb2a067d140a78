import { defineCheck, fail, pass, type Series } from '../define.ts'
import { type Stream, streamSummary, streams } from '../inventory/streams.ts'

const dimensions = ({ name }: Stream) => ({ StreamName: name })
const refused = (metric: string) =>
  ({ namespace: 'AWS/Kinesis', metric, stat: 'Sum', periodS: 86_400, days: { option: 'days' }, absent: 'zero', dimensions }) as const

/** The last hours of the day that is looked at: CloudWatch is late by minutes, so one hour alone may be empty. */
const nowHours = 3

const sum = ({ values }: Series): number => values.reduce((total, value) => total + value, 0)
const hours = (ms: number): number => Math.round(ms / 360_000) / 10

/** Writers that are refused lose records; readers that fall behind the retention lose them as well. */
export const kinesisHot = defineCheck('stream-kinesis-hot', {
  number: 37,
  severity: 'high',
  title: { en: 'Stream that loses or delays records', ja: 'レコードの欠落・遅延があるストリーム' },
  why: {
    en: 'Writers that are refused give up in the end. Readers that fall behind the retention never see what they missed.',
    ja: '書き込みを拒否されたプロデューサーはいずれ諦めます。保持期間より遅れたコンシューマーは、そのレコードを二度と読めません。',
  },
  fix: {
    en: 'More shards: `aws kinesis update-shard-count --stream-name NAME --target-shard-count N --scaling-type UNIFORM_SCALING`. Lag: see the consumer; to win time `aws kinesis increase-stream-retention-period --stream-name NAME --retention-period-hours 168`.',
    ja: 'シャードを増やします: `aws kinesis update-shard-count --stream-name NAME --target-shard-count N --scaling-type UNIFORM_SCALING`。遅延ならコンシューマーを確認し、`aws kinesis increase-stream-retention-period --stream-name NAME --retention-period-hours 168` で時間を稼ぎます。',
  },
  peers: [],
  says: {
    lag: {
      en: 'Readers are {lagHours} h behind, {lagPercent} % of the {retentionHours} h after which records are deleted',
      ja: 'コンシューマーが {lagHours} 時間遅れています（保持期間 {retentionHours} 時間の {lagPercent} %）',
    },
    throttled: {
      en: '{refusedWrites} writes refused in {days} days, on {refusedDays} of them; {shards} shards',
      ja: '直近 {days} 日で書き込み {refusedWrites} 件が拒否（{refusedDays} 日間）。シャード {shards} 個',
    },
  },
  subject: streams,
  options: {
    days: { default: 7, unit: 'days', source: 'ours' },
    minRefused: { default: 1, unit: 'records', source: 'ours' },
    maxLagHours: { default: 12, unit: 'hours', source: 'ours' },
    maxLagPercent: { default: 50, unit: '% of the retention', source: 'ours' },
  },
  metrics: {
    writes: refused('WriteProvisionedThroughputExceeded'),
    lag: {
      namespace: 'AWS/Kinesis',
      metric: 'GetRecords.IteratorAgeMilliseconds',
      stat: 'Maximum',
      periodS: 3600,
      days: 1,
      dimensions,
      // Kinesis writes nothing while nobody reads: then there is no reader that could be behind.
      absent: 'zero',
    },
  },
  details: { summary: streamSummary },
  judge(_, { options, metrics, details: { summary } }) {
    const { shards, retentionHours } = summary
    const lagHours = hours(Math.max(0, ...metrics.lag.values.slice(-nowHours)))
    const evidence = {
      ...{ refusedWrites: sum(metrics.writes), refusedDays: metrics.writes.values.filter((value) => value > 0).length, days: options.days },
      ...{ lagHours, lagPercent: Math.round((100 * lagHours) / retentionHours), retentionHours, shards },
    }
    if (lagHours >= options.maxLagHours || evidence.lagPercent >= options.maxLagPercent) return fail('lag', evidence)
    return evidence.refusedWrites >= Math.max(1, options.minRefused) ? fail('throttled', evidence) : pass
  },
})
