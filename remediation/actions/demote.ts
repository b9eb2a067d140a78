import { fenceLimitMs } from '../../core/catalog/timings.ts'
import { seconds } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { proveEnd } from '../evidence.ts'
import { waitForLease } from '../lease-end.ts'
import { type ActionContext, defineAction } from './define.ts'

/** A database writes a checkpoint and streams its last WAL out before it answers; its lease bounds the wait. */
const databaseMs = seconds(15)
const askMs = seconds(2)

/** Asks a healthy member to step down, in good order. A database that does not answer is fenced; others are waited out. */
export const demote = defineAction('demote', {
  title: 'Step a member down',
  kind: 'idempotent',
  timeoutMs: fenceLimitMs,
  attempts: 1,
  async apply({ member }: { member: string }, context) {
    const { world, component, generation, key, roles, signal } = context
    roles.release(component.id)
    const database = component.members.some((one) => one.id === member && one.postgres)
    const timeoutMs = database ? Math.min(databaseMs, leaseLeftMs(context)) : askMs
    try {
      return {
        receipt: 'member-demoted',
        by: 'member',
        ...(await world.control({ member }, { action: 'demote', generation, key }, { timeoutMs, signal })),
      }
    } catch (error) {
      if (!isFault(error, 'target-refused', 'target-unreachable', 'target-timeout')) throw error
      const silent = `member: ${error.message}`
      // Another key: the same one means the same order to whoever has heard it.
      const evidence = database
        ? await proveEnd(member, { ...context, key: `${key}/fence` })
        : { ...(await waitForLease(member, [silent], context)), silent: [] }
      return { ...evidence, silent: [silent, ...evidence.silent] }
    }
  },
})

/** Until nobody needs to be asked any more. */
const leaseLeftMs = ({ component, clock, roles }: ActionContext) =>
  component.roleLease ? Math.max(1, roles.leaseEndsAt(component.id) + component.roleLease.marginMs - clock.monotonic()) : databaseMs
