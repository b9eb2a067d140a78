import { sleep } from '../core/clock.ts'
import { fault } from '../core/errors.ts'
import type { ActionContext } from './actions/define.ts'

/** When nobody near the member answers, its role lease is what is left: it has stepped down by itself once the lease has ended. */
export async function waitForLease(
  member: string,
  silent: readonly string[],
  { component, clock, roles, signal }: Pick<ActionContext, 'component' | 'clock' | 'roles' | 'signal'>,
) {
  if (!component.roleLease) throw fault('fence-unconfirmed', { member, problem: silent.join('; ') })
  const waitMs = Math.max(0, roles.leaseEndsAt(component.id) + component.roleLease.marginMs - clock.monotonic())
  await sleep(clock, waitMs, signal)
  if (signal.aborted) throw fault('deadline-passed', { what: `Waiting for the role lease of ${member}`, timeoutMs: Math.round(waitMs) })
  return { receipt: 'lease-ended', by: 'lease', waitedMs: Math.round(waitMs) }
}
