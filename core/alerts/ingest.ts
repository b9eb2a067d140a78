import { append, type Context } from '../journal/context.ts'
import type { Ingested } from '../journal/journal.ts'
import { batch } from '../store/kit.ts'
import { change, rows, type Tx } from '../store/transaction.ts'
import type { AlertInput } from './alert.ts'
import { type AlertRow, type Fold, type IncidentRow, openFold, take, tellAllRest } from './fold.ts'

/**
 * T1. Reads what the batch touches, lets it take effect in memory in the order given, and writes the result: the number of
 * statements does not grow with the number of alerts.
 */
export function* ingest(context: Context, alerts: readonly AlertInput[]): Tx<Ingested[]> {
  const fold = yield* read(context, alerts)
  const results = alerts.map((alert) => take(fold, alert))
  tellAllRest(fold)
  yield* write(context, fold)
  return results
}

function* read(context: Context, alerts: readonly AlertInput[]): Tx<Fold> {
  const { sql } = context
  const keys = [...new Set(alerts.map((alert) => alert.key))]
  const known = (yield* rows(sql.alerts.ofKeys, { keys: batch(keys.map((key) => ({ key }))) })) as AlertRow[]
  const components = [...new Set([...alerts, ...known].map((alert) => alert.component))]
  const ids = batch(components.map((id) => ({ id })))
  const open = yield* rows(sql.incidents.openOf, { components: ids })
  // Only an end needs to know what else fires and runs, and most batches bring none. A key that moves to another component is
  // over at the first.
  const homes = new Map(known.map(({ key, component }) => [key, component]))
  const mayEnd = open.length > 0 && alerts.some((alert) => ends(homes, alert))
  const counts = mayEnd ? yield* rows(sql.alerts.firingCounts, { incidents: batch(open.map(({ id }) => ({ id }))) }) : []
  const live = mayEnd ? yield* rows(sql.runs.liveOfMany, { components: ids }) : []
  return openFold(
    context,
    known,
    open,
    new Map(counts.map(({ incident, firing }) => [incident as string, firing])),
    new Set(live.map((run) => run.component)),
  )
}

/** Whether it may end something, after those before it in the batch. */
function ends(homes: Map<string, string>, { key, status, component }: AlertInput): boolean {
  const moved = (homes.get(key) ?? component) !== component
  homes.set(key, component)
  return status === 'resolved' || moved
}

function* write(context: Context, { alerts, incidents }: Fold): Tx<void> {
  const { sql } = context
  const all = [...alerts.values()]
  const put = all.filter(({ touched }) => touched === 'changed')
  if (put.length > 0) yield* change(sql.alerts.put, { alerts: batch(put.map(alertRow)) })
  const repeated = all.filter(({ touched }) => touched === 'counted')
  if (repeated.length > 0) yield* change(sql.alerts.repeat, { alerts: batch(repeated.map(repeatedRow)) })
  const changed = [...incidents].filter((incident) => incident.touched)
  if (changed.length > 0) yield* change(sql.incidents.put, { incidents: batch(changed.map(incidentRow)) })
  yield* append(context)
}

const alertRow = ({ firstAt, lastAt, touched, ...alert }: AlertRow) => ({ ...alert, first_at: firstAt, last_at: lastAt })
const repeatedRow = ({ key, at, summary, source, count }: AlertRow) => ({ key, at, summary, source, count })
const incidentRow = ({ openedAt, endedAt, touched, firing, untold, ...incident }: IncidentRow) => ({
  ...incident,
  opened_at: openedAt,
  ended_at: endedAt,
})
