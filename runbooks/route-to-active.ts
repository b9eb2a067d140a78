import { defineRunbook, step } from './define.ts'

export const routeToActive = defineRunbook('route-to-active', {
  title: 'Route users to the active member',
  answers: [], // planned where a run ended before its route was set
  requires: ['active-known'],
  cooldownMs: 0,
  steps: ({ active }) => (active === null ? [] : [step('route', { to: active }), step('verify', { member: active, role: 'active' })]),
})
