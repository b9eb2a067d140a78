import type { Clock } from '../core/clock.ts'

/**
 * A clock that stands still until it is told to go on. Timers fire in the order of their time, then of their making; after
 * each, everything that it set going (promises, nextTick) runs to its end before the next fires, so a run is repeatable.
 */
export interface VirtualClock extends Clock {
  /** Lets `ms` milliseconds pass. */
  advance(ms: number): Promise<void>
  /** Fires the next timer, however far away. False: there is none. */
  step(): Promise<boolean>
  /** Goes from timer to timer until `done` says so. False: no timer is left, or `limitMs` have passed. */
  runUntil(done: () => boolean, limitMs?: number): Promise<boolean>
  /** Goes from timer to timer until none is left. Throws after `limitMs`: something re-arms itself for ever. */
  runUntilIdle(limitMs?: number): Promise<void>
  /** Moves the wall clock alone, as an operator or NTP would. */
  jump(ms: number): void
  /** Timers that wait. */
  readonly pending: number
}

export interface VirtualClockOptions {
  /**
   * `ticks` (default): drains promises and nextTick only, which is cheap. `immediates`: also lets the event loop turn once after
   * each timer, for code that waits for setImmediate or finished I/O.
   */
  drain?: 'ticks' | 'immediates'
}

interface Timer {
  at: number
  order: number
  fn: (() => unknown) | null
}

/** What a timer answers that set nothing going but other timers: nothing has to be waited for. */
export const nothingElse = Symbol('nothing else')

const dayMs = 86_400_000

export function virtualClock(start = Date.UTC(2026, 0, 1), options: VirtualClockOptions = {}): VirtualClock {
  const timers = timerHeap()
  let passed = 0
  let wall = start
  let made = 0
  let running = false
  const drain = options.drain === 'immediates' ? drainImmediates : drainTicks

  function fireNext(): Promise<void> | undefined {
    const timer = timers.pop() as Timer
    passed = Math.max(passed, timer.at)
    const fn = timer.fn as () => unknown
    timer.fn = null
    return fn() === nothingElse ? undefined : drain()
  }

  /** Two callers moving the same clock would each see the other's time. */
  async function alone<T>(work: () => Promise<T>): Promise<T> {
    if (running) throw new Error('this virtual clock is already being advanced: await the first call')
    running = true
    try {
      await drain()
      return await work()
    } finally {
      running = false
    }
  }

  async function goTo(end: number, done: () => boolean): Promise<boolean> {
    while (!done()) {
      const next = timers.peek()
      if (next === undefined || next.at > end) return false
      const under = fireNext()
      if (under) await under
    }
    return true
  }

  return {
    now: () => wall + passed,
    monotonic: () => passed,
    after(ms, fn) {
      const timer: Timer = { at: passed + (ms > 0 ? ms : 0), order: made++, fn }
      timers.push(timer)
      return () => {
        if (timer.fn === null) return
        timer.fn = null
        timers.forget()
      }
    },
    advance: (ms) =>
      alone(async () => {
        const end = passed + ms
        await goTo(end, () => false)
        passed = end
      }),
    step: () =>
      alone(async () => {
        if (timers.peek() === undefined) return false
        await fireNext()
        return true
      }),
    runUntil: (done, limitMs = dayMs) => alone(() => goTo(passed + limitMs, done)),
    runUntilIdle: (limitMs = dayMs) =>
      alone(async () => {
        await goTo(passed + limitMs, () => false)
        if (timers.peek() !== undefined) throw new Error(`${timers.size()} timers still wait after ${limitMs} ms of virtual time`)
      }),
    jump(ms) {
      wall += ms
    },
    get pending() {
      return timers.size()
    },
  }
}

/** Node empties the promise queue before it comes to the next tick, and the tick queue before it comes back to promises. */
const drainTicks = () => new Promise<void>((resolve) => process.nextTick(resolve))

async function drainImmediates(): Promise<void> {
  // First the promises, so that what they leave for setImmediate stands before us in the queue.
  await drainTicks()
  await new Promise<void>((resolve) => setImmediate(resolve))
  await drainTicks()
}

const before = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A binary heap. Cancelled timers stay as holes until they are many: most time-outs are cancelled, and searching each would cost. */
function timerHeap() {
  let heap: Timer[] = []
  let holes = 0

  function up(at: number) {
    const timer = heap[at] as Timer
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!before(timer, heap[parent] as Timer)) break
      heap[at] = heap[parent] as Timer
      at = parent
    }
    heap[at] = timer
  }

  function down(at: number) {
    const timer = heap[at] as Timer
    const half = heap.length >> 1
    while (at < half) {
      let child = 2 * at + 1
      if (child + 1 < heap.length && before(heap[child + 1] as Timer, heap[child] as Timer)) child++
      if (!before(heap[child] as Timer, timer)) break
      heap[at] = heap[child] as Timer
      at = child
    }
    heap[at] = timer
  }

  function takeTop(): Timer {
    const top = heap[0] as Timer
    const last = heap.pop() as Timer
    if (heap.length > 0) {
      heap[0] = last
      down(0)
    }
    return top
  }

  function dropHoles() {
    while (heap.length > 0 && (heap[0] as Timer).fn === null) {
      takeTop()
      holes--
    }
  }

  return {
    push(timer: Timer) {
      heap.push(timer)
      up(heap.length - 1)
    },
    peek(): Timer | undefined {
      dropHoles()
      return heap[0]
    },
    pop(): Timer | undefined {
      dropHoles()
      return heap.length > 0 ? takeTop() : undefined
    },
    /** One waiting timer was cancelled. */
    forget() {
      holes++
      if (holes < 1_024 || holes * 2 < heap.length) return
      heap = heap.filter((timer) => timer.fn !== null)
      holes = 0
      for (let at = (heap.length >> 1) - 1; at >= 0; at--) down(at)
    },
    size: () => heap.length - holes,
  }
}
