import type { Component, Incident, IncidentDetail, MaintenanceWindow, RunDetail, Switch } from '../api/client.ts'
import type { WordKey } from '../words/words.ts'
import type { Told } from './stream.ts'

/** All that the page knows. Replaced as a whole, never changed in place. */
export interface Board {
  session: 'unknown' | 'out' | 'in'
  /** Why there is no session, when there is something to say about it. */
  sessionNote: WordKey | null
  link: 'connecting' | 'live' | 'lost'
  /** Local time of the last word from the controller, and since when there is no connection. */
  heardAt: number | null
  lostAt: number | null
  components: Component[] | null
  /** Not ended: those that need a person first, then the newest. */
  open: Incident[]
  /** More are open than were read. */
  moreOpen: boolean
  details: ReadonlyMap<string, IncidentDetail>
  /** Incidents that ended before the eyes of the reader, with the local time until which they stay in sight. */
  leaving: ReadonlyMap<string, number>
  /** Runs of no incident: live, or just ended. */
  runs: RunDetail[]
  ended: Incident[]
  switches: Switch[]
  /** In force, or ahead. */
  windows: MaintenanceWindow[]
}

export const emptyBoard: Board = {
  session: 'unknown',
  sessionNote: null,
  link: 'connecting',
  heardAt: null,
  lostAt: null,
  components: null,
  open: [],
  moreOpen: false,
  details: new Map(),
  leaving: new Map(),
  runs: [],
  ended: [],
  switches: [],
  windows: [],
}

export interface Store {
  get(): Board
  set(patch: Partial<Board>): void
  subscribe(fn: () => void): () => void
}

export function createStore(): Store {
  let board = emptyBoard
  const subscribers = new Set<() => void>()
  return {
    get: () => board,
    set(patch) {
      board = { ...board, ...patch }
      for (const fn of subscribers) fn()
    },
    subscribe(fn) {
      subscribers.add(fn)
      return () => subscribers.delete(fn)
    },
  }
}

/** What has to be read again: `components`, `component:ID`, `open`, `recent`, `switches`, `runs`, `incident:ID`, `run:ID`. */
export type Stale = 'components' | 'open' | 'recent' | 'switches' | 'runs' | `${'component' | 'incident' | 'run'}:${string}`
export const everything: readonly Stale[] = ['components', 'open', 'recent', 'switches', 'runs']

/** What an event of the journal makes stale. */
export function madeStale({ kind, data }: Told): Stale[] {
  const { component, incident, run } = data as { component?: string | null; incident?: string | null; run?: string | null }
  const stale: Stale[] = []
  if (incident) stale.push(`incident:${incident}`)
  else if (run) stale.push(`run:${run}`)
  if (kind.startsWith('incident.')) stale.push('open')
  if (kind === 'incident.recovered' || kind === 'incident.resolved') stale.push('recent')
  if (kind.startsWith('role.') && component) stale.push(`component:${component}`)
  if (kind.startsWith('switch.')) stale.push('switches', 'components')
  if (kind.startsWith('maintenance.')) stale.push('switches')
  return stale
}

const urgency: Record<Incident['status'], number> = { escalated: 0, mending: 1, open: 2, recovered: 3, resolved: 3 }

/** The open incidents as their details tell them, which may be newer than the list. */
export function openOf(listed: readonly Incident[], details: Board['details']): Incident[] {
  return listed
    .map((incident) => details.get(incident.id) ?? incident)
    .filter((incident) => incident.endedAt === null)
    .sort((a, b) => urgency[a.status] - urgency[b.status] || b.openedAt.localeCompare(a.openedAt))
}
