import { fenceLimitMs } from '../../core/catalog/timings.ts'
import { proveEnd } from '../evidence.ts'
import { defineAction } from './define.ts'

/**
 * Makes sure that a member cannot act as the active one, and says how it knows (`receipt`, `by`) and who said nothing (`silent`):
 * its agent or its guard ended the process; or it said itself that it is fenced; or the configured command fenced it; or its role
 * lease has ended. Without any of these the step fails, and nobody is promoted.
 */
export const fence = defineAction('fence', {
  title: 'Fence a member',
  kind: 'idempotent',
  timeoutMs: fenceLimitMs,
  attempts: 1,
  apply({ member }: { member: string }, context) {
    const { component, roles } = context
    roles.release(component.id)
    return proveEnd(member, context)
  },
})
