import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { onPostgres } from '../../test/journals.ts'
import { startPostgres, type TestPostgres } from '../../test/postgres.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { idMint } from '../ids.ts'
import { openJournal } from '../journal/open.ts'
import { systemRandom } from '../random.ts'
import { ddl } from './ddl.ts'
import { readMigrations } from './migrate.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder with migrations as given, for SQLite. */
function migrationsOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-migrations-'))
  folders.push(folder)
  mkdirSync(join(folder, 'sqlite'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'sqlite', name), text)
  return folder
}

describe('all migrations together lead to the tables of tables.ts', () => {
  const drift = 'tables.ts changed: write migrations/*/NNNN_what.sql for both dialects that leads there (see ddl.ts)'

  test('on SQLite', () => {
    const schemaOf = (texts: readonly string[]) => {
      const db = new Database(':memory:')
      for (const text of texts) db.exec(text)
      const names = db.prepare("select name from sqlite_master where type = 'table' order by name").pluck().all() as string[]
      const columns = names.map((name) => [name, db.pragma(`table_info(${name})`)])
      const indexes = db.prepare("select name, tbl_name, sql from sqlite_master where type = 'index' order by name").all()
      return { columns, indexes }
    }
    expect(schemaOf(readMigrations('sqlite').map(({ text }) => text)), drift).toEqual(schemaOf([ddl('sqlite')]))
  })

  describe('on PostgreSQL', () => {
    let server: TestPostgres
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server?.stop())

    test('in a real one', async () => {
      const schemaOf = async (texts: readonly string[]) => {
        const url = await server.database()
        for (const text of texts) await onPostgres(url, text)
        const columns = 'table_name, column_name, data_type, is_nullable, collation_name, is_identity, column_default'
        return [
          await onPostgres(
            url,
            `select ${columns} from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`,
          ),
          await onPostgres(url, "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by indexname"),
        ]
      }
      expect(await schemaOf(readMigrations('postgres').map(({ text }) => text)), drift).toEqual(await schemaOf([ddl('postgres')]))
    })
  })
})

describe('a store that is opened', () => {
  const clock = virtualClock()
  const mint = idMint(clock, systemRandom)
  const first = readMigrations('sqlite')
    .map(({ text }) => text)
    .join('\n')

  test('is brought forward by what is new, once', async () => {
    const before = migrationsOf({ '0001_start.sql': first })
    const after = migrationsOf({ '0001_start.sql': 'this is never run again', '0002_more.sql': 'alter table event add column more text' })
    const url = `sqlite:${join(before, 'jidoka.db')}`
    const old = await openJournal({ url, clock, mint, migrationsFolder: before })
    await old.note('x', {}, {})
    await old.close()
    for (let times = 0; times < 2; times++) {
      const journal = await openJournal({ url, clock, mint, migrationsFolder: after })
      expect(await journal.lastEvent()).toBe(1)
      await journal.close()
    }
  })

  test('is left as it was by a migration that fails', async () => {
    const good = migrationsOf({ '0001_start.sql': first })
    const bad = migrationsOf({ '0001_start.sql': first, '0002_bad.sql': 'create table extra (x integer); create table event (x integer)' })
    const url = `sqlite:${join(good, 'jidoka.db')}`
    await (await openJournal({ url, clock, mint, migrationsFolder: good })).close()
    await expect(openJournal({ url, clock, mint, migrationsFolder: bad })).rejects.toMatchObject({ code: 'store-failed' })
    const db = new Database(join(good, 'jidoka.db'), { readonly: true })
    expect(db.prepare("select name from sqlite_master where name = 'extra'").all()).toEqual([])
    db.close()
  })

  test('refuses a folder in which a migration is missing', async () => {
    const folder = migrationsOf({ '0001_start.sql': first, '0003_later.sql': '' })
    await expect(openJournal({ url: 'sqlite::memory:', clock, mint, migrationsFolder: folder })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(folder),
    })
  })
})
