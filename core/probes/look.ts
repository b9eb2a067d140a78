import type { Catalog } from '../catalog/catalog.ts'
import type { ProbeConfig } from '../catalog/schema.ts'
import { causeChain } from '../errors.ts'
import { failed, type Probe, type ProbeDeps, type ProbeKind, type Seen, type Target, whenAborted } from './define.ts'
import type { Observation } from './probe.ts'
import { probes } from './registry.ts'

const byKind = new Map<ProbeKind, Probe>(probes.map((probe) => [probe.kind, probe as Probe]))

/** A deadline that comes later than this was held up by ourselves: the answer may lie in the socket, unread. */
const stallMs = 50

/**
 * One look. Calls `settle` once, at the latest when the time is up; never throws. A probe that is broken itself says nothing
 * about the member: that is a warning, which nobody acts upon. The answer drops the look: nothing is settled then.
 */
export function startLook(target: Target, deps: ProbeDeps, timeoutMs: number, settle: (observation: Observation) => void): () => void {
  const { clock } = deps
  const startedAt = clock.monotonic()
  const took = () => clock.monotonic() - startedAt
  const abort = new AbortController()
  let open = true
  let stalled = false
  let cancelTimer = clock.after(timeoutMs, deadline)

  function end(seen: Seen) {
    if (!open) return
    open = false
    cancelTimer()
    settle({ ...seen, tookMs: took() })
  }

  function deadline() {
    if (!stalled && took() > timeoutMs + stallMs) {
      stalled = true
      cancelTimer = clock.after(stallMs, deadline)
      return
    }
    // The probe knows best how far it came; one that does not react is cut off in the next turn.
    cancelTimer = clock.after(0, () => end(failed('timeout', `no answer within ${timeoutMs} ms`)))
    abort.abort()
  }

  const run = async () => (byKind.get(target.probe.kind) as Probe).look(target, deps, { timeoutMs, signal: abort.signal })
  run().then(end, (error: unknown) =>
    end({ outcome: 'warn', signal: 'warn', summary: `the ${target.probe.kind} probe itself failed: ${causeChain(error)}` }),
  )

  return () => {
    open = false
    cancelTimer()
    abort.abort()
  }
}

const gravity = { pass: 0, warn: 1, fail: 2 } as const

/** Looks at a member once by each of its probes, as `remediation` verifies; answers the worst. A member without probes passes. */
export function lookAtMember(catalog: Catalog, deps: Omit<ProbeDeps, 'catalog'>) {
  return async (memberId: string, limits: { timeoutMs: number; signal?: AbortSignal }): Promise<Observation> => {
    const { member, component } = catalog.member(memberId)
    const lookBy = (probe: ProbeConfig) =>
      new Promise<Observation>((resolve) => {
        const giveUp = () => {
          drop()
          resolve({ ...failed('timeout', 'nobody waits for the answer any more'), tookMs: 0 })
        }
        const drop = startLook(
          { component, member, probe },
          { ...deps, catalog },
          Math.min(limits.timeoutMs, probe.timeoutMs),
          (observation) => {
            limits.signal?.removeEventListener('abort', giveUp)
            resolve(observation)
          },
        )
        if (limits.signal) whenAborted(limits.signal, giveUp)
      })
    const seen = await Promise.all(component.probes.map(lookBy))
    const nothing: Observation = { outcome: 'pass', summary: 'it has no probes', tookMs: 0 }
    return seen.reduce((worst, one) => (gravity[one.outcome] > gravity[worst.outcome] || worst === nothing ? one : worst), nothing)
  }
}
