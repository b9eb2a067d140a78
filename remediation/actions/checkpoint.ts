import { seconds } from '../../core/clock.ts'
import { defineAction } from './define.ts'

/** Has a database write what it holds in memory, so that the step down that follows is short. */
export const checkpoint = defineAction('checkpoint', {
  title: 'Checkpoint a database',
  kind: 'idempotent',
  timeoutMs: seconds(30),
  attempts: 1,
  async apply({ member }: { member: string }, { world, generation: newest, key, ...limits }) {
    // By the generation that it knows: after a newer one its lease would be renewed no more, and this may take longer than a lease.
    const { generation = newest } = await world.health(member, limits)
    return { ...(await world.control({ member }, { action: 'checkpoint', generation, key }, limits)) }
  },
})
