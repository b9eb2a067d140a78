import type { HealthCheck, MemberRole } from '../../contract.ts'
import type { CheckResult } from '../../kit/health.ts'
import type { Database, DatabaseState } from './database.ts'
import { lookAt } from './files.ts'
import { membersIn, type Place } from './settings.ts'

/** One look at a database, in one query; bounded, so that one that hangs is told of, and hangs nobody else. */
const look = `
with here as (select pg_is_in_recovery() as recovering)
select recovering,
  (case when recovering then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) else pg_current_wal_flush_lsn() end
    - '0/0'::pg_lsn)::text as position,
  case when recovering then (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::text end as replayed,
  case when recovering then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp())::float8 end as delay,
  case when recovering
    then coalesce((select received_tli from pg_stat_wal_receiver), nullif((select min_recovery_end_timeline from pg_control_recovery()), 0),
      (select timeline_id from pg_control_checkpoint()))
    else ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int end as timeline,
  (select status from pg_stat_wal_receiver) as receiver,
  (select (latest_end_lsn - '0/0'::pg_lsn)::text from pg_stat_wal_receiver) as sent,
  (select string_agg(application_name, ',' order by application_name) from pg_stat_replication where state = 'streaming') as standbys,
  current_setting('synchronous_standby_names') as synchronous
from here`

export interface Seen {
  recovering: boolean
  position: number
  replayed: number | null
  delay: number | null
  timeline: number
  receiver: string | null
  sent: number | null
  standbys: string
  synchronous: string
}

const number = (value: unknown) => (value === null || value === undefined ? null : Number(value))

export async function lookInside(db: Pick<Database, 'looks'>, limitMs: number): Promise<Seen> {
  const [row = {}] = await db.looks.ask(look, [], limitMs)
  return {
    recovering: row.recovering === true,
    position: Number(row.position),
    replayed: number(row.replayed),
    delay: number(row.delay),
    timeline: Number(row.timeline),
    receiver: row.receiver === null ? null : String(row.receiver),
    sent: number(row.sent),
    standbys: String(row.standbys ?? ''),
    synchronous: String(row.synchronous ?? ''),
  }
}

export interface HealthReaderOptions {
  place: Place
  db: Pick<Database, 'looks' | 'view'>
  state: DatabaseState
  role(): MemberRole
  limitMs: number
}

/** The kit's check of a database. */
export function databaseCheck({ place: at, db, state, role, limitMs }: HealthReaderOptions): () => Promise<CheckResult> {
  /** How far the primary was when it was last heard of: one that is cut off must not look up to date. */
  let knownEnd = 0
  return async () => {
    const blank: Record<string, HealthCheck[]> = state.blank ? { 'database:blank': [{ observedValue: true, status: 'pass' }] } : {}
    const { detail } = db.view()
    if (detail !== null) {
      // Whoever only is not there at the moment may hold what nobody else has.
      const missing = !state.had && lookAt(at.database.data) === 'empty'
      return { status: 'fail', output: detail, checks: missing ? { 'database:missing': [{ observedValue: true }] } : blank }
    }
    const before = role()
    const seen = await lookInside(db, limitMs).catch((error: Error) => error)
    if (seen instanceof Error) return { status: 'fail', output: `the database does not answer: ${seen.message}`, checks: blank }
    knownEnd = Math.max(seen.recovering ? knownEnd : 0, seen.sent ?? 0)
    // While a role changes, both are in between.
    const problem = before === role() ? contradiction(before, seen.recovering) : null
    return {
      ...(problem === null ? {} : { status: 'fail', output: problem }),
      checks: { ...blank, ...(seen.recovering ? standbyChecks(seen, knownEnd, at) : activeChecks(seen)) },
    }
  }
}

function contradiction(role: MemberRole, recovering: boolean): string | null {
  if (role === 'active' && recovering) return 'it has the role, but its database is a standby'
  if (role !== 'active' && !recovering) return 'its database is writable, but it has no role'
  return null
}

const place = ({ position, timeline }: Seen): Record<string, HealthCheck[]> => ({
  'wal:position': [{ observedValue: position, observedUnit: 'bytes', status: 'pass' }],
  'wal:timeline': [{ observedValue: timeline, status: 'pass' }],
})

function standbyChecks(seen: Seen, knownEnd: number, { replication }: Place): Record<string, HealthCheck[]> {
  const lag = Math.max(0, knownEnd - seen.position)
  const behind = lag > replication.maxLagBytes
  const streaming = seen.receiver === 'streaming'
  const caughtUp = seen.replayed !== null && seen.replayed >= seen.position
  return {
    ...place(seen),
    'replication:lag': [
      { observedValue: lag, observedUnit: 'bytes', ...(behind ? { status: 'fail', output: `${lag} bytes behind` } : { status: 'pass' }) },
    ],
    'replication:delay': [{ observedValue: caughtUp ? 0 : Math.max(0, seen.delay ?? 0), observedUnit: 's', status: 'pass' }],
    'replication:state': [{ observedValue: seen.receiver ?? 'waiting', status: streaming ? 'pass' : 'warn' }],
  }
}

const activeChecks = (seen: Seen): Record<string, HealthCheck[]> => ({
  ...place(seen),
  'replication:standbys': [{ observedValue: seen.standbys, status: 'pass' }],
  'replication:sync': [{ observedValue: membersIn(seen.synchronous).join(','), status: 'pass' }],
})
