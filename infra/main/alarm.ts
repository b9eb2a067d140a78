import type { Pager } from '../../bots/pager/define.ts'
import { pageOf } from '../../bots/pager/words.ts'
import type { AlertInput } from '../../core/alerts/alert.ts'
import type { Clock } from '../../core/clock.ts'
import { causeChain, problemOf } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'

interface Trouble {
  since: number
  lastAt: number
  pagedAt: number
  pages: number
  /** Some pager took a page of this trouble. */
  heard: boolean
  /** What was seen and not mended, and has not been told yet. */
  untold: Map<string, string>
  told: Set<string>
}

/** A trouble of which nothing was heard for so long is over; the next one is new. */
const overAfterMs = 60_000
/** Two pages of the same trouble are at least so far apart. */
const gapMs = 10_000
/** Somebody who was called is reminded so often, as long as it lasts. */
const remindMs = 3_600_000
const namedMax = 10
const lastsMs = 10_000

/**
 * The store is away: nothing is touched, but somebody hears of it, by a way that needs no store, and of what is broken
 * meanwhile. One page at once; further ones only for what is new, or until a pager has taken one.
 */
export function storeAlarm({ pagers, clock, log }: { pagers: readonly Pager[]; clock: Clock; log: Log }) {
  let trouble: Trouble | null = null

  async function page(of: Trouble, error: unknown): Promise<void> {
    of.pagedAt = clock.monotonic()
    const { title, detail } = problemOf(error)
    const news = [...of.untold]
    const named = news.slice(0, namedMax).map(([, text]) => text)
    const more = news.length > namedMax ? [`and ${news.length - namedMax} more`] : []
    const seen = news.length > 0 ? ` Seen meanwhile, and not mended: ${[...named, ...more].join('; ')}.` : ''
    const payload = {
      component: 'jidoka',
      title: 'Jidoka itself',
      owner: null,
      failure: 'failing',
      members: [],
      urgency: 'high',
      evidence: `${title}${seen}`,
      reason: `Nothing can be recorded, so nothing is mended. ${detail}`,
      tried: [],
      refused: [],
    }
    const message = pageOf({ dedupe: `jidoka/store/${of.since}/${++of.pages}`, incident: null, payload })
    const results = await Promise.allSettled(pagers.map((pager) => pager.deliver(message)))
    for (const result of results) if (result.status === 'rejected') log.error({ err: causeChain(result.reason) }, 'a pager failed')
    if (!results.some((result) => result.status === 'fulfilled')) return
    of.heard = true
    for (const [key] of news) {
      of.told.add(key)
      of.untold.delete(key)
    }
  }

  /** `alerts`: what could not be recorded. */
  function alarm(error: unknown, alerts: readonly AlertInput[] = []): void {
    const now = clock.monotonic()
    if (!trouble || now - trouble.lastAt > overAfterMs) {
      log.error({ err: causeChain(error) }, 'the journal cannot be written or read; nothing is touched until it can')
      trouble = {
        since: clock.now(),
        lastAt: now,
        pagedAt: Number.NEGATIVE_INFINITY,
        pages: 0,
        heard: false,
        untold: new Map(),
        told: new Set(),
      }
    }
    trouble.lastAt = now
    for (const { component, member, status, summary } of alerts) {
      const key = `${component}/${member}`
      if (status === 'firing' && !trouble.told.has(key)) trouble.untold.set(key, `${member ?? component}: ${summary}`)
    }
    const ageMs = now - trouble.pagedAt
    const due = !trouble.heard || trouble.untold.size > 0 ? gapMs : remindMs
    if (ageMs >= due) void page(trouble, error)
  }

  return {
    alarm,
    /** It failed just now; while something waits to be recorded, that is tried again each second. */
    lasts: () => trouble !== null && clock.monotonic() - trouble.lastAt < lastsMs,
  }
}
