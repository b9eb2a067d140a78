import { below, chance, type Random } from '../../core/random.ts'
import { nothingElse, type VirtualClock } from '../virtual-clock.ts'
import { type Actor, actor } from './actor.ts'
import type { SimHost } from './host.ts'

/** A tiny PostgreSQL: a position in a history of timelines, a process that may be writable, and whom it copies. */
export interface SimDatabase {
  id: string
  host: SimHost
  process: { pid: number; actor: Actor; ending: boolean; gone: (() => void)[] } | null
  writable: boolean
  timeline: number
  position: number
  /** Where earlier timelines of its history ended. */
  history: Map<number, number>
  primary: string | null
  /** A commit waits for one of these. */
  sync: readonly string[]
  /** It ends as soon as it is started. */
  broken: boolean
}

/** How a process ended: by itself (or by what kills), or because it was ordered to. */
export type Gone = (db: SimDatabase, ordered: boolean) => void

/** While something happens, and while nothing does: a commit more or less tells nothing then. */
const writeEveryMs = { busy: 120, idle: 900 }
const busyForMs = 3_000
const streams = 0.8

/** The databases of one component, and their users, who write to whichever takes it. */
export function simDatabases(
  clock: VirtualClock,
  random: Random,
  places: readonly { id: string; host: SimHost }[],
  { synchronous, onGone, violate }: { synchronous: boolean; onGone: Gone; violate(found: string[]): void },
) {
  const all = places.map(
    ({ id, host }): SimDatabase => ({
      ...{ id, host, process: null, writable: false, timeline: 1, position: 1, history: new Map(), primary: null, sync: [], broken: false },
    }),
  )
  const byId = new Map(all.map((db) => [db.id, db]))
  let pids = 100
  let timelines = 1
  /** The last commit that somebody was told of. */
  let acknowledged = { timeline: 1, position: 0 }
  let commits = 0
  let busyUntil = 0

  const runs = ({ process, host }: SimDatabase) => process !== null && !process.actor.frozen && host.up
  const holds = (db: SimDatabase, { timeline, position }: { timeline: number; position: number }) =>
    db.timeline === timeline ? position <= db.position : position <= (db.history.get(timeline) ?? -1)
  const copies = (standby: SimDatabase, primary: SimDatabase) =>
    standby !== primary &&
    standby.primary === primary.id &&
    !standby.writable &&
    runs(standby) &&
    runs(primary) &&
    standby.host.reachable &&
    primary.host.reachable &&
    holds(primary, standby)

  function receive(standby: SimDatabase, from: SimDatabase): void {
    Object.assign(standby, { timeline: from.timeline, position: from.position, history: new Map(from.history) })
  }

  function stream(from: SimDatabase, share: number): void {
    for (const standby of all) if (copies(standby, from) && (share >= 1 || chance(random, share))) receive(standby, from)
  }

  /** The furthest commit that a client of this one is told of. */
  function told(db: SimDatabase): number {
    if (db.sync.length === 0) return db.position
    return Math.max(
      -1,
      ...db.sync.map((id) => {
        const standby = byId.get(id)
        return standby && copies(standby, db) && standby.timeline === db.timeline ? standby.position : -1
      }),
    )
  }

  function write() {
    for (const db of all) {
      if (!db.writable || !runs(db)) continue
      db.position++
      stream(db, streams)
      const position = told(db)
      if (position < 0 || (db.timeline === acknowledged.timeline && position <= acknowledged.position)) continue
      if (db.timeline < timelines) violate([`${db.id} acknowledges a write at timeline ${db.timeline}, ${timelines} has begun`])
      acknowledged = { timeline: db.timeline, position }
      commits++
    }
    nextWrite = clock.after(clock.monotonic() < busyUntil ? writeEveryMs.busy : writeEveryMs.idle, write)
    return nothingElse
  }
  let nextWrite = clock.after(writeEveryMs.busy, write)

  function end(db: SimDatabase, ordered: boolean): void {
    const { process } = db
    if (!process) return
    process.actor.end()
    db.process = null
    db.writable = false
    for (const tell of process.gone) tell()
    onGone(db, ordered)
  }

  return {
    all,
    of: (id: string) => byId.get(id) as SimDatabase,
    runs,
    holds,
    copies,
    copy: receive,
    /** Somebody would be told now that his write is safe. */
    acknowledges: (db: SimDatabase) => db.writable && runs(db) && told(db) >= 0,
    standbysOf: (db: SimDatabase) => all.filter((one) => copies(one, db)).map(({ id }) => id),
    /** Always as a standby. */
    start(db: SimDatabase): void {
      if (db.process || !db.host.up) return
      const process = { pid: ++pids, actor: actor(clock, db.host.rate), ending: false, gone: [] }
      Object.assign(db, { process, writable: false, sync: [] })
      if (db.broken) clock.after(120, () => db.process === process && end(db, false))
    },
    /** SIGINT: sessions end, and the last WAL is streamed out; a frozen one does it when it thaws. */
    interrupt(db: SimDatabase): void {
      const { process } = db
      if (!process || process.ending) return
      process.actor.post(() => {
        if (process.ending) return
        process.ending = true
        db.writable = false
        stream(db, 1)
        process.actor.clock.after(10 + below(random, 60), () => db.process === process && end(db, true))
      })
    },
    kill: end,
    /** It takes effect even when nobody waits for it any more. */
    promote(db: SimDatabase, done: () => void): void {
      const { process } = db
      process?.actor.post(() =>
        process.actor.clock.after(20 + below(random, 80), () => {
          if (db.process !== process || process.ending) return
          if (!db.writable) {
            if (synchronous && !holds(db, acknowledged))
              violate([`${db.id} is promoted at ${db.timeline}/${db.position} without the acknowledged ${JSON.stringify(acknowledged)}`])
            db.history.set(db.timeline, db.position)
            Object.assign(db, { timeline: ++timelines, writable: true, primary: null })
          }
          done()
        }),
      )
    },
    commits: () => commits,
    /** Something happens: what is written when matters from here on, for so long and a while. */
    stir(forMs: number) {
      const wasIdle = clock.monotonic() >= busyUntil
      busyUntil = Math.max(busyUntil, clock.monotonic() + forMs + busyForMs)
      if (!wasIdle) return
      nextWrite()
      nextWrite = clock.after(writeEveryMs.busy * random.next(), write)
    },
  }
}

export type SimDatabases = ReturnType<typeof simDatabases>
