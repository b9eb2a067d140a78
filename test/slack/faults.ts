import { seededRandom } from '../../core/random.ts'
import type { Call } from './types.ts'

/**
 * What goes wrong between an app and Slack. Faults are asked in the order in which they were added; the first that applies is used.
 * Exactly one of `status`, `error`, `network`, `hang`, `lostAnswer`, `latencyMs` says how.
 */
export interface Fault {
  /** Default: every call, also of files and of `response_url`. */
  method?: RegExp
  /** Only these calls. */
  when?: (call: Call) => boolean
  /** Skip the first so many that match. Default 0. */
  after?: number
  /** Then so many. Default: until removed. */
  times?: number
  /** Each that matches is hit with this chance (0 to 1), from the seed of the workspace. Default 1. */
  rate?: number

  /** An HTTP status: 429 with `retryAfterS` (leave it out for none), 500, 503. */
  status?: number
  retryAfterS?: number
  /** Slack's own: `{ok: false, error}`, and `detail` beside it (`{needed: 'pins:write'}`). */
  error?: string
  detail?: Record<string, unknown>
  /** The connection is refused or reset: nothing was done. */
  network?: boolean
  /** Never answers: only the caller's own time-out ends it. Nothing was done. */
  hang?: boolean
  /** It was done, and the answer is lost. */
  lostAnswer?: boolean
  /** Slow, and then as usual. */
  latencyMs?: number
}

export interface Faults {
  /** Answers the function which takes it away again. */
  add(fault: Fault): () => void
  clear(): void
  /** The fault for this call, if any, and counts it. */
  pick(call: Call): Fault | undefined
}

export function openFaults(seed: number): Faults {
  const random = seededRandom(seed)
  let entries: { fault: Fault; seen: number; hits: number }[] = []

  return {
    add(fault) {
      const entry = { fault, seen: 0, hits: 0 }
      entries.push(entry)
      return () => {
        entries = entries.filter((other) => other !== entry)
      }
    },
    clear() {
      entries = []
    },
    pick(call) {
      for (const entry of entries) {
        const { method, when, after = 0, times = Number.POSITIVE_INFINITY, rate = 1 } = entry.fault
        if (entry.hits >= times || (method && !method.test(call.method)) || (when && !when(call))) continue
        entry.seen += 1
        if (entry.seen <= after || (rate < 1 && random.next() >= rate)) continue
        entry.hits += 1
        return entry.fault
      }
    },
  }
}
