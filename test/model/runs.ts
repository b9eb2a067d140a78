import { fault } from '../../core/errors.ts'
import { transition } from '../../core/incidents/incident.ts'
import type { Claim, RunEnd, StepIntent, StepOutcome } from '../../core/journal/journal.ts'
import type { Held, Role, Run, Step } from '../../core/runs/run.ts'
import { outcomeEntries } from '../../core/runs/steps.ts'
import { post } from './outbox.ts'
import { firingCount, kept, putAlert, putIncident, putRun, type State, tell } from './state.ts'

export const leaseNow = (s: State) => Math.floor(s.clock.monotonic())

function holds(s: State, { resource, holder, fence }: Held): boolean {
  const lease = s.leases.get(resource)
  return lease !== undefined && lease.holder === holder && lease.fence === fence && lease.expiresAt > leaseNow(s)
}

const lost = ({ resource, fence }: Held) => fault('lease-lost', { resource, fence })

export function claim(s: State, id: string, holder: string, ttlMs: number): Claim | null {
  const run = s.runs.get(id)
  if (!run || run.endedAt !== null || run.status === 'waiting') return null
  const resource = `component:${run.component}`
  const lease = s.leases.get(resource)
  if (lease && lease.holder !== '' && lease.holder !== holder && lease.expiresAt > leaseNow(s)) return null
  const fence = (lease?.fence ?? 0) + 1
  s.leases.set(resource, { holder, fence, expiresAt: leaseNow(s) + ttlMs })
  const taken: Run = { ...run, status: 'running', startedAt: run.startedAt ?? s.clock.now() }
  putRun(s, taken)
  const steps = stepsOf(s, id)
  tell(
    s,
    run.startedAt === null ? 'run.started' : 'run.resumed',
    { component: run.component, incident: run.incident, run: id },
    { runbook: run.runbook, holder, fence, steps: steps.length },
  )
  return { held: { resource, holder, fence }, run: taken, steps }
}

export function renew(s: State, held: Held, ttlMs: number): boolean {
  if (!holds(s, held)) return false
  const { holder, fence } = held
  s.leases.set(held.resource, { holder, fence, expiresAt: leaseNow(s) + ttlMs })
  return true
}

export const stepsOf = (s: State, run: string): Step[] =>
  [...(s.steps.get(run) ?? [])].sort((a, b) => a.seq - b.seq || a.attempt - b.attempt)

function runOf(s: State, id: string): Run {
  const run = s.runs.get(id)
  if (!run) throw fault('not-found', { what: 'run', id, list: 'GET /v1/runs' })
  return run
}

const sameStep = (a: { seq: number; attempt: number }, b: { seq: number; attempt: number }) => a.seq === b.seq && a.attempt === b.attempt

const hasIntent = (s: State, { run, ...step }: StepOutcome) =>
  (s.steps.get(run) ?? []).some((one) => sameStep(one, step) && one.status === 'intent')

export function intend(s: State, held: Held, intent: StepIntent, previous?: StepOutcome): void {
  const run = runOf(s, intent.run)
  const steps = s.steps.get(run.id) ?? []
  if (!holds(s, held) || (previous && !hasIntent(s, { ...previous, run: run.id }))) throw lost(held)
  const { seq, attempt, key, deadlineAt } = intent
  const { name, action, kind, args } = intent.planned
  if (steps.some((one) => sameStep(one, intent))) throw fault('conflict', { problem: 'step', hint: 'It is in the store already.' })
  if (previous) end(s, run, previous)
  const step: Step = {
    ...{ run: run.id, seq, attempt, name, action, kind, status: 'intent', fence: held.fence, key, deadlineAt },
    ...{ startedAt: s.clock.now(), endedAt: null, input: kept(args), output: null },
  }
  s.steps.set(run.id, [...(s.steps.get(run.id) ?? []), step])
  tell(s, 'step.intent', subjectOf(run), { seq, attempt, name, action, args: step.input })
}

