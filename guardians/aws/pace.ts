import { type Clock, sleep } from '../../core/clock.ts'
import type { Limit } from './limits.ts'

/** The part of a limit that we take. */
const ourShare = 0.5
const slowest = 1 / 16
const recoverMs = 10_000
/** Calls in flight are throttled together: that is one sign, not many. */
const oneSignMs = 1_000

/** Lets calls through at a steady pace, in the order in which they came. */
export interface Pace {
  /** Resolves when it is this call's turn, or at once when `signal` aborts. `weight`: how many tokens it takes. */
  take(weight?: number, signal?: AbortSignal): Promise<void>
  /** AWS said that it was too fast: half the pace, which doubles again with every ten quiet seconds. */
  throttled(): void
  /** Tokens per second now. */
  readonly perSecond: number
}

/** A token bucket, kept as the moment at which it is empty: each caller reserves its turn at once, so nobody overtakes. */
export function paceOf({ perSecond, burst }: Pick<Limit, 'perSecond' | 'burst'>, clock: Clock): Pace {
  const depth = Math.max(1, burst * ourShare)
  let emptyUntil = Number.NEGATIVE_INFINITY
  let factor = 1
  let changedAt = clock.monotonic()
  let throttledAt = Number.NEGATIVE_INFINITY

  function recover(now: number) {
    while (factor < 1 && now - changedAt >= recoverMs) {
      factor = Math.min(1, factor * 2)
      changedAt += recoverMs
    }
  }
  const msPerToken = () => 1_000 / (perSecond * ourShare * factor)

  return {
    async take(weight = 1, signal) {
      const now = clock.monotonic()
      recover(now)
      const each = msPerToken()
      emptyUntil = Math.max(emptyUntil, now - depth * each) + weight * each
      if (emptyUntil > now) await sleep(clock, emptyUntil - now, signal)
    },
    throttled() {
      const now = clock.monotonic()
      recover(now)
      emptyUntil = Math.max(emptyUntil, now)
      if (now - throttledAt < oneSignMs) return
      throttledAt = now
      changedAt = now
      factor = Math.max(slowest, factor / 2)
    },
    get perSecond() {
      recover(clock.monotonic())
      return 1_000 / msPerToken()
    },
  }
}
