import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import type { Situation } from '../core/journal/journal.ts'
import type { Anomaly } from './classify.ts'
import type { Observed } from './requirements.ts'
import type { Runbook } from './runbook.ts'

/** What a guard may look at. `situation` was read in the transaction that records the verdict. */
export interface GuardFacts {
  catalog: Catalog
  component: Component
  anomaly: Anomaly
  runbook: Runbook
  situation: Pick<Situation, 'now' | 'history' | 'switchedOff' | 'suspected'>
  observed: Observed
}

/** `null`: allowed. `final`: no other rung is tried either, a person is called. */
export type Verdict = null | { code: string; reason: string; final: boolean }
export type Guard = (facts: GuardFacts) => Verdict

const climb = (code: string, reason: string): Verdict => ({ code, reason, final: false })
const stop = (code: string, reason: string): Verdict => ({ code, reason, final: true })
const percent = (share: number) => `${Math.round(share * 100)} %`
const spanOf = (ms: number) => (ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`)

/** A person switched automation off. */
export const offSwitch: Guard = ({ situation: { switchedOff } }) =>
  switchedOff
    ? stop(
        'switched-off',
        `automation is off for ${switchedOff.scope === 'global' ? 'everything' : switchedOff.scope}: ${switchedOff.reason} (${switchedOff.by})`,
      )
    : null

export const maintenance: Guard = ({ catalog, component, situation: { now } }) => {
  const window = catalog.config.maintenance.find(
    (one) => (one.component === undefined || one.component === component.id) && Date.parse(one.from) <= now && now < Date.parse(one.until),
  )
  return window ? stop('maintenance', `in a maintenance window until ${window.until}: ${window.reason}`) : null
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

/** Members that still answer must not be taken away at once from too much of a component; one may always be touched. */
export const disruption: Guard = ({ component, anomaly, runbook, observed }) => {
  if (runbook.id === 'failover-active-standby' || anomaly.proven) return null
  const limit = Math.max(1, Math.floor(component.members.length * component.guards.maxTouchedShare))
  const alive = anomaly.members.filter((member) => observed(member).status !== 'unknown')
  return alive.length > limit
    ? climb(
        'disruption',
        `${alive.length} of ${component.members.length} members of ${component.id} would be touched at once (limit ${limit})`,
      )
    : null
}

/** Counts from the verified end of the last recovery: a recovery that still runs holds its lease instead. */
export const cooldown: Guard = ({ component, runbook, situation: { now, history } }) => {
  // The component's own figure is meant for the rungs that it names; to give a lost role back needs no pause.
  const named = component.ladder.includes(runbook.id)
  const cooldownMs = (named ? component.guards.cooldownMs : undefined) ?? runbook.cooldownMs
  const last = history.find((run) => run.runbook === runbook.id && run.status === 'done' && run.endedAt !== null)
  const sinceMs = now - (last?.endedAt ?? Number.NEGATIVE_INFINITY)
  return sinceMs < cooldownMs
    ? climb('cooldown', `${runbook.id} recovered ${component.id} ${spanOf(sinceMs)} ago; it may run again after ${spanOf(cooldownMs)}`)
    : null
}

export const attemptBudget: Guard = ({ component, runbook, situation: { now, history } }) => {
  const { attempts, windowMs } = component.guards
  const spent = history.filter((run) => run.runbook === runbook.id && now - run.createdAt < windowMs).length
  return spent >= attempts
    ? climb('attempt-budget', `${runbook.id} ran ${spent} times on ${component.id} within ${spanOf(windowMs)} (limit ${attempts})`)
    : null
}

/** In the order in which they are asked; the first refusal counts. */
export const guards: readonly Guard[] = [offSwitch, maintenance, dryRun, suspectOurselves, disruption, cooldown, attemptBudget]

export function guard(facts: GuardFacts): Verdict {
  for (const ask of guards) {
    const verdict = ask(facts)
    if (verdict) return verdict
  }
  return null
}
