import { fault } from '../../core/errors.ts'
import { endedStatuses, type Incident, transition } from '../../core/incidents/incident.ts'
import type { Decision, Refusal, Situation } from '../../core/journal/journal.ts'
import { type KeptWindow, maintenanceKind, windowOf } from '../../core/maintenance/maintenance.ts'
import type { Answered, Waiting, Word } from '../../core/runs/approve.ts'
import type { Role, Run, RunOrder } from '../../core/runs/run.ts'
import { shadowKind } from '../../core/runs/shadow.ts'
import { type Spent, scopesOf, touchedBy } from '../../core/runs/spend.ts'
import { post } from './outbox.ts'
import { alertsOfIncident, kept, pushTo, putIncident, putRun, type State, tell } from './state.ts'

const hourMs = 3_600_000
const dayMs = 86_400_000

export const roleOf = (s: State, component: string): Role => s.roles.get(component) ?? { component, active: null, generation: 0 }

export function spentOf(s: State, counts: (one: { scope: string; component: string }) => boolean): Spent[] {
  const now = s.clock.now()
  const all = new Map<string, Spent>()
  for (const one of s.spends) {
    if (one.at <= now - dayMs || !counts(one)) continue
    const { scope, at } = one
    const spent = all.get(scope) ?? { scope, hour: 0, day: 0, hourFrom: null, dayFrom: at }
    spent.day++
    spent.dayFrom = Math.min(spent.dayFrom, at)
    if (at > now - hourMs) {
      spent.hour++
      spent.hourFrom = Math.min(spent.hourFrom ?? at, at)
    }
    all.set(scope, spent)
  }
  return [...all.values()]
}

export function situationOf(s: State, component: string): Omit<Situation, 'incident' | 'alerts'> {
  const now = s.clock.now()
  const ids = s.runsOf.get(component) ?? []
  const history: Run[] = []
  for (let at = ids.length - 1; at >= 0 && history.length < 100; at--) history.push(s.runs.get(ids[at] as string) as Run)
  const recent: Run[] = []
  for (const id of ids) {
    const run = s.runs.get(id) as Run
    if (run.createdAt > now - dayMs && run.runbook !== 'page') recent.push(run)
  }
  const live = s.live.get(component)
  const off = [s.switches.get('global'), s.switches.get(component)].find((one) => one?.off && (one.until === null || one.until > now))
  const windows: KeptWindow[] = []
  for (const { kind, open, data } of s.records.values()) if (kind === maintenanceKind && open) windows.push(data as KeptWindow)
  const succeeded = new Map<string, number>()
  for (const one of s.successes.values()) if (one.component === component) succeeded.set(one.runbook, one.at)
  return {
    now,
    role: roleOf(s, component),
    history,
    liveRun: live === undefined ? null : (s.runs.get(live) as Run),
    switchedOff: off ?? null,
    suspected: suspected(s),
    spent: spentOf(s, (one) => one.scope === 'fleet' || one.scope.startsWith('runbook:') || one.component === component),
    recent: recent.map(({ runbook, status, incident, members, mode, createdAt, endedAt }) => ({
      ...{ runbook, status, incident, members, mode, createdAt, endedAt },
    })),
    succeeded,
    maintenance: windowOf(windows, component, now),
    openIncident: s.open.get(component)?.id ?? null,
  }
}

function suspected(s: State): number {
  const members = new Set<string>()
  for (const key of s.firing) {
    const alert = s.alerts.get(key)
    if (alert && alert.member !== null && alert.signal !== 'exit') members.add(alert.member)
  }
  return members.size
}

export function decide(s: State, id: string, choose: (situation: Situation) => Decision): { decision: Decision; run: Run | null } {
  const incident = s.incidents.get(id)
  if (!incident) return waits('unknown', `there is no incident ${id}`)
  if (endedStatuses.includes(incident.status)) return waits(incident.failure, `it has ended: ${incident.reason}`)
  const situation = situationOf(s, incident.component)
  const chosen = choose({ ...situation, incident, alerts: alertsOfIncident(s, id, true, 200) })
  const { liveRun } = situation
  const decision: Decision =
    chosen.do !== 'wait' && liveRun ? { do: 'wait', failure: chosen.failure, reason: `${liveRun.runbook} is under way` } : chosen
  return { decision, run: record(s, incident, decision) }
}

const waits = (failure: Incident['failure'], reason: string) => ({ decision: { do: 'wait', failure, reason } as const, run: null })

function record(s: State, incident: Incident, decision: Decision): Run | null {
  const subject = { component: incident.component, incident: incident.id }
  const { failure } = decision
  if (decision.do === 'close') {
    const moved = transition(incident.status, { kind: 'cleared', reason: decision.reason, underWay: false })
    if (!moved) return null
    tell(s, `incident.${moved.next}`, subject, { reason: moved.reason })
    putIncident(s, { ...incident, status: moved.next, reason: moved.reason, endedAt: s.clock.now() })
    return null
  }
  if (failure !== incident.failure) tell(s, 'incident.classified', subject, { failure, was: incident.failure })
  if (decision.do === 'wait') {
    const { reason, askAgainAt } = decision
    if (reason !== incident.reason) tell(s, 'incident.waiting', subject, { reason, ...(askAgainAt === undefined ? {} : { askAgainAt }) })
    putIncident(s, { ...incident, failure, reason })
    return null
  }
  for (const refusal of decision.refusals) refuse(s, incident, refusal)
  const { order } = decision
  const run = queue(s, order)
  const mends = order.runbook !== 'page' && order.waitsMs === undefined
  const moved = mends ? transition(incident.status, { kind: 'run-started', reason: order.reason }) : null
  putIncident(s, { ...incident, failure, status: moved?.next ?? incident.status, reason: moved?.reason ?? incident.reason })
  return run
}

