import createClient from 'openapi-fetch'
import type { components, paths } from './schema.d.ts'

type Schemas = components['schemas']
export type Component = Schemas['Component']
export type Member = Schemas['Member']
export type Incident = Schemas['Incident']
export type IncidentDetail = Schemas['IncidentDetail']
export type TimelineEntry = Schemas['TimelineEntry']
export type Run = Schemas['Run']
export type RunDetail = Schemas['RunDetail']
export type Step = Schemas['Step']
export type Plan = Schemas['Plan']
export type Switch = Schemas['AutomationSwitch']
export type MaintenanceWindow = Schemas['MaintenanceWindow']
export type Problem = Pick<Schemas['Problem'], 'title' | 'detail' | 'code'>

/** An answer, or the problem in words that can be shown. `gone`: nobody answered. */
export type Answer<T> = { ok: true; data: T } | { ok: false; status: number; problem: Problem | null }

const timeoutMs = 8_000
/** Below this the clocks count as equal: the header has whole seconds. */
const skewFloorMs = 2_000
let skewMs = 0

/** The controller's time: what has begun there must not seem to have begun in the future here. */
export const serverNow = () => Date.now() + skewMs

async function timedFetch(request: Request): Promise<Response> {
  const response = await fetch(request, { signal: AbortSignal.timeout(timeoutMs) })
  const skew = Date.parse(response.headers.get('date') ?? '') - Date.now()
  if (Number.isFinite(skew)) skewMs = Math.abs(skew) > skewFloorMs ? skew : 0
  return response
}

/** The API, by its generated types. The cookie of the session goes along by itself. */
export const http = createClient<paths>({ baseUrl: location.origin, fetch: timedFetch })

interface Fetched<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Never throws: a controller that is gone is a state of the board, not an exception. */
export async function ask<T>(call: Promise<Fetched<T>>): Promise<Answer<T>> {
  try {
    const { data, error, response } = await call
    if (response.ok) return { ok: true, data: data as T }
    return { ok: false, status: response.status, problem: isProblem(error) ? error : null }
  } catch {
    return { ok: false, status: 0, problem: null }
  }
}

const isProblem = (value: unknown): value is Problem => typeof value === 'object' && value !== null && 'title' in value && 'code' in value

/** A key for a write that must not happen twice; `randomUUID` is not there on plain HTTP beyond loopback. */
export const writeKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('-')
