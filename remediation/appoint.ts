import type { Component } from '../core/catalog/schema.ts'
import type { Situation } from '../core/journal/journal.ts'
import type { RunOrder } from '../core/runs/run.ts'
import { guard } from './guards.ts'
import { expand, factsOf, type Planner } from './plan.ts'
import type { Runbook } from './runbook.ts'

/**
 * Nobody is active: a first start, or a switch that stopped half-way. Gives the role to the first healthy standby.
 * Pure; refuses while a person's word is awaited. `tell`: the refusal is news, and somebody has to hear of it.
 */
export function appoint(component: Component, situation: Omit<Situation, 'incident' | 'alerts'>, planner: Planner): RunOrder | { refuse: string; tell?: boolean } {
  if (situation.liveRun) return { refuse: `${situation.liveRun.runbook} is under way` }
  if (situation.role.active !== null) return { refuse: `${situation.role.active} is active` }
  if (situation.history[0]?.status === 'unknown') return { refuse: 'the last run ended in doubt; a person decides' }
  const unseen = component.members.find((member) => planner.observed(member.id).status === 'unknown')
  if (unseen) return { refuse: `${unseen.id} has not been seen yet; it may be active` }
  const runbook = planner.runbooks.get('appoint-active') as Runbook
  const anomaly = { failure: 'failing' as const, members: [], proven: true, wrongRole: false, evidence: 'nobody is active' }
  const facts = factsOf(component, anomaly, null, planner.observed)
  if (facts.standby === null) return { refuse: 'no member is a healthy standby' }
  const verdict = guard({ catalog: planner.catalog, component, anomaly, runbook, situation, observed: planner.observed })
  if (verdict) return { refuse: verdict.reason, tell: true }
  const plan = expand(runbook, facts, planner.actions)
  return {
    runbook: runbook.id,
    component: component.id,
    incident: null,
    failure: null,
    members: [facts.standby],
    plan,
    reason: 'nobody is active',
    takesGeneration: true,
    by: 'engine',
  }
}
