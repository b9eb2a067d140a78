import { append, type Context, tell } from '../journal/context.ts'
import type { Situation } from '../journal/journal.ts'
import { change, first, type Tx, together } from '../store/transaction.ts'
import { runOf } from './rows.ts'
import type { Role, Run, RunOrder } from './run.ts'

/** What is true of a component beside its alerts, read in one go. */
export function* readComponent({ sql, now }: Context, component: string): Tx<Omit<Situation, 'incident' | 'alerts'>> {
  const [history, live, [role], [switched], [suspected]] = yield* together(
    [sql.runs.history, sql.runs.liveOf, sql.roles.of, sql.roles.switchedOff, sql.alerts.suspected],
    { component },
  )
  const [liveRun] = live
  return {
    now,
    role: role ?? noRole(component),
    history: history.map(runOf),
    liveRun: liveRun ? runOf(liveRun) : null,
    switchedOff: switched ? { ...switched, off: true } : null,
    suspected: suspected?.members ?? 0,
  }
}

export const noRole = (component: string): Role => ({ component, active: null, generation: 0 })

/** T2, ordered by hand: the same look and the same verdict, without an incident. */
export function* order(
  context: Context,
  component: string,
  choose: (situation: Omit<Situation, 'incident' | 'alerts'>) => RunOrder | { refuse: string },
): Tx<Run | { refuse: string }> {
  const situation = yield* readComponent(context, component)
  const answer = choose(situation)
  if ('refuse' in answer) return answer
  const { liveRun } = situation
  if (liveRun) return { refuse: `${liveRun.runbook} is under way (${liveRun.id})` }
  const run = yield* queue(context, answer, situation.role)
  yield* append(context)
  return run
}

/** Puts a run into its queue. The caller has seen that no other is live; should that be wrong, the unique index refuses. */
export function* queue(context: Context, { takesGeneration, ...ordered }: RunOrder, role: Role): Tx<Run> {
  const { sql, now, mint } = context
  const next = takesGeneration ? yield* first(sql.roles.nextGeneration, { component: ordered.component }) : undefined
  const run: Run = {
    ...ordered,
    id: mint('run'),
    status: 'queued',
    generation: next?.generation ?? role.generation,
    createdAt: now,
    startedAt: null,
    endedAt: null,
  }
  const { id, runbook, component, incident, failure, reason, by, generation, members } = run
  yield* change(sql.runs.insert, {
    ...{ id, runbook, component, incident, failure, reason, by, generation, at: now },
    members: JSON.stringify(members),
    plan: JSON.stringify(run.plan),
  })
  tell(
    context,
    'run.queued',
    { component, incident, run: id },
    { runbook, reason, by, generation, members, plan: run.plan.map((step) => step.name) },
  )
  return run
}
