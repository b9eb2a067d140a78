import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena'
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { StoreSideConfig } from '../../core/catalog/schema-guardians.ts'
import { sleep } from '../../core/clock.ts'
import { failed } from '../../core/query/problem.ts'
import type { Row } from '../consistency/side.ts'
import type { IamAction, Sources } from '../define.ts'
import type { Pages } from './store-rows.ts'

type SideOf<Kind extends StoreSideConfig['kind']> = Extract<StoreSideConfig, { kind: Kind }>

/** Read units per second that a scan takes at most: 500 read 4 MB in a second. Ours. */
const readUnitsPerSecond = 500
/** An expression may have 4 KB; beyond it everything is fetched. */
const projectedMax = 100

export const dynamodbCalls: readonly IamAction[] = ['dynamodb:Scan']

/** Items of a table or an index, at the pace of its read units. `fields`: only these are fetched; null: all. */
export async function* dynamodbRows(
  { table, region, index }: SideOf<'dynamodb'>,
  fields: readonly string[] | null,
  sources: Sources,
): Pages {
  const { aws, clock, signal } = sources
  const projected = fields && fields.length <= projectedMax ? fields : null
  const names = projected?.map((field, at) => [`#f${at}`, field] as const)
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined
  do {
    const answer = await aws.send(
      DynamoDBClient,
      new ScanCommand({
        ...{ TableName: table, IndexName: index, ExclusiveStartKey, ReturnConsumedCapacity: 'TOTAL' },
        ...(names
          ? { ExpressionAttributeNames: Object.fromEntries(names), ProjectionExpression: names.map(([name]) => name).join(', ') }
          : {}),
      }),
      region === undefined ? {} : { region },
    )
    yield (answer.Items ?? []).map(
      (item): Row => Object.fromEntries(Object.entries(item).map(([name, value]) => [name, attributeOf(value)])),
    )
    ExclusiveStartKey = answer.LastEvaluatedKey
    const units = answer.ConsumedCapacity?.CapacityUnits ?? 0
    if (ExclusiveStartKey && units > 0) await sleep(clock, (units / readUnitsPerSecond) * 1_000, signal)
    signal?.throwIfAborted()
  } while (ExclusiveStartKey)
}

/** Numbers stay text: DynamoDB's have 38 digits. */
function attributeOf(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) return value.N
  if (value.BOOL !== undefined) return value.BOOL
  if (value.M !== undefined) return Object.fromEntries(Object.entries(value.M).map(([name, inner]) => [name, attributeOf(inner)]))
  if (value.L !== undefined) return value.L.map(attributeOf)
  if (value.SS !== undefined) return value.SS.toSorted()
  if (value.NS !== undefined) return value.NS.toSorted()
  if (value.B !== undefined) return Buffer.from(value.B).toString('base64')
  if (value.BS !== undefined) return value.BS.map((one) => Buffer.from(one).toString('base64')).toSorted()
  return null
}

/** What it reads is its own grant: of the data in S3 and in the Glue catalogue, and of the place for its results. */
export const athenaCalls: readonly IamAction[] = [
  'athena:StartQueryExecution',
  'athena:GetQueryExecution',
  'athena:GetQueryResults',
  'athena:StopQueryExecution',
]

const athenaTimeoutMs = 600_000
const firstPollMs = 500
const lastPollMs = 10_000

/** Rows of one query. */
export async function* athenaRows({ database, query, output, region }: SideOf<'athena'>, sources: Sources): Pages {
  const { aws, signal } = sources
  const how = region === undefined ? {} : { region }
  const started = await aws.send(
    AthenaClient,
    new StartQueryExecutionCommand({
      QueryString: query,
      QueryExecutionContext: { Database: database },
      ResultConfiguration: { OutputLocation: output },
    }),
    how,
  )
  const QueryExecutionId = started.QueryExecutionId ?? ''
  await ended(QueryExecutionId, database, how, sources)
  let columns: string[] | undefined
  let NextToken: string | undefined
  do {
    const answer = await aws.send(AthenaClient, new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 1_000, NextToken }), how)
    const rows = (answer.ResultSet?.Rows ?? []).map(({ Data }) => (Data ?? []).map(({ VarCharValue }) => VarCharValue ?? null))
    // The first row of the first page holds the names of the columns.
    const head = columns === undefined ? rows.shift() : undefined
    columns ??= (answer.ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Name }) => Name ?? '') ?? head ?? []) as string[]
    yield rows.map((values): Row => Object.fromEntries((columns as string[]).map((column, at) => [column, values[at] ?? null])))
    NextToken = answer.NextToken || undefined
    signal?.throwIfAborted()
  } while (NextToken)
}

async function ended(QueryExecutionId: string, database: string, how: { region?: string }, { aws, clock, signal }: Sources): Promise<void> {
  const asking = { what: `the query on ${database} of Athena`, secrets: [] }
  const startedAt = clock.monotonic()
  for (let pause = firstPollMs; ; pause = Math.min(2 * pause, lastPollMs)) {
    const { QueryExecution } = await aws.send(AthenaClient, new GetQueryExecutionCommand({ QueryExecutionId }), how)
    const { State, StateChangeReason } = QueryExecution?.Status ?? {}
    if (State === 'SUCCEEDED') return
    if (State === 'FAILED' || State === 'CANCELLED') throw failed(asking, `${State}: ${StateChangeReason ?? 'no reason given'}`)
    if (signal?.aborted || clock.monotonic() - startedAt > athenaTimeoutMs) {
      // It would go on, and cost, without anybody waiting for it.
      await aws.send(AthenaClient, new StopQueryExecutionCommand({ QueryExecutionId }), how)
      throw failed(asking, `no answer within ${athenaTimeoutMs} ms`)
    }
    await sleep(clock, pause, signal)
  }
}
