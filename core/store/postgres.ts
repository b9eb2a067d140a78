import pg from 'pg'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { type Statement, storable, type Value, type Values } from './kit.ts'
import { type Migration, pending, versionTable } from './migrate.ts'
import { channel, turnKey } from './postgres-dialect.ts'
import { type Outcome, placeOf, postgresFault, refused } from './postgres-errors.ts'
import { openLane } from './postgres-lane.ts'
import { listen } from './postgres-listen.ts'
import { answerWithinMs } from './postgres-session.ts'
import { type Answer, bind, type Driver, isOurs, objects, resume, type Tx } from './transaction.ts'

export interface PostgresOptions {
  url: string
  migrations: readonly Migration[]
  log: Log
  clock: Clock
  random: Random
  /** Connections. Writers take turns anyway; the others serve reads and renewals meanwhile. */
  connections?: number
  /** The server gives up a statement after so long; we give up the server a little later. */
  statementTimeoutMs?: number
}

export interface PostgresDriver extends Driver {
  /** A statement past the journal, which commits by itself. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
}

/** Whole numbers of 64 bits come as text, because they may be too large; ours never are. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

export async function openPostgres({
  url,
  migrations,
  log,
  clock,
  random,
  connections = 4,
  statementTimeoutMs = 10_000,
}: PostgresOptions): Promise<PostgresDriver> {
  const place = placeOf(url)
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    types,
    // Statements that are yielded together go out together.
    pipeline: true,
    application_name: 'jidoka',
    keepAlive: true,
    keepAliveInitialDelayMillis: 1_000,
    connectionTimeoutMillis: answerWithinMs,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + 2_000,
    // Whoever is frozen in the middle of a transaction has the turn: the others wait for it no longer than this.
    idle_in_transaction_session_timeout: Math.min(statementTimeoutMs, idleTurnMs),
  })
  const connected = connectionsOf(pool)
  pool.on('error', (error) => log.warn({ err: error.message }, 'an idle connection to the store broke; the next call opens another'))
  const failed = (error: unknown, outcome: Outcome) => (isOurs(error) ? error : postgresFault(error, outcome, place))
  try {
    await migrate(pool, migrations, place)
  } catch (error) {
    await pool.end()
    throw failed(error, 'refused')
  }
  const lane = openLane({
    connect: () => pool.connect(),
    // Everybody takes the turn before any row, so that no two wait for each other; and no look is older than the turn.
    opening: `begin; select pg_advisory_xact_lock(${turnKey})`,
    closing: (client) => (telling.delete(client) ? `select pg_notify('${channel}', '')` : null),
    failed: (error, committing) => failed(error, committing && !refused(error) ? 'unknown' : 'refused'),
  })
  let closed: Promise<void> | undefined

  /** Runs one statement, which commits by itself. */
  async function single(statement: Statement, values: Values): Promise<Answer> {
    try {
      return await execute(pool, statement, values)
    } catch (error) {
      throw failed(error, refused(error) ? 'refused' : 'unknown')
    }
  }

  async function open<Result>(work: () => Promise<Result>): Promise<Result> {
    if (closed) throw fault('store-failed', { problem: `${place} has been closed`, outcome: 'refused' })
    return work()
  }

  return {
    immediate: false,
    read: <Row>(statement: Statement<Row>, values: Values) => open(async () => (await single(statement, values)).rows as Row[]),
    write: (begin) => open(() => lane.enter({ run: (client) => drive(client, begin()) })),
    chain: ({ parts: [whole] }, values) =>
      open(() =>
        lane.enter({
          run: async (client) => happened(await execute(client, whole as Statement, values)),
          alone: async () => happened(await execute(pool, whole as Statement, values)),
        }),
      ),
    change: (statement, values) => open(async () => (await single(statement, values)).changes),
    follow: (wake) =>
      listen({
        ...{ url, clock, random, log, wake, own: (pid) => connected.pids.has(pid) },
        onSilence() {
          log.warn({ store: place }, 'the store does not answer; its connections are given up')
          connected.cut()
        },
      }),
    query: (text, values = []) => open(async () => (await pool.query(text, values as unknown[])).rows),
    close() {
      closed ??= lane.idle().then(() => pool.end())
      return closed
    },
  }
}

/** Whoever holds the turn and does nothing is frozen. */
const idleTurnMs = 5_000

/** What the pool has open. */
function connectionsOf(pool: pg.Pool) {
  const open = new Map<number, pg.PoolClient>()
  const pidOf = (client: pg.PoolClient) => (client as unknown as { processID: number }).processID
  pool.on('connect', (client) => {
    open.set(pidOf(client), client)
    // Whoever works with it hears of it by what it asked; without a listener the process would end.
    client.on('error', () => {})
  })
  pool.on('remove', (client) => void open.delete(pidOf(client)))
  return {
    pids: open as ReadonlyMap<number, unknown>,
    /** Whoever waits for an answer is told at once that none will come. */
    cut() {
      for (const client of open.values())
        (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection.stream.destroy(
          Object.assign(new Error('the server does not answer'), { code: 'ETIMEDOUT' }),
        )
    },
  }
}

/** Connections with a transaction that has appended to the journal. */
const telling = new WeakSet<pg.PoolClient>()
const appends: boolean[] = []

function noteAppend(client: pg.PoolClient, { index, text }: Statement): void {
  appends[index] ??= /^insert into "event"/i.test(text)
  if (appends[index]) telling.add(client)
}

const happened = ({ rows }: Answer) => (rows[0] as Record<string, number>).write_0 !== 0

async function drive<Result>(client: pg.PoolClient, tx: Tx<Result>): Promise<Result> {
  let step = resume(tx, [])
  while (!step.done) {
    // Sent together, answered in their order; a failure of the first leaves no promise of the others unheard.
    const answers = await Promise.allSettled(step.value.map(({ statement, values }) => execute(client, statement, values)))
    for (const { statement } of step.value) noteAppend(client, statement)
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
    step = resume(
      tx,
      answers.map((answer) => (answer as PromiseFulfilledResult<Answer>).value),
    )
  }
  return step.value
}

/** Prepared under its own name, once per connection. */
async function execute(on: pg.Pool | pg.PoolClient, statement: Statement, values: Values): Promise<Answer> {
  const bound = bind(statement, values, unneeded).map(clean)
  const { rows, rowCount } = await on.query({ name: `jidoka_${statement.index}`, text: statement.text, values: bound, rowMode: 'array' })
  return { rows: objects(statement.fields, rows as unknown[][]), changes: rowCount ?? 0 }
}

/** PostgreSQL keeps no NUL in a text. */
const clean = (value: Value) => (typeof value === 'string' && value.includes('\0') ? storable(value) : value)

const unneeded = (): number => {
  throw new TypeError('PostgreSQL reads its own clock')
}

async function migrate(pool: pg.Pool, migrations: readonly Migration[], place: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`begin; select pg_advisory_xact_lock(${turnKey}); ${versionTable}`)
    const { rows } = await client.query('select coalesce(max(version), 0)::integer as applied from migration')
    for (const { version, name, text } of pending(migrations, rows[0].applied, place)) {
      await client.query(text)
      await client.query('insert into migration (version, name) values ($1, $2)', [version, name])
    }
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}
