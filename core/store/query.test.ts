import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { onPostgres } from '../../test/journals.ts'
import { startPostgres, type TestPostgres } from '../../test/postgres.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { causeChain, isFault } from '../errors.ts'
import { rowsOf } from './query.ts'

const clock = virtualClock()
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-rows-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const rows = (url: string, query: string, timeoutMs = 20_000) =>
  rowsOf(url, query, { clock, timeoutMs, what: 'the database', secrets: [url] })

/** The problem of a question that must fail, as a log has it. */
async function problem(asked: Promise<unknown>): Promise<string> {
  const error: unknown = await asked.then(
    (answer) => expect.fail(`answered ${JSON.stringify(answer)}`),
    (error) => error,
  )
  expect(isFault(error, 'query-failed')).toBe(true)
  return causeChain(error)
}

describe('a SQLite file', () => {
  let file: string
  beforeAll(() => {
    file = join(folder, 'lines.db')
    const database = new Database(file)
    database.exec(`create table line (segment text, owner text, big integer, blob blob);
      insert into line values ('gold', 'aki', 9007199254740993, x'00'), ('gold', 'aki', 2, null), ('bronze', null, 3, null)`)
    database.close()
  })
  const sql = (query: string, timeoutMs?: number) => rows(`sqlite:${file}`, query, timeoutMs)
  const everybody = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 10001) select i from n'

  test('answers rows', async () => {
    expect(await sql('select segment as name, count(*) as count, owner from line group by segment order by 2 desc;')).toEqual([
      { name: 'gold', count: 2, owner: 'aki' },
      { name: 'bronze', count: 1, owner: null },
    ])
    expect(await sql('select big, blob from line limit 1')).toEqual([{ big: '9007199254740993', blob: null }])
    expect(await sql('select 1 as one where 0')).toEqual([])
  })

  test('cannot be changed, by no statement and by no second one', async () => {
    const before = readFileSync(file)
    for (const query of [
      'delete from line',
      'delete from line returning 1 as count',
      'select 1; delete from line',
      `attach '${join(folder, 'new.db')}' as other`,
      `vacuum into '${join(folder, 'new.db')}'`,
      'pragma journal_mode = wal',
    ])
      expect(await problem(sql(query)), query).toContain('not answered')
    expect(readFileSync(file)).toEqual(before)
    expect(existsSync(join(folder, 'new.db'))).toBe(false)
  })

  test('that is not there is not made; mistakes are told', async () => {
    expect(await problem(rows(`sqlite:${join(folder, 'nowhere.db')}`, 'select 1'))).toContain('unable to open database file')
    expect(existsSync(join(folder, 'nowhere.db'))).toBe(false)
    expect(await problem(sql('select absent from line'))).toContain('no such column: absent')
  })

  test('answers 10,000 rows at most, and never a part of more', async () => {
    expect(await sql(`${everybody} limit 10000`)).toHaveLength(10_000)
    expect(await problem(sql(everybody))).toContain('more than 10000 rows')
  })

  test('that works without end holds up nobody, and is killed when the time is up', async () => {
    const asked = sql('with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n', 700)
    asked.catch(() => {})
    await clock.advance(700)
    expect(await problem(asked)).toContain('no answer within 700 ms')
  })
})

describe('PostgreSQL', () => {
  let server: TestPostgres
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.database()
    await onPostgres(url, "create table line (segment text, n bigint); insert into line values ('gold', 7), ('bronze', 9007)")
  }, 60_000)
  afterAll(() => server.stop())
  const sql = (query: string, timeoutMs?: number) => rows(url, query, timeoutMs)

  test('answers rows, counts as numbers and times as ISO', async () => {
    expect(
      await sql('select sum(n) as count, 10::bigint as of, timestamptz \'2026-01-01 09:00+09\' as "asOf" from line -- all of it'),
    ).toEqual([{ count: 9014, of: 10, asOf: '2026-01-01T00:00:00.000Z' }])
    expect(await sql('select i from generate_series(1, 10000) i')).toHaveLength(10_000)
    expect(await problem(sql('select i from generate_series(1, 10001) i'))).toContain('more than 10000 rows')
  })

  test('cannot be changed, by no statement and by no second one', async () => {
    await onPostgres(url, 'create function grow() returns int language sql as $$ insert into line values (1, 1) returning 1 $$')
    for (const query of [
      'delete from line',
      'delete from line returning 1 as count',
      'with gone as (delete from line returning 1) select count(*) from gone',
      'select 1; delete from line',
      'select 1; commit; delete from line',
      'select grow()',
    ])
      expect(await problem(sql(query)), query).toContain('not answered')
    expect(await onPostgres(url, 'select count(*) as n from line')).toEqual([{ n: 2 }])
  })

  test('stops what takes too long, also on its side', async () => {
    expect(await problem(sql('select pg_sleep(60)', 100))).toContain('no answer within 100 ms')
    const running = await onPostgres(
      url,
      "select count(*) as n from pg_stat_activity where query like 'fetch%' and state = 'active' and datname = current_database()",
    )
    expect(running).toEqual([{ n: 0 }])
  })

  test('that is not there, or refuses the password, is told without it', async () => {
    const said = await problem(rows('postgres://meter:s3cretword@127.0.0.1:1/lines', 'select 1'))
    expect(said).toContain('ECONNREFUSED')
    expect(said).not.toContain('s3cretword')
    expect(await problem(sql('select nothing from line'))).toContain('column "nothing" does not exist')
  })
})
