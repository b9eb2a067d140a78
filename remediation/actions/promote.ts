import { seconds } from '../../core/clock.ts'
import { defineAction } from './define.ts'

/** Makes a member the active one of its component, at the generation of the run. */
export const promote = defineAction('promote', {
  title: 'Promote a member',
  kind: 'check-then-act',
  timeoutMs: seconds(5),
  attempts: 2,
  async apply({ member }: { member: string }, { world, component, generation, key, roles, ...limits }) {
    roles.granting(component.id)
    const body = component.roleLease ? { leaseMs: component.roleLease.ttlMs } : {}
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
      roles.keep({ component: component.id, active: member, generation })
      return 'done'
    } catch {
      return 'unclear'
    }
  },
})
