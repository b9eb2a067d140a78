import { seconds, sleep } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { positionOf, walOf } from '../databases.ts'
import { defineAction } from './define.ts'
import { type Compared, compare } from './most-wal.ts'

const firstPauseMs = 5
const longestPauseMs = 100

/**
 * Waits until the standby has all that the active one had when it stepped down. If it does not come so far, the old one is the better
 * choice: the run ends as cancelled, and it gets its role back. One that said nothing when it stepped down leaves only the comparison.
 */
export const catchUp = defineAction('catch-up', {
  title: 'Wait until a standby has everything',
  kind: 'read',
  timeoutMs: seconds(5),
  attempts: 1,
  async apply({ of, ...args }: Compared & { of: string }, context): Promise<object> {
    const { world, clock, signal, earlier } = context
    const { member } = args
    const stepped = earlier?.('demote')
    const end = stepped && typeof stepped === 'object' && !Array.isArray(stepped) ? positionOf(stepped.walEnd) : null
    if (end === null) return compare(args, context)
    for (let pause = firstPauseMs; ; pause = Math.min(longestPauseMs, pause * 2)) {
      const wal = walOf(await world.health(member, { timeoutMs: 500, signal }).catch(() => null))
      if (wal && wal.position >= end) return { position: wal.position, end }
      await sleep(clock, pause, signal)
      if (signal.aborted) throw fault('more-wal', { member: of, than: member })
    }
  },
})
