import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import type { AlertInput, Signal } from '../core/alerts/alert.ts'
import { idMint } from '../core/ids.ts'
import { createJournal } from '../core/journal/create.ts'
import type { Claim, Decision, Journal, Situation, StepIntent, StepOutcome } from '../core/journal/journal.ts'
import { openJournal } from '../core/journal/open.ts'
import { silentLog } from '../core/log.ts'
import { seededRandom } from '../core/random.ts'
import type { PlannedStep, Run, RunOrder } from '../core/runs/run.ts'
import { readMigrations } from '../core/store/migrate.ts'
import { openSqlite } from '../core/store/sqlite.ts'
import { sqliteDialect } from '../core/store/sqlite-dialect.ts'
import { compileStatements } from '../core/store/statements/all.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'
import { type VirtualClock, virtualClock } from './virtual-clock.ts'

/** A journal on a store that its tests have for themselves. */
export interface TestJournal {
  journal: Journal
  clock: VirtualClock
  /** Lets the time pass that leases are judged by; on PostgreSQL the leases are moved instead, because its clock is its own. */
  pass(ms: number): Promise<void>
  /** A look past the journal. */
  query(text: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export interface Store {
  name: string
  open(): Promise<TestJournal>
  stop(): Promise<void>
}

/** The stores that every behaviour of the journal is held to. */
export const stores: readonly Store[] = [{ name: 'SQLite in memory', open: openMemory, stop: async () => {} }, sqliteFiles(), postgres()]

const seeded = (clock: VirtualClock) => ({ clock, mint: idMint(clock, seededRandom(7)) })

async function openMemory(): Promise<TestJournal> {
  const { clock, mint } = seeded(virtualClock())
  const driver = openSqlite({ path: ':memory:', clock, migrations: readMigrations('sqlite'), grouping: 'none' })
  const journal = createJournal({ driver, sql: compileStatements(sqliteDialect), clock, mint, log: silentLog })
  return {
    journal,
    clock,
    pass: (ms) => clock.advance(ms),
    query: async (text) => look(driver.db, text),
    close: () => journal.close(),
  }
}

function look(db: Database.Database, text: string): Record<string, unknown>[] {
  const statement = db.prepare(text)
  if (statement.reader) return statement.all() as Record<string, unknown>[]
  statement.run()
  return []
}

function sqliteFiles(): Store {
  let folder: string | undefined
  let made = 0
  return {
    name: 'SQLite in a file',
    async open() {
      folder ??= mkdtempSync(join(tmpdir(), 'jidoka-journal-'))
      const clock = virtualClock()
      const path = join(folder, `${made++}.db`)
      const journal = await openJournal({ url: `sqlite:${path}`, ...seeded(clock) })
      const other = new Database(path)
      return {
        journal,
        clock,
        pass: (ms) => clock.advance(ms),
        query: async (text) => look(other, text),
        async close() {
          other.close()
          await journal.close()
        },
      }
    },
    async stop() {
      if (folder) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function postgres(): Store {
  let server: Promise<TestPostgres> | undefined
  let database: Promise<string> | undefined
  let made = 0
  return {
    name: 'PostgreSQL',
    async open() {
      server ??= startPostgres()
      database ??= server.then((one) => one.database())
      const clock = virtualClock()
      const url = await schema(await database, `own_${made++}`)
      const journal = await openJournal({ url, ...seeded(clock) })
      const query = async (text: string) => (await onPostgres(url, text)).map((row) => ({ ...row }))
      return {
        journal,
        clock,
        async pass(ms) {
          await clock.advance(ms)
          await query(`update lease set expires_at = expires_at - ${ms} where expires_at > 0`)
        },
        query,
        close: () => journal.close(),
      }
    },
    stop: async () => (await server)?.stop(),
  }
}

/** A schema is made in a millisecond, a database in a hundred. */
async function schema(database: string, name: string): Promise<string> {
  await onPostgres(database, `create schema ${name}`)
  const url = new URL(database)
  url.searchParams.set('options', `-c search_path=${name}`)
  return url.href
}

export async function onPostgres(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: () => (value: string) => (/^\d+$/.test(value) ? Number(value) : value) },
  })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

export const alert = (member: string | null, more: Partial<AlertInput> & { signal?: Signal } = {}): AlertInput => {
  const component = more.component ?? 'polaris'
  const source = more.source ?? 'probe:hook'
  return {
    key: `${component}/${member ?? '*'}/${source}`,
    component,
    member,
    signal: 'timeout',
    status: 'firing',
    source,
    summary: 'no answer',
    at: 1,
    ...more,
  }
}

export const step = (name: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
  name,
  action: name.split(' ')[0] as string,
  kind: 'check-then-act',
  args: { member: 'polaris-1' },
  timeoutMs: 1_000,
  attempts: 2,
  ...more,
})

export const orderOf = (incident: string | null, more: Partial<RunOrder> = {}): RunOrder => ({
  runbook: 'restart-process',
  component: 'polaris',
  incident,
  failure: 'hung',
  members: ['polaris-1'],
  plan: [step('restart polaris-1'), step('verify polaris-1', { kind: 'read' })],
  reason: 'polaris-1 does not answer',
  takesGeneration: false,
  by: 'engine',
  ...more,
})

/** A choice that always runs. */
export const toRun =
  (more: Partial<RunOrder> = {}) =>
  ({ incident }: Situation): Decision => ({
    do: 'run',
    failure: 'hung',
    refusals: [],
    order: orderOf(incident.id, { component: incident.component, ...more }),
  })

/** Long: on PostgreSQL its own clock goes on while a busy machine tests. */
export const leaseMs = 600_000

/** An incident with a run that `holder` has taken. */
export async function underWay(
  journal: Journal,
  more: Partial<RunOrder> = {},
  holder = 'one',
): Promise<{ incident: string; run: Run; claim: Claim }> {
  const [first] = await journal.ingest([alert('polaris-1')])
  const incident = first?.incident as string
  const { run } = await journal.decide(incident, toRun(more))
  const claim = await journal.claim((run as Run).id, holder, leaseMs)
  return { incident, run: run as Run, claim: claim as Claim }
}

export const intentOf = (run: Run, seq = 0, attempt = 1): StepIntent => ({
  run: run.id,
  seq,
  attempt,
  planned: run.plan[seq] as PlannedStep,
  key: `${run.id}/${seq}/${attempt}`,
  deadlineAt: 5_000,
})

export const outcomeOf = (run: Run, seq = 0, more: Partial<StepOutcome> = {}): StepOutcome => ({
  run: run.id,
  seq,
  attempt: 1,
  status: 'done',
  output: { ok: true },
  ...more,
})

export const kinds = async (journal: Journal, incident?: string) =>
  (await journal.events(0, 1_000, incident === undefined ? undefined : { incident })).map((event) => event.kind)
