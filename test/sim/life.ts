import type { Clock } from '../../core/clock.ts'

/**
 * One life of a controller. Everything it uses passes through here, so that it can be killed before and after every await:
 * what it had asked for may still happen, but it never hears of it, and its timers never fire.
 */
export interface Life {
  readonly dead: boolean
  kill(): void
  /** Places passed so far: two for each call (before, after). */
  readonly places: number
  clock: Clock
  /** The same object, through which this life sees it. */
  wrap<T extends object>(port: T, methods?: readonly (keyof T)[]): T
}

const never = new Promise<never>(() => {})

/** `diesAt`: the place at which it is killed. */
export function newLife(clock: Clock, diesAt: number, onDeath: () => void): Life {
  let dead = false
  let places = 0

  function kill() {
    if (dead) return
    dead = true
    onDeath()
  }

  /** True: it is dead from here on. */
  function pass(): boolean {
    if (!dead && ++places === diesAt) kill()
    return dead
  }

  const life: Life = {
    get dead() {
      return dead
    },
    get places() {
      return places
    },
    kill,
    clock: {
      now: clock.now,
      monotonic: clock.monotonic,
      after: (ms, fn) =>
        clock.after(ms, () => {
          if (!dead) fn()
        }),
    },
    wrap: (port) =>
      new Proxy(port, {
        get(target, name) {
          const member = Reflect.get(target, name)
          if (typeof member !== 'function') return member
          return (...args: unknown[]) => {
            if (dead) return never
            if (pass()) return never
            const answer = member.apply(target, args)
            if (!(answer instanceof Promise)) return answer
            return answer.then(
              (value) => (pass() ? never : value),
              (error) => (pass() ? never : Promise.reject(error)),
            )
          }
        },
      }),
  }
  return life
}
