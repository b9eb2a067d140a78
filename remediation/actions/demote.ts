import { seconds } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { waitForLease } from '../lease-end.ts'
import { defineAction } from './define.ts'

/** Asks a healthy member to step down, in good order. One that does not answer is waited out like in `fence`. */
export const demote = defineAction('demote', {
  title: 'Step a member down',
  kind: 'idempotent',
  timeoutMs: seconds(30),
  attempts: 1,
  async apply({ member }: { member: string }, { world, component, generation, key, clock, roles, signal }) {
    roles.release(component.id)
    try {
      return {
        receipt: 'member-demoted',
        ...(await world.control({ member }, { action: 'demote', generation, key }, { timeoutMs: 2_000, signal })),
      }
    } catch (error) {
      if (!isFault(error, 'target-refused', 'target-unreachable', 'target-timeout')) throw error
      return waitForLease(member, [error.message], { component, clock, roles, signal })
    }
  },
})
