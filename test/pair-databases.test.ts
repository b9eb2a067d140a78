import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StoreSideConfig } from '../core/catalog/schema-guardians.ts'
import type { Row } from '../guardians/consistency/side.ts'
import { lines, type PairBench, paged, pairBench, problemOf } from './pair-bench.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'

let bench: PairBench
beforeEach(() => {
  bench = pairBench()
})
afterEach(() => bench.close())

describe('databases', () => {
  const sqlite = (name: string, rows: readonly Row[]): StoreSideConfig => {
    const file = join(bench.folder, `${name}.db`)
    const database = new Database(file)
    database.exec('create table line (id integer primary key, plan text, sim text)')
    const insert = database.prepare('insert into line values (@id, @plan, @sim)')
    database.transaction(() => {
      for (const row of rows) insert.run(row)
    })()
    database.close()
    const urlEnv = `${name.toUpperCase()}_URL`
    bench.variables[urlEnv] = `sqlite:${file}`
    return { kind: 'sql', urlEnv, query: 'select id, plan, sim from line;' }
  }

  test('of more rows than one answer takes are read to the end, in the order of their keys', async () => {
    const found = await bench.compare(sqlite('left', lines(12_000)), sqlite('right', lines(11_000)))
    expect(found).toMatchObject({ left: { rows: 12_000 }, right: { rows: 11_000 }, readings: 2 })
    expect([...found.found.onlyLeft.values()].every((id) => Number(id) >= 11_000)).toBe(true)
  })

  test('with rows that are large are read a few at a time', async () => {
    const large = lines(3_000).map((row) => ({ ...row, sim: `${row.id}`.padEnd(4_000, '.') }))
    expect(await bench.compare(sqlite('left', large), sqlite('right', large))).toMatchObject({ left: { rows: 3_000 }, readings: 1 })
  })

  test('whose keys do not order as they are written are not taken for short ones', async () => {
    const left = sqlite('left', lines(6_000))
    const asText = { ...left, query: 'select id + 9007199254740993 as id, plan from line' }
    expect(await problemOf(bench.compare(asText, asText))).toMatch(/counts 6000 rows|cannot be ordered/)
  })

  test('without the key, or that is no question, are told so', async () => {
    const left = sqlite('left', lines(3))
    expect(await problemOf(bench.compare({ ...left, query: 'select plan from line' }, left))).toContain('id')
    expect(await problemOf(bench.compare({ ...left, query: 'delete from line' }, left))).toContain('syntax error')
  })

  describe('PostgreSQL', () => {
    let server: TestPostgres
    let url: string
    beforeAll(async () => {
      server = await startPostgres()
      url = await server.database()
      const client = new pg.Client(url)
      await client.connect()
      await client.query(`create table line (tenant text, id bigint, plan text, at timestamptz, primary key (tenant, id));
        insert into line select case when n % 2 = 0 then 'o''hara' else 'b' end, n, 'plan-' || n % 3, '2026-11-21T06:00:00Z' from generate_series(0, 11999) n`)
      await client.end()
    })
    afterAll(() => server?.stop())

    test('agrees with a service that writes the same values in its own way', async () => {
      bench.variables.LINES_URL = url
      const rows = lines(12_000).map(({ id }) => ({
        ...{ id: String(id), tenant: Number(id) % 2 === 0 ? "o'hara" : 'b', plan: id === 5 ? 'gold' : `plan-${Number(id) % 3}` },
        at: '2026-11-21T15:00:00+09:00',
      }))
      const left = await bench.serving(paged(rows, 5_000))
      const right = { kind: 'sql', urlEnv: 'LINES_URL', query: 'select tenant, id, plan, at from line -- all of them' }
      const { found, right: read } = await bench.compare(left.side, right, { keys: ['tenant', 'id'], sampleRows: 20_000 })
      expect(read.rows).toBe(12_000)
      expect(found).toMatchObject({ keysCompared: 12_000, fields: ['at', 'plan'] })
      expect([...found.different.values()]).toEqual([{ key: 'b/5', fields: ['plan'] }])
      expect(found.onlyLeft.size + found.onlyRight.size).toBe(0)
    })
  })
})
