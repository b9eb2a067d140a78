import { seconds, sleep } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import type { MemberRole } from '../../core/hooks/contract.ts'
import { defineAction } from './define.ts'

const firstPauseMs = 20
const longestPauseMs = 500

/** Looks at a member from outside, by its own probes, until it passes and has the role it should have. */
export const verify = defineAction('verify', {
  title: 'Verify from outside',
  kind: 'read',
  timeoutMs: seconds(15),
  attempts: 1,
  async apply({ member, role }: { member: string; role: MemberRole | null }, { world, clock, generation, signal, timeoutMs }) {
    const startedAt = clock.monotonic()
    let seen = 'nothing yet'
    for (let looks = 1, pauseMs = firstPauseMs; ; looks++, pauseMs = Math.min(longestPauseMs, pauseMs * 1.5)) {
      const look = await world.look(member, { timeoutMs: Math.min(1_000, timeoutMs), signal })
      const is = look.health?.role
      const rightRole = role === null || (is === role && (role !== 'active' || look.health?.generation === generation))
      if (look.outcome !== 'fail' && rightRole) return { looks, ms: Math.round(clock.monotonic() - startedAt), summary: look.summary }
      seen =
        rightRole || look.outcome === 'fail'
          ? look.summary
          : `it is ${is ?? 'without a role'} at generation ${look.health?.generation ?? '?'}, not ${role} at ${generation}`
      if (look.signal === 'refused' && (await world.supervised(member, { timeoutMs: 500, signal }))?.state === 'exited')
        throw fault('not-verified', { member, timeoutMs: Math.round(clock.monotonic() - startedAt), problem: 'its process ended again' })
      await sleep(clock, pauseMs, signal)
      if (signal.aborted) throw fault('not-verified', { member, timeoutMs, problem: seen })
    }
  },
})
