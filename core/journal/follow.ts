import type { Clock } from '../clock.ts'
import { causeChain } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Journal, JournalEvent } from './journal.ts'

export interface FollowOptions {
  journal: Journal
  clock: Clock
  log: Log
  /** Names the place up to which it has read; lasts over restarts. */
  subscriber: string
  /** In the order of the journal, each at least once. What it throws is tried again, and holds up what comes after. */
  handle(event: JournalEvent): Promise<void> | void
  /** What a subscriber that never was here before begins with. */
  from?: 'now' | 'start'
}

const batch = 200
const retryFirstMs = 500
const retryMostMs = 30_000

/** Follows the journal from where it was left, until it is stopped. */
export function follow({ journal, clock, log, subscriber, handle, from = 'now' }: FollowOptions) {
  let stopped = false
  let busy: Promise<void> | null = null
  let again = false
  let failures = 0
  /** Set while it waits to try again; what happens meanwhile does not hurry it. */
  let cancelRetry: (() => void) | null = null

  function wake(): void {
    again = true
    if (stopped || busy || cancelRetry) return
    busy = drain().finally(() => {
      busy = null
      if (again) wake()
    })
  }

  function wakeLater(): void {
    cancelRetry = clock.after(Math.min(retryMostMs, retryFirstMs * 2 ** failures++), () => {
      cancelRetry = null
      wake()
    })
  }

  async function drain(): Promise<void> {
    again = false
    try {
      for (let more = true; more && !stopped; ) more = await step()
      failures = 0
    } catch (error) {
      log.error({ subscriber, err: causeChain(error) }, 'a follower of the journal could not go on; it tries again')
      wakeLater()
    }
  }

  async function step(): Promise<boolean> {
    const after = (await journal.cursor(subscriber)) ?? 0
    const events = await journal.events(after, batch)
    let seq = after
    try {
      for (const event of events) {
        if (stopped) break
        await handle(event)
        seq = event.seq
      }
    } finally {
      if (seq > after) await journal.advance(subscriber, seq)
    }
    return events.length === batch
  }

  const stopListening = journal.onCommit(wake)
  const ready = (async () => {
    if (from === 'now' && (await journal.cursor(subscriber)) === null) await journal.advance(subscriber, await journal.lastEvent())
    wake()
  })().catch((error: unknown) => {
    log.error({ subscriber, err: causeChain(error) }, 'a follower of the journal could not begin; it tries again')
    wakeLater()
  })

  return {
    async stop(): Promise<void> {
      stopped = true
      stopListening()
      cancelRetry?.()
      await ready
      await busy
    },
  }
}
