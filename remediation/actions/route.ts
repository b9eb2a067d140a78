import { seconds } from '../../core/clock.ts'
import { defineAction } from './define.ts'

/** Sends the users of a component to one member (`to: null`: to nobody), by the control hook of its router. */
export const route = defineAction('route', {
  title: 'Route users to a member',
  kind: 'idempotent',
  timeoutMs: seconds(5),
  attempts: 3,
  async apply({ to }: { to: string | null }, { world, component, generation, key, ...limits }) {
    if (!component.route) return { skipped: 'the component has no router' }
    const address = component.members.find((member) => member.id === to)?.address ?? null
    return {
      ...(await world.control({ routerOf: component.id }, { action: 'route', generation, key, body: { to: address, member: to } }, limits)),
    }
  },
})
