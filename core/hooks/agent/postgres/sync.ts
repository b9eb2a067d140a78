import { type Clock, sleep } from '../../../clock.ts'
import { fault } from '../../../errors.ts'
import { type Connection, connectLater } from './connection.ts'
import type { Database } from './database.ts'
import { anyOf, type Place } from './settings.ts'

const limitMs = 10_000
const pollMs = 10

/** So long after an order an older one may still be under way: in the socket of an agent, or of a leader, that was frozen. */
const underWayMs = 60_000

/** Which of the leader's orders it is: its term, and a number within that. */
export type Turn = readonly [number, number]

export interface SyncOptions {
  place: Place
  db: Pick<Database, 'orders' | 'configure' | 'target'>
  clock: Clock
}

/**
 * Sets who must have a commit before it is acknowledged, and answers when it is so: for a list, when each of its members that streams
 * is asked, nobody else can acknowledge, and one of them has all that was written before. Faults when it takes longer than ten seconds;
 * it may be so later. An order that a newer one has overtaken does nothing: the journal has gone on since.
 */
export function synchroniser(options: SyncOptions): (standbys: readonly string[], turn?: Turn) => Promise<Record<string, unknown>> {
  const { place, clock } = options
  let newest: { turn: Turn; at: number } | null = null
  /** The postmaster that surely waits with its commits. */
  const waits: { pid: number | null } = { pid: null }
  function admit(turn: Turn | undefined): void {
    if (turn === undefined) return
    const [term, order] = newest && clock.monotonic() - newest.at < underWayMs ? newest.turn : [0, 0]
    if (turn[0] < term || (turn[0] === term && turn[1] < order))
      throw fault('conflict', {
        problem: `A newer order to change the synchronous standbys of ${place.member} came before this one.`,
        hint: 'That one holds.',
      })
    newest = { turn, at: clock.monotonic() }
  }
  return (standbys, turn) => {
    admit(turn)
    return synchronise(standbys, options, waits, () => admit(turn))
  }
}

async function synchronise(
  standbys: readonly string[],
  { place, db, clock }: SyncOptions,
  waits: { pid: number | null },
  admit: () => void,
): Promise<Record<string, unknown>> {
  const { member, database, others, password } = place
  const unknown = standbys.filter((id) => !others.some((other) => other.id === id))
  if (unknown.length > 0) throw fault('bad-request', { problems: `standbys: ${unknown.join(', ')} is no other member of this component` })
  const endsAt = clock.monotonic() + limitMs
  const left = () => {
    const ms = endsAt - clock.monotonic()
    if (ms <= 0) throw fault('deadline-passed', { what: `The change of the synchronous standbys of ${member}`, timeoutMs: limitMs })
    return ms
  }
  const [before] = await db.orders.ask("select current_setting('synchronous_standby_names') as names", [], left())
  const wanted = anyOf(standbys)
  admit()
  if (standbys.length === 0 || before?.names === '') waits.pid = null
  db.configure({ synchronous: standbys })
  await reread({ ...database, user: database.superuser, password, name: member, clock }, wanted, left)
  if (standbys.length === 0) return { standbys: [] }
  // The process that switches waiting on does so in its own time; a checkpoint is asked of the same, and comes after. An earlier order
  // may have failed before it knew.
  const pid = db.target()?.pid ?? null
  if (pid === null || waits.pid !== pid) await db.orders.ask('checkpoint', [], left())
  waits.pid = pid
  const [here] = await db.orders.ask('select pg_current_wal_flush_lsn()::text as lsn', [], left())
  for (;;) {
    const caughtUp = await having(db.orders, standbys, String(here?.lsn), left())
    if (caughtUp.length > 0) return { standbys: [...standbys], caughtUp, lsn: here?.lsn }
    await sleep(clock, pollMs)
  }
}

/** A new process begins with what the postmaster has read, and it tells all others before it makes one. */
async function reread(to: Parameters<typeof connectLater>[0], wanted: string, left: () => number): Promise<void> {
  for (;;) {
    const fresh = connectLater(to)
    try {
      const [row] = await fresh.ask("select current_setting('synchronous_standby_names') as names", [], left())
      if (row?.names === wanted) return
    } finally {
      fresh.cut()
    }
    await sleep(to.clock, pollMs)
  }
}

/** Which of them are waited for, and have the WAL up to there on disk; nobody while one whose word counted yesterday still counts. */
async function having(connection: Connection, standbys: readonly string[], lsn: string, withinMs: number): Promise<string[]> {
  const rows = await connection.ask(
    `select application_name as id from pg_stat_replication
     where state = 'streaming' and sync_priority > 0 and flush_lsn >= $2::pg_lsn and application_name = any($1)
       and not exists (select from pg_stat_replication where sync_priority > 0 and application_name <> all($1))`,
    [standbys, lsn],
    withinMs,
  )
  return rows.map(({ id }) => String(id))
}
