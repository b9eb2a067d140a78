import { append, type Context, tell } from '../journal/context.ts'
import type { Decision, Situation } from '../journal/journal.ts'
import { queue, readComponent } from '../runs/order.ts'
import { runOf } from '../runs/rows.ts'
import type { Run } from '../runs/run.ts'
import { keepShadow } from '../runs/shadow.ts'
import { change, first, rows, type Tx } from '../store/transaction.ts'
import { endedStatuses, type Incident, transition } from './incident.ts'

/** As many as a history holds; see statements/runs.ts. */
const historyMax = 100
const ownMax = 1_000

export interface Decided {
  decision: Decision
  run: Run | null
}

/** T2. Looks, lets `choose` decide, and records the decision with its reason. */
export function* decide(context: Context, id: string, choose: (situation: Situation) => Decision): Tx<Decided> {
  const { sql } = context
  const found = yield* first(sql.incidents.byId, { id })
  if (!found) return wait('unknown', `there is no incident ${id}`)
  const { told, ...incident } = found
  if (endedStatuses.includes(incident.status)) return wait(incident.failure, `it has ended: ${incident.reason}`)
  const alerts = yield* rows(sql.alerts.firingOf, { incident: id })
  const now = yield* readComponent(context, incident.component)
  const situation = { ...now, history: yield* withOwn(context, id, now.history) }
  const decision = checked(choose({ ...situation, incident, alerts }), situation.liveRun)
  const decided = yield* record(context, incident, decision, situation)
  yield* append(context)
  return decided
}

/** The newest runs of the component, and all of the incident: what was tried and who was called counts however long it lasts. */
export function* withOwn({ sql }: Context, incident: string, history: Run[]): Tx<Run[]> {
  const oldest = history.at(-1)
  if (!oldest || history.length < historyMax) return history
  const own = yield* rows(sql.runs.list.incident.any, { incident, after: oldest.id, limit: ownMax })
  return [...history, ...own.map(runOf)]
}

function* record(context: Context, incident: Incident, decision: Decision, situation: Pick<Situation, 'role' | 'history'>): Tx<Decided> {
  switch (decision.do) {
    case 'run':
      return yield* start(context, incident, decision, situation)
    case 'wait':
      return yield* hold(context, incident, decision)
    case 'close':
      return yield* close(context, incident, decision)
  }
}

const wait = (failure: Incident['failure'], reason: string): Decided => ({ decision: { do: 'wait', failure, reason }, run: null })

/** One run per component, whatever was chosen. */
const checked = (decision: Decision, liveRun: Run | null): Decision =>
  decision.do !== 'wait' && liveRun ? { do: 'wait', failure: decision.failure, reason: `${liveRun.runbook} is under way` } : decision

function* start(
  context: Context,
  incident: Incident,
  decision: Extract<Decision, { do: 'run' }>,
  situation: Pick<Situation, 'role' | 'history'>,
): Tx<Decided> {
  const { order, failure, refusals } = decision
  const subject = { component: incident.component, incident: incident.id }
  tellFailure(context, incident, failure)
  for (const refusal of refusals) {
    if (refusal.shadow) yield* keepShadow(context, incident, refusal)
    else tell(context, 'incident.refused', subject, { runbook: refusal.runbook, code: refusal.code, reason: refusal.reason })
  }
  const run = yield* queue(context, order, situation)
  // A call for help mends nothing, nor does what nobody has approved yet.
  const moved =
    order.runbook === 'page' || order.waitsMs !== undefined
      ? null
      : transition(incident.status, { kind: 'run-started', reason: order.reason })
  yield* keep(context, incident, { ...incident, failure, status: moved?.next ?? incident.status, reason: moved?.reason ?? incident.reason })
  return { decision, run }
}

function* hold(context: Context, incident: Incident, decision: Extract<Decision, { do: 'wait' }>): Tx<Decided> {
  const { failure, reason, askAgainAt } = decision
  tellFailure(context, incident, failure)
  // Asked every few seconds: only a new reason is worth a line.
  if (reason !== incident.reason)
    tell(
      context,
      'incident.waiting',
      { component: incident.component, incident: incident.id },
      { reason, ...(askAgainAt === undefined ? {} : { askAgainAt }) },
    )
  yield* keep(context, incident, { ...incident, failure, reason })
  return { decision, run: null }
}

function* close(context: Context, incident: Incident, decision: Extract<Decision, { do: 'close' }>): Tx<Decided> {
  const moved = transition(incident.status, { kind: 'cleared', reason: decision.reason, underWay: false })
  if (!moved) return { decision, run: null }
  tell(context, `incident.${moved.next}`, { component: incident.component, incident: incident.id }, { reason: moved.reason })
  yield* keep(context, incident, { ...incident, status: moved.next, reason: moved.reason, endedAt: context.now })
  return { decision, run: null }
}

function tellFailure(context: Context, { id, component, failure: was }: Incident, failure: Incident['failure']): void {
  if (failure !== was) tell(context, 'incident.classified', { component, incident: id }, { failure, was })
}

function* keep({ sql }: Context, before: Incident, { id, failure, status, reason, endedAt }: Incident): Tx<void> {
  if (failure === before.failure && status === before.status && reason === before.reason) return
  yield* change(sql.incidents.update, { id, failure, status, reason, endedAt })
}
