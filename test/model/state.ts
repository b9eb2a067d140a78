import type { Alert } from '../../core/alerts/alert.ts'
import type { Clock } from '../../core/clock.ts'
import type { Mint } from '../../core/ids.ts'
import type { Incident } from '../../core/incidents/incident.ts'
import type { JournalEvent, OutboxEntry, Switch } from '../../core/journal/journal.ts'
import type { Stored } from '../../core/records/record.ts'
import type { Json, Role, Run, Step } from '../../core/runs/run.ts'

/**
 * All that a journal knows, in plain maps. What is in them is never changed, only replaced: so what was handed out stays as it was,
 * and nothing need be copied.
 */
export interface State {
  clock: Clock
  mint: Mint
  events: JournalEvent[]
  incidents: Map<string, Incident>
  /** The one per component that has not ended. */
  open: Map<string, Incident>
  /** Alerts that the timeline of an incident has told one by one. */
  told: Map<string, number>
  alerts: Map<string, Alert>
  /** Keys. */
  firing: Set<string>
  alertsOf: Map<string, Set<string>>
  runs: Map<string, Run>
  /** In the order of their ids. */
  runsOf: Map<string, string[]>
  runsFor: Map<string, string[]>
  live: Map<string, string>
  steps: Map<string, Step[]>
  leases: Map<string, { holder: string; fence: number; expiresAt: number }>
  roles: Map<string, Role>
  switches: Map<string, Switch>
  spends: { scope: string; component: string; at: number }[]
  successes: Map<string, { component: string; runbook: string; at: number }>
  outbox: OutboxEntry[]
  /** Ids of messages that are sent or given up. */
  sent: Set<number>
  dedupes: Set<string>
  cursors: Map<string, number>
  records: Map<string, Stored<unknown>>
  references: Map<string, { key: string; ref: string; at: number }>
  seen: Map<string, number>
  forgotAt: number
}

export const emptyState = (clock: Clock, mint: Mint): State => ({
  clock,
  mint,
  events: [],
  incidents: new Map(),
  open: new Map(),
  told: new Map(),
  alerts: new Map(),
  firing: new Set(),
  alertsOf: new Map(),
  runs: new Map(),
  runsOf: new Map(),
  runsFor: new Map(),
  live: new Map(),
  steps: new Map(),
  leases: new Map(),
  roles: new Map(),
  switches: new Map(),
  spends: [],
  successes: new Map(),
  outbox: [],
  sent: new Set(),
  dedupes: new Set(),
  cursors: new Map(),
  records: new Map(),
  references: new Map(),
  seen: new Map(),
  forgotAt: 0,
})

export interface Subject {
  component?: string | null
  incident?: string | null
  run?: string | null
  andon?: string | null
}

export function tell(s: State, kind: string, subject: Subject, data: Record<string, unknown>): void {
  s.events.push({
    seq: s.events.length + 1,
    at: s.clock.now(),
    kind,
    component: subject.component ?? null,
    incident: subject.incident ?? null,
    run: subject.run ?? null,
    andon: subject.andon ?? null,
    data: data as Record<string, Json>,
  })
}

export function putIncident(s: State, incident: Incident): void {
  s.incidents.set(incident.id, incident)
  if (incident.endedAt === null) s.open.set(incident.component, incident)
  else if (s.open.get(incident.component)?.id === incident.id) s.open.delete(incident.component)
}

export function putRun(s: State, run: Run): void {
  s.runs.set(run.id, run)
  if (run.endedAt === null) s.live.set(run.component, run.id)
  else if (s.live.get(run.component) === run.id) s.live.delete(run.component)
}

export function putAlert(s: State, alert: Alert): void {
  const before = s.alerts.get(alert.key)
  if (before && before.incident !== alert.incident && before.incident !== null) s.alertsOf.get(before.incident)?.delete(alert.key)
  s.alerts.set(alert.key, alert)
  if (alert.status === 'firing') s.firing.add(alert.key)
  else s.firing.delete(alert.key)
  if (alert.incident !== null && before?.incident !== alert.incident) addTo(s.alertsOf, alert.incident, alert.key)
}

function addTo(all: Map<string, Set<string>>, at: string, key: string): void {
  const set = all.get(at)
  if (set) set.add(key)
  else all.set(at, new Set([key]))
}

export function pushTo(all: Map<string, string[]>, at: string, id: string): void {
  const list = all.get(at)
  if (list) list.push(id)
  else all.set(at, [id])
}

export const firingCount = (s: State, incident: string): number => {
  let n = 0
  for (const key of s.alertsOf.get(incident) ?? []) if (s.firing.has(key)) n++
  return n
}

/** Oldest first. */
export function alertsOfIncident(s: State, incident: string, onlyFiring: boolean, limit: number): Alert[] {
  const found: Alert[] = []
  for (const key of s.alertsOf.get(incident) ?? []) if (!onlyFiring || s.firing.has(key)) found.push(s.alerts.get(key) as Alert)
  return found.sort((a, b) => a.firstAt - b.firstAt || compare(a.key, b.key)).slice(0, limit)
}

export const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Newest id first, those before `after`. */
export function pageOf<One extends { id: string }>(all: Iterable<One>, { limit, after }: { limit: number; after?: string }): One[] {
  const found = [...all].sort((a, b) => compare(b.id, a.id))
  const from = after === undefined ? 0 : found.findIndex(({ id }) => id < after)
  return from === -1 ? [] : found.slice(from, from + Math.min(limit, 1_000))
}

/** What JSON keeps of it. */
export const kept = <Value>(value: Value): Value => keptOf(value) as Value

function keptOf(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value
  if ('toJSON' in value) return JSON.parse(JSON.stringify(value))
  if (Array.isArray(value)) return value.map((one) => keptOf(one) ?? null)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const own = keptOf((value as Record<string, unknown>)[key])
    if (own !== undefined) copy[key] = own
  }
  return copy
}
