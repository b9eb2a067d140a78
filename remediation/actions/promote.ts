import { seconds } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { defineAction } from './define.ts'

/** Makes a member the active one of its component, at the generation of the run. */
export const promote = defineAction('promote', {
  title: 'Promote a member',
  kind: 'check-then-act',
  timeoutMs: seconds(5),
  attempts: 2,
  async apply({ member }: { member: string }, { world, component, generation, key, roles, ...limits }) {
    // An order that lies in the socket of a frozen process is read when it thaws. It counts from this answer, not from then.
    const { stamp: since } = await world.health(member, limits).catch((error) => {
      throw fault('role-refused', { member, role: 'active', problem: `it does not answer: ${error.message}` }, error)
    })
    roles.granting(component.id)
    const body = {
      ...(component.roleLease ? { leaseMs: component.roleLease.ttlMs } : {}),
      ...(since ? { since, withinMs: limits.timeoutMs } : {}),
    }
    const answer = await world.control({ member }, { action: 'promote', generation, key, body }, limits)
    // From here on, not from the end of the run: a slow router must not cost the new active its lease.
    roles.keep({ component: component.id, active: member, generation }, answer)
    return { ...answer }
  },
  /** Only the member itself can say that it is active at this generation; silence is no proof. */
  async probe({ member }, { world, component, generation, roles, ...limits }) {
    try {
      const health = await world.health(member, limits)
      if (health.role !== 'active' || health.generation !== generation) return 'not-done'
      // The first lease runs since the promotion that we did not see.
      roles.keep({ component: component.id, active: member, generation }, health)
      return 'done'
    } catch {
      return 'unclear'
    }
  },
})
