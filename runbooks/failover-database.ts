import { minutes } from '../core/clock.ts'
import { compared, followers, others } from '../remediation/databases-plan.ts'
import { countedFirst } from './count.ts'
import { defineRunbook, step } from './define.ts'

export const failoverDatabase = defineRunbook('failover-database', {
  title: 'Switch to the standby with the most WAL',
  answers: ['process-exited', 'hung', 'unreachable', 'failing'],
  requires: ['databases', 'active-known', 'standby-healthy', 'standby-caught-up', 'standby-in-sync'],
  cooldownMs: minutes(10),
  switches: true,
  steps: (facts) => {
    const { active, standby, targets } = facts
    if (active === null || standby === null) return []
    const broken = targets.includes(active)
    // Every prefix of this list leaves at most one active. A healthy active gives all that it has before anybody takes over.
    return [
      ...(broken
        ? [
            step('fence', { member: active }, { setsActive: null }),
            // Who does not hear it may have to answer in the comparison, which sees whether it still copies.
            ...others(facts, standby).map((member) => step('detach', { member }, { mayFail: true })),
            step('most-wal', compared(facts, standby)),
          ]
        : [
            step('checkpoint', { member: active }, { mayFail: true }),
            step('demote', { member: active }, { setsActive: null }),
            step('catch-up', { ...compared(facts, standby), of: active }),
          ]),
      ...countedFirst(facts.component, standby),
      step('promote', { member: standby }, { setsActive: standby }),
      step('route', { to: standby }),
      step('verify', { member: standby, role: 'active' }),
      ...followers(facts, standby, broken ? [active] : []).map((member) => step('follow', { member, primary: standby }, { mayFail: true })),
    ]
  },
})
