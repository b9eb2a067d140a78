import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import type { Mint } from '../ids.ts'
import { type Log, silentLog } from '../log.ts'
import { type Random, systemRandom } from '../random.ts'
import { readMigrations } from '../store/migrate.ts'
import type { LeaderTimes } from '../store/postgres-leader.ts'
import { endLeases, openSqlite } from '../store/sqlite.ts'
import { sqliteDialect } from '../store/sqlite-dialect.ts'
import { type FileLock, waitForFile } from '../store/sqlite-lock.ts'
import { compileStatements } from '../store/statements/all.ts'
import { createJournal } from './create.ts'
import type { Journal } from './journal.ts'
import { leadsAlone } from './lead-alone.ts'
import type { Leadership } from './leader.ts'

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

export interface StoreOptions extends JournalOptions {
  random?: Random
  /** SQLite: when another controller has the file, waits for it instead of throwing `store-locked`. */
  wait?: boolean
  /** Called once, when it has to wait. */
  onWait?: () => void
  /** Gives the waiting up. */
  signal?: AbortSignal
  /** PostgreSQL: how long a leader leads that is not heard of any more, and how often it renews. */
  leaderTimes?: Partial<LeaderTimes>
}

/** A journal, and who of those that share its store acts. Close the journal after the leadership was stopped. */
export interface Store {
  journal: Journal
  leadership: Leadership
}

/** Opens the store and brings it to this version. Throws `store-locked`, `store-corrupt`, `store-full` or `store-failed`. */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (isPostgres(options.url)) return openOnPostgres(options)
  const path = fileOf(options.url)
  const { wait = false, onWait, signal, clock } = options
  const lock = wait ? await waitForFile(path, { clock, onWait, signal }) : undefined
  const { driver, sql, journal } = openOnSqlite(options, path, lock)
  return { journal, leadership: leadsAlone({ driver, sql, clock }) }
}

/** The same, for those who need not know who leads. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  if (isPostgres(options.url)) return (await openOnPostgres(options)).journal
  return openOnSqlite(options, fileOf(options.url)).journal
}

const isPostgres = (url: string) => /^postgres(ql)?:\/\//.test(url)

function fileOf(url: string): string {
  if (/^sqlite:./.test(url)) return url.slice('sqlite:'.length)
  throw fault('store-failed', {
    problem: `a store is "sqlite:FILE" or "postgres://..."; this is neither: ${url.split(':')[0]}`,
    outcome: 'refused',
  })
}

/** For the simulator: one store in memory, used again and again. */
export interface MemoryJournal extends Journal {
  /** Deletes everything, and goes on with another clock and other ids if given. */
  reset(next?: { clock?: Clock; mint?: Mint }): void
  /** What opening a file anew does, and taking the lead in that term: whoever held a lease is dead. */
  boot(term?: number): void
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
  const lead = driver.db.prepare("insert or replace into lease (resource, holder, fence, expires_at) values ('controller', 'sim', ?, 0)")
  return Object.assign(journal, {
    reset(next = {}) {
      Object.assign(current, next)
      for (const statement of empty) statement.run()
    },
    boot(term = 1) {
      endLeases(driver.db)
      lead.run(term)
    },
  } satisfies Pick<MemoryJournal, 'reset' | 'boot'>)
}

/** Loaded only when asked for: most stores are SQLite. */
async function openOnPostgres(options: StoreOptions): Promise<Store> {
  const [{ openPostgres }, { postgresDialect }, { openLeadership }] = await Promise.all([
    import('../store/postgres.ts'),
    import('../store/postgres-dialect.ts'),
    import('../store/postgres-leader.ts'),
  ])
  const { url, clock, mint, log = silentLog, random = systemRandom, migrationsFolder, leaderTimes: times } = options
  const driver = await openPostgres({ url, migrations: readMigrations('postgres', migrationsFolder), log, clock, random })
  const { query } = driver
  return {
    journal: createJournal({ driver, sql: compileStatements(postgresDialect), clock, mint, log }),
    leadership: openLeadership({ url, clock, random, log, query, times }),
  }
}

function openOnSqlite({ clock, mint, log = silentLog, grouping, migrationsFolder }: JournalOptions, path: string, lock?: FileLock) {
  const migrations = readMigrations('sqlite', migrationsFolder)
  const driver = openSqlite({ path, clock, migrations, grouping: grouping ?? (path === ':memory:' ? 'none' : 'turn'), lock })
  const sql = compileStatements(sqliteDialect)
  return { driver, sql, journal: createJournal({ driver, sql, clock, mint, log }) }
}
