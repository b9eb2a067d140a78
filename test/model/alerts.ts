import type { AlertInput } from '../../core/alerts/alert.ts'
import { type Incident, transition } from '../../core/incidents/incident.ts'
import type { Ingested } from '../../core/journal/journal.ts'
import { firingCount, putAlert, putIncident, type State, tell } from './state.ts'

/** So many alerts of an incident are told one by one; see docs. */
const toldLimit = 20

interface Batch {
  s: State
  live: ReadonlySet<string>
  rest: Map<string, { incident: Incident; joined: number; cleared: number }>
}

export function ingest(s: State, alerts: readonly AlertInput[]): Ingested[] {
  const batch: Batch = { s, live: new Set(s.live.keys()), rest: new Map() }
  const results = alerts.map((alert) => take(batch, alert))
  for (const id of [...batch.rest.keys()]) tellRest(batch, id)
  return results
}

function take(batch: Batch, input: AlertInput): Ingested {
  const { s } = batch
  const { key } = input
  const known = s.alerts.get(key)
  const fires = known?.status === 'firing'
  if (input.status === 'resolved') {
    if (!fires) return { key, result: 'ignored', incident: known?.incident ?? null }
    clear(batch, key, input.at)
    return { key, result: 'resolved', incident: known.incident }
  }
  if (fires && known.component === input.component) {
    const { signal, summary, at, member, source } = input
    putAlert(s, { ...known, signal, summary, at, member, source, count: known.count + 1, lastAt: at })
    const news = known.signal !== signal
    const incident = s.open.get(input.component)
    if (news && incident) told(batch, incident, 'joined', { ...input, key })
    return { key, result: news ? 'joined' : 'repeated', incident: known.incident }
  }
  if (fires) clear(batch, key, input.at)
  return fire(batch, input)
}

function fire(batch: Batch, input: AlertInput): Ingested {
  const { s } = batch
  const found = s.open.get(input.component)
  const incident: Incident = found ?? {
    id: s.mint('inc'),
    component: input.component,
    failure: 'unknown',
    status: 'open',
    reason: input.summary,
    openedAt: s.clock.now(),
    endedAt: null,
  }
  if (!found) {
    putIncident(s, incident)
    tell(s, 'incident.opened', { component: incident.component, incident: incident.id }, about(input))
  }
  const { key, component, member, signal, status, source, summary, at } = input
  putAlert(s, {
    ...{ key, component, member, signal, status, source, summary, at },
    ...{ incident: incident.id, count: 1, firstAt: at, lastAt: at },
  })
  if (found) told(batch, found, 'joined', input)
  return { key, result: found ? 'joined' : 'opened', incident: incident.id }
}

function clear(batch: Batch, key: string, at: number): void {
  const { s } = batch
  const alert = s.alerts.get(key)
  if (!alert) return
  putAlert(s, { ...alert, status: 'resolved', at, lastAt: at })
  const incident = s.open.get(alert.component)
  if (!incident || incident.id !== alert.incident) return
  told(batch, incident, 'cleared', alert)
  if (firingCount(s, incident.id) > 0) return
  const underWay = incident.status !== 'open' && batch.live.has(incident.component)
  const change = transition(incident.status, { kind: 'cleared', reason: 'nothing fires any more', underWay })
  if (!change) return
  tellRest(batch, incident.id)
  putIncident(s, { ...incident, status: change.next, reason: change.reason, endedAt: s.clock.now() })
  tell(s, `incident.${change.next}`, { component: incident.component, incident: incident.id }, { reason: change.reason })
}

function told(batch: Batch, incident: Incident, what: 'joined' | 'cleared', alert: AlertInput): void {
  const { s, rest } = batch
  const n = s.told.get(incident.id) ?? 0
  if (n < toldLimit) {
    s.told.set(incident.id, n + 1)
    tell(s, `alert.${what}`, { component: incident.component, incident: incident.id }, about(alert))
    return
  }
  const counts = rest.get(incident.id) ?? { incident, joined: 0, cleared: 0 }
  counts[what]++
  rest.set(incident.id, counts)
}

function tellRest({ s, rest }: Batch, id: string): void {
  const found = rest.get(id)
  if (!found) return
  rest.delete(id)
  const { incident, joined, cleared } = found
  tell(s, 'alerts.more', { component: incident.component, incident: id }, { joined, cleared })
}

const about = ({ key, member, signal, summary, source }: AlertInput) => ({ key, member, signal, summary, source })
