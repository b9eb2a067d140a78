import { type Answer, ask, type Component, http, type IncidentDetail, type RunDetail } from '../api/client.ts'
import type { Board, Stale } from './board.ts'
import { openOf } from './board.ts'
import { isLive } from './runs.ts'

/** How long something that ended stays where it was, so that one can see how. */
const lingerMs = 12_000
/** Details are read of the first few open incidents; of the others when the reader opens them. */
const detailed = 6
const pageSize = 200
/** More single components than this are read as the whole list. */
const singlesMax = 8

/** `failed`: something was not answered, or with an error that may pass. */
export type Loaded = { outcome: 'ok' | 'failed' | 'unauthorized'; patch: Partial<Board> }

const mayPass = (status: number) => status === 0 || status === 429 || status >= 500

/** Incidents whose details are wanted whether or not they stand among the first: the reader opened them, or this page saw them begin. */
export interface Watched {
  byReader: Set<string>
  born: Set<string>
}

/** Reads again what is stale. */
export async function load(board: Board, stale: ReadonlySet<Stale>, watched: Watched, now: number): Promise<Loaded> {
  const problems: number[] = []
  const take = <T>(answer: Answer<T>): T | null => {
    if (answer.ok) return answer.data
    problems.push(answer.status)
    return null
  }
  const [components, listed, recent, switches, windows, runs] = await Promise.all([
    loadComponents(board, stale, take),
    stale.has('open') ? ask(http.GET('/v1/incidents', { params: { query: { status: 'open', limit: 50 } } })).then(take) : null,
    stale.has('recent') ? ask(http.GET('/v1/incidents', { params: { query: { limit: 30 } } })).then(take) : null,
    stale.has('switches') ? ask(http.GET('/v1/automation')).then(take) : null,
    stale.has('switches') ? ask(http.GET('/v1/maintenance')).then(take) : null,
    loadRuns(board, stale, take, now),
  ])
  const open = listed?.items ?? board.open
  const details = await loadDetails(board, wanted(board, open, stale, watched), take)
  const leaving = leavingOf(board, details, watched, now)
  for (const id of watched.born) if (details.get(id)?.endedAt && !leaving.has(id)) watched.born.delete(id)
  const inSight = new Set([...open.map((incident) => incident.id), ...leaving.keys(), ...watched.byReader, ...watched.born])
  const patch: Partial<Board> = {
    details: new Map([...details].filter(([id]) => inSight.has(id))),
    open: openOf(open, details),
    leaving,
    runs,
    ...(components && { components }),
    ...(listed && { moreOpen: listed.next !== null }),
    ...(recent && { ended: recent.items.filter((incident) => incident.endedAt !== null) }),
    ...(switches && { switches: switches.items }),
    ...(windows && { windows: windows.items }),
  }
  return { outcome: problems.includes(401) ? 'unauthorized' : problems.some(mayPass) ? 'failed' : 'ok', patch }
}

type Take = <T>(answer: Answer<T>) => T | null

async function loadComponents(board: Board, stale: ReadonlySet<Stale>, take: Take): Promise<Component[] | null> {
  const ids = idsOf(stale, 'component')
  const known = board.components
  if (!stale.has('components') && ids.length === 0) return null
  if (known && !stale.has('components') && ids.length <= singlesMax) {
    const fresh = await Promise.all(ids.map((id) => ask(http.GET('/v1/components/{id}', { params: { path: { id } } })).then(take)))
    return known.map((one) => fresh.find((component) => component?.id === one.id) ?? one)
  }
  const all: Component[] = []
  for (let after: string | undefined; ; ) {
    const page = take(await ask(http.GET('/v1/components', { params: { query: { limit: pageSize, after } } })))
    if (!page) return null
    all.push(...page.items)
    if (page.next === null) return all
    after = page.next
  }
}

const idsOf = (stale: ReadonlySet<Stale>, kind: 'component' | 'incident' | 'run') =>
  [...stale].filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1))

/** Runs of no incident: those under way, and for a while those that this page saw under way. */
async function loadRuns(board: Board, stale: ReadonlySet<Stale>, take: Take, now: number): Promise<RunDetail[]> {
  const listed = stale.has('runs') ? take(await ask(http.GET('/v1/runs', { params: { query: { limit: 30 } } }))) : null
  const live = (listed?.items ?? []).filter((run) => run.incident === null && isLive(run)).map((run) => run.id)
  const again = stale.has('runs') ? board.runs.filter(isLive).map((run) => run.id) : []
  const ids = new Set([...live, ...again, ...idsOf(stale, 'run')])
  const fresh = await Promise.all([...ids].map((id) => ask(http.GET('/v1/runs/{id}', { params: { path: { id } } })).then(take)))
  const kept = board.runs.filter((run) => !ids.has(run.id))
  return [...fresh.filter((run) => run !== null), ...kept].filter(
    (run) => isLive(run) || now - Date.parse(run.endedAt ?? run.createdAt) < lingerMs,
  )
}

function wanted(board: Board, open: Board['open'], stale: ReadonlySet<Stale>, watched: Watched): Set<string> {
  const shown = new Set([
    ...openOf(open, board.details)
      .slice(0, detailed)
      .map((incident) => incident.id),
    ...watched.byReader,
    ...watched.born,
  ])
  const dirty = new Set(idsOf(stale, 'incident'))
  return new Set([...shown].filter((id) => dirty.has(id) || stale.has('open') || !board.details.has(id)))
}

/** The details known, with those of `ids` anew. */
async function loadDetails(board: Board, ids: ReadonlySet<string>, take: Take): Promise<Board['details']> {
  if (ids.size === 0) return board.details
  const details = new Map<string, IncidentDetail>(board.details)
  const fresh = await Promise.all([...ids].map((id) => ask(http.GET('/v1/incidents/{id}', { params: { path: { id } } })).then(take)))
  for (const detail of fresh) if (detail) details.set(detail.id, detail)
  return details
}

function leavingOf(board: Board, details: Board['details'], watched: Watched, now: number): Board['leaving'] {
  const leaving = new Map([...board.leaving].filter(([, until]) => until > now))
  for (const detail of details.values()) {
    const before = board.details.get(detail.id)
    const endedHere =
      detail.endedAt !== null &&
      (before ? before.endedAt === null : watched.born.has(detail.id) && now - Date.parse(detail.endedAt) < lingerMs)
    if (endedHere) leaving.set(detail.id, now + lingerMs)
  }
  return leaving
}
