/**
 * The health hook and the control hook: what a member answers. Pinned; see docs/hooks.md.
 *
 *   GET  {base}/health            application/health+json, 200 for pass and warn, 503 for fail
 *   GET  {base}/health/active     200 only while the member is the active one
 *   POST {base}/control/{action}  Authorization, Idempotency-Key, Jidoka-Generation
 */
export type HealthStatus = 'pass' | 'warn' | 'fail'
export type MemberRole = 'active' | 'standby' | 'fenced' | 'unknown'

export interface HealthCheck {
  observedValue?: string | number | boolean
  observedUnit?: string
  status?: HealthStatus
  output?: string
  time?: string
  componentType?: string
  componentId?: string
}

export interface Health {
  status: HealthStatus
  version?: string
  releaseId?: string
  serviceId?: string
  description?: string
  output?: string
  role?: MemberRole
  generation?: number
  /** When this was answered, by the member's own clock; opaque. An order that carries it back as `since` counts from then. */
  stamp?: string
  /** Set by an agent only: the process behind this hook, seen from the same host. */
  process?: { state: 'running' | 'exited' | 'starting' | 'stopped'; pid?: number; restarts?: number }
  checks?: Record<string, HealthCheck[]>
}

export const controlActions = ['restart', 'promote', 'demote', 'fence', 'unfence', 'drain', 'resume', 'throttle', 'lease'] as const
export type ControlAction = (typeof controlActions)[number] | (string & {})

/** What a control call carries. `generation` is refused with 409 `stale-generation` when the target saw a newer one. */
export interface ControlCall {
  action: ControlAction
  generation: number
  /** Idempotency-Key: the same key is answered with the first answer, and acts once. */
  key: string
  body?: Record<string, unknown>
}

export type ControlAnswer = { status: 'done'; [detail: string]: unknown } | { status: 'accepted'; operation: string }

export const headers = { generation: 'jidoka-generation', key: 'idempotency-key' } as const
export const healthType = 'application/health+json'
export const problemType = 'application/problem+json'
