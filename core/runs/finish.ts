import { fault } from '../errors.ts'
import { type Incident, type IncidentEvent, transition } from '../incidents/incident.ts'
import { append, type Context, tell } from '../journal/context.ts'
import type { RunEnd, StepOutcome } from '../journal/journal.ts'
import { put as post } from '../journal/outbox.ts'
import { batch } from '../store/kit.ts'
import { change, first, type Tx } from '../store/transaction.ts'
import { type RunRow, resourceOf } from './rows.ts'
import type { Held } from './run.ts'
import { outcomeEntries, outcomeValues } from './steps.ts'

/** T6. Releases the lease first: that it could be released proves that it was ours, and nobody else writes until we commit. */
export function* finish(context: Context, held: Held, id: string, end: RunEnd, last?: StepOutcome): Tx<void> {
  const { sql, now } = context
  const lost = () => fault('lease-lost', { resource: held.resource, fence: held.fence })
  if ((yield* change(sql.runs.release, { ...held })) === 0) throw lost()
  const run = yield* first(sql.runs.byId, { run: id })
  if (!run || resourceOf(run.component) !== held.resource) throw lost()
  if (last) yield* lastOutcome(context, run, last, lost)
  if ((yield* change(sql.runs.end, { run: id, status: end.status, reason: end.reason, at: now })) === 0) throw lost()
  const { component, incident, runbook } = run
  if (end.status === 'done' && runbook !== 'page') yield* change(sql.spend.succeeded, { component, runbook, at: now })
  if (end.post) yield* post(context, end.post)
  if (end.verified.length > 0)
    yield* change(sql.alerts.clearMembers, { component, members: batch(end.verified.map((id) => ({ id }))), at: now })
  tell(
    context,
    'run.finished',
    { component, incident, run: id },
    { runbook, status: end.status, reason: end.reason, verified: end.verified },
  )
  if (incident !== null) yield* move(context, incident, end)
  yield* append(context)
}

function* lastOutcome(context: Context, run: RunRow, last: StepOutcome, lost: () => Error): Tx<void> {
  const { sql, now } = context
  const { component, incident, id, generation } = run
  if ((yield* change(sql.runs.outcomeInside, { run: id, at: now, ...outcomeValues(last) })) === 0) throw lost()
  if (last.setsActive !== undefined) yield* change(sql.runs.roleInside, { component, active: last.setsActive, generation })
  for (const { kind, data } of outcomeEntries(JSON.parse(run.plan), generation, last))
    tell(context, kind, { component, incident, run: id }, data)
}

/** What the end of a run means for its incident: it ends only when nothing fires any more. */
function* move(context: Context, id: string, end: RunEnd): Tx<void> {
  const { sql } = context
  const found = yield* first(sql.incidents.byId, { id })
  if (!found || found.endedAt !== null) return
  const { told, ...incident } = found
  const { firing = 0 } = (yield* first(sql.alerts.countFiring, { incident: id })) ?? {}
  const moved = eventsOf(end, firing === 0).reduce((at, event) => step(context, at, event), incident as Incident)
  if (moved !== incident)
    yield* change(sql.incidents.update, { id, failure: moved.failure, status: moved.status, reason: moved.reason, endedAt: moved.endedAt })
}

function eventsOf({ status, incident, reason }: RunEnd, clear: boolean): IncidentEvent[] {
  if (incident === 'escalated')
    return [
      { kind: 'escalated', reason },
      ...(clear ? [{ kind: 'cleared', reason: 'nothing fires any more', underWay: false } as const] : []),
    ]
  // In doubt: a person decides, also when nothing fires.
  if (!clear || status === 'unknown') return []
  return [{ kind: 'verified', reason: status === 'done' ? reason : 'nothing fires any more' }]
}

function step(context: Context, incident: Incident, event: IncidentEvent): Incident {
  const change = transition(incident.status, event)
  if (!change) return incident
  const { next: status, reason } = change
  tell(context, `incident.${status}`, { component: incident.component, incident: incident.id }, { reason })
  return { ...incident, status, reason, endedAt: status === 'escalated' ? null : context.now }
}
