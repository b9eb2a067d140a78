/**
 * Time, passed in. Nothing outside this file may read a clock or set a timer, so that the simulator can run
 * a year in a second and a test never sleeps.
 */
export interface Clock {
  /** Wall time, milliseconds since 1970. For records that people read; may jump. */
  now(): number
  /** Milliseconds since some fixed point; never goes back. For time-outs, leases and measurements. */
  monotonic(): number
  /** Calls `fn` once after `ms` milliseconds; the answer cancels it. Never keeps the process alive by itself. */
  after(ms: number, fn: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Its monotonic time is that of the host (CLOCK_MONOTONIC): the same in every process, so that one can tell another a moment. */
export const hostClock: Clock = { ...systemClock, monotonic: () => Number(process.hrtime.bigint()) / 1e6 }

/** Keeps the process alive until the answer is called, while it waits for nothing but time. */
export function stayAlive(): () => void {
  const timer = setInterval(() => {}, 3_600_000)
  return () => clearInterval(timer)
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}

/** Calls `fn` every `ms` milliseconds until the answer is called. The next period starts when `fn` is called, not when it ends. */
export function every(clock: Clock, ms: number, fn: () => void): () => void {
  let cancel = clock.after(ms, tick)
  function tick() {
    cancel = clock.after(ms, tick)
    fn()
  }
  return () => cancel()
}

export const seconds = (n: number) => n * 1000
export const minutes = (n: number) => n * 60_000
export const hours = (n: number) => n * 3_600_000
