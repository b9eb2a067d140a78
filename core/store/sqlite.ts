import Database from 'better-sqlite3'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import type { Chain, Statement, Value, Values } from './kit.ts'
import { type Migration, pending, versionTable } from './migrate.ts'
import { committer } from './sqlite-commit.ts'
import { sqliteFault } from './sqlite-errors.ts'
import { type FileLock, lockFile } from './sqlite-lock.ts'
import { type Answer, bind, type Driver, isOurs, objects, resume, type Tx } from './transaction.ts'

export interface SqliteOptions {
  /** A file, or `:memory:`. */
  path: string
  clock: Clock
  migrations: readonly Migration[]
  /** `turn`: what one turn of the event loop brings shares one commit. `none`: each transaction commits before its call returns. */
  grouping: 'turn' | 'none'
  /** When the file is ours already. */
  lock?: FileLock
}

export interface SqliteDriver extends Driver {
  db: Database.Database
}

/** How long a commit waits for a tool that writes into the store by hand; we stand still meanwhile. */
const busyTimeoutMs = 200
/** A larger store is not read through at start: a damage in it is met where it is. */
const checkUpToBytes = 32 * 2 ** 20

type Prepared = { rows: Database.Statement<Value[], unknown[]> | null; run: Database.Statement<Value[]> }

/** Ends every lease; its fence stays, so that whoever held it is refused from here on. */
export const endLeases = (db: Database.Database) => void db.exec('update lease set expires_at = 0')

export function openSqlite({ path, clock, migrations, grouping, lock: given }: SqliteOptions): SqliteDriver {
  const lock = path === ':memory:' ? null : (given ?? lockFile(path))
  const failed = (error: unknown) => (isOurs(error) ? error : sqliteFault(error, path))
  let opened: Database.Database | undefined
  try {
    opened = openFile(path)
    migrate(opened, migrations, path)
    // Whoever held one is dead: we hold the file.
    endLeases(opened)
  } catch (error) {
    opened?.close()
    lock?.close()
    throw failed(error)
  }
  const db = opened
  const execute = executor(db, clock)
  const commit = committer(db, failed, grouping)
  let closed = false

  const guarded = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      if (closed) throw fault('store-failed', { problem: `${path} has been closed`, outcome: 'refused' })
      return work()
    } catch (error) {
      throw failed(error)
    }
  }
  return {
    db,
    immediate: grouping === 'none',
    read: <Row>(statement: Statement<Row>, values: Values) => guarded(() => execute(statement, values).rows as Row[]),
    write: (begin) => guarded(() => commit(() => drive(begin(), execute))),
    chain: (chain, values) => guarded(() => commit(() => follow(chain, values, execute))),
    change: (statement, values) => guarded(() => commit(() => execute(statement, values).changes)),
    async close() {
      if (closed) return
      commit.flush()
      closed = true
      db.close()
      lock?.close()
    },
  }
}

type Execute = (statement: Statement, values: Values) => Answer

function executor(db: Database.Database, clock: Clock): Execute {
  const prepared: Prepared[] = []
  // Leases count by the monotonic clock: nobody else holds this file, and the wall clock may jump.
  const now = () => Math.floor(clock.monotonic())
  return (statement, values) => {
    let known = prepared[statement.index]
    if (!known) {
      const made = db.prepare<Value[]>(statement.text)
      known = { run: made, rows: made.reader ? (made as unknown as Database.Statement<Value[], unknown[]>).raw() : null }
      prepared[statement.index] = known
    }
    const bound = bind(statement, values, now)
    if (known.rows) return { rows: objects(statement.fields, known.rows.all(...bound)), changes: 0 }
    return { rows: [], changes: known.run.run(...bound).changes }
  }
}

function drive<Result>(tx: Tx<Result>, execute: Execute): Result {
  let step = resume(tx, [])
  while (!step.done) {
    step = resume(
      tx,
      step.value.map(({ statement, values }) => execute(statement, values)),
    )
  }
  return step.value
}

function follow({ parts }: Chain, values: Values, execute: Execute): boolean {
  for (const part of parts) if (execute(part, values).changes === 0) return false
  return true
}

function openFile(path: string): Database.Database {
  const db = new Database(path, { timeout: busyTimeoutMs })
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('temp_store = MEMORY')
    db.pragma('journal_size_limit = 67108864')
    checkShape(db, path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function checkShape(db: Database.Database, path: string): void {
  const bytes = (db.pragma('page_count', { simple: true }) as number) * (db.pragma('page_size', { simple: true }) as number)
  if (bytes > checkUpToBytes) return
  const problem = db.pragma('quick_check(1)', { simple: true })
  if (problem !== 'ok') throw fault('store-corrupt', { path, problem })
}

function migrate(db: Database.Database, migrations: readonly Migration[], path: string): void {
  db.transaction(() => {
    db.exec(versionTable)
    const { applied } = db.prepare('select coalesce(max(version), 0) as applied from migration').get() as { applied: number }
    for (const { version, name, text } of pending(migrations, applied, path)) {
      db.exec(text)
      db.prepare('insert into migration (version, name) values (?, ?)').run(version, name)
    }
  }).immediate()
}
