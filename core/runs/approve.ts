import { fault } from '../errors.ts'
import { withOwn } from '../incidents/decide.ts'
import { type Incident, transition } from '../incidents/incident.ts'
import { append, type Context, tell } from '../journal/context.ts'
import type { Situation } from '../journal/journal.ts'
import { change, first, rows, type Tx } from '../store/transaction.ts'
import { readComponent } from './order.ts'
import { runOf } from './rows.ts'
import type { Run, RunAnswer } from './run.ts'

/** What may be looked at before a run that waits for a person is answered. */
export type Waiting = Omit<Situation, 'incident'> & { incident: Incident | null }

export type Word =
  | { do: 'keep' }
  | { do: 'approve'; by: string; takesGeneration: boolean }
  | { do: 'end'; answer: Exclude<RunAnswer, 'approved'>; reason: string; by?: string }

export interface Answered {
  run: Run
  /** False: it waits still, or somebody else was faster. */
  changed: boolean
}

/**
 * Answers a run that waits for a person: looks anew, lets `choose` decide (pure), and records it, in one transaction. Nobody's word
 * is taken twice, and what is approved is what is true at that moment.
 */
export function* answer(context: Context, id: string, choose: (run: Run, situation: Waiting) => Word): Tx<Answered> {
  const { sql } = context
  const row = yield* first(sql.runs.byId, { run: id })
  if (!row) throw fault('not-found', { what: 'run', id, list: 'GET /v1/runs' })
  const run = runOf(row)
  if (run.status !== 'waiting') return { run, changed: false }
  const found = run.incident === null ? undefined : yield* first(sql.incidents.byId, { id: run.incident })
  const { told = null, ...incident } = found ?? {}
  const alerts = found ? yield* rows(sql.alerts.firingOf, { incident: run.incident }) : []
  const now = yield* readComponent(context, run.component)
  const situation = { ...now, history: run.incident === null ? now.history : yield* withOwn(context, run.incident, now.history) }
  const word = choose(run, { ...situation, alerts, incident: found ? (incident as Incident) : null })
  const changed =
    word.do === 'approve'
      ? yield* approve(context, run, word, found ? (incident as Incident) : null)
      : word.do === 'end'
        ? yield* giveUp(context, run, word)
        : false
  if (!changed) return { run, changed }
  yield* append(context)
  const after = yield* first(sql.runs.byId, { run: id })
  return { run: after ? runOf(after) : run, changed }
}

function* approve(
  context: Context,
  { id, component, incident, runbook, reason }: Run,
  { by, takesGeneration }: Extract<Word, { do: 'approve' }>,
  of: Incident | null,
): Tx<boolean> {
  const { sql } = context
  if ((yield* change(sql.runs.approve, { run: id, by })) === 0) return false
  // Not before: whoever is active while we wait keeps the generation that it has.
  const next = takesGeneration ? yield* first(sql.roles.nextGeneration, { component }) : undefined
  if (next) yield* change(sql.runs.generate, { run: id, generation: next.generation })
  tell(context, 'run.approved', { component, incident, run: id }, { runbook, by })
  const moved = of ? transition(of.status, { kind: 'run-started', reason }) : null
  if (of && moved) {
    const { failure, endedAt } = of
    yield* change(sql.incidents.update, { id: of.id, failure, status: moved.next, reason: moved.reason, endedAt })
  }
  return true
}

function* giveUp(
  context: Context,
  { id, component, incident, runbook }: Run,
  { answer: word, reason, by }: Extract<Word, { do: 'end' }>,
): Tx<boolean> {
  const { sql, now } = context
  if ((yield* change(sql.runs.giveUp, { run: id, answer: word, reason, at: now })) === 0) return false
  const subject = { component, incident, run: id }
  if (word === 'declined') tell(context, 'run.declined', subject, { runbook, by: by ?? '', reason })
  tell(context, 'run.finished', subject, { runbook, status: 'cancelled', answer: word, reason, verified: [] })
  return true
}
