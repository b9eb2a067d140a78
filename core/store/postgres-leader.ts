import { type Clock, every, sleep } from '../clock.ts'
import { causeChain } from '../errors.ts'
import type { Leadership, Term } from '../journal/leader.ts'
import type { Log } from '../log.ts'
import type { Random } from '../random.ts'
import { controllers, now } from './postgres-controllers.ts'
import { turnKey } from './postgres-dialect.ts'
import { answerWithinMs, openSession, type Session } from './postgres-session.ts'

export interface LeaderTimes {
  /** How long a leader leads that is not heard of any more. */
  ttlMs: number
  renewMs: number
  /** Before the end of its lease a leader begins nothing any more. */
  marginMs: number
  /** How often those who wait look whether the leader has frozen. */
  lookMs: number
  /** How long somebody may have the lock and not the lease. */
  graceMs: number
  seenMs: number
}

export const leaderTimes: LeaderTimes = { ttlMs: 10_000, renewMs: 2_000, marginMs: 1_000, lookMs: 500, graceMs: 2_000, seenMs: 3_000 }

export interface LeadershipOptions {
  url: string
  clock: Clock
  random: Random
  log: Log
  /** A statement on the pool. */
  query(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  times?: Partial<LeaderTimes>
}

/** What a leader has: the lock, which ends with its session, and the lease, which ends by itself. */
interface Lead {
  session: Session
  fence: number
  earlierMs: number
  /** When that ends, by the clock of the database; 0: nobody was before us. */
  earlierUntil: number
  /** When the statement that gave or renewed the lease was sent; monotonic. */
  sentAt: number
}

/** The lease as one who waits saw it for the first time. */
interface Sight {
  row: string
  /** Monotonic. */
  at: number
}

type Timed = { clock: Clock; times: LeaderTimes }

type Standing = Parameters<Leadership['stand']>

/** The lock is one of the schema: stores that share a database do not share a leader. */
const lockClass = turnKey + 1
const key = `${lockClass}, hashtext(current_schema())`
const lockWaitMs = 15_000
const backoffMs = { least: 50, most: 1_000 }

/**
 * Who leads, on PostgreSQL: the session that has the advisory lock, and then the lease `controller`. Whoever waits for the lock and
 * gets it knows that the session before it is gone, so it takes the lease at once. A leader that is frozen keeps its session; when its
 * lease has ended, one that waits ends that session at the server. See docs/controllers.md.
 */
export function openLeadership(options: LeadershipOptions): Leadership {
  const times = { ...leaderTimes, ...options.times }
  return {
    stand: (self, on) => stand({ ...options, times }, self, on),
    controllers: () => controllers(options),
  }
}

function stand(options: LeadershipOptions & { times: LeaderTimes }, self: Standing[0], on: Standing[1]): { stop(): Promise<void> } {
  const { url, clock, random, log, query, times } = options
  const stopped = new AbortController()
  let current: Session | undefined
  let endTerm: ((reason: string) => void) | undefined

  async function standing(): Promise<void> {
    for (let failures = 0; !stopped.signal.aborted; ) {
      try {
        await once()
        failures = 0
      } catch (error) {
        failures++
        if (!stopped.signal.aborted) log.warn({ err: causeChain(error) }, 'the store cannot be asked who leads; it is asked again')
      }
      const waitMs = Math.min(backoffMs.most, backoffMs.least * 2 ** Math.min(failures, 10)) * (0.5 + random.next() / 2)
      await sleep(clock, waitMs, stopped.signal)
    }
  }

  /** One session: waits for the lead, leads, and ends. */
  async function once(): Promise<void> {
    const session = await openSession({ url, clock })
    current = session
    try {
      if (stopped.signal.aborted) return
      const sight = await locked(session)
      if (stopped.signal.aborted) return
      const lead = await take(session, self.id, sight, { clock, times })
      await leads(lead)
    } finally {
      session.cut('its work is done')
      current = undefined
    }
  }

  /** With what was seen of the leader before us while we waited. */
  async function locked(session: Session): Promise<Sight | null> {
    await session.ask(
      `insert into lease (resource, holder, fence, expires_at) values ('controller', '', 0, 0) on conflict do nothing`,
      [],
      answerWithinMs,
    )
    const [free] = await session.ask(`select pg_try_advisory_lock(${key}) as taken`, [], answerWithinMs)
    if (free?.taken === true) return null
    const watch = watchFrozen(options)
    const look = () => void watch.look().catch(() => {})
    look()
    const stopLooking = every(clock, times.lookMs, look)
    try {
      await session.ask(`select set_config('lock_timeout', '${lockWaitMs}', false)`, [], answerWithinMs)
      while (!(await waitForLock(session)));
    } finally {
      stopLooking()
    }
    return watch.seen()
  }

  async function leads(lead: Lead): Promise<void> {
    const { session, fence, earlierMs } = lead
    let ended: string | null = null
    let end: (reason: string) => void = () => {}
    const over = new Promise<string>((resolve) => {
      end = (reason) => {
        ended ??= reason
        resolve(ended)
      }
    })
    endTerm = end
    void session.over.then((reason) => end(`the connection to the store broke: ${reason}`))
    const untilMs = () => lead.sentAt + times.ttlMs - times.marginMs
    const term: Term = {
      ...{ fence, earlierMs },
      mayAct: () => ended === null && clock.monotonic() < untilMs(),
      mayRenew: () => !stopped.signal.aborted && clock.monotonic() < untilMs(),
    }
    const stopRenewing = renewals(lead, self.id, end, options)
    log.info({ fence, earlierMs }, 'this controller leads')
    try {
      const begun = on.begin(term).catch((error) => {
        log.error({ err: causeChain(error) }, 'this controller could not begin to lead')
        end('it could not begin')
      })
      const reason = await over
      stopRenewing()
      log.info({ fence, reason }, 'this controller leads no more')
      // Told at once, while it may still be beginning.
      await Promise.all([on.end(reason).catch((error) => log.error({ err: causeChain(error) }, 'a term did not end in order')), begun])
      if (stopped.signal.aborted) await release(self.id, lead)
    } finally {
      stopRenewing()
      endTerm = undefined
    }
  }

  const seen = () =>
    query(
      `insert into controller (id, url, version, started_at, seen_at) values ($1, $2, $3, ${now}, ${now})
       on conflict (id) do update set url = excluded.url, version = excluded.version, seen_at = excluded.seen_at`,
      [self.id, self.url, self.version],
    ).catch(() => {})
  const forget = () => query('delete from controller where id = $1', [self.id]).catch(() => {})
  let lastSeen: Promise<unknown> = seen().then(() => query(`delete from controller where seen_at < ${now} - 86400000`).catch(() => {}))
  const stopSeeing = every(clock, times.seenMs, () => {
    lastSeen = seen()
  })
  const work = standing()
  return {
    async stop() {
      if (stopped.signal.aborted) return work
      stopped.abort()
      stopSeeing()
      if (endTerm) endTerm('it was stopped')
      else current?.cut('it was stopped')
      await Promise.all([work, lastSeen])
      await forget()
    },
  }
}

/** False: not yet. Bounded, so that a server that has lost us does not keep us waiting for ever. */
async function waitForLock(session: Session): Promise<boolean> {
  try {
    await session.ask(`select pg_advisory_lock(${key})`, [], lockWaitMs + answerWithinMs)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === '55P03') return false
    throw error
  }
}

