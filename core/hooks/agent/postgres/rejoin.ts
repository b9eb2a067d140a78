import { existsSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, sleep } from '../../../clock.ts'
import { causeChain, fault } from '../../../errors.ts'
import type { Log } from '../../../log.ts'
import { type Connection, connectLater } from './connection.ts'
import type { Database, DatabaseState } from './database.ts'
import { lookAt, makeFolder, readControl } from './files.ts'
import { type OsUser, runProgram } from './programs.ts'
import { conninfoOf, type Place, slotOf } from './settings.ts'

export interface RejoinOptions {
  place: Place
  user: OsUser | null
  env: Record<string, string | undefined>
  db: Database
  clock: Clock
  log: Log
  state: DatabaseState
  /** Throws when it may not be made a standby (any more). */
  check(): void
}

type Peer = Place['others'][number]
type How = 'followed' | 'rewound' | 'copied'

const peerLimitMs = 3_000
const checkpointLimitMs = 120_000
const followLimitMs = 5_000
const detachLimitMs = 2_000
const pollMs = 20
const copyLimitMs = 24 * 3_600_000

function peerOf({ place }: RejoinOptions, id: unknown): Peer {
  const peer = place.others.find((other) => other.id === id)
  if (!peer) throw fault('bad-request', { problems: `primary: ${String(id)} is no other member of this component` })
  return peer
}

async function connected<T>({ place, clock }: RejoinOptions, peer: Peer, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { host, port, superuser } = peer.database
  const connection = connectLater({ host, port, user: superuser, password: place.password, name: place.member, clock })
  try {
    return await work(connection)
  } finally {
    connection.cut()
  }
}

/** It must be who it is said to be, and writable; then our slot there is made, so that it keeps what we shall need. */
async function reserve(connection: Connection, { id }: Peer, member: string): Promise<void> {
  const [row] = await connection.ask("select current_setting('cluster_name') as name, pg_is_in_recovery() as recovering", [], peerLimitMs)
  if (row?.name !== id) throw fault('rejoin-failed', { member, primary: id, problem: `at its address answers "${String(row?.name)}"` })
  if (row.recovering === true) throw fault('rejoin-failed', { member, primary: id, problem: 'it is a standby itself' })
  await connection.ask(
    `select pg_create_physical_replication_slot($1, true)
     where not exists (select from pg_replication_slots where slot_name = $1)`,
    [slotOf(member)],
    peerLimitMs,
  )
}

/** Copies another member from now on, without a question whether it can: `rejoin` asks that. */
export async function follow(options: RejoinOptions, primary: unknown): Promise<Record<string, unknown>> {
  const { place, db } = options
  const peer = peerOf(options, primary)
  await connected(options, peer, (connection) => reserve(connection, peer, place.member))
  db.configure({ primary: peer.id })
  await db.start()
  void dropOwnSlots(options).catch(() => {})
  return { primary: peer.id }
}

/** Copies nobody from now on. Answers when nothing comes any more; one that does not run has nothing to stop. */
export async function detach({ place, db, clock }: RejoinOptions): Promise<Record<string, unknown>> {
  db.configure({ primary: null })
  const endsAt = clock.monotonic() + detachLimitMs
  while (db.view().process.state === 'running') {
    const [row] = await db.orders.ask('select count(*)::int as receivers from pg_stat_wal_receiver', [], peerLimitMs)
    if (row?.receivers === 0) break
    if (clock.monotonic() > endsAt)
      throw fault('rejoin-failed', { member: place.member, primary: 'nobody', problem: 'it goes on copying the one before' })
    await sleep(clock, pollMs)
  }
  return { primary: null }
}

