import { type Incident, transition } from '../incidents/incident.ts'
import { type Context, tell } from '../journal/context.ts'
import type { Ingested } from '../journal/journal.ts'
import type { Alert, AlertInput } from './alert.ts'

/** Alerts that the timeline of an incident tells one by one; from then on each batch has one line. */
export const toldLimit = 20

export interface AlertRow extends Alert {
  /** What of it is to be written: that it came again, or all of it. */
  touched?: 'counted' | 'changed'
}

export interface IncidentRow extends Incident {
  told: number
  touched?: boolean
  /** Alerts that fire. */
  firing: number
  /** Of this batch, told in one line. */
  untold: { joined: number; cleared: number }
}

/** What a batch touches, while it takes effect. */
export interface Fold {
  context: Context
  alerts: Map<string, AlertRow>
  incidents: Set<IncidentRow>
  /** The one incident per component that has not ended. */
  open: Map<string, IncidentRow>
  /** Components with a run under way. */
  live: ReadonlySet<string>
}

export function openFold(
  context: Context,
  alerts: readonly AlertRow[],
  incidents: readonly (Incident & { told: number })[],
  firing: ReadonlyMap<string, number>,
  live: ReadonlySet<string>,
): Fold {
  const open = incidents.map((incident) => ({ ...incident, firing: firing.get(incident.id) ?? 0, untold: { joined: 0, cleared: 0 } }))
  return {
    context,
    alerts: new Map(alerts.map((alert) => [alert.key, alert])),
    incidents: new Set(open),
    open: new Map(open.map((incident) => [incident.component, incident])),
    live,
  }
}

/** One alert takes effect. Decides by what is stored and what came before it in the batch. */
export function take(fold: Fold, input: AlertInput): Ingested {
  const { key } = input
  const known = fold.alerts.get(key)
  const fires = known?.status === 'firing'
  if (input.status === 'resolved') {
    if (!fires) return { key, result: 'ignored', incident: known?.incident ?? null }
    clear(fold, known, input.at)
    return { key, result: 'resolved', incident: known.incident }
  }
  if (fires && known.component === input.component) return again(fold, known, input)
  if (fires) clear(fold, known, input.at)
  return fire(fold, input)
}

/** The same fault, told again. Another symptom of it is news: the engine looks again. */
function again(fold: Fold, known: AlertRow, input: AlertInput): Ingested {
  const news = known.signal !== input.signal
  const changed = news || known.member !== input.member || known.touched === 'changed'
  const { signal, summary, at, member, source } = input
  Object.assign(known, {
    signal,
    summary,
    at,
    member,
    source,
    count: known.count + 1,
    lastAt: at,
    touched: changed ? 'changed' : 'counted',
  })
  const incident = fold.open.get(input.component)
  if (news && incident) tellOf(fold, incident, 'joined', known)
  return { key: input.key, result: news ? 'joined' : 'repeated', incident: known.incident }
}

function fire(fold: Fold, input: AlertInput): Ingested {
  const found = fold.open.get(input.component)
  const incident = found ?? open(fold, input)
  incident.firing++
  const { key, component, member, signal, status, source, summary, at } = input
  const alert = {
    key,
    component,
    member,
    signal,
    status,
    source,
    summary,
    at,
    incident: incident.id,
    count: 1,
    firstAt: at,
    lastAt: at,
    touched: 'changed' as const,
  }
  fold.alerts.set(key, alert)
  if (found) tellOf(fold, incident, 'joined', alert)
  return { key, result: found ? 'joined' : 'opened', incident: incident.id }
}

function open(fold: Fold, input: AlertInput): IncidentRow {
  const { context } = fold
  const incident: IncidentRow = {
    id: context.mint('inc'),
    component: input.component,
    failure: 'unknown',
    status: 'open',
    reason: input.summary,
    openedAt: context.now,
    endedAt: null,
    told: 0,
    touched: true,
    firing: 0,
    untold: { joined: 0, cleared: 0 },
  }
  fold.incidents.add(incident)
  fold.open.set(input.component, incident)
  tell(context, 'incident.opened', { component: incident.component, incident: incident.id }, about(input))
  return incident
}

function clear(fold: Fold, alert: AlertRow, at: number): void {
  Object.assign(alert, { status: 'resolved', at, lastAt: at, touched: 'changed' })
  const incident = fold.open.get(alert.component)
  if (incident?.id !== alert.incident) return
  incident.firing--
  tellOf(fold, incident, 'cleared', alert)
  if (incident.firing === 0) endIfClear(fold, incident)
}

/** While a run mends it, that run says how it ends. */
function endIfClear(fold: Fold, incident: IncidentRow): void {
  const reason = 'nothing fires any more'
  const change = transition(incident.status, {
    kind: 'cleared',
    reason,
    underWay: incident.status !== 'open' && fold.live.has(incident.component),
  })
  if (!change) return
  tellRest(fold, incident)
  Object.assign(incident, { status: change.next, reason: change.reason, endedAt: fold.context.now, touched: true })
  fold.open.delete(incident.component)
  tell(fold.context, `incident.${change.next}`, { component: incident.component, incident: incident.id }, { reason: change.reason })
}

function tellOf(fold: Fold, incident: IncidentRow, what: 'joined' | 'cleared', alert: AlertRow): void {
  if (incident.told >= toldLimit) {
    incident.untold[what]++
    return
  }
  incident.told++
  incident.touched = true
  tell(fold.context, `alert.${what}`, { component: incident.component, incident: incident.id }, about(alert))
}

/** One line for all that had none. */
function tellRest({ context }: Fold, incident: IncidentRow): void {
  const { joined, cleared } = incident.untold
  if (joined + cleared === 0) return
  incident.untold = { joined: 0, cleared: 0 }
  tell(context, 'alerts.more', { component: incident.component, incident: incident.id }, { joined, cleared })
}

/** After the last alert of the batch. */
export function tellAllRest(fold: Fold): void {
  for (const incident of fold.incidents) tellRest(fold, incident)
}

const about = ({ key, member, signal, summary, source }: AlertInput) => ({ key, member, signal, summary, source })
