import type { Clock } from '../../clock.ts'
import { fault } from '../../errors.ts'
import type { Health, HealthCheck, HealthStatus } from '../contract.ts'
import { within } from './http.ts'

/** What a service says of itself. Throwing means `fail` with the error's text. */
export type ServiceCheck = (signal: AbortSignal) => CheckResult | Promise<CheckResult>
// biome-ignore lint/suspicious/noConfusingVoidType: a check that answers nothing passes
export type CheckResult = { status?: HealthStatus; output?: string; checks?: Record<string, HealthCheck[]> } | void
/** One named check; its answer stands under its name. */
// biome-ignore lint/suspicious/noConfusingVoidType: a check that answers nothing passes
export type NamedCheck = (signal: AbortSignal) => HealthCheck | void | Promise<HealthCheck | void>

export interface HealthOptions {
  check?: ServiceCheck
  checks?: Record<string, NamedCheck>
  /** A check that takes longer has failed; 1 s. */
  checkLimitMs?: number
  /** Warns, as check `overload`, when the event loop was held up for longer within the last second. */
  overload?: { eventLoopLagMs: number }
}

type Part = { status: HealthStatus; output?: string; checks: Record<string, HealthCheck[]> }
export type HealthPart = Pick<Health, 'status' | 'output' | 'checks'>

const rank: Record<HealthStatus, number> = { pass: 0, warn: 1, fail: 2 }
const worst = (a: HealthStatus, b: HealthStatus) => (rank[b] > rank[a] ? b : a)

/** Runs every check at once, each within its limit; the worst status wins. One that fails does not stop the others. */
export function healthReader(options: HealthOptions, clock: Clock): () => Promise<HealthPart> {
  const limitMs = options.checkLimitMs ?? 1_000
  const readers = Object.entries(options.checks ?? {}).map(([name, check]) =>
    bounded(clock, limitMs, name, async (signal) => {
      const answer = (await check(signal)) ?? {}
      const status = answer.status ?? 'pass'
      return {
        status,
        checks: { [name]: [{ ...answer, status }] },
        ...(status === 'pass' ? {} : { output: `${name}: ${answer.output ?? status}` }),
      }
    }),
  )
  const { check } = options
  if (check) readers.push(bounded(clock, limitMs, 'check', async (signal) => readResult(await check(signal))))
  if (options.overload) {
    const lag = lagReader(clock, options.overload.eventLoopLagMs)
    readers.push(async () => lag())
  }
  return async () => merge(await Promise.all(readers.map((read) => read())))
}

/** The worst among the whole and its checks: a failing check cannot hide behind a status that was forgotten. */
function readResult(result: CheckResult): Part {
  const checks = result?.checks ?? {}
  const status = Object.values(checks)
    .flat()
    .reduce((seen, one) => worst(seen, one.status ?? 'pass'), result?.status ?? 'pass')
  return { status, checks, ...(result?.output === undefined ? {} : { output: result.output }) }
}

/** Readers that come while a check is at work share it, unless it is late already. */
function bounded(clock: Clock, limitMs: number, name: string, run: (signal: AbortSignal) => Promise<Part>): () => Promise<Part> {
  let shared: Promise<Part> | null = null
  return () => {
    if (shared) return shared
    const abort = new AbortController()
    const failed = (error: unknown): Part => {
      abort.abort()
      const output = error instanceof Error ? error.message : String(error)
      return { status: 'fail', output: `${name}: ${output}`, checks: { [name]: [{ status: 'fail', output }] } }
    }
    const late = () => fault('deadline-passed', { what: `The check "${name}"`, timeoutMs: limitMs })
    const mine = within(clock, limitMs, run(abort.signal), late)
      .catch(failed)
      .finally(() => {
        shared = null
      })
    shared = mine
    return mine
  }
}

function merge(parts: Part[]): HealthPart {
  const checks: Record<string, HealthCheck[]> = {}
  for (const part of parts) for (const [name, list] of Object.entries(part.checks)) checks[name] = [...(checks[name] ?? []), ...list]
  const output = parts
    .map((part) => part.output)
    .filter(Boolean)
    .join('; ')
  return {
    status: parts.reduce((status, part) => worst(status, part.status), 'pass' as HealthStatus),
    ...(output ? { output } : {}),
    ...(Object.keys(checks).length > 0 ? { checks } : {}),
  }
}

const sampleMs = 100
const samples = 10

/** How late a timer fires is how long the event loop was busy. */
function lagReader(clock: Clock, limitMs: number): () => Part {
  const seen: number[] = []
  let dueAt = clock.monotonic() + sampleMs
  const late = () => Math.max(0, clock.monotonic() - dueAt)
  const tick = () => {
    seen.push(late())
    if (seen.length > samples) seen.shift()
    dueAt = clock.monotonic() + sampleMs
    clock.after(sampleMs, tick)
  }
  clock.after(sampleMs, tick)
  return () => {
    // After a long hold-up a request may be answered before the timer: what it would tell counts as well.
    const observedValue = Math.round(Math.max(late(), ...seen))
    const status = observedValue > limitMs ? 'warn' : 'pass'
    const output = status === 'pass' ? {} : { output: `overload: the event loop was held up for ${observedValue} ms` }
    return { status, ...output, checks: { overload: [{ observedValue, observedUnit: 'ms', status }] } }
  }
}
