import { minutes, seconds, sleep } from '../../core/clock.ts'
import { fault, isFault } from '../../core/errors.ts'
import { isStreaming } from '../databases.ts'
import { defineAction } from './define.ts'

const pauseMs = 100
const longestPauseMs = 2_000

/** Waits until a standby copies the active database. Only looks, so that it can give way at any moment. */
export const awaitStreaming = defineAction('await-streaming', {
  title: 'Wait until a standby streams',
  kind: 'read',
  timeoutMs: minutes(10),
  attempts: 1,
  async apply({ member }: { member: string }, { world, clock, signal, timeoutMs }) {
    const startedAt = clock.monotonic()
    let seen = 'nothing yet'
    for (let pause = pauseMs; ; pause = Math.min(longestPauseMs, pause * 1.3)) {
      try {
        const health = await world.health(member, { timeoutMs: seconds(2), signal })
        if (health.role === 'standby' && health.status !== 'fail' && isStreaming(health))
          return { ms: Math.round(clock.monotonic() - startedAt) }
        seen =
          health.output ??
          `it is ${health.role ?? 'without a role'}, replication ${health.checks?.['replication:state']?.[0]?.observedValue}`
      } catch (error) {
        if (!isFault(error)) throw error
        seen = error.message
      }
      await sleep(clock, pause, signal)
      if (signal.aborted) throw fault('not-verified', { member, timeoutMs, problem: seen })
    }
  },
})
