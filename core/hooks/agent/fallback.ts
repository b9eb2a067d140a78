import type { AgentReport } from '../../api/ports.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Supervised } from './member.ts'
import type { Reporter } from './reports.ts'

export interface FallbackLimits {
  /** A report that nobody acknowledged for so long: no controller answers. */
  silenceMs: number
  /** A member that is down for so long: ask whether a controller is there at all. */
  fallbackAfterMs: number
  firstBackoffMs: number
  longestBackoffMs: number
  /** Local restarts of one member within `windowMs`. */
  maxRestarts: number
  windowMs: number
}

export const fallbackLimits: FallbackLimits = {
  silenceMs: 1_000,
  fallbackAfterMs: 5_000,
  firstBackoffMs: 200,
  longestBackoffMs: 30_000,
  maxRestarts: 10,
  windowMs: 600_000,
}

/** Everything that the decision depends on. Times are monotonic ms. */
export interface FallbackFacts {
  now: number
  wanted: boolean
  fenced: boolean
  /** Null while it runs. */
  downSince: number | null
  /** Null: none is configured, this agent is alone. */
  controller: {
    /** Since when a report waits without anything being acknowledged; null: none waits. */
    silentSince: number | null
    /** The last answer to "are you there?". */
    asked: { at: number; answered: boolean } | null
  } | null
  /** When this member was restarted locally. */
  restarts: readonly number[]
}

export type FallbackDecision =
  | { decision: 'leave'; reason: string }
  | { decision: 'wait'; ms: number; reason: string }
  | { decision: 'ask' | 'restart'; reason: string }

/**
 * May the agent restart a member by itself? Only while no controller answers, with growing pauses, and a limited number of
 * times. It never gives a role to anybody, and never touches what was stopped or fenced by order.
 */
export function decideFallback(facts: FallbackFacts, limits: FallbackLimits = fallbackLimits): FallbackDecision {
  const { now, downSince, controller } = facts
  if (facts.fenced) return { decision: 'leave', reason: 'it is fenced' }
  if (!facts.wanted) return { decision: 'leave', reason: 'it was stopped by order' }
  if (downSince === null) return { decision: 'leave', reason: 'it runs' }
  if (controller !== null) {
    const unclear = waitForController(now, downSince, controller, limits)
    if (unclear) return unclear
  }
  const recent = facts.restarts.filter((at) => at > now - limits.windowMs)
  if (recent.length >= limits.maxRestarts) {
    const ms = Math.min(...recent) + limits.windowMs - now
    return {
      decision: 'wait',
      ms,
      reason: `it was restarted ${recent.length} times within ${limits.windowMs / 60_000} minutes: a person is needed`,
    }
  }
  const backoffMs = Math.min(limits.longestBackoffMs, limits.firstBackoffMs * 2 ** recent.length)
  const leftMs = downSince + backoffMs - now
  if (leftMs > 0) return { decision: 'wait', ms: leftMs, reason: `pause of ${backoffMs} ms before restart ${recent.length + 1}` }
  return { decision: 'restart', reason: controller === null ? 'no controller is configured' : 'no controller answers' }
}

/** Null: it is clear that none answers. */
function waitForController(
  now: number,
  downSince: number,
  controller: NonNullable<FallbackFacts['controller']>,
  limits: FallbackLimits,
): FallbackDecision | null {
  const { silentSince, asked } = controller
  if (silentSince !== null) {
    const leftMs = silentSince + limits.silenceMs - now
    return leftMs > 0 ? { decision: 'wait', ms: leftMs, reason: 'the report is under way' } : null
  }
  const leftMs = downSince + limits.fallbackAfterMs - now
  if (leftMs > 0) return { decision: 'wait', ms: leftMs, reason: 'the controller has heard of it' }
  if (asked === null || asked.at < downSince + limits.fallbackAfterMs || now - asked.at >= limits.fallbackAfterMs) {
    return { decision: 'ask', reason: `it is down for ${limits.fallbackAfterMs} ms` }
  }
  return asked.answered
    ? { decision: 'wait', ms: asked.at + limits.fallbackAfterMs - now, reason: 'a controller answers: it decides' }
    : null
}

type Restartable = Pick<Supervised, 'id' | 'view' | 'revive'>

export interface FallbackOptions {
  members: readonly Restartable[]
  /** Null: no controller is configured. */
  reporter: Reporter | null
  clock: Clock
  log: Log
  limits?: FallbackLimits
}

/** Carries the decisions out. `watch` begins to look after a member that went down, until it runs or is not wanted any more. */
export function startFallback({ members, reporter, clock, log, limits = fallbackLimits }: FallbackOptions) {
  const restarts = new Map<string, number[]>()
  /** What is waited for per member; null: something is being done for it. */
  const watched = new Map<string, (() => void) | null>()
  let asked: { at: number; answered: boolean } | null = null
  let closed = false

  function look(member: Restartable, told: string): void {
    if (closed) return
    const { wanted, fenced, downSince } = member.view()
    const controller = reporter === null ? null : { silentSince: reporter.silentSince(), asked }
    const decision = decideFallback(
      { now: clock.monotonic(), wanted, fenced, downSince, controller, restarts: restarts.get(member.id) ?? [] },
      limits,
    )
    if (decision.reason !== told) log.debug({ member: member.id, ...decision }, 'fallback')
    const again = () => look(member, decision.reason)
    switch (decision.decision) {
      case 'leave':
        watched.delete(member.id)
        return
      case 'wait':
        watched.set(member.id, clock.after(decision.ms, again))
        return
      case 'ask':
        watched.set(member.id, null)
        void reporter?.reachable().then((answered) => {
          asked = { at: clock.monotonic(), answered }
          again()
        })
        return
      case 'restart':
        watched.set(member.id, null)
        void restart(member, decision.reason).then(again)
    }
  }

  async function restart(member: Restartable, reason: string): Promise<void> {
    const before = member.view()
    const all = [...(restarts.get(member.id) ?? []), clock.monotonic()].slice(-limits.maxRestarts)
    restarts.set(member.id, all)
    try {
      const started = await member.revive()
      if (!started) return
      log.warn({ member: member.id, pid: started.pid, reason }, 'restarted locally')
      const downMs = Math.round(clock.monotonic() - (before.downSince ?? clock.monotonic()))
      const detail = `${before.detail}; restarted by the agent after ${downMs} ms: ${reason}`
      const event: AgentReport['event'] = 'restarted-locally'
      reporter?.send({ member: member.id, event, pid: started.pid, detail, at: clock.now() })
    } catch (error) {
      log.error({ member: member.id, err: error instanceof Error ? error.message : String(error) }, 'local restart failed')
    }
  }

  return {
    watch(memberId: string) {
      const member = members.find((one) => one.id === memberId)
      const waiting = watched.get(memberId)
      if (!member || waiting === null) return
      waiting?.()
      look(member, '')
    },
    close() {
      closed = true
      for (const cancel of watched.values()) cancel?.()
    },
  }
}