/** A standby that was active once keeps WAL for those that copied it. They copy another one now. */
async function dropOwnSlots({ db }: RejoinOptions): Promise<void> {
  await db.orders.ask(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots
     where pg_is_in_recovery() and slot_type = 'physical' and not active and slot_name like 'jidoka\\_%'`,
    [],
    peerLimitMs,
  )
}

/**
 * Makes it a standby of `primary`, whatever it was: it follows when its history fits; else it is rewound to where the two parted; else
 * it is copied anew, beside the old one, which goes only when the new one is whole. Answers when it streams.
 */
export async function rejoin(options: RejoinOptions, primary: unknown, rebuild: boolean): Promise<Record<string, unknown>> {
  const { place, db, log, clock, state } = options
  const { member } = place
  const peer = peerOf(options, primary)
  const began = clock.monotonic()
  const done = (how: How) => ({ primary: peer.id, how, tookMs: Math.round(clock.monotonic() - began) })
  const source = await connected(options, peer, (connection) => sourceOf(connection, peer, member))
  const own = lookAt(place.database.data) === 'database' && !state.torn ? readControl(place.database.data) : null
  const streams = async (limitMs: number, parting?: bigint) => {
    options.check()
    db.configure({ primary: peer.id })
    await db.start()
    return await streaming(options, source.timeline, limitMs, parting)
  }
  if (!rebuild && own?.systemId === source.systemId) {
    const problem = await streams(followLimitMs, source.partings.get(own.timeline)).catch(causeChain)
    options.check()
    if (problem === null) {
      void dropOwnSlots(options).catch(() => {})
      return done('followed')
    }
    log.warn({ member, primary: peer.id, problem }, 'it cannot just follow: it is rewound')
    try {
      await db.apart(() => rewind(options, peer))
      const still = await streams(place.database.startTimeoutMs)
      if (still === null) return done('rewound')
      log.warn({ member, problem: still }, 'it was rewound, and does not stream all the same: it is copied')
    } catch (error) {
      log.warn({ member, err: causeChain(error) }, 'it could not be rewound: it is copied')
    }
  }
  options.check()
  await db.apart(() => copy(options, peer))
  const problem = await streams(place.database.startTimeoutMs)
  if (problem !== null) throw fault('rejoin-failed', { member, primary: peer.id, problem })
  return done('copied')
}

interface Source {
  systemId: string
  timeline: number
  /** Where each earlier timeline was left. */
  partings: Map<number, bigint>
}

async function sourceOf(connection: Connection, peer: Peer, member: string): Promise<Source> {
  await reserve(connection, peer, member)
  // Its control file tells of its own timeline only after one.
  await connection.ask('checkpoint', [], checkpointLimitMs)
  const [row] = await connection.ask(
    `select (select system_identifier from pg_control_system())::text as system, timeline_id as timeline,
       case when timeline_id > 1 then pg_read_file('pg_wal/' || upper(lpad(to_hex(timeline_id), 8, '0')) || '.history') end as history
     from pg_control_checkpoint()`,
    [],
    peerLimitMs,
  )
  const lines = String(row?.history ?? '').matchAll(/^(\d+)\s+([0-9A-F]+)\/([0-9A-F]+)/gim)
  const partings = new Map(
    [...lines].map(([, timeline, high, low]) => [Number(timeline), (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)]),
  )
  return { systemId: String(row?.system), timeline: Number(row?.timeline), partings }
}

/** Null when it streams the timeline of its primary; else why not. At once when it has more than was there at the `parting`. */
async function streaming({ db, clock }: RejoinOptions, timeline: number, limitMs: number, parting?: bigint): Promise<string | null> {
  const endsAt = clock.monotonic() + limitMs
  if (!(await db.answers(limitMs))) return db.view().detail ?? 'it does not answer'
  for (let seen = false; ; await sleep(clock, pollMs)) {
    const [row] = await db.orders.ask(
      `select status, received_tli as timeline, (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::text as replayed
       from (values (1)) as one left join pg_stat_wal_receiver on true`,
      [],
      peerLimitMs,
    )
    if (row?.status === 'streaming' && row.timeline === timeline) return null
    if (parting !== undefined && BigInt(String(row?.replayed ?? 0)) > parting) return 'it has writes that its primary never had'
    seen ||= row?.status !== null
    if (clock.monotonic() >= endsAt) return seen ? 'it cannot go over to the timeline of its primary' : 'nothing arrives from its primary'
  }
}

/** Needs a data folder that was shut down in order. As a standby it is, unless it could not start: then recovery is made first. */
async function rewind({ place, user, env, db }: RejoinOptions, peer: Peer): Promise<void> {
  const { data, bin } = place.database
  const name = 'pg_rewind'
  if (!existsSync(join(bin, name)))
    throw fault('database-unusable', { member: place.member, problem: `bin: there is no ${name} in ${bin}` })
  // A single process that recovers refuses to be a standby. Whatever comes of it, every start writes it anew.
  rmSync(join(data, 'standby.signal'), { force: true })
  rmSync(join(data, 'postmaster.pid'), { force: true })
  db.setTorn(true)
  const from = conninfoOf(place, peer, { secret: false })
  await runProgram(place, name, ['-D', data, `--source-server=${from}`], { user, env, limitMs: copyLimitMs })
  db.setTorn(false)
}

async function copy({ place, user, env, db }: RejoinOptions, peer: Peer): Promise<void> {
  const { member } = place
  const data = existsSync(place.database.data) ? realpathSync(place.database.data) : place.database.data
  const fresh = `${data}.copy`
  const before = `${data}.before`
  for (const folder of [fresh, before]) rmSync(folder, { recursive: true, force: true })
  if (lookAt(data) === 'foreign' && !existsSync(join(data, 'PG_VERSION')))
    throw fault('database-unusable', { member, problem: `${data} holds something that is no database` })
  const from = conninfoOf(place, peer, { secret: false })
  const args = ['-D', fresh, '-d', from, '-X', 'stream', '-S', slotOf(member), '-c', 'fast', '--no-manifest']
  // Ours to make: its parent may be another's.
  makeFolder(fresh, user)
  try {
    await runProgram(place, 'pg_basebackup', args, { user, env, limitMs: copyLimitMs })
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    throw error
  }
  try {
    if (existsSync(data)) renameSync(data, before)
    renameSync(fresh, data)
  } catch (error) {
    const problem = `its data folder cannot be moved (${error instanceof Error ? error.message : error}); it must not be a mount point itself`
    throw fault('rejoin-failed', { member, primary: peer.id, problem }, error)
  }
  db.setTorn(false)
  rmSync(before, { recursive: true, force: true })
}
