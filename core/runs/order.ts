import { append, type Context, tell } from '../journal/context.ts'
import type { Situation } from '../journal/journal.ts'
import { put as post } from '../journal/outbox.ts'
import { type KeptWindow, windowOf } from '../maintenance/maintenance.ts'
import { change, first, type Tx, together } from '../store/transaction.ts'
import { roleOf, runOf } from './rows.ts'
import type { Role, Run, RunOrder } from './run.ts'
import { spend, spendDayMs, spendHourMs } from './spend.ts'

/** What is true of a component beside its alerts, read in one go. */
export function* readComponent({ sql, now }: Context, component: string): Tx<Omit<Situation, 'incident' | 'alerts'>> {
  const [history, live, [role], switched, [suspected], spent, recent, successes, windows, [incident]] = yield* together(
    [
      ...([sql.runs.history, sql.runs.liveOf, sql.roles.of, sql.roles.switchedOff, sql.alerts.suspected] as const),
      ...([sql.spend.of, sql.spend.recent, sql.spend.successes, sql.spend.maintenance, sql.spend.openIncident] as const),
    ],
    { component, at: now, hourAgo: now - spendHourMs, dayAgo: now - spendDayMs },
  )
  const [liveRun] = live
  const off = switched.find(({ scope }) => scope === 'global') ?? switched[0]
  return {
    now,
    role: role ? roleOf(role) : noRole(component),
    history: history.map(runOf),
    liveRun: liveRun ? runOf(liveRun) : null,
    switchedOff: off ? { ...off, off: true } : null,
    suspected: suspected?.members ?? 0,
    spent,
    recent: recent.map(({ members, mode, ...run }) => ({ ...run, mode: mode ?? 'automatic', members: JSON.parse(members) as string[] })),
    succeeded: new Map(successes.map(({ runbook, at }) => [runbook, at])),
    maintenance: windowOf(
      windows.map(({ data }) => JSON.parse(data) as KeptWindow),
      component,
      now,
    ),
    openIncident: incident?.id ?? null,
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
  const run = yield* queue(context, answer, situation)
  yield* append(context)
  return run
}

/** Puts a run into its queue. The caller has seen that no other is live; should that be wrong, the unique index refuses. */
export function* queue(
  context: Context,
  { takesGeneration, mode = 'automatic', waitsMs, call, ...ordered }: RunOrder,
  { role, history }: Pick<Situation, 'role' | 'history'>,
): Tx<Run> {
  const { sql, now, mint } = context
  const next =
    takesGeneration && waitsMs === undefined ? yield* first(sql.roles.nextGeneration, { component: ordered.component }) : undefined
  const run: Run = {
    ...ordered,
    id: laterThan(mint('run'), history[0]?.id),
    mode,
    waitsUntil: waitsMs === undefined ? null : now + waitsMs,
    approvedBy: null,
    answer: null,
    status: waitsMs === undefined ? 'queued' : 'waiting',
    generation: next?.generation ?? role.generation,
    createdAt: now,
    startedAt: null,
    endedAt: null,
  }
  const { id, runbook, component, incident, failure, reason, by, status, generation, members, waitsUntil } = run
  yield* change(sql.runs.insert, {
    ...{ id, runbook, component, incident, failure, reason, by, status, generation, mode, waitsUntil, at: now },
    members: JSON.stringify(members),
    plan: JSON.stringify(run.plan),
  })
  yield* spend(context, run)
  tell(
    context,
    'run.queued',
    { component, incident, run: id },
    { runbook, reason, by, mode, waitsUntil, generation, members, plan: run.plan.map((step) => step.name) },
  )
  // In the same transaction: nothing waits for people who were not told.
  if (waitsUntil !== null && call)
    yield* post(context, { channel: 'page', dedupe: `approval/${id}`, incident, payload: { ...call, run: id, waitsUntil } })
  return run
}

/** Digits of an id, in their order. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz'

/** The history is read in the order of its ids: within one millisecond, or after the clock went back, chance must not turn it round. */
function laterThan(id: string, last: string | undefined): string {
  if (last === undefined || id > last) return id
  const at = last.search(/[^z]z*$/)
  return last.slice(0, at) + digits[digits.indexOf(last[at] as string) + 1] + '0'.repeat(last.length - at - 1)
}
