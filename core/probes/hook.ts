import { isFault } from '../errors.ts'
import type { Health } from '../hooks/contract.ts'
import { defineProbe, failed, noTarget, type Seen } from './define.ts'

/** Reads the member's health hook: its own, or its agent's view of it. */
export const hookProbe = defineProbe('hook', {
  async look(target, { catalog, hooks }, limits) {
    const { own, agent } = catalog.hooksOf(target.member.id)
    if (own === undefined) throw noTarget(target)
    try {
      return judge(await hooks.health(own, limits))
    } catch (error) {
      const seen = judgeFault(error, limits.timeoutMs)
      // That an agent is silent says nothing about the member behind it: nobody near it can tell.
      const byAgent = own === agent && seen.signal !== 'fail' && seen.signal !== 'bad-answer'
      return byAgent ? { ...seen, signal: 'unreachable', summary: `its agent: ${seen.summary}` } : seen
    }
  },
})

function judge(health: Health): Seen {
  if (health.status === 'pass') return { outcome: 'pass', summary: health.output ?? 'healthy', health }
  const summary = summaryOf(health)
  if (health.status === 'fail' && health.process?.state === 'exited') return { outcome: 'fail', signal: 'exit', summary, health }
  return { outcome: health.status, signal: isOverloaded(health) ? 'overloaded' : health.status, summary, health }
}

/** It names a check `overload` (or `overload:...`) that does not pass; a bare one counts when the whole only warns. */
function isOverloaded({ status, checks = {} }: Health): boolean {
  const named = Object.entries(checks).filter(([name]) => /^overload(:|$)/.test(name))
  return named.some(([, list]) => list.some((check) => (check.status === undefined ? status === 'warn' : check.status !== 'pass')))
}

function summaryOf(health: Health): string {
  const failing = Object.entries(health.checks ?? {}).find(([, list]) =>
    list.some((check) => check.status !== undefined && check.status !== 'pass'),
  )
  const because = health.output ?? health.description ?? failing?.[1].find((check) => check.output !== undefined)?.output ?? failing?.[0]
  return `it says "${health.status}"${because === undefined ? '' : `: ${because.slice(0, 300)}`}`
}

function judgeFault(error: unknown, timeoutMs: number): Seen {
  if (!isFault(error)) throw error
  switch (error.code) {
    case 'target-refused':
      return failed('refused', error.message)
    case 'target-timeout':
    case 'deadline-passed':
      return failed('timeout', `no answer within ${timeoutMs} ms`)
    case 'target-unreachable':
      return failed('unreachable', error.message)
    case 'target-bad-answer':
      return failed('bad-answer', error.message)
    case 'target-failed':
      return failed(Number(error.details.httpStatus) >= 500 ? 'fail' : 'bad-answer', error.message)
    default:
      throw error
  }
}
