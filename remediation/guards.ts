import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import type { RecentRun, Situation } from '../core/journal/journal.ts'
import { configured, windowOf } from '../core/maintenance/maintenance.ts'
import { budget } from './budgets.ts'
import type { Anomaly } from './classify.ts'
import { mode } from './mode.ts'
import { portionOf } from './portion.ts'
import { practice } from './practice.ts'
import type { Observed } from './requirements.ts'
import type { Runbook } from './runbook.ts'
import { percent, spanOf, timeText } from './words.ts'

/** What a guard may look at. `situation` was read in the transaction that records the verdict. */
export interface GuardFacts {
  catalog: Catalog
  component: Component
  anomaly: Anomaly
  runbook: Runbook
  situation: Pick<Situation, 'now' | 'switchedOff' | 'suspected' | 'spent' | 'recent' | 'succeeded' | 'maintenance' | 'openIncident'>
  observed: Observed
  /** Members that the steps would change; those of the anomaly when absent. */
  touched?: readonly string[]
}

/** `null`: allowed. `final`: no other rung is tried either, a person is called. `approval`: allowed as soon as a person agrees. */
export type Verdict = null | { code: string; reason: string; final: boolean; approval?: true }
export type Guard = (facts: GuardFacts) => Verdict

const climb = (code: string, reason: string): Verdict => ({ code, reason, final: false })
const stop = (code: string, reason: string): Verdict => ({ code, reason, final: true })

/** A person switched automation off. */
export const offSwitch: Guard = ({ situation: { switchedOff } }) =>
  switchedOff
    ? stop(
        'switched-off',
        `automation is off for ${switchedOff.scope === 'global' ? 'everything' : switchedOff.scope}${switchedOff.until === null ? '' : ` until ${timeText(switchedOff.until)}`}: ${switchedOff.reason} (${switchedOff.by})`,
      )
    : null

/** The window in force on a component, opened by people or written in the configuration. */
export const maintenanceOf = (
  { config }: Pick<Catalog, 'config'>,
  component: string,
  { now, maintenance }: Pick<Situation, 'now' | 'maintenance'>,
) => windowOf([...configured(config), ...(maintenance ? [maintenance] : [])], component, now)

export const underMaintenance = ({ until, reason, by }: NonNullable<Situation['maintenance']>) =>
  `in maintenance until ${timeText(until)}: ${reason} (${by})`

export const maintenance: Guard = ({ catalog, component, situation }) => {
  const window = maintenanceOf(catalog, component.id, situation)
  return window ? stop('maintenance', underMaintenance(window)) : null
}

export const dryRun: Guard = ({ catalog, component, runbook }) =>
  catalog.config.dryRun || component.dryRun ? stop('dry-run', `dry run: "${runbook.title}" would have been started`) : null

/** Half the fleet at once is more likely our own eyes than the fleet. What a supervisor proved is not in doubt. */
export const suspectOurselves: Guard = ({ catalog, anomaly, situation }) => {
  const { maxFailingShare, minFleet } = catalog.config.guards
  if (anomaly.proven || catalog.memberCount < minFleet) return null
  const share = situation.suspected / catalog.memberCount
  return share > maxFailingShare
    ? stop(
        'blast-radius',
        `${situation.suspected} of ${catalog.memberCount} members fail to answer at once (limit ${percent(maxFailingShare)}): more likely our own sight than the fleet`,
      )
    : null
}

/** The rest of a portion that has no room: too many members are away already. */
export const disruption: Guard = ({ component, anomaly, runbook }) => {
  const { members, limit, away } = portionOf(component, anomaly, runbook)
  return members.length === 0 && anomaly.members.length > 0
    ? climb(
        'disruption',
        `${away} of ${component.members.length} members of ${component.id} are down already (limit ${limit}): ${anomaly.members.join(', ')} must not be taken away as well`,
      )
    : null
}

/** Counts from the verified end of the last recovery: a recovery that still runs holds its lease instead. */
export const cooldown: Guard = (facts) => {
  const { component, runbook, situation } = facts
  // The component's own figure is meant for the rungs that it names; to give a lost role back needs no pause.
  const named = component.ladder.includes(runbook.id)
  const cooldownMs = (named ? component.guards.cooldownMs : undefined) ?? runbook.cooldownMs
  const last = lastRecovery(facts)
  if (last === undefined || situation.recent.some((run) => run.status === 'done' && earlierPortion(run, facts))) return null
  const sinceMs = situation.now - last
  return sinceMs < cooldownMs
    ? climb('cooldown', `${runbook.id} recovered ${component.id} ${spanOf(sinceMs)} ago; it may run again after ${spanOf(cooldownMs)}`)
    : null
}

/** What a person ordered, or practised, mended nothing: an automatic switch right after it is no flapping. */
function lastRecovery({ runbook, situation }: GuardFacts): number | undefined {
  const last = situation.succeeded.get(runbook.id)
  const done = situation.recent.filter((run) => run.runbook === runbook.id && run.status === 'done')
  const byPerson = (run: (typeof done)[number]) => run.mode === 'ordered' || run.mode === 'practice'
  if (!done.some((run) => run.endedAt === last && byPerson(run))) return last
  const ends = done.flatMap((run) => (byPerson(run) || run.endedAt === null ? [] : [run.endedAt]))
  return ends.length > 0 ? Math.max(...ends) : undefined
}

export const attemptBudget: Guard = (facts) => {
  const { component, runbook, situation } = facts
  const { attempts, windowMs } = component.guards
  const ran = situation.recent.filter((run) => run.runbook === runbook.id && situation.now - run.createdAt < windowMs)
  const spent = ran.filter((run) => !(run.status === 'done' && earlierPortion(run, facts))).length
  return spent >= attempts
    ? climb('attempt-budget', `${runbook.id} ran ${spent} times on ${component.id} within ${spanOf(windowMs)} (limit ${attempts})`)
    : null
}

/** The same mending, of other members: a pool that is mended in portions tries each of them once. */
const earlierPortion = (run: RecentRun, { component, runbook, anomaly, situation }: GuardFacts) =>
  component.topology === 'pool' &&
  run.runbook === runbook.id &&
  run.incident !== null &&
  run.incident === situation.openIncident &&
  !run.members.some((member) => anomaly.members.includes(member))

/** In the order in which they are asked; the first refusal counts. */
export const guards: readonly Guard[] = [
  ...[offSwitch, maintenance, dryRun, suspectOurselves, disruption, cooldown, attemptBudget],
  ...[budget, practice, mode],
]

export function guard(facts: GuardFacts): Verdict {
  let approval: Verdict = null
  for (const ask of guards) {
    const verdict = ask(facts)
    // Nobody is asked for what another guard refuses.
    if (verdict?.approval) approval ??= verdict
    else if (verdict) return verdict
  }
  return approval
}
