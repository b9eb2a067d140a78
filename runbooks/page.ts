import { defineRunbook, step } from './define.ts'

export const page = defineRunbook('page', {
  title: 'Call a person',
  answers: [
    'process-exited',
    'hung',
    'failing',
    'degraded',
    'unreachable',
    'standby-unhealthy',
    'two-actives',
    'flapping',
    'overloaded',
    'unknown',
  ],
  requires: [],
  cooldownMs: 0,
  steps: ({ page }) => (page === null ? [] : [step('page', page)]),
})
