import { seconds } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { defineAction } from './define.ts'

/** Longer than it takes to follow, or to refuse; a copy of a large database takes hours. */
const patienceMs = 3_000

/**
 * Has a database become a standby of another one: it follows where the histories fit, is rewound where they do not, and copied anew
 * where that is impossible, or ordered (`rebuild`). What takes longer goes on at its agent; `await-streaming` looks how it ends, so
 * that nothing heavier has to wait for it.
 */
export const rejoin = defineAction('rejoin', {
  title: 'Have a database rejoin as standby',
  kind: 'idempotent',
  timeoutMs: seconds(10),
  attempts: 1,
  async apply(
    { member, primary, rebuild }: { member: string; primary: string; rebuild: boolean },
    { world, generation, key, signal },
  ): Promise<object> {
    const body = { primary, ...(rebuild ? { rebuild } : {}) }
    try {
      return { ...(await world.control({ member }, { action: 'rejoin', generation, key, body }, { timeoutMs: patienceMs, signal })) }
    } catch (error) {
      // An earlier run gave way while its copy went on: that one ends as this one would.
      const busy = isFault(error, 'target-failed') && error.details.code === 'conflict'
      if (busy) return { goesOn: 'it is being made a standby already' }
      if (!isFault(error, 'target-timeout')) throw error
      return { goesOn: `it takes longer than ${patienceMs} ms` }
    }
  },
})
