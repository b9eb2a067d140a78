import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import type { Mint } from '../ids.ts'
import { type Log, silentLog } from '../log.ts'
import { readMigrations } from '../store/migrate.ts'
import { endLeases, openSqlite } from '../store/sqlite.ts'
import { sqliteDialect } from '../store/sqlite-dialect.ts'
import { compileStatements } from '../store/statements/all.ts'
import { createJournal } from './create.ts'
import type { Journal } from './journal.ts'

export interface JournalOptions {
  /** `sqlite::memory:`, `sqlite:/path/to/file`, or `postgres://...`. */
  url: string
  clock: Clock
  mint: Mint
  log?: Log
  /** SQLite: whether the transactions of one turn of the event loop share a commit. Files: `turn`, memory: `none`. */
  grouping?: 'turn' | 'none'
  /** Where `sqlite/` and `postgres/` with the migrations are; a default is found beside the source, and beside a bundle. */
  migrationsFolder?: string
}

/** Opens the store and brings it to this version. Throws `store-locked`, `store-corrupt`, `store-full` or `store-failed`. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { url } = options
  if (/^sqlite:./.test(url)) return openOnSqlite(options, url.slice('sqlite:'.length)).journal
  if (/^postgres(ql)?:\/\//.test(url)) return openOnPostgres(options)
  throw fault('store-failed', {
    problem: `a store is "sqlite:FILE" or "postgres://..."; this is neither: ${url.split(':')[0]}`,
    outcome: 'refused',
  })
}

/** For the simulator: one store in memory, used again and again. */
export interface MemoryJournal extends Journal {
  /** Deletes everything, and goes on with another clock and other ids if given. */
  reset(next?: { clock?: Clock; mint?: Mint }): void
  /** What opening a file anew does: whoever held a lease is dead. */
  boot(): void
}

export async function openMemoryJournal(options: Omit<JournalOptions, 'url'>): Promise<MemoryJournal> {
  const current = { clock: options.clock, mint: options.mint }
  const clock: Clock = {
    now: () => current.clock.now(),
    monotonic: () => current.clock.monotonic(),
    after: (ms, fn) => current.clock.after(ms, fn),
  }
  const { journal, driver } = openOnSqlite(
    { ...options, url: 'sqlite::memory:', clock, mint: (prefix) => current.mint(prefix) },
    ':memory:',
  )
  const tables = driver.db.prepare("select name from sqlite_master where type = 'table' and name <> 'migration'").pluck().all() as string[]
  const empty = tables.map((table) => driver.db.prepare(`delete from "${table}"`))
  return Object.assign(journal, {
    reset(next = {}) {
      Object.assign(current, next)
      for (const statement of empty) statement.run()
    },
    boot: () => endLeases(driver.db),
  } satisfies Pick<MemoryJournal, 'reset' | 'boot'>)
}

/** Loaded only when asked for: most stores are SQLite. */
async function openOnPostgres({ url, clock, mint, log = silentLog, migrationsFolder }: JournalOptions): Promise<Journal> {
  const [{ openPostgres }, { postgresDialect }] = await Promise.all([
    import('../store/postgres.ts'),
    import('../store/postgres-dialect.ts'),
  ])
  const driver = await openPostgres({ url, migrations: readMigrations('postgres', migrationsFolder), log })
  return createJournal({ driver, sql: compileStatements(postgresDialect), clock, mint, log })
}

function openOnSqlite({ clock, mint, log = silentLog, grouping, migrationsFolder }: JournalOptions, path: string) {
  const migrations = readMigrations('sqlite', migrationsFolder)
  const driver = openSqlite({ path, clock, migrations, grouping: grouping ?? (path === ':memory:' ? 'none' : 'turn') })
  return { driver, journal: createJournal({ driver, sql: compileStatements(sqliteDialect), clock, mint, log }) }
}
