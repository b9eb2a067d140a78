import { hours, minutes } from '../core/clock.ts'
import { defineRunbook, step } from './define.ts'

export const rebuildDatabase = defineRunbook('rebuild-database', {
  title: 'Copy a standby anew from the active database',
  answers: ['standby-unhealthy', 'degraded'], // one that runs and does not stream is only degraded
  requires: ['databases', 'active-elsewhere', 'other-standby'],
  cooldownMs: minutes(10),
  givesWay: true,
  steps: ({ targets, active }) =>
    active === null
      ? []
      : targets.flatMap((member) => [
          step('unfence', { member }),
          step('rejoin', { member, primary: active, rebuild: true }),
          step('await-streaming', { member }, { timeoutMs: hours(4) }),
          step('verify', { member, role: 'standby' }),
        ]),
})
