import { seconds } from '../../core/clock.ts'
import { defineAction } from './define.ts'

/**
 * Has a standby copy nobody, until it is told whom to follow. An old active whose end is not proven may otherwise go on: what it still
 * sends to a standby that it waits for would be acknowledged, and be missing at whoever is promoted.
 */
export const detach = defineAction('detach', {
  title: 'Have a standby copy nobody',
  kind: 'idempotent',
  timeoutMs: seconds(3),
  attempts: 1,
  async apply({ member }: { member: string }, { world, generation, key, ...limits }) {
    return { ...(await world.control({ member }, { action: 'detach', generation, key }, limits)) }
  },
})
