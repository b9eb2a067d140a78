import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import type { Decision, Refusal, Situation } from '../core/journal/journal.ts'
import type { Json, PlannedStep, Role, Run, RunOrder } from '../core/runs/run.ts'
import { touchedBy } from '../core/runs/spend.ts'
import type { AnyAction } from './actions/define.ts'
import { asking, notApproved } from './asking.ts'
import { type Anomaly, classify } from './classify.ts'
import { betterChoice, isWell, keepsDatabases, ladderOf, withoutPages } from './databases.ts'
import { pageFor } from './escalate.ts'
import { guard, maintenanceOf, underMaintenance, type Verdict } from './guards.ts'
import { portionOf } from './portion.ts'
import { chooseStandby, type Observed, requirements } from './requirements.ts'
import type { Facts, Runbook, RunbookStep } from './runbook.ts'

/** What the planner knows beside the situation. */
export interface Planner {
  catalog: Catalog
  runbooks: ReadonlyMap<string, Runbook>
  actions: ReadonlyMap<string, AnyAction>
  observed: Observed
}

/** Decides what is to be done about an incident now. Pure: the same situation gives the same decision, with its reason. */
export function plan(situation: Situation, planner: Planner): Decision {
  const { incident, alerts, role, history } = situation
  const component = planner.catalog.findComponent(incident.component)
  if (situation.liveRun) return { do: 'wait', failure: incident.failure, reason: busyWith(situation.liveRun) }
  const window = maintenanceOf(planner.catalog, incident.component, situation)
  if (!component && window && alerts.length > 0) return awaitEnd(window, incident.failure)
  if (!component) return callForUnknown(situation, planner)
  const ours = history.filter((run) => run.incident === incident.id)
  const better = role.active === null ? betterChoice(component, withoutPages(history)) : null
  // One that has fallen since is not waited for: it has to be mended first.
  if (better && isWell(planner.observed(better.member)))
    return { do: 'wait', failure: incident.failure, reason: `${better.member} has more WAL: it is given the role` }
  const seen = classify(component, alerts, role)
  const [first, ...others] = seen.length > 0 ? seen : leftInDoubt(ours)
  if (!first) return { do: 'close', failure: incident.failure, reason: 'nothing fires any more' }
  if (window) return awaitEnd(window, first.failure)
  const decision = mend(first, component, situation, ours, planner)
  // Nothing is left to do about the heaviest: it must not hide what can be mended.
  for (const anomaly of decision.do === 'wait' ? others : []) {
    const next = mend(anomaly, component, situation, ours, planner)
    if (next.do !== 'wait') return next
  }
  return decision
}

/** People are at work there and know: nobody is called. What still fires at the end is looked at anew. */
const awaitEnd = (window: NonNullable<Situation['maintenance']>, failure: Decision['failure']): Decision => ({
  do: 'wait',
  failure,
  reason: underMaintenance(window),
  askAgainAt: window.until,
})

/** The next rung for one thing that is wrong, the page when there is none, `wait` when that has gone out. */
function mend(anomaly: Anomaly, component: Component, situation: Situation, ours: readonly Run[], planner: Planner): Decision {
  const refusals: Refusal[] = []
  for (const runbook of inDoubt(ours) ? [] : rungs(component, anomaly, planner)) {
    const { members, later } = portionOf(component, anomaly, runbook)
    const now = members.length > 0 ? { ...anomaly, members } : anomaly
    const facts = factsOf(component, now, situation.role, planner.observed)
    const refusal = refuses(runbook, facts, { now, later }, situation, ours, planner, component)
    if (!refusal || refusal.approval) {
      const rest = later.length > 0 ? `; ${later.join(', ')} when that has helped` : ''
      const order = orderOf(runbook, facts, now, situation, planner, `${anomaly.evidence}${rest}`)
      const ask = refusal ? asked(component, now, situation, ours, refusals, order, planner) : {}
      return { do: 'run', failure: anomaly.failure, refusals, order: { ...order, ...ask } }
    }
    refusals.push(refused(runbook, refusal, facts, now, planner))
    if (refusal.final) break
  }
  return call(component, anomaly, situation, ours, refusals, planner)
}

/** In shadow mode it says what it would have done; all else allowed it. */
function refused(runbook: Runbook, { code, reason }: NonNullable<Verdict>, facts: Facts, { members }: Anomaly, planner: Planner): Refusal {
  if (code !== 'shadow') return { runbook: runbook.id, code, reason }
  const names = expand(runbook, facts, planner.actions).map(({ name }) => name)
  return { runbook: runbook.id, code, reason: `would have: ${names.join(', ')} (shadow mode)`, shadow: { plan: names, members } }
}