/**
 * Takes the lease, and ends those on components: whoever held one was a leader before us. The turn comes first, as for all who write.
 */
async function take(session: Session, id: string, sight: Sight | null, { clock, times }: Timed): Promise<Lead> {
  const sentAt = clock.monotonic()
  const within = times.ttlMs - times.marginMs
  await session.ask(`begin; set local lock_timeout = ${within}; select pg_advisory_xact_lock(${turnKey})`, [], within)
  const [before] = await session.ask(
    `select greatest(0, least(expires_at - ${now}, $1)) as "left", ${rowText} as row
       from lease where resource = 'controller' for update`,
    [times.ttlMs],
    within,
  )
  const [taken] = await session.ask(
    `update lease set holder = $1, fence = fence + 1, expires_at = ${now} + $2 where resource = 'controller' returning fence, expires_at`,
    [holderOf(id, session), times.ttlMs],
    within,
  )
  await session.ask(`update lease set expires_at = 0 where resource like 'component:%' and expires_at > 0`, [], within)
  await session.ask('commit', [], within)
  const earlierMs = sight?.row === before?.row ? restOf(sight, clock, times) : Number(before?.left ?? 0)
  const earlierUntil = earlierMs > 0 ? Math.ceil(Number(taken?.expires_at) - times.ttlMs + earlierMs) : 0
  return { session, fence: Number(taken?.fence), earlierMs, earlierUntil, sentAt }
}

