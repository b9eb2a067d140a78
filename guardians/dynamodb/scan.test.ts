import { afterEach, expect, test } from 'vitest'
import { type Answers, openRecorded, type Recorded, type RecordedCall, refused } from '../../test/aws/recorded.ts'
import { scanAt } from '../../test/aws/scans.ts'
import { dynamodb } from './guardian.ts'

/** Paging, refusals and size, which moto does not do: recorded answers. */

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function scanned(answers: Answers) {
  aws = await openRecorded({ GetResources: '{"ResourceTagMappingList":[]}', ...answers })
  return scanAt(aws.url, [dynamodb], { only: ['dynamodb-throttled'] })
}

const names = (count: number) => Array.from({ length: count }, (_, at) => `table-${String(at).padStart(5, '0')}`)
/** Pages of a hundred, as DynamoDB gives them. */
const pagesOf = (all: readonly string[]) => (call: RecordedCall) => {
  const from = call.input.ExclusiveStartTableName === undefined ? 0 : all.indexOf(call.input.ExclusiveStartTableName as string) + 1
  const page = all.slice(from, from + 100)
  return JSON.stringify({ TableNames: page, ...(from + 100 < all.length ? { LastEvaluatedTableName: page.at(-1) } : {}) })
}
interface MetricDataInput {
  MetricDataQueries: { Id: string; MetricStat: { Metric: { MetricName: string; Dimensions: { Value: string }[] } } }[]
}
/** Seven refused writes yesterday on this table, and nothing else anywhere. */
const throttled = (name: string) => (call: RecordedCall) =>
  JSON.stringify({
    MetricDataResults: (call.input as unknown as MetricDataInput).MetricDataQueries.map(({ Id, MetricStat: { Metric } }) => {
      const hit = Metric.MetricName === 'WriteThrottleEvents' && Metric.Dimensions.some(({ Value }) => Value === name)
      const yesterday = Math.floor(Date.now() / 86_400_000) * 86_400 - 86_400
      return { Id, StatusCode: 'Complete', ...(hit ? { Timestamps: [yesterday], Values: [7] } : { Timestamps: [], Values: [] }) }
    }),
  })
/** Every fifth call is refused, whatever it asks. */
function worn(answers: Readonly<Record<string, (call: RecordedCall) => string>>): Answers {
  let calls = 0
  return Object.fromEntries(
    Object.entries(answers).map(([operation, answer]) => [
      operation,
      (call: RecordedCall) => {
        calls += 1
        return calls % 5 === 0 ? { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' } : answer(call)
      },
    ]),
  )
}

test('two thousand tables: three calls for a hundred of them, and the one that is throttled', async () => {
  const report = await scanned({ ListTables: pagesOf(names(2_000)), GetMetricData: throttled('table-01777') })
  expect(report.findings).toMatchObject([{ name: 'table-01777', evidence: { writes: 7, throttledDays: 1, worstDay: 7 } }])
  expect(report.coverage).toMatchObject([{ looked: 2_000, passed: 1_999, failed: 1, unknown: 0, complete: true }])
  expect(report.cost.calls).toBe(60)
})

test('a fifth of all calls throttled: the same is found', async () => {
  const answers = { ListTables: pagesOf(names(450)), GetMetricData: throttled('table-00401'), GetResources: () => '{}' }
  const report = await scanned(worn(answers))
  expect(report.findings.map(({ name }) => name)).toEqual(['table-00401'])
  expect(report.coverage).toMatchObject([{ looked: 450, complete: true }])
  expect(report.cost.byCall.reduce((sum, call) => sum + call.throttled, 0)).toBeGreaterThan(2)
})

test('refused half-way: what was found stands, and the rest is not taken as gone', async () => {
  const all = pagesOf(names(250))
  const report = await scanned({
    ListTables: (call) =>
      call.input.ExclusiveStartTableName ? { status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' } : all(call),
    GetMetricData: throttled('table-00007'),
  })
  expect(report.findings.map(({ name }) => name)).toEqual(['table-00007'])
  expect(report.coverage).toMatchObject([{ looked: 100, complete: false }])
  expect(report.unknown).toMatchObject([{ missing: 'dynamodb:ListTables' }])
})

test('the list shifts between two pages: a table that comes twice counts once', async () => {
  const page = (some: string[], last?: string) => JSON.stringify({ TableNames: some, LastEvaluatedTableName: last })
  const report = await scanned({ ListTables: [page(['a', 'b'], 'b'), page(['b', 'c'])], GetMetricData: throttled('b') })
  expect(report.findings.map(({ name }) => name)).toEqual(['b'])
  expect(report.coverage).toMatchObject([{ looked: 3, failed: 1 }])
})

test('metrics that may not be read: every table is unknown, none is fine', async () => {
  const report = await scanned({ ListTables: pagesOf(names(3)), GetMetricData: refused('AccessDenied') })
  expect(report.unknown).toMatchObject([{ missing: 'cloudwatch:GetMetricData', resources: 3 }])
  expect(report.coverage).toMatchObject([{ looked: 3, passed: 0, unknown: 3 }])
})