/** A person is asked, by the same words as a page of it. */
function asked(
  component: Component,
  anomaly: Anomaly,
  { incident }: Situation,
  tried: readonly Run[],
  refusals: Refusal[],
  { runbook, plan: steps }: RunOrder,
  { catalog }: Planner,
) {
  const { id, title, owner = null } = component
  const { payload } = pageFor({ incident, component: id, title, owner, anomaly, tried, refusals })
  return asking({ payload, runbook, plan: steps, waitsMs: catalog.config.guards.approvalTimeoutMs })
}

export const busyWith = ({ runbook, status }: Run) =>
  status === 'waiting' ? `${runbook} waits for an approval` : `${runbook} is under way`

/** The ladder, less what does not answer this failure. A few rungs stand where they belong without being named. */
function rungs(component: Component, anomaly: Anomaly, { runbooks }: Planner): Runbook[] {
  const standby = keepsDatabases(component) ? ['rejoin-database', 'rebuild-database'] : ['return-standby']
  const ofStandby = anomaly.failure === 'standby-unhealthy' || (anomaly.failure === 'degraded' && keepsDatabases(component))
  const implied = ofStandby ? standby : anomaly.wrongRole ? ['appoint-active'] : []
  return [...new Set([...implied, ...ladderOf(component)])].flatMap((id) => {
    const runbook = runbooks.get(id)
    return runbook?.answers.includes(anomaly.failure) ? [runbook] : []
  })
}

/** A step ended in doubt: from there on a person decides. */
const inDoubt = (ours: readonly Run[]) => ours.some((run) => run.status === 'unknown')

/** All is clear, but a step may or may not have been done: somebody has to look, once. */
function leftInDoubt(ours: readonly Run[]): Anomaly[] {
  const doubt = ours.find((run) => run.status === 'unknown')
  if (!doubt || ours.some((run) => run.runbook === 'page' && run.status === 'done')) return []
  const evidence = `${doubt.runbook}: ${doubt.reason}`
  return [{ failure: doubt.failure ?? 'unknown', members: doubt.members, proven: false, wrongRole: false, evidence }]
}

export const sameMembers = (run: Run, members: readonly string[]) => run.members.toSorted().join() === members.toSorted().join()

function refuses(
  runbook: Runbook,
  facts: Facts,
  { now: anomaly, later }: { now: Anomaly; later: readonly string[] },
  situation: Situation,
  ours: readonly Run[],
  planner: Planner,
  component: Component,
) {
  const touched = touchedBy({ members: anomaly.members, plan: expand(runbook, facts, planner.actions) })
  const verdict = guard({ catalog: planner.catalog, component, anomaly, runbook, situation, observed: planner.observed, touched })
  if (verdict?.final) return verdict
  const tried = ours.find(
    (run) =>
      run.runbook === runbook.id &&
      // What did not help a portion is not tried on the rest.
      (sameMembers(run, anomaly.members) || (later.length > 0 && run.members.some((member) => anomaly.members.includes(member)))) &&
      // Another failure of the same member may have another end: an agent that was away, and is back.
      ((run.status === 'failed' && (run.failure === anomaly.failure || run.failure === null)) || notApproved(run)) &&
      !isBack(runbook, run, planner.observed),
  )
  if (tried) return { code: 'tried', reason: tried.reason, final: false }
  for (const requirement of runbook.requires) {
    const missing = requirements[requirement](facts, planner.observed)
    if (missing) return { code: requirement, reason: missing, final: false }
  }
  // Last: "it may run again in a while" is no help to somebody who has no standby.
  return verdict
}

/** It was away, and is back: that a standby could not be mended meanwhile says nothing. The attempt budget counts all the same. */
const isBack = ({ givesWay }: Runbook, { status, members, endedAt }: Run, observed: Observed) =>
  givesWay === true && status === 'failed' && endedAt !== null && members.some((id) => (observed(id).heardSince ?? 0) > endedAt)

export function factsOf(
  component: Component,
  anomaly: Pick<Anomaly, 'members' | 'failure' | 'wrongRole'>,
  { active, generation, inSync }: Pick<Role, 'active'> & Partial<Role>,
  observed: Observed,
  preferred: string | null = null,
): Facts {
  const targets = anomaly.members
  const grace = component.members.find((member) => member.id === targets[0])?.process?.stopGraceMs ?? 3_000
  // A member that is well and only lost its role may get it back; one that is broken is no candidate.
  const choice = { generation, inSync, preferred: preferred ?? (anomaly.wrongRole ? active : null) }
  const standby = anomaly.wrongRole
    ? (chooseStandby(component, null, observed, [], choice) ?? null)
    : chooseStandby(component, active, observed, targets, choice)
  return {
    generation,
    inSync,
    standbyWasActive: anomaly.wrongRole && standby !== null && standby === active,
    component,
    targets,
    active,
    standby,
    graceMs: anomaly.failure === 'hung' || anomaly.failure === 'unreachable' ? 0 : grace,
    page: null,
  }
}

/** Leaves the executor nothing to choose: every step with its arguments, kind, time-out and number of tries. */
export const expand = (runbook: Runbook, facts: Facts, actions: Planner['actions']): PlannedStep[] =>
  planned(runbook.id, runbook.steps(facts), actions)

