import { defineAction } from '../../remediation/actions/define.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import { defineRunbook, ownStep, step } from '../../runbooks/define.ts'

/** Something irreversible, so that there is something which must never be done twice. */

/** A service's own irreversible action: it counts, and forgets nothing. */
export const launching = (launches: Map<string, number>) => ({
  launch: ({ key }: { key: string }) => {
    launches.set(key, (launches.get(key) ?? 0) + 1)
  },
})

export const launchAction = defineAction('launch', {
  title: 'Something that cannot be taken back',
  kind: 'irreversible',
  timeoutMs: 1_000,
  attempts: 1,
  async apply({ member }: { member: string }, { world, generation, key, ...limits }) {
    return { ...(await world.control({ member }, { action: 'launch', generation, key }, limits)) }
  },
  probe: async () => 'unclear',
})

export const launch: Runbook = defineRunbook('launch', {
  title: 'Launch, then verify',
  answers: ['failing'],
  requires: [],
  cooldownMs: 0,
  steps: ({ targets }) =>
    targets.flatMap((member) => [ownStep('launch', { member }), step('verify', { member, role: null }, { timeoutMs: 2_000 })]),
})
