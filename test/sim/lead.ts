import type { Clock } from '../../core/clock.ts'
import type { Term } from '../../core/journal/leader.ts'
import { chance, type Random } from '../../core/random.ts'
import type { Life } from './life.ts'

/**
 * Who leads, as the shared store decides it: a lock that lives as long as the session that holds it, and a lease row by the
 * clock of the store. A peer that gets the lock takes over at once; a leader that is frozen keeps its session, and loses the row
 * when that has expired.
 */
export interface SimLeadership {
  stand(life: Life, holder: string, on: { begin(term: Term): void; end(reason: string): void }): void
  /** The kernel closes the connections of a process that ended. */
  gone(holder: string): void
  /** The store ends the session of the leader, which may never hear of it. */
  cutSession(): void
  readonly leader: string | null
}

export interface LeadRules {
  /** Canary: a new leader thinks that nobody may still renew a role. */
  noEarlierMs?: boolean
  /** Canary: a leader acts as long as nobody has told it otherwise. */
  noMayAct?: boolean
}

const ttlMs = 10_000
const marginMs = 1_000
const renewEveryMs = 2_000
const peekEveryMs = 1_000

interface Standing {
  life: Life
  holder: string
  on: { begin(term: Term): void; end(reason: string): void }
  /** The fence of the term that it believes in; 0: it waits. */
  fence: number
  /** Its lease: until when it may act, and renew. */
  lease: { safeUntil: number }
  terms: number
}

export function simLeadership(
  store: Clock,
  random: Random,
  ports: { begin(term: number): void; tell(text: string): void },
  rules: LeadRules = {},
): SimLeadership {
  const row = { holder: '', fence: 0, expiresAt: 0 }
  let session: Standing | null = null
  const waiting: Standing[] = []
  const travel = () => 0.5 + random.next() * 3

  /** A statement there and its answer back; it is carried out in one piece when it arrives. */
  function ask<T>(who: Standing, statement: () => T, answer: (value: T) => void): void {
    store.after(travel(), () => {
      const value = statement()
      store.after(travel(), () => who.life.post(() => answer(value)))
    })
  }

  function free(): void {
    session = null
    const next = waiting.shift()
    if (!next) return
    session = next
    store.after(travel(), () => next.life.post(() => take(next)))
  }

  /** One transaction: the row is ours, and what the old leader held has ended. */
  function seize(who: Standing): { fence: number; earlierMs: number } {
    const earlierMs = row.holder === '' ? 0 : Math.max(0, row.expiresAt - store.monotonic())
    Object.assign(row, { holder: who.holder, fence: row.fence + 1, expiresAt: store.monotonic() + ttlMs })
    ports.begin(row.fence)
    return { fence: row.fence, earlierMs }
  }

  function take(who: Standing) {
    const sentAt = who.life.clock.monotonic()
    ask(
      who,
      () => (session === who ? seize(who) : null),
      (got) => (got ? begin(who, got, sentAt) : wait(who)),
    )
  }

  function begin(who: Standing, { fence, earlierMs }: { fence: number; earlierMs: number }, sentAt: number): void {
    const { clock } = who.life
    const term = ++who.terms
    who.fence = fence
    const lease = { safeUntil: sentAt + ttlMs - marginMs }
    who.lease = lease
    const mayAct = () => rules.noMayAct === true || (who.terms === term && who.fence === fence && clock.monotonic() < lease.safeUntil)
    const mayRenew = () => rules.noMayAct === true || clock.monotonic() < lease.safeUntil
    ports.tell(`${who.holder} leads, term ${fence}, earlier ${Math.round(earlierMs)} ms`)
    who.on.begin({ fence, earlierMs: rules.noEarlierMs ? 0 : earlierMs, mayAct, mayRenew })
    renew(who, term)
  }

  function renew(who: Standing, term: number) {
    if (who.terms !== term || who.fence === 0) return
    const { clock } = who.life
    if (clock.monotonic() >= who.lease.safeUntil && !rules.noMayAct) return end(who, 'it could not be renewed in time')
    const sentAt = clock.monotonic()
    ask(
      who,
      () => {
        if (row.fence !== who.fence) return false
        row.expiresAt = store.monotonic() + ttlMs
        return true
      },
      (ours) => {
        if (who.terms !== term || who.fence === 0) return
        if (ours) who.lease.safeUntil = Math.max(who.lease.safeUntil, sentAt + ttlMs - marginMs)
        else {
          who.lease.safeUntil = Number.NEGATIVE_INFINITY
          end(who, 'somebody else leads')
        }
      },
    )
    clock.after(renewEveryMs, () => renew(who, term))
  }

  function end(who: Standing, reason: string): void {
    if (who.fence === 0) return
    who.fence = 0
    ports.tell(`${who.holder} leads no more: ${reason}`)
    if (!rules.noMayAct) who.on.end(reason)
    if (session === who) free()
    who.life.clock.after(200, () => wait(who))
  }

  function wait(who: Standing) {
    if (who.fence !== 0 || who.life.ended) return
    if (session === null) {
      session = who
      return take(who)
    }
    if (session !== who && !waiting.includes(who)) waiting.push(who)
    who.life.clock.after(peekEveryMs, () => peek(who))
  }

  /** The fallback: whoever holds the lock has not renewed for a whole lease. */
  function peek(who: Standing): void {
    if (who.fence !== 0) return
    if (session === who) return
    const sentAt = who.life.clock.monotonic()
    ask(
      who,
      () => {
        if (row.holder === '' || store.monotonic() < row.expiresAt || session === who) return null
        const old = session
        if (waiting.includes(who)) waiting.splice(waiting.indexOf(who), 1)
        session = who
        if (old) hearOfIt(old)
        return seize(who)
      },
      (got) => (got ? begin(who, got, sentAt) : who.fence === 0 && who.life.clock.after(peekEveryMs, () => peek(who))),
    )
  }

  /** A session was ended by the store; the other side may not notice. */
  function hearOfIt(old: Standing): void {
    if (chance(random, 0.7)) store.after(travel() * 10, () => old.life.post(() => end(old, 'the session ended')))
  }

  return {
    stand(life, holder, on) {
      const who: Standing = { life, holder, on, fence: 0, lease: { safeUntil: 0 }, terms: 0 }
      life.clock.after(travel(), () => wait(who))
    },
    gone(holder) {
      const at = waiting.findIndex((one) => one.holder === holder)
      if (at >= 0) waiting.splice(at, 1)
      if (session?.holder === holder) free()
    },
    cutSession() {
      const old = session
      if (!old || old.fence === 0) return
      free()
      hearOfIt(old)
    },
    get leader() {
      return row.holder || null
    },
  }
}
