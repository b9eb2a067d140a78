import type { Clock } from '../core/clock.ts'
import type { Journal } from '../core/journal/journal.ts'
import type { Role, Run } from '../core/runs/run.ts'
import { review } from './approval.ts'
import type { Planner } from './plan.ts'

interface WaitsPorts {
  journal: Pick<Journal, 'answer'>
  planner: Planner
  clock: Clock
  /** Whom the journal would believe to be active, without any run. */
  adoptable(component: string): Role | null
  consider(component: string): void
}

/** Not more often than so, whatever the wall clock says. */
const leastMs = 100

/** Runs that wait for a person: whether the question still stands, and that its time ends, also when nobody comes. */
export function keepWaits({ journal, planner, clock, adoptable, consider }: WaitsPorts) {
  const timers = new Map<string, () => void>()

  function disarm(component: string): void {
    timers.get(component)?.()
    timers.delete(component)
  }

  return {
    /** Looks at a run that waits. True: it waits no more, and what is to be done is decided anew. */
    async over({ id, component }: Run): Promise<boolean> {
      const { run } = await journal.answer(id, (waiting, situation) => {
        const adopted = waiting.incident === null && situation.role.active === null ? adoptable(component) : null
        if (adopted) return { do: 'end', answer: 'withdrawn', reason: `${adopted.active} says that it is active` }
        return review(waiting, situation, planner)
      })
      disarm(component)
      if (run.status !== 'waiting') return true
      // A restart forgets this; the first sweep after it looks here again.
      if (run.waitsUntil !== null)
        timers.set(
          component,
          clock.after(Math.max(leastMs, run.waitsUntil - clock.now()), () => consider(component)),
        )
      return false
    },
    stop(): void {
      for (const component of [...timers.keys()]) disarm(component)
    },
  }
}
