import { seconds } from '../../core/clock.ts'
import { defineAction } from './define.ts'

/** Asks a member to take no new work and to end what it has. */
export const drain = defineAction('drain', {
  title: 'Drain a member',
  kind: 'idempotent',
  timeoutMs: seconds(30),
  attempts: 1,
  async apply({ member }: { member: string }, { world, generation, key, ...limits }) {
    return { ...(await world.control({ member }, { action: 'drain', generation, key }, limits)) }
  },
})