export function outcome(s: State, held: Held, done: StepOutcome): void {
  const run = runOf(s, done.run)
  if (!holds(s, held) || !hasIntent(s, done)) throw lost(held)
  end(s, run, done)
}

const subjectOf = ({ id, component, incident }: Run) => ({ component, incident, run: id })

function end(s: State, run: Run, given: StepOutcome): void {
  const done = { ...given, output: kept(given.output) }
  const { status, output, setsActive } = done
  s.steps.set(
    run.id,
    (s.steps.get(run.id) ?? []).map((one) => (sameStep(one, done) ? { ...one, status, output, endedAt: s.clock.now() } : one)),
  )
  if (setsActive !== undefined) {
    const role = s.roles.get(run.component) ?? { component: run.component, active: null, generation: run.generation }
    s.roles.set(run.component, { ...role, active: setsActive, ...(setsActive === null ? {} : nobodyInSync(role)) })
  }
  for (const { kind, data } of outcomeEntries(run.plan, run.generation, done)) tell(s, kind, subjectOf(run), data)
}

/** Where it is counted, nobody has what a new active member acknowledges. */
export const nobodyInSync = (role: Role | undefined) => (role?.inSync == null ? {} : { inSync: [] })

export function finish(s: State, held: Held, id: string, how: RunEnd, last?: StepOutcome): void {
  const run = s.runs.get(id)
  if (!holds(s, held) || !run || `component:${run.component}` !== held.resource || run.endedAt !== null) throw lost(held)
  if (last && !hasIntent(s, { ...last, run: id })) throw lost(held)
  const { component, runbook } = run
  const now = s.clock.now()
  s.leases.set(held.resource, { holder: '', fence: held.fence, expiresAt: 0 })
  if (last) end(s, run, last)
  const { status, reason, verified } = how
  putRun(s, { ...run, status, reason, endedAt: now })
  if (status === 'done' && runbook !== 'page') s.successes.set(`${component} ${runbook}`, { component, runbook, at: now })
  if (how.post) post(s, how.post)
  for (const key of [...s.firing]) {
    const alert = s.alerts.get(key)
    if (alert && alert.component === component && alert.member !== null && verified.includes(alert.member))
      putAlert(s, { ...alert, status: 'resolved', lastAt: now })
  }
  tell(s, 'run.finished', subjectOf(run), { runbook, status, reason, verified })
  if (run.incident !== null) move(s, run.incident, how)
}

function move(s: State, id: string, { incident, status, reason }: RunEnd): void {
  const clear = firingCount(s, id) === 0
  const allClear = 'nothing fires any more'
  if (incident === 'escalated') {
    step(s, id, { kind: 'escalated', reason })
    if (clear) step(s, id, { kind: 'cleared', reason: allClear, underWay: false })
  } else if (clear && status !== 'unknown') step(s, id, { kind: 'verified', reason: status === 'done' ? reason : allClear })
}

function step(s: State, id: string, event: Parameters<typeof transition>[1]): void {
  const incident = s.incidents.get(id)
  const moved = incident && incident.endedAt === null ? transition(incident.status, event) : null
  if (!incident || !moved) return
  tell(s, `incident.${moved.next}`, { component: incident.component, incident: id }, { reason: moved.reason })
  const endedAt = moved.next === 'escalated' ? null : s.clock.now()
  putIncident(s, { ...incident, status: moved.next, reason: moved.reason, endedAt })
}

export function resolve(s: State, id: string, person: string, why: string): boolean {
  const incident = s.incidents.get(id)
  const moved = incident ? transition(incident.status, { kind: 'resolved-by', person, reason: why }) : null
  if (!incident || !moved) return false
  const { next, reason } = moved
  const now = s.clock.now()
  for (const key of s.alertsOf.get(id) ?? []) {
    const alert = s.alerts.get(key)
    if (alert?.status === 'firing') putAlert(s, { ...alert, status: 'resolved', lastAt: now })
  }
  putIncident(s, { ...incident, status: next, reason, endedAt: now })
  tell(s, 'incident.resolved', { component: incident.component, incident: id }, { reason, person })
  return true
}
