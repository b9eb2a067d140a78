import { keepsDatabases } from '../remediation/databases.ts'
import { compared, followers, others } from '../remediation/databases-plan.ts'
import type { Facts } from '../remediation/runbook.ts'
import { countedFirst } from './count.ts'
import { defineRunbook, step } from './define.ts'

export const appointActive = defineRunbook('appoint-active', {
  title: 'Give the active role to a member',
  answers: ['failing'], // planned only where the active member is well and has lost its role, or where nobody ever had it
  requires: ['standby-healthy', 'standby-in-sync'],
  cooldownMs: 0,
  steps: (facts) => (keepsDatabases(facts.component) ? ofDatabases(facts) : ofServices(facts)),
})

function ofServices({ component, standby }: Facts) {
  return standby === null
    ? []
    : [
        // The others hear the new generation first: a promotion of an older one, still under way, is refused by them.
        ...component.members
          .filter((member) => member.id !== standby)
          .map((member) => step('demote', { member: member.id }, { setsActive: null })),
        step('promote', { member: standby }, { setsActive: standby }),
        step('route', { to: standby }),
        step('verify', { member: standby, role: 'active' }),
      ]
}

function ofDatabases(facts: Facts) {
  const { component, standby, stopped = [] } = facts
  if (standby === null) return []
  return [
    ...component.members
      .filter(({ id }) => id !== standby && !stopped.includes(id))
      .map(({ id }) => step('demote', { member: id }, { setsActive: null })),
    ...others(facts, standby)
      .filter((id) => !stopped.includes(id))
      .map((member) => step('detach', { member }, { mayFail: true })),
    step('most-wal', compared(facts, standby)),
    ...countedFirst(component, standby),
    step('promote', { member: standby }, { setsActive: standby }),
    step('route', { to: standby }),
    step('verify', { member: standby, role: 'active' }),
    ...followers(facts, standby, []).map((member) => step('follow', { member, primary: standby }, { mayFail: true })),
  ]
}
