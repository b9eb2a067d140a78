import type { Component } from '../core/catalog/schema.ts'
import type { Situation } from '../core/journal/journal.ts'
import type { RunOrder } from '../core/runs/run.ts'
import { asking, notApproved } from './asking.ts'
import { betterChoice, isBlank, isWell, lastActive, roleGiven, withoutPages } from './databases.ts'
import { guard } from './guards.ts'
import { busyWith, expand, factsOf, type Planner } from './plan.ts'
import { notInSync } from './requirements.ts'
import type { Facts, Runbook } from './runbook.ts'

type Quiet = Omit<Situation, 'incident' | 'alerts'>
/** `tell`: the refusal is news, and somebody has to hear of it. `settled`: there is nothing left to be done. */
type NotNow = { refuse: string; tell?: boolean; settled?: boolean }

/**
 * Nobody is active: a first start, or a switch that stopped half-way. Gives the role to the first healthy standby.
 * Pure; refuses while a person's word is awaited.
 */
export function appoint(component: Component, situation: Quiet, planner: Planner): RunOrder | NotNow {
  if (situation.liveRun) return { refuse: busyWith(situation.liveRun) }
  if (situation.role.active !== null) return { refuse: `${situation.role.active} is active` }
  const [last] = situation.history.filter((run) => run.runbook !== 'page')
  // A promotion in doubt is settled by the new generation, which all others hear of first; what cannot be taken back is not.
  if (last?.status === 'unknown' && last.plan.some((step) => step.kind === 'irreversible'))
    return { refuse: `${last.runbook} ended in doubt; a person decides`, tell: true }
  const unseen = component.members.find((member) => planner.observed(member.id).status === 'unknown')
  if (unseen) return { refuse: `${unseen.id} has not been seen yet; it may be active` }
  const better = betterChoice(component, withoutPages(situation.history))
  const found = factsOf(component, nobody, { ...roleGiven(situation), active: null }, planner.observed, better?.member)
  if (found.standby === null) return nobodyFit(component, planner)
  const stopped = better?.stopped ?? null
  const facts = { ...found, stopped: stopped === null ? [] : [stopped], standbyWasActive: found.standby === stopped }
  const missing = notInSync(facts, planner.observed)
  if (!missing)
    return quietOrder('appoint-active', component, situation, planner, facts, better ? `it has the most WAL` : 'nobody is active')
  const again = better ? null : ofLast(component, situation, planner)
  if (again) return quietOrder('appoint-active', component, situation, planner, again, `${again.standby} was active last: nobody has more`)
  return { refuse: missing, tell: true }
}

/** A switch ended before anybody was promoted, and no standby is sure to have it all: the role goes back where it was. */
function ofLast(component: Component, situation: Quiet, { observed }: Planner): Facts | null {
  const last = lastActive(withoutPages(situation.history))
  const facts = factsOf(component, nobody, { ...situation.role, active: null }, observed, last)
  return last !== null && facts.standby === last ? { ...facts, standbyWasActive: true } : null
}

/** Of members that are not well alerts tell. One that is, and holds an empty database, tells nobody why it is not taken. */
function nobodyFit({ members }: Component, { observed }: Planner): NotNow {
  const empty = members.map(({ id }) => observed(id)).find((status) => isWell(status) && isBlank(status.health))
  return empty
    ? {
        refuse: `the database of ${empty.member} is empty, and another one may have been active before: bring back one that has the data`,
        tell: true,
      }
    : { refuse: 'no member is a healthy standby' }
}

/** The active member is known, and the last run that was to send the users there did not come so far. Pure. */
export function reroute(component: Component, situation: Quiet, planner: Planner): RunOrder | NotNow {
  const { role, history, liveRun } = situation
  if (liveRun) return { refuse: busyWith(liveRun) }
  // What nobody approved has touched no route.
  const last = history.find((run) => run.startedAt !== null && run.plan.some((step) => step.action === 'route'))
  if (role.active === null || !last || last.status === 'done') return { refuse: 'the route is as it should be', settled: true }
  // It could not be verified: whoever mends the member, or gives it back its role, sends the users to it.
  const seen = planner.observed(role.active)
  if (!['pass', 'warn'].includes(seen.status) || seen.role !== 'active') return { refuse: `${role.active} is not well, or not active` }
  const facts = factsOf(component, nobody, role, planner.observed)
  return quietOrder('route-to-active', component, situation, planner, facts, `${last.runbook} ended before the route was sure`)
}

const nobody = { failure: 'failing' as const, members: [], proven: true, wrongRole: false, evidence: '' }

/** An order that no incident asked for; the guards are asked all the same. */
function quietOrder(id: string, component: Component, situation: Quiet, planner: Planner, facts: Facts, reason: string): RunOrder | NotNow {
  const runbook = planner.runbooks.get(id) as Runbook
  const verdict = guard({ catalog: planner.catalog, component, anomaly: nobody, runbook, situation, observed: planner.observed })
  if (verdict && !verdict.approval) return { refuse: verdict.reason, tell: true }
  const [last] = situation.history.filter((run) => run.runbook !== 'page')
  // Whoever was asked is not asked again and again: from there on it is theirs.
  if (verdict && last?.runbook === id && notApproved(last))
    return { refuse: `${last.reason}; by hand: jidoka runbook run ${id} --component ${component.id}`, tell: true }
  const plan = expand(runbook, facts, planner.actions)
  const { title, owner = null } = component
  const payload = { component: component.id, title, owner, failure: 'failing', members: [], urgency: 'high', evidence: reason }
  return {
    runbook: id,
    component: component.id,
    incident: null,
    failure: null,
    members: [facts.active ?? facts.standby].filter((member) => member !== null),
    plan,
    reason,
    takesGeneration: plan.some((step) => step.action === 'promote'),
    by: 'engine',
    ...(verdict ? asking({ payload, runbook: id, plan, waitsMs: planner.catalog.config.guards.approvalTimeoutMs }) : {}),
  }
}
