import { type Clock, sleep } from '../../core/clock.ts'
import { type SlackMethod, slackMethods } from './methods.ts'

/**
 * Keeps us below Slack's limits: a token bucket per method, by its tier; posting per channel. A told Retry-After closes that one
 * bucket until then, and no other.
 */
export interface Pace {
  /** How long a call made now would have to wait, ms. */
  waitOf(method: SlackMethod, channel?: string): number
  /** Takes a turn, and answers when it has come; false: it was aborted. First come, first served. */
  turn(method: SlackMethod, channel: string | undefined, signal: AbortSignal): Promise<boolean>
  limited(method: SlackMethod, channel: string | undefined, retryAfterMs: number): void
  /** Buckets kept. */
  readonly size: number
}

interface Bucket {
  /** When the next turn is free, were there no burst; in the past when turns are left over. Monotonic ms. */
  free: number
  closedUntil: number
  usedAt: number
  /** Ends when the last one who waits here has had its turn. */
  last: Promise<unknown>
  waiting: number
}

const postEveryMs = 1_000
const postBurst = 4
/** A bucket that nobody used for so long is full again, and is not kept. */
const keptMs = 600_000
const sweepEvery = 256

export function openPace(clock: Clock): Pace {
  const buckets = new Map<string, Bucket>()
  let turns = 0

  const keyOf = (method: SlackMethod, channel?: string) =>
    slackMethods[method].perMinute === 'post' ? `${method}/${channel ?? ''}` : method

  /** Time between two turns, and how much of it may be saved up. */
  function rateOf(method: SlackMethod) {
    const { perMinute } = slackMethods[method]
    if (perMinute === 'post') return { everyMs: postEveryMs, savedMs: postEveryMs * (postBurst - 1) }
    const everyMs = 60_000 / perMinute
    // A minute's worth, less one: Slack counts by the minute.
    return { everyMs, savedMs: everyMs * (perMinute - 1) }
  }

  function bucketOf(key: string): Bucket {
    const known = buckets.get(key)
    if (known) return known
    const never = Number.NEGATIVE_INFINITY
    const made: Bucket = { free: never, closedUntil: never, usedAt: clock.monotonic(), last: Promise.resolve(), waiting: 0 }
    buckets.set(key, made)
    return made
  }

  function startOf(bucket: Bucket, method: SlackMethod, now: number): number {
    return Math.max(bucket.free, now - rateOf(method).savedMs)
  }

  function sweep(now: number): void {
    turns += 1
    if (turns % sweepEvery !== 0) return
    for (const [key, { usedAt, free, closedUntil, waiting }] of buckets) {
      if (waiting === 0 && now - Math.max(usedAt, free, closedUntil) > keptMs) buckets.delete(key)
    }
  }

  const openAt = (bucket: Bucket, method: SlackMethod, now: number) => Math.max(startOf(bucket, method, now), bucket.closedUntil)

  async function pass(bucket: Bucket, method: SlackMethod, signal: AbortSignal): Promise<boolean> {
    for (let now = clock.monotonic(); !signal.aborted; now = clock.monotonic()) {
      const wait = openAt(bucket, method, now) - now
      if (wait <= 0) break
      await sleep(clock, wait, signal)
    }
    if (signal.aborted) return false
    const now = clock.monotonic()
    bucket.free = startOf(bucket, method, now) + rateOf(method).everyMs
    bucket.usedAt = now
    return true
  }

  return {
    waitOf(method, channel) {
      const now = clock.monotonic()
      const bucket = buckets.get(keyOf(method, channel))
      if (!bucket) return 0
      const { everyMs } = rateOf(method)
      return Math.max(0, openAt(bucket, method, now) - now + bucket.waiting * everyMs)
    },
    async turn(method, channel, signal) {
      sweep(clock.monotonic())
      const bucket = bucketOf(keyOf(method, channel))
      bucket.waiting += 1
      const mine = bucket.last.then(() => pass(bucket, method, signal))
      bucket.last = mine
      try {
        return await mine
      } finally {
        bucket.waiting -= 1
      }
    },
    limited(method, channel, retryAfterMs) {
      const bucket = bucketOf(keyOf(method, channel))
      bucket.closedUntil = Math.max(bucket.closedUntil, clock.monotonic() + retryAfterMs)
      // What was saved up is gone: Slack counts otherwise than we did.
      bucket.free = Math.max(bucket.free, bucket.closedUntil)
    },
    get size() {
      return buckets.size
    },
  }
}
