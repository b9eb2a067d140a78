import type { Clock } from '../../core/clock.ts'
import { type Actor, actor, never } from './actor.ts'

/**
 * One life of a controller. Everything it uses passes through here, so that it can be killed or frozen before and after every
 * await: what it had asked for may still happen, but it never hears of it (or late), and its timers fire never (or late).
 */
export interface Life extends Actor {
  kill(): void
  /** Places passed so far: two for each call (before, after). */
  readonly places: number
  /** The same object, through which this life sees it. */
  wrap<T extends object>(port: T): T
}

/** What strikes a life at one of its places; `at` 0: nothing does. */
export interface Stroke {
  at: number
  /** Absent: it dies there. */
  freezeMs?: number
}

export function newLife(base: Clock, { at, freezeMs }: Stroke, rate: number, onDeath: () => void): Life {
  const self = actor(base, rate)
  let places = 0

  function kill() {
    if (self.ended) return
    self.end()
    onDeath()
  }

  function pass() {
    if (self.ended || ++places !== at) return
    if (freezeMs === undefined) return kill()
    self.freeze()
    base.after(freezeMs, self.thaw)
  }

  function call(work: () => unknown): unknown {
    if (self.ended) return never
    pass()
    if (self.ended) return never
    // Frozen between two instructions: it goes on with what it was about to do, long after.
    if (self.frozen) return self.hear(settled).then(() => answered(work()))
    return answered(work())
  }

  const passed = (answer: Promise<unknown>) => {
    pass()
    return self.frozen || self.ended ? self.hear(answer) : answer
  }

  const answered = (answer: unknown): unknown =>
    answer instanceof Promise
      ? answer.then(
          () => (self.ended ? never : passed(answer)),
          () => (self.ended ? never : passed(answer)),
        )
      : answer

  return {
    clock: self.clock,
    freeze: self.freeze,
    thaw: self.thaw,
    post: self.post,
    hear: self.hear,
    end: self.end,
    kill,
    wrap: <T extends object>(port: T): T => {
      const seen: Record<string, unknown> = {}
      for (const name of namesOf(port)) {
        const member = Reflect.get(port, name)
        const waits = typeof member === 'function' && !atOnce.has(name)
        seen[name] = waits ? (...args: unknown[]) => call(() => member.apply(port, args)) : member
      }
      return seen as T
    },
    get frozen() {
      return self.frozen
    },
    get ended() {
      return self.ended
    },
    get places() {
      return places
    },
  }
}

/** Nobody awaits these, so nothing can happen there. */
const atOnce = new Set(['records', 'findings', 'onCommit', 'glance'])
const settled = Promise.resolve()

/** Of the object and of what it was made from. */
function namesOf(port: object): Set<string> {
  const names = new Set<string>()
  for (let at: object | null = port; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name)
  return names
}
