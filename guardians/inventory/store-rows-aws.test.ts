import { afterEach, expect, test } from 'vitest'
import { accessTo, sourcesThrough } from '../../test/aws/door.ts'
import { type Answers, openRecorded, type Recorded, refused } from '../../test/aws/recorded.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import type { Row } from '../consistency/side.ts'
import type { Pages } from './store-rows.ts'
import { athenaRows, dynamodbRows } from './store-rows-aws.ts'

let aws: Recorded | undefined
afterEach(() => aws?.close())
async function open(answers: Answers) {
  aws = await openRecorded(answers)
  return sourcesThrough(accessTo(aws.url), aws.url)
}
async function all(pages: Pages): Promise<Row[]> {
  const rows: Row[] = []
  for await (const page of pages) rows.push(...page)
  return rows
}
/** Lets time pass until the work is done. */
async function throughTime<Value>(clock: ReturnType<typeof virtualClock>, work: Promise<Value>): Promise<Value> {
  let done = false
  const ended = work.finally(() => {
    done = true
  })
  ended.catch(() => {})
  while (!done) await clock.advance(100)
  return ended
}

const table = { kind: 'dynamodb', table: 'lines' } as const

test('items of DynamoDB, page by page, only the fields that are compared', async () => {
  const sources = await open({
    Scan: [
      JSON.stringify({
        Items: [{ id: { N: '1' }, plan: { S: 'gold' }, more: { M: { on: { BOOL: true }, list: { L: [{ NULL: true }, { N: '2.50' }] } } } }],
        LastEvaluatedKey: { id: { N: '1' } },
      }),
      JSON.stringify({ Items: [], LastEvaluatedKey: { id: { N: '2' } } }),
      JSON.stringify({ Items: [{ id: { N: '3' }, tags: { SS: ['b', 'a'] }, raw: { B: 'AAE=' } }] }),
    ],
  })
  const rows = await all(dynamodbRows({ ...table, index: 'by-plan', region: 'eu-west-1' }, ['id', 'plan'], sources))
  expect(rows).toEqual([
    { id: '1', plan: 'gold', more: { on: true, list: [null, '2.50'] } },
    { id: '3', tags: ['a', 'b'], raw: 'AAE=' },
  ])
  expect(aws?.calls.map(({ region, input }) => [region, input.ExclusiveStartKey])).toEqual([
    ['eu-west-1', undefined],
    ['eu-west-1', { id: { N: '1' } }],
    ['eu-west-1', { id: { N: '2' } }],
  ])
  expect(aws?.calls[0]?.input).toMatchObject({
    ...{ TableName: 'lines', IndexName: 'by-plan', ProjectionExpression: '#f0, #f1' },
    ExpressionAttributeNames: { '#f0': 'id', '#f1': 'plan' },
  })
})

test('a table is read at 500 read units a second', async () => {
  const clock = virtualClock(undefined, { drain: 'immediates' })
  const page = (more: boolean) =>
    JSON.stringify({
      Items: [{ id: { N: '1' } }],
      ConsumedCapacity: { CapacityUnits: 1_000 },
      ...(more ? { LastEvaluatedKey: { id: { N: '1' } } } : {}),
    })
  const sources = await open({ Scan: [page(true), page(true), page(false)] })
  await throughTime(clock, all(dynamodbRows(table, null, { ...sources, clock })))
  expect(clock.monotonic()).toBeGreaterThanOrEqual(4_000)
  expect(aws?.calls[0]?.input).not.toHaveProperty('ProjectionExpression')
})

test('a refusal of DynamoDB names the permission', async () => {
  const sources = await open({ Scan: refused('AccessDeniedException', 'no', { status: 400 }) })
  await expect(all(dynamodbRows(table, null, sources))).rejects.toMatchObject({ details: { action: 'dynamodb:Scan' } })
})

const query = { kind: 'athena', database: 'billing', query: 'select id, plan from line', output: 's3://results/jidoka' } as const
const state = (State: string, more: object = {}) => JSON.stringify({ QueryExecution: { Status: { State, ...more } } })
const cells = (...values: (string | null)[]) => ({ Data: values.map((value) => (value === null ? {} : { VarCharValue: value })) })
const columns = {
  ResultSetMetadata: {
    ColumnInfo: [
      { Name: 'id', Type: 'bigint' },
      { Name: 'plan', Type: 'varchar' },
    ],
  },
}
const started = JSON.stringify({ QueryExecutionId: 'q-1' })

test('rows of Athena, once its query has ended; the names of the columns are no row', async () => {
  const clock = virtualClock(undefined, { drain: 'immediates' })
  const sources = await open({
    StartQueryExecution: started,
    GetQueryExecution: [state('QUEUED'), state('RUNNING'), state('SUCCEEDED')],
    GetQueryResults: [
      JSON.stringify({ NextToken: 'more', ResultSet: { ...columns, Rows: [cells('id', 'plan'), cells('1', 'gold')] } }),
      JSON.stringify({ ResultSet: { ...columns, Rows: [cells('2', null)] } }),
    ],
  })
  expect(await throughTime(clock, all(athenaRows(query, { ...sources, clock })))).toEqual([
    { id: '1', plan: 'gold' },
    { id: '2', plan: null },
  ])
  expect(aws?.calls[0]?.input).toMatchObject({
    ...{ QueryString: query.query, QueryExecutionContext: { Database: 'billing' }, ResultConfiguration: { OutputLocation: query.output } },
  })
  expect(aws?.calls.at(-1)?.input).toMatchObject({ QueryExecutionId: 'q-1', NextToken: 'more', MaxResults: 1000 })
})

test('a query of Athena that fails says why', async () => {
  const failure = state('FAILED', { StateChangeReason: 'TABLE_NOT_FOUND: line' })
  const sources = await open({ StartQueryExecution: started, GetQueryExecution: failure })
  await expect(all(athenaRows(query, sources))).rejects.toThrow('FAILED: TABLE_NOT_FOUND: line')
})

test('a query of Athena that does not end is stopped', async () => {
  const clock = virtualClock(undefined, { drain: 'immediates' })
  const sources = await open({ StartQueryExecution: started, GetQueryExecution: state('RUNNING'), StopQueryExecution: '{}' })
  const asked = all(athenaRows(query, { ...sources, clock }))
  asked.catch(() => {})
  while (aws?.count('StopQueryExecution') === 0) await clock.advance(5_000)
  await expect(asked).rejects.toThrow('no answer within 600000 ms')
})
