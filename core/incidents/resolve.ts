import { append, type Context, tell } from '../journal/context.ts'
import { change, first, type Tx } from '../store/transaction.ts'
import { transition } from './incident.ts'

/** Ends an incident by hand. Its alerts count as resolved: should one fire again, that is a new incident. */
export function* resolve(context: Context, id: string, person: string, why: string): Tx<boolean> {
  const { sql, now } = context
  const incident = yield* first(sql.incidents.byId, { id })
  const moved = incident ? transition(incident.status, { kind: 'resolved-by', person, reason: why }) : null
  if (!incident || !moved) return false
  const { next: status, reason } = moved
  yield* change(sql.alerts.clearIncident, { incident: id, at: now })
  yield* change(sql.incidents.update, { id, failure: incident.failure, status, reason, endedAt: now })
  tell(context, 'incident.resolved', { component: incident.component, incident: id }, { reason, person })
  yield* append(context)
  return true
}
