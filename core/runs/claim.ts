import { append, type Context, tell } from '../journal/context.ts'
import type { Claim } from '../journal/journal.ts'
import { change, first, rows, type Tx } from '../store/transaction.ts'
import { resourceOf, runOf, stepOf } from './rows.ts'

/** T3. Takes the lease of the run's component; whoever held it before is refused from now on. */
export function* claim(context: Context, id: string, holder: string, ttlMs: number): Tx<Claim | null> {
  const { sql, now } = context
  const row = yield* first(sql.runs.byId, { run: id })
  // What waits for a person is nobody's to carry out.
  if (!row || row.endedAt !== null || row.status === 'waiting') return null
  const resource = resourceOf(row.component)
  const taken = yield* first(sql.runs.take, { resource, holder, ttlMs })
  if (!taken) return null
  yield* change(sql.runs.start, { run: id, at: now })
  const steps = (yield* rows(sql.runs.steps, { run: id })).map(stepOf)
  const run = runOf({ ...row, status: 'running', startedAt: row.startedAt ?? now })
  const kind = row.startedAt === null ? 'run.started' : 'run.resumed'
  tell(
    context,
    kind,
    { component: run.component, incident: run.incident, run: id },
    { runbook: run.runbook, holder, fence: taken.fence, steps: steps.length },
  )
  yield* append(context)
  return { held: { resource, holder, fence: taken.fence }, run, steps }
}
