export interface Reached {
  /** Null: no step came in time. */
  place: string | null
  release(): void
}

/** Controllers that stand still between two steps of their journal, and who lets them go on. */
export function openHalts() {
  let count = 0
  let standing: string | null = null
  let awaited: { at: number; reached(place: string, release: () => void): void } | null = null

  return {
    /** A controller stands; `go` lets it go on. */
    heard(name: string, message: unknown, go: (answer: number) => void): void {
      standing = name
      const { at, place } = message as { at: number; place: string }
      const mine = count++
      if (awaited && mine >= awaited.at) {
        const { reached } = awaited
        awaited = null
        reached(place, () => go(at))
      } else go(at)
    },
    /** From now on steps are counted anew. */
    reset(): void {
      count = 0
    },
    /** Answers when so many steps have been passed, counted from the reset; with what lets it go on. At the latest after the limit. */
    reach(at: number, limitMs: number): Promise<Reached> {
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          awaited = null
          resolve({ place: null, release: () => {} })
        }, limitMs)
        awaited = {
          at,
          reached(place, release) {
            clearTimeout(timer)
            resolve({ place, release })
          },
        }
      })
    },
    /** Name of the controller that came to a step last: the one that acts. */
    standing: () => standing,
    count: () => count,
  }
}

export type Halts = ReturnType<typeof openHalts>
