import { defineRunbook, step } from './define.ts'

export const returnStandby = defineRunbook('return-standby', {
  title: 'Bring a member back as standby',
  answers: ['standby-unhealthy'],
  requires: ['active-elsewhere'],
  cooldownMs: 0,
  givesWay: true,
  steps: ({ targets, graceMs }) => [
    ...targets.map((member) => step('restart', { member, graceMs })),
    ...targets.map((member) => step('verify', { member, role: 'standby' })),
  ],
})
