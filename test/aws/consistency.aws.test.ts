import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { consistency } from '../../guardians/consistency/guardian.ts'
import type { Row } from '../../guardians/consistency/side.ts'
import { fileMemory } from '../../guardians/inventory/pair-memory.ts'
import type { Platform } from '../../guardians/platform.ts'
import { lines, type PairBench, pairBench, pairOf } from '../pair-bench.ts'
import { type Moto, openMoto } from './moto.ts'
import { foundBy, scanAt } from './scans.ts'

let moto: Moto
let bench: PairBench
let folder: string
beforeAll(async () => {
  moto = await openMoto()
})
beforeEach(() => {
  bench = pairBench()
  folder = mkdtempSync(join(tmpdir(), 'jidoka-consistency-'))
})
afterEach(async () => {
  bench.close()
  rmSync(folder, { recursive: true })
  await moto.reset()
})
afterAll(() => moto?.close())

const put = ({ id, plan, sim }: Row) =>
  moto
    .client(DynamoDBClient)
    .send(new PutItemCommand({ TableName: 'lines', Item: { id: { N: String(id) }, plan: { S: String(plan) }, sim: { S: String(sim) } } }))
async function table(count: number) {
  await moto.client(DynamoDBClient).send(
    new CreateTableCommand({
      ...{ TableName: 'lines', BillingMode: 'PAY_PER_REQUEST', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
    }),
  )
  for (const row of lines(count)) await put(row)
}

function scan(left: object, over: object = {}) {
  const pair = pairOf(left, { kind: 'dynamodb', table: 'lines', region: 'us-east-1' }, { owner: 'team-core', ...over })
  const platform: Platform = {
    ...{ components: async () => [], tlsEndpoints: () => [], pairs: () => [pair], environment: () => undefined },
    memory: fileMemory(folder),
  }
  return scanAt(moto.url, [consistency], {}, { platform })
}

test('a service and a table of DynamoDB: what disagrees is told with what was compared, until it is mended', async () => {
  await table(30)
  let rows = lines(30).map((row) => ({ ...row, seen: 1 }))
  const { side } = await bench.serving(() => rows)
  const first = await scan(side)
  expect(first.findings).toEqual([])
  // Nothing was kept before: deletions are not judged yet.
  expect(first.unknown).toMatchObject([{ check: 'consistency-deletions', missing: expect.stringContaining('memory') }])

  await put({ id: 7, plan: 'gold', sim: 'c7' })
  const second = await scan(side)
  expect(second.unknown).toEqual([])
  expect(second.findings).toMatchObject([
    {
      ...{ check: 'consistency-pair', resource: 'platform:pair/lines', account: 'platform', owner: 'team-core', reason: 'different' },
      evidence: {
        ...{ leftRows: 30, rightRows: 30, keysCompared: 30, fieldsCompared: ['plan', 'sim'], different: 1 },
        ...{ differentFields: ['plan'], examples: ['7'], readings: 2 },
      },
    },
  ])

  await put(lines(8)[7] as Row)
  expect((await scan(side)).findings).toEqual([])
  rows = rows.slice(0, 29)
  expect(foundBy(await scan(side), 'consistency-pair')).toEqual({ lines: 'counts' })
})

test('rows that go from both stores at once', async () => {
  await table(40)
  let rows = lines(40)
  const { side } = await bench.serving(() => rows)
  await scan(side)
  rows = lines(30)
  for (let id = 30; id < 40; id += 1) {
    await moto.client(DynamoDBClient).send(new DeleteItemCommand({ TableName: 'lines', Key: { id: { N: String(id) } } }))
  }
  const report = await scan(side)
  expect(report.findings).toMatchObject([
    {
      check: 'consistency-deletions',
      reason: 'deleted',
      evidence: { keysLeft: 40, deletedLeft: 10, keysRight: 40, deletedRight: 10, leftRowsBefore: 40 },
    },
  ])
  rows = lines(40)
  for (const row of lines(40)) await put(row)
  expect((await scan(side)).findings).toEqual([])
})

test('a combination that is new, of values that are not', async () => {
  await table(20)
  const over = { combination: ['plan', 'sim'] }
  const left = { kind: 'dynamodb', table: 'lines', region: 'us-east-1' }
  await scan(left, over)
  await put({ id: 4, plan: 'plan-2', sim: 'c4' })
  const report = await scan(left, over)
  expect(report.findings).toMatchObject([
    { check: 'consistency-deletions', reason: 'unusual', severity: 'medium', evidence: { unusual: 1, examples: ['plan-2/c4'] } },
  ])
})

test('a table that is not there is no answer, and covers nothing', async () => {
  const { side } = await bench.serving(() => lines(3))
  const report = await scan(side)
  expect(report.findings).toEqual([])
  expect(report.unknown.map(({ check, missing }) => [check, missing])).toEqual([
    ['consistency-deletions', 'not found: dynamodb:Scan'],
    ['consistency-pair', 'not found: dynamodb:Scan'],
  ])
})
