import { defineRunbook, step } from './define.ts'

export const appointActive = defineRunbook('appoint-active', {
  title: 'Give the active role to a member',
  answers: ['failing'], // planned only where the active member is well and has lost its role, or where nobody ever had it
  requires: ['standby-healthy'],
  cooldownMs: 0,
  steps: ({ component, standby }) =>
    standby === null
      ? []
      : [
          // The others hear the new generation first: a promotion of an older one, still under way, is refused by them.
          ...component.members
            .filter((member) => member.id !== standby)
            .map((member) => step('demote', { member: member.id }, { setsActive: null })),
          step('promote', { member: standby }, { setsActive: standby }),
          step('route', { to: standby }),
          step('verify', { member: standby, role: 'active' }),
        ],
})
