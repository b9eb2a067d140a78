import { seconds } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { defineAction } from './define.ts'

/**
 * Ends the process and starts it anew: by its agent, else by its own hook, else by the configured command.
 * `graceMs: 0` sends KILL at once: TERM does nothing to a process that is stopped or hung.
 */
export const restart = defineAction('restart', {
  title: 'Restart a member',
  kind: 'idempotent',
  timeoutMs: seconds(15),
  attempts: 1,
  async apply({ member, graceMs }: { member: string; graceMs: number }, { world, component, generation, key, ...limits }) {
    const configured = component.members.find((one) => one.id === member)
    const call = { action: 'restart', generation, key, body: { graceMs } }
    if (configured?.agent) return { by: 'agent', ...(await world.control({ agentOf: member }, call, limits)) }
    if (configured?.restartCommand) return { by: 'command', ...(await world.exec(configured.restartCommand, limits)) }
    if (configured?.hooks) return { by: 'hook', ...(await world.control({ member }, call, limits)) }
    throw fault('unknown-action', { member, action: 'restart', known: 'none: give it an agent, a hook or a restartCommand' })
  },
})
