import { defineCheck, fail, pass, type Series } from '../define.ts'
import { type Table, tables } from '../inventory/tables.ts'

const sum = ({ values }: Series): number => values.reduce((total, value) => total + value, 0)

const daily = { namespace: 'AWS/DynamoDB', stat: 'Sum', periodS: 86_400, days: { option: 'days' }, absent: 'zero' } as const
const events = (metric: string) => ({ ...daily, metric, dimensions: ({ name }: Table) => ({ TableName: name }) })
/** Refused requests, of a kind. They show what an index throttles too, which the events of the table do not. */
const requests = (operation: string) => ({
  ...{ ...daily, metric: 'ThrottledRequests' },
  dimensions: ({ name }: Table) => ({ TableName: name, Operation: operation }),
})

/** A throttled request is one that a customer waits for, or loses. */
export const throttled = defineCheck('dynamodb-throttled', {
  number: 31,
  severity: 'high',
  title: { en: 'Throttled table', ja: 'スロットリングされているテーブル' },
  why: {
    en: 'DynamoDB refused requests. Whoever asked waits for a retry, and loses the request when the retries end.',
    ja: 'DynamoDB がリクエストを拒否しています。呼び出し元は再試行を待たされ、再試行が尽きると失敗します。',
  },
  fix: {
    en: 'See whether one key is hot: `aws dynamodb update-contributor-insights --table-name NAME --contributor-insights-action ENABLE`. Else more capacity, or on demand: `aws dynamodb update-table --table-name NAME --billing-mode PAY_PER_REQUEST`.',
    ja: '特定のキーに偏っていないか `aws dynamodb update-contributor-insights --table-name NAME --contributor-insights-action ENABLE` で確認します。偏りがなければ容量を増やすか、`aws dynamodb update-table --table-name NAME --billing-mode PAY_PER_REQUEST` でオンデマンドにします。',
  },
  peers: [],
  says: {
    throttled: {
      en: 'In {days} days {reads} reads and {writes} writes throttled, {requests} requests refused; on {throttledDays} days, worst {worstDay} in one',
      ja: '直近 {days} 日で読み込み {reads} 件・書き込み {writes} 件がスロットリング、{requests} 件のリクエストが拒否。{throttledDays} 日間で発生、最多の日は {worstDay} 件',
    },
  },
  subject: tables,
  options: { days: { default: 7, unit: 'days', source: 'ours' }, minEvents: { default: 1, unit: 'events', source: 'ours' } },
  metrics: {
    reads: events('ReadThrottleEvents'),
    writes: events('WriteThrottleEvents'),
    puts: requests('PutItem'),
    updates: requests('UpdateItem'),
    queries: requests('Query'),
  },
  judge(_, { options, metrics }) {
    const all = Object.values(metrics)
    const byDay = metrics.reads.values.map((_value, day) => all.reduce((total, { values }) => total + (values[day] ?? 0), 0))
    const evidence = {
      ...{ days: options.days, reads: sum(metrics.reads), writes: sum(metrics.writes) },
      requests: sum(metrics.puts) + sum(metrics.updates) + sum(metrics.queries),
    }
    if (evidence.reads + evidence.writes + evidence.requests < Math.max(1, options.minEvents)) return pass
    return fail('throttled', { ...evidence, throttledDays: byDay.filter((value) => value > 0).length, worstDay: Math.max(...byDay) })
  },
})
