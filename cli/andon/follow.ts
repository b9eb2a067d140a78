import type { AndonView, EntryView } from '../../bots/andon/wire.ts'
import { type Clock, sleep, systemClock } from '../../core/clock.ts'
import { type Api, Refused } from '../api.ts'
import { andonPath } from './find.ts'
import type { AndonDetail } from './show.ts'

export interface Following {
  /** It changed, or was read anew. `fresh`: what the timeline got since the last time. */
  seen(andon: AndonView, fresh: readonly EntryView[]): void
  /** The controller went away, or is back. */
  connected(well: boolean): void
  /** It was merged: from now on the other one is followed, from its beginning. */
  moved(id: string): void
}

const gatherMs = 50
const reconnectMs = 500
/** What one answer holds at most; so many may mean that there is more. */
const pageMax = 1_000

/** No is an answer; anything else may be better the next time. */
const final = (error: unknown) => error instanceof Refused && error.status < 500

/**
 * Follows an andon until `signal` aborts: first all of it, then whatever changes; reconnects by itself, misses nothing and tells
 * nothing twice. Throws what the controller refuses.
 */
export async function followAndon(
  api: Pick<Api, 'get' | 'events'>,
  first: string,
  signal: AbortSignal,
  on: Following,
  clock: Clock = systemClock,
): Promise<void> {
  const refused = new AbortController()
  const either = AbortSignal.any([signal, refused.signal])
  let id = first
  let after = 0
  let incident: string | null = null
  let streaming = false
  let well = true

  const tell = (now: boolean) => {
    if (now !== well && !either.aborted) on.connected(now)
    well = now
  }

  async function read(): Promise<void> {
    for (;;) {
      const { timeline, ...andon } = await api.get<AndonDetail>(`${andonPath(id)}?after=${after}`)
      if (either.aborted) return
      after = timeline.at(-1)?.seq ?? after
      incident = andon.incident
      on.seen(andon, timeline)
      if (andon.mergedInto !== null) {
        id = andon.mergedInto
        after = 0
        on.moved(id)
      } else if (timeline.length < pageMax) return
    }
  }

  const reader = oneAtATime(either, clock, async () => {
    try {
      await read()
      tell(streaming)
      return true
    } catch (error) {
      if (final(error)) refused.abort(error)
      else tell(false)
      return false
    }
  })

  while (!either.aborted) {
    try {
      for await (const { event, data } of api.events(either)) {
        if (event === 'status') continue
        // From `ready` on nothing can be missed; what came before is read now.
        if (event === 'ready') streaming = true
        if (event === 'ready' || concerns(JSON.parse(data), id, incident)) reader.soon()
      }
    } catch (error) {
      if (!either.aborted && final(error)) throw error
    }
    streaming = false
    tell(false)
    await sleep(clock, reconnectMs, either)
  }
  await reader.idle()
  if (refused.signal.aborted) throw refused.signal.reason
}

const concerns = (told: { andon: string | null; incident: string | null }, id: string, incident: string | null) =>
  told.andon === id || (incident !== null && told.incident === incident)

/** Many wishes within a moment are one reading, and two never run at once. What failed is tried again. */
function oneAtATime(signal: AbortSignal, clock: Clock, read: () => Promise<boolean>) {
  let wanted = false
  let running: Promise<void> | null = null
  const wait = (ms: number) => sleep(clock, ms, signal)
  async function run() {
    while (wanted && !signal.aborted) {
      await wait(gatherMs)
      if (signal.aborted) return
      wanted = false
      if (await read()) continue
      wanted = true
      await wait(reconnectMs)
    }
  }
  return {
    soon() {
      wanted = true
      running ??= run().finally(() => {
        running = null
      })
    },
    idle: async () => running,
  }
}
