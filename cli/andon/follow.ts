import { setTimeout as pause } from 'node:timers/promises'
import type { AndonView, EntryView } from '../../bots/andon/wire.ts'
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

/** Follows an andon until `signal` aborts: first all of it, then whatever changes; reconnects by itself and misses nothing. */
export async function followAndon(api: Api, first: string, signal: AbortSignal, on: Following): Promise<void> {
  let id = first
  let after = 0
  let incident: string | null = null
  let well = true

  async function read(): Promise<void> {
    for (;;) {
      const { timeline, ...andon } = await api.get<AndonDetail>(`${andonPath(id)}?after=${after}`)
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

  const tellWell = (now: boolean) => {
    if (now !== well) on.connected(now)
    well = now
  }
  const reader = gathered(read, signal, (error) => {
    // What there is no more is an answer; anything else is tried again when the connection is.
    if (error instanceof Refused && error.status < 500) throw error
    tellWell(false)
  })

  while (!signal.aborted) {
    try {
      for await (const { event, data } of api.events(signal)) {
        if (event === 'status') continue
        if (event === 'ready') {
          // Nothing can be missed from here on: what came before is read now.
          await read()
          tellWell(true)
          continue
        }
        const told = JSON.parse(data) as { andon: string | null; incident: string | null }
        if (told.andon === id || (incident !== null && told.incident === incident)) reader.soon()
      }
    } catch (error) {
      if (!signal.aborted && error instanceof Refused && error.status < 500) throw error
    }
    if (signal.aborted) return
    tellWell(false)
    await pause(reconnectMs, undefined, { signal }).catch(() => {})
  }
}

/** Many wishes within a moment are one reading, and two never run at once. */
function gathered(read: () => Promise<void>, signal: AbortSignal, failed: (error: unknown) => void) {
  let wanted = false
  let running = false
  async function run() {
    running = true
    try {
      while (wanted && !signal.aborted) {
        await pause(gatherMs, undefined, { signal }).catch(() => {})
        wanted = false
        await read()
      }
    } catch (error) {
      if (!signal.aborted) failed(error)
    } finally {
      running = false
    }
  }
  return {
    soon() {
      wanted = true
      if (!running) void run()
    },
  }
}