export function planned(runbook: string, steps: readonly RunbookStep[], actions: Planner['actions']): PlannedStep[] {
  return steps.map(({ action: id, args, name, timeoutMs, setsActive, mayFail }) => {
    const action = actions.get(id)
    if (!action) throw new Error(`runbook ${runbook} names the action ${id}, which nobody defined`)
    return {
      name: name ?? nameOf(id, args),
      action: id,
      kind: action.kind,
      args,
      timeoutMs: timeoutMs ?? action.timeoutMs,
      attempts: action.attempts,
      ...(setsActive === undefined ? {} : { setsActive }),
      ...(mayFail ? { mayFail } : {}),
    }
  })
}

const nameOf = (action: string, args: Record<string, Json>) => {
  const of = args.member ?? args.to
  return typeof of === 'string' ? `${action} ${of}` : action
}

function orderOf(
  runbook: Runbook,
  facts: Facts,
  anomaly: Anomaly,
  { incident }: Pick<Situation, 'incident'>,
  { actions }: Planner,
  reason: string,
): RunOrder {
  const steps = expand(runbook, facts, actions)
  return {
    runbook: runbook.id,
    component: facts.component.id,
    incident: incident.id,
    failure: anomaly.failure,
    members: anomaly.members,
    plan: steps,
    reason,
    takesGeneration: steps.some((step) => step.action === 'promote'),
    by: 'engine',
  }
}

/** How long members that never had an active one may take to bring themselves up before a person is called. */
export const firstStartMs = 30_000

/** A new component: its members start, copy each other, and get their first active one. What names no member, or a person reports, is told at once. */
function firstStart({ failure, members, evidence }: Anomaly, { now, incident, role }: Situation): Decision | null {
  const askAgainAt = incident.openedAt + firstStartMs
  if (role.generation > 0 || role.active !== null || members.length === 0 || failure === 'unknown' || now >= askAgainAt) return null
  return { do: 'wait', failure, reason: `a first start, nobody was active yet: a person is called if it stays so: ${evidence}`, askAgainAt }
}

/** The last rung. It is taken once per failure and members of an incident; a person is not called twice for the same thing. */
function call(
  component: Component,
  anomaly: Anomaly,
  situation: Situation,
  ours: readonly Run[],
  refusals: Refusal[],
  planner: Planner,
): Decision {
  const { incident } = situation
  const called = ours.some(
    (run) => run.runbook === 'page' && run.failure === anomaly.failure && sameMembers(run, anomaly.members) && run.status === 'done',
  )
  if (called) return { do: 'wait', failure: anomaly.failure, reason: `a person has been called: ${anomaly.evidence}` }
  const early = component.topology === 'active-standby' ? firstStart(anomaly, situation) : null
  if (early) return early
  const runbook = planner.runbooks.get('page') as Runbook
  const page = pageFor({
    incident,
    component: component.id,
    title: component.title,
    owner: component.owner ?? null,
    anomaly,
    tried: ours,
    refusals,
  })
  const facts = { ...factsOf(component, anomaly, situation.role, planner.observed), page }
  return {
    do: 'run',
    failure: anomaly.failure,
    refusals,
    order: orderOf(runbook, facts, anomaly, situation, planner, page.payload.reason as string),
  }
}

/** Alerts of something that the catalogue does not know: nobody can mend it, somebody must hear of each. */
function callForUnknown({ incident, alerts, history }: Situation, planner: Planner): Decision {
  const told = new Set(
    history.filter((run) => run.incident === incident.id && run.runbook === 'page' && run.status === 'done').flatMap((run) => run.members),
  )
  const fresh = alerts.filter((alert) => !told.has(alert.key))
  const evidence = (fresh.length > 0 ? fresh : alerts).map((alert) => alert.summary).join('; ') || 'an alert without words'
  if (alerts.length === 0) return { do: 'close', failure: 'unknown', reason: 'nothing fires any more' }
  if (fresh.length === 0) return { do: 'wait', failure: 'unknown', reason: `a person has been called: ${evidence}` }
  // What was told is remembered by its keys, where a run of a known component names its members.
  const anomaly: Anomaly = { failure: 'unknown', members: fresh.map((alert) => alert.key), proven: false, wrongRole: false, evidence }
  const runbook = planner.runbooks.get('page') as Runbook
  const page = pageFor({
    incident,
    component: incident.component,
    title: 'Not in the configuration',
    owner: null,
    anomaly,
    tried: [],
    refusals: [],
  })
  page.payload.members = []
  const component = { id: incident.component, title: '', members: [] as Component['members'] } as Component
  const facts: Facts = { component, page, targets: [], active: null, standby: null, graceMs: 0 }
  return {
    do: 'run',
    failure: 'unknown',
    refusals: [],
    order: orderOf(runbook, facts, anomaly, { incident }, planner, page.payload.reason as string),
  }
}
