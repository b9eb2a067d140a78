import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type { Clock } from '../clock.ts'
import { fault, JidokaError } from '../errors.ts'
import type { Chain, Statement, Value, Values } from './kit.ts'
import { type Migration, pending, versionTable } from './migrate.ts'
import { sqliteFault } from './sqlite-errors.ts'
import { type Answer, bind, type Call, type Driver, objects, type Tx } from './transaction.ts'

export interface SqliteOptions {
  /** A file, or `:memory:`. */
  path: string
  clock: Clock
  migrations: readonly Migration[]
  /** `turn`: what one turn of the event loop brings shares one commit. `none`: each transaction commits before its call returns. */
  grouping: 'turn' | 'none'
}

export interface SqliteDriver extends Driver {
  db: Database.Database
}

/** Transactions that share one commit at most: nobody waits for more than so many others. */
const groupLimit = 256
/** A larger store is not read through at start: a damage in it is met where it is. */
const checkUpToBytes = 32 * 2 ** 20

type Prepared = { rows: Database.Statement<Value[], unknown[]> | null; run: Database.Statement<Value[]> }

interface Waiting {
  run(): () => void
  fail(error: unknown): void
}

/** Ends every lease; its fence stays, so that whoever held it is refused from here on. */
export const endLeases = (db: Database.Database) => void db.exec('update lease set expires_at = 0')

export function openSqlite({ path, clock, migrations, grouping }: SqliteOptions): SqliteDriver {
  const lock = path === ':memory:' ? null : lockFile(path)
  let db: Database.Database
  try {
    db = openFile(path)
    migrate(db, migrations, path)
    // Whoever held one is dead: we hold the file.
    endLeases(db)
  } catch (error) {
    lock?.close()
    throw error instanceof JidokaError ? error : sqliteFault(error, path)
  }
  const execute = executor(db, clock)
  const commit = committer(db, path, grouping)
  let closed = false

  const guarded = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      if (closed) throw fault('store-failed', { problem: `${path} has been closed`, outcome: 'refused' })
      return work()
    } catch (error) {
      throw error instanceof JidokaError ? error : sqliteFault(error, path)
    }
  }
  return {
    db,
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
  let step = tx.next()
  while (!step.done) step = tx.next(step.value.map(({ statement, values }: Call) => execute(statement, values)))
  return step.value
}

function follow({ parts }: Chain, values: Values, execute: Execute): boolean {
  for (const part of parts) if (execute(part, values).changes === 0) return false
  return true
}

/** Commits what it is given, alone or together with what else this turn brings; a failing one takes no other with it. */
function committer(db: Database.Database, path: string, grouping: SqliteOptions['grouping']) {
  const begin = db.prepare('begin immediate')
  const commit = db.prepare('commit')
  const rollback = db.prepare('rollback')
  const savepoint = db.prepare('savepoint one')
  const release = db.prepare('release one')
  const undo = db.prepare('rollback to one')
  const waiting: Waiting[] = []
  let planned = false

  function alone<T>(work: () => T): T {
    begin.run()
    try {
      const result = work()
      commit.run()
      return result
    } catch (error) {
      if (db.inTransaction) rollback.run()
      throw error
    }
  }

  /** Runs one of a group. A full disk can end the whole transaction; then nobody's writes are left. */
  function isolated(one: Waiting): (() => void) | null {
    savepoint.run()
    try {
      const settle = one.run()
      release.run()
      return settle
    } catch (error) {
      if (!db.inTransaction) throw error
      undo.run()
      release.run()
      one.fail(error)
      return null
    }
  }

  function together(group: readonly Waiting[]): void {
    try {
      const settles = alone(() => (group.length === 1 ? [(group[0] as Waiting).run()] : group.map(isolated)))
      for (const settle of settles) settle?.()
    } catch (error) {
      for (const one of group) one.fail(error)
    }
  }

  function flush(): void {
    planned = false
    while (waiting.length > 0) together(waiting.splice(0, groupLimit))
  }

  function enter<T>(work: () => T): T | Promise<T> {
    if (grouping === 'none') return alone(work)
    return new Promise<T>((resolve, reject) => {
      waiting.push({
        run() {
          const result = work()
          return () => resolve(result)
        },
        fail: (error) => reject(error instanceof JidokaError ? error : sqliteFault(error, path)),
      })
      if (planned) return
      planned = true
      setImmediate(flush)
    })
  }
  return Object.assign(enter, { flush })
}

function openFile(path: string): Database.Database {
  const db = new Database(path, { timeout: 0 })
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

/**
 * A kernel lock on a file beside the store, held until we die, however we die. The store's own locks would not do: they come
 * and go with each transaction.
 */
function lockFile(path: string): Database.Database {
  let lock: Database.Database | undefined
  try {
    mkdirSync(dirname(path), { recursive: true })
    lock = new Database(`${path}.lock`, { timeout: 0 })
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock?.close()
    throw sqliteFault(error, path)
  }
}