/** Whoever renewed sent that before we saw it. So no clock but our own is needed: that of a database may be set. */
const restOf = (sight: Sight | null, clock: Clock, { ttlMs }: LeaderTimes) =>
  Math.max(0, (sight?.at ?? Number.NEGATIVE_INFINITY) + ttlMs - clock.monotonic())

/** Null: it was given up. */
const rowText = `case when lease.holder <> '' then lease.holder || '/' || lease.fence || '/' || lease.expires_at end`

/** Renews by compare-and-set, one at a time, and ends the term when it is not sure of the lease any more. */
function renewals(lead: Lead, id: string, end: (reason: string) => void, { clock, times }: Timed): () => void {
  let asking = false
  let cancel = () => {}
  function arm(): void {
    cancel()
    cancel = clock.after(Math.max(0, lead.sentAt + times.ttlMs - times.marginMs - clock.monotonic()), () =>
      end('its lease could not be renewed in time'),
    )
  }
  async function renew(): Promise<void> {
    if (asking) return
    asking = true
    const sentAt = clock.monotonic()
    try {
      const renewed = await lead.session.ask(
        `update lease set expires_at = ${now} + $3 where resource = 'controller' and holder = $1 and fence = $2 and expires_at > ${now} returning fence`,
        [holderOf(id, lead.session), lead.fence, times.ttlMs],
        times.ttlMs,
      )
      if (renewed.length === 0) {
        lead.sentAt = Number.NEGATIVE_INFINITY
        return end('its lease has ended, or another controller has taken the lead')
      }
      lead.sentAt = sentAt
      arm()
    } catch (error) {
      end(`its lease could not be renewed: ${(error as Error).message}`)
    } finally {
      asking = false
    }
  }
  arm()
  const stop = every(clock, times.renewMs, () => void renew())
  return () => {
    stop()
    cancel()
  }
}

/** A peer need not wait, and need not count on what we may still do; but on what the one before us may, who perhaps never heard of us. */
async function release(id: string, { session, fence, earlierUntil }: Lead): Promise<void> {
  const holder = holderOf(id, session)
  await session
    .ask(
      `update lease set holder = '', expires_at = case when $3 > ${now} then $3 else 0 end
       where resource = 'controller' and holder = $1 and fence = $2`,
      [holder, fence, earlierUntil],
      answerWithinMs,
    )
    .catch(() => {})
}

/** The lease names the session too, so that a frozen leader is not taken for one that has just got the lock. */
const holderOf = (id: string, { pid }: Session) => `${id}#${pid}`

/**
 * Ends the session of a leader whose lease has ended: it is frozen, or cut off where the server cannot tell. The same for whoever
 * has the lock for a while without taking the lease.
 */
function watchFrozen({ query, clock, log, times }: LeadershipOptions & { times: LeaderTimes }) {
  let sight: Sight | null = null
  let suspect: { pid: number; since: number } | null = null
  let looking = false
  async function look(): Promise<void> {
    const [held] = await query(
      `select l.pid, split_part(lease.holder, '#', 2) = l.pid::text as leads, ${rowText} as row,
         lease.holder = '' or lease.expires_at <= ${now} as ended
       from pg_locks l, lease where lease.resource = 'controller' and l.locktype = 'advisory' and l.granted and l.objsubid = 2
         and l.database = (select oid from pg_database where datname = current_database())
         and l.classid = ${lockClass} and l.objid::bigint = hashtext(current_schema())::bigint & 4294967295`,
    )
    if (held?.row && sight?.row !== held.row) sight = { row: String(held.row), at: clock.monotonic() }
    // By our own clock too: that of the database may have gone back, and then the lease would last for ever.
    if (!held || (held.ended !== true && restOf(sight, clock, times) > 0)) {
      suspect = null
      return
    }
    const pid = Number(held.pid)
    if (suspect?.pid !== pid) suspect = { pid, since: clock.monotonic() }
    if (held.leads !== true && clock.monotonic() - suspect.since < times.graceMs) return
    log.warn({ pid }, 'the leader does not renew its lease; its session is ended')
    await query('select pg_terminate_backend($1)', [pid])
    suspect = null
  }
  return {
    seen: () => sight,
    async look() {
      if (looking) return
      looking = true
      await look().finally(() => {
        looking = false
      })
    },
  }
}
