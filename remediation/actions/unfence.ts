import { seconds } from '../../core/clock.ts'
import { defineAction } from './define.ts'

/** Lifts a fence: the member may be a standby again. It takes no role, and one that was not fenced stays as it is. */
export const unfence = defineAction('unfence', {
  title: 'Lift the fence of a member',
  kind: 'idempotent',
  timeoutMs: seconds(5),
  attempts: 1,
  async apply({ member }: { member: string }, { world, generation, key, ...limits }) {
    return { ...(await world.control({ member }, { action: 'unfence', generation, key }, limits)) }
  },
})
