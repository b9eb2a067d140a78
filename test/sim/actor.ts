import type { Clock } from '../../core/clock.ts'
import { nothingElse } from '../virtual-clock.ts'

/**
 * A process of the simulation, with its own clock. Frozen, it does nothing: what would have happened to it (timers, messages,
 * answers) happens when it thaws, in the order in which it came, one after the other. Ended, it never hears of anything again.
 */
export interface Actor {
  readonly clock: Clock
  readonly frozen: boolean
  readonly ended: boolean
  freeze(): void
  thaw(): void
  end(): void
  /** Something reaches it: now, when it thaws, or never. */
  post(fn: () => void): void
  /** An answer that it may only hear while it runs. */
  hear<T>(answer: Promise<T>): Promise<T>
}

export const never = new Promise<never>(() => {})

/**
 * `rate`: how much faster than true time its clock runs; the clocks of two hosts drift apart, and one that was frozen for a while
 * finds that its own clock went on.
 */
export function actor(base: Clock, rate = 1, startedAt = 0): Actor {
  let frozen = false
  let ended = false
  let waiting: (() => void)[] = []

  /** Answers what was done at once answers; see `nothingElse`. */
  function post(fn: () => void): unknown {
    if (ended) return nothingElse
    if (!frozen && waiting.length === 0) return fn()
    waiting.push(fn)
    return nothingElse
  }

  /** What was kept goes on one by one, as an event loop would do it; it may be frozen again in between. */
  function next(): void {
    if (frozen || ended) return
    const fn = waiting.shift()
    if (fn === undefined) return
    if (waiting.length > 0) base.after(0, next)
    fn()
  }

  return {
    clock: {
      now: base.now,
      monotonic: rate === 1 ? base.monotonic : () => startedAt + (base.monotonic() - startedAt) * rate,
      after: (ms, fn) => base.after(rate === 1 ? ms : ms / rate, () => post(fn)),
    },
    get frozen() {
      return frozen
    },
    get ended() {
      return ended
    },
    freeze() {
      frozen = true
    },
    thaw() {
      if (!frozen) return
      frozen = false
      if (waiting.length > 0) base.after(0, next)
    },
    end() {
      ended = true
      waiting = []
    },
    post,
    hear: (answer) =>
      answer.then(
        (value) => (ended ? never : frozen ? new Promise((resolve) => waiting.push(() => resolve(value))) : value),
        (error) => (ended ? never : frozen ? new Promise((_, reject) => waiting.push(() => reject(error))) : Promise.reject(error)),
      ),
  }
}
