import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { PlannedStep } from '../../core/runs/run.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import type { SimWorld } from './world.ts'

/** Orders of things that are broken on purpose: each is safe only because the one comes before the other. */
export interface OrderRules {
  /** Canary: the new member is promoted before the old one has stopped. */
  promoteFirst?: boolean
  /** Canary: the journal counts standbys as in sync before the database waits for them. */
  countFirst?: boolean
  /** Canary: the database stops to wait for standbys while the journal still counts them. */
  countLast?: boolean
}

/** How far the two get apart. */
const lateMs = 3_000

const ends = ({ action }: { action: string }) => action === 'fence' || action === 'demote'

export const canaryRunbook = (runbook: Runbook, { promoteFirst }: OrderRules): Runbook =>
  !promoteFirst ? runbook : { ...runbook, steps: (facts) => moved(runbook.steps(facts)) }

function moved<Step extends Pick<PlannedStep, 'action'>>(steps: readonly Step[]): Step[] {
  const promote = steps.findIndex(({ action }) => action === 'promote')
  if (promote < 0) return [...steps]
  const before = steps.slice(0, promote)
  return [...before.filter((step) => !ends(step)), steps[promote] as Step, ...before.filter(ends), ...steps.slice(promote + 1)]
}

export function canaryWorld(world: SimWorld, clock: Clock, { countFirst }: OrderRules): SimWorld {
  if (!countFirst) return world
  return {
    ...world,
    control(target, call, limits) {
      if (call.action !== 'sync') return world.control(target, call, limits)
      clock.after(lateMs, () => void world.control(target, call, limits).catch(() => {}))
      return Promise.resolve({ status: 'done' })
    },
  }
}

export function canaryJournal<One extends Journal>(journal: One, clock: Clock, { countLast }: OrderRules): One {
  if (!countLast) return journal
  return Object.assign(Object.create(journal), {
    async setInSync(...args: Parameters<Journal['setInSync']>) {
      const [{ inSync = null }, next] = args
      if (next === null || inSync === null || next.length >= inSync.length) return journal.setInSync(...args)
      clock.after(lateMs, () => void journal.setInSync(...args))
      return true
    },
  })
}
