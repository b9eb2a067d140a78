import { seconds, sleep } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { defineAction } from './define.ts'

const pauseMs = 250

/** Sends the users of a component to one member (`to: null`: to nobody), by the control hook of its router. */
export const route = defineAction('route', {
  title: 'Route users to a member',
  kind: 'idempotent',
  timeoutMs: seconds(5),
  attempts: 3,
  async apply({ to }: { to: string | null }, { world, component, generation, key, clock, timeoutMs, signal }) {
    if (!component.route) return { skipped: 'the component has no router' }
    const address = component.members.find((member) => member.id === to)?.address ?? null
    const call = { action: 'route', generation, key, body: { to: address, member: to } }
    for (let nextAt = clock.monotonic() + pauseMs; ; nextAt += pauseMs) {
      try {
        return { ...(await world.control({ routerOf: component.id }, call, { timeoutMs, signal })) }
      } catch (error) {
        // A router that is being started anew: all tries would be spent before it listens.
        if (!isFault(error, 'target-refused') || signal.aborted) throw error
        await sleep(clock, nextAt - clock.monotonic(), signal)
      }
    }
  },
})
