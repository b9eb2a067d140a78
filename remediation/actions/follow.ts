import { seconds } from '../../core/clock.ts'
import { defineAction } from './define.ts'

/** Has a standby copy another member from now on. */
export const follow = defineAction('follow', {
  title: 'Follow another active database',
  kind: 'idempotent',
  timeoutMs: seconds(5),
  attempts: 1,
  async apply({ member, primary }: { member: string; primary: string }, { world, generation, key, ...limits }) {
    return { ...(await world.control({ member }, { action: 'follow', generation, key, body: { primary } }, limits)) }
  },
})
