import { seconds } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { waitForLease } from '../lease-end.ts'
import { defineAction } from './define.ts'

/**
 * Makes sure that a member cannot act as the active one, and says how it knows (the receipt):
 * its agent reaped the process; or it said itself that it is fenced; or its role lease has ended.
 * Without any of these the step fails, and nobody is promoted.
 */
export const fence = defineAction('fence', {
  title: 'Fence a member',
  kind: 'idempotent',
  timeoutMs: seconds(30),
  attempts: 1,
  async apply({ member }: { member: string }, context) {
    const { world, component, generation, key, clock, roles, signal } = context
    roles.release(component.id)
    const call = { action: 'fence', generation, key }
    const limits = { timeoutMs: 2_000, signal }
    const silence: string[] = []
    if (component.members.find((one) => one.id === member)?.agent) {
      try {
        return { receipt: 'process-reaped', ...(await world.control({ agentOf: member }, call, limits)) }
      } catch (error) {
        if (!isFault(error, 'target-refused', 'target-unreachable', 'target-timeout')) throw error
        silence.push(`agent: ${error.message}`)
      }
    }
    try {
      return { receipt: 'member-fenced', ...(await world.control({ member }, call, limits)) }
    } catch (error) {
      if (!isFault(error, 'target-refused', 'target-unreachable', 'target-timeout', 'unknown-action')) throw error
      silence.push(`member: ${error.message}`)
    }
    return waitForLease(member, silence, { component, clock, roles, signal })
  },
})
