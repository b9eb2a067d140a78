import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { batch } from './kit.ts'
import { readMigrations } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { turnKey } from './postgres-dialect.ts'
import { placeOf, postgresFault } from './postgres-errors.ts'
import { openSession, type Session } from './postgres-session.ts'
import { openSqlite } from './sqlite.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { defineTables } from './tables.ts'
import { isOurs } from './transaction.ts'

export interface CopyOptions {
  /** A file of SQLite that no controller uses. */
  from: string
  /** `postgres://...`: an empty database, or one that has only been prepared. */
  to: string
  clock: Clock
  random: Random
  log: Log
  migrationsFolder?: string
  onProgress?: (table: string, copied: number, of: number) => void
}

export interface CopiedTable {
  table: string
  rows: number
  /** Of all its rows, whatever their order; the same on both sides. */
  checksum: string
}

interface Column {
  name: string
  type: 'text' | 'int'
}

interface Table {
  name: string
  columns: Column[]
}

type Row = Record<string, string | number | null>

const chunk = 500

/** The tables as they are defined; names in the store, not in the code. */
export const storeTables: readonly Table[] = Object.values(defineTables(sqliteDialect.kit)).map((table) => {
  const { name, columns } = getTableConfig(table)
  return { name, columns: columns.map((column) => ({ name: column.name, type: column.getSQLType() === 'integer' ? 'int' : 'text' })) }
})

/**
 * Copies a whole store from SQLite to PostgreSQL in one transaction of the target: all of it is there, or nothing. Before the commit it is
 * read back and compared. Throws `store-locked`, `not-found`, `store-not-empty`, `copy-differs`, and what stores throw.
 */
export async function copyStore(options: CopyOptions): Promise<CopiedTable[]> {
  const { from, to, clock, random, log, migrationsFolder } = options
  if (!existsSync(from)) throw fault('not-found', { what: 'store', id: from, list: 'ls .jidoka' })
  // Takes the lock, and brings the source to this version.
  const source = openSqlite({ path: from, clock, migrations: readMigrations('sqlite', migrationsFolder), grouping: 'none' })
  try {
    const driver = await openPostgres({ url: to, migrations: readMigrations('postgres', migrationsFolder), log, clock, random })
    await driver.close()
    const session = await openSession({ url: to, clock })
    try {
      return await within(session, source.db, options)
    } finally {
      session.cut('it is done')
    }
  } catch (error) {
    throw isOurs(error) ? error : postgresFault(error, 'refused', placeOf(to))
  } finally {
    await source.close()
  }
}

async function within(session: Session, source: Database.Database, { to, onProgress }: CopyOptions): Promise<CopiedTable[]> {
  await session.ask(`begin; set local lock_timeout = 10000; select pg_advisory_xact_lock(${turnKey})`)
  await session.ask(`lock table ${storeTables.map(({ name }) => `"${name}"`).join(', ')} in access exclusive mode`)
  await refuseFull(session, placeOf(to))
  const copied: CopiedTable[] = []
  for (const table of storeTables) {
    const given = await copyTable(session, source, table, onProgress)
    const kept = await readBack(session, table)
    if (kept.rows !== given.rows || kept.checksum !== given.checksum)
      throw fault('copy-differs', {
        table: table.name,
        problem: `${given.rows} rows were read (${given.checksum}), ${kept.rows} are there (${kept.checksum})`,
      })
    copied.push(given)
  }
  await numberOn(session)
  await session.ask('commit')
  return copied
}

/** What a controller leaves that has only looked: its own row, and the lease of the lead. */
const traces: Readonly<Record<string, string>> = {
  controller: `where seen_at > (extract(epoch from clock_timestamp()) * 1000)::bigint - 60000`,
  lease: `where resource <> 'controller'`,
}

async function refuseFull(session: Session, store: string): Promise<void> {
  const full: string[] = []
  for (const { name } of storeTables) {
    const [found] = await session.ask(`select exists (select 1 from "${name}" ${traces[name] ?? ''}) as full`)
    if (found?.full === true) full.push(name)
  }
  if (full.length > 0) throw fault('store-not-empty', { store, tables: full.join(', ') })
  for (const name of Object.keys(traces)) await session.ask(`delete from "${name}"`)
}

async function copyTable(
  session: Session,
  source: Database.Database,
  { name, columns }: Table,
  onProgress: CopyOptions['onProgress'],
): Promise<CopiedTable> {
  const names = columns.map((column) => `"${column.name}"`).join(', ')
  const types = columns.map((column) => `"${column.name}" ${column.type === 'int' ? 'bigint' : 'text'}`).join(', ')
  const insert = `insert into "${name}" (${names}) overriding system value select ${names} from json_to_recordset($1::json) as given(${types})`
  const total = (source.prepare(`select count(*) as n from "${name}"`).get() as { n: number }).n
  const sum = checksum()
  let rows = 0
  async function put(some: Row[]): Promise<void> {
    // As it will be kept: what PostgreSQL cannot hold in a text is replaced.
    const text = batch(some)
    for (const row of JSON.parse(text) as Row[]) sum.add(row, columns)
    await session.ask(insert, [text])
    rows += some.length
    onProgress?.(name, rows, total)
  }
  let waiting: Row[] = []
  for (const row of source.prepare(`select ${names} from "${name}"`).iterate()) {
    waiting.push(row as Row)
    if (waiting.length === chunk) await put(waiting.splice(0))
  }
  if (waiting.length > 0) await put(waiting)
  waiting = []
  return { table: name, rows, checksum: sum.text() }
}

async function readBack(session: Session, { name, columns }: Table): Promise<{ rows: number; checksum: string }> {
  const names = columns.map((column) => `"${column.name}"`).join(', ')
  await session.ask(`declare copied no scroll cursor for select ${names} from "${name}"`)
  const sum = checksum()
  let rows = 0
  for (
    let found = await session.ask(`fetch ${chunk} from copied`);
    found.length > 0;
    found = await session.ask(`fetch ${chunk} from copied`)
  ) {
    for (const row of found) sum.add(row as Row, columns)
    rows += found.length
  }
  await session.ask('close copied')
  return { rows, checksum: sum.text() }
}

/** The sum of the hashes of the rows, so that their order does not matter. */
function checksum() {
  let sum = 0n
  return {
    add(row: Row, columns: readonly Column[]): void {
      const values = columns.map(({ name, type }) => (row[name] === null ? null : type === 'int' ? Number(row[name]) : row[name]))
      sum += createHash('sha256').update(JSON.stringify(values)).digest().readBigUInt64BE()
    },
    text: () => BigInt.asUintN(64, sum).toString(16).padStart(16, '0'),
  }
}

/** What is made from now on is numbered after what was copied. */
async function numberOn(session: Session): Promise<void> {
  const found = await session.ask(
    `select table_name as "table", column_name as "column" from information_schema.columns
     where table_schema = current_schema() and is_identity = 'YES' order by 1`,
  )
  for (const { table, column } of found) {
    const [last] = await session.ask(`select coalesce(max("${column}"), 0) + 1 as next from "${table}"`)
    await session.ask(`alter table "${table}" alter column "${column}" restart with ${Number(last?.next)}`)
  }
}