function refuse(s: State, { id, component }: Incident, { runbook, code, reason, shadow }: Refusal): void {
  const subject = { component, incident: id }
  if (!shadow) {
    tell(s, 'incident.refused', subject, { runbook, code, reason })
    return
  }
  const { members, plan } = shadow
  const key = `${id}/${runbook}/${plan.join('/')}`
  for (const one of s.records.values()) if (one.kind === shadowKind && one.key === key) return
  const own = s.mint('shw')
  s.records.set(own, {
    ...{ id: own, kind: shadowKind, status: 'open', open: true, component, topic: runbook, parent: id, key, nextAt: null, rev: 1 },
    createdAt: s.clock.now(),
    data: { runbook, members, plan, score: null, why: null },
  })
  tell(s, 'incident.refused', subject, { runbook, code, reason, plan })
}

export function order(
  s: State,
  component: string,
  choose: (situation: Omit<Situation, 'incident' | 'alerts'>) => RunOrder | { refuse: string },
): Run | { refuse: string } {
  const situation = situationOf(s, component)
  const answer = choose(situation)
  if ('refuse' in answer) return answer
  const { liveRun } = situation
  return liveRun ? { refuse: `${liveRun.runbook} is under way (${liveRun.id})` } : queue(s, answer)
}

function nextGeneration(s: State, component: string): number {
  const role = roleOf(s, component)
  s.roles.set(component, { ...role, generation: role.generation + 1 })
  return role.generation + 1
}

function queue(s: State, { takesGeneration, mode = 'automatic', waitsMs, call, ...ordered }: RunOrder): Run {
  const now = s.clock.now()
  const { component } = ordered
  const generation = takesGeneration && waitsMs === undefined ? nextGeneration(s, component) : roleOf(s, component).generation
  const run: Run = {
    ...kept(ordered),
    id: laterThan(s.mint('run'), s.runsOf.get(component)?.at(-1)),
    mode,
    waitsUntil: waitsMs === undefined ? null : now + waitsMs,
    approvedBy: null,
    answer: null,
    status: waitsMs === undefined ? 'queued' : 'waiting',
    generation,
    createdAt: now,
    startedAt: null,
    endedAt: null,
  }
  const { id, runbook, incident, reason, by, waitsUntil, members, plan } = run
  putRun(s, run)
  pushTo(s.runsOf, component, id)
  if (incident !== null) pushTo(s.runsFor, incident, id)
  if (by === 'engine' && runbook !== 'page')
    for (const scope of scopesOf(runbook, component, touchedBy(run))) s.spends.push({ scope, component, at: now })
  const data = { runbook, reason, by, mode, waitsUntil, generation, members, plan: plan.map(({ name }) => name) }
  tell(s, 'run.queued', { component, incident, run: id }, data)
  if (waitsUntil !== null && call)
    post(s, { channel: 'page', dedupe: `approval/${id}`, incident, payload: { ...call, run: id, waitsUntil } })
  return run
}

/** Ids of a component's runs only grow: counted up in the last digits, with a carry. */
function laterThan(id: string, last: string | undefined): string {
  if (last === undefined || id > last) return id
  const digits = '0123456789abcdefghjkmnpqrstvwxyz'
  let at = last.length - 1
  while (last[at] === 'z') at--
  return last.slice(0, at) + digits[digits.indexOf(last[at] as string) + 1] + '0'.repeat(last.length - at - 1)
}

export function answer(s: State, id: string, choose: (run: Run, situation: Waiting) => Word): Answered {
  const run = s.runs.get(id)
  if (!run) throw fault('not-found', { what: 'run', id, list: 'GET /v1/runs' })
  if (run.status !== 'waiting') return { run, changed: false }
  const { component, runbook } = run
  const incident = run.incident === null ? null : (s.incidents.get(run.incident) ?? null)
  const alerts = incident ? alertsOfIncident(s, incident.id, true, 200) : []
  const word = choose(run, { ...situationOf(s, component), alerts, incident })
  if (word.do === 'keep') return { run, changed: false }
  const subject = { component, incident: run.incident, run: id }
  if (word.do === 'end') {
    const { answer, reason, by } = word
    putRun(s, { ...run, status: 'cancelled', answer, reason, endedAt: s.clock.now() })
    if (answer === 'declined') tell(s, 'run.declined', subject, { runbook, by: by ?? '', reason })
    tell(s, 'run.finished', subject, { runbook, status: 'cancelled', answer, reason, verified: [] })
  } else {
    const generation = word.takesGeneration ? nextGeneration(s, component) : run.generation
    putRun(s, { ...run, status: 'queued', approvedBy: word.by, answer: 'approved', generation })
    tell(s, 'run.approved', subject, { runbook, by: word.by })
    const moved = incident && transition(incident.status, { kind: 'run-started', reason: run.reason })
    if (incident && moved) putIncident(s, { ...incident, status: moved.next, reason: moved.reason })
  }
  return { run: s.runs.get(id) as Run, changed: true }
}
