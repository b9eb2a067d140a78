import { defineRunbook, step } from './define.ts'

export const rejoinDatabase = defineRunbook('rejoin-database', {
  title: 'Have a database rejoin as standby',
  answers: ['standby-unhealthy', 'degraded'], // one that runs and does not stream is only degraded
  requires: ['databases', 'active-elsewhere'],
  cooldownMs: 0,
  givesWay: true,
  steps: ({ targets, active }) =>
    active === null
      ? []
      : targets.flatMap((member) => [
          step('unfence', { member }),
          step('rejoin', { member, primary: active, rebuild: false }),
          step('await-streaming', { member }),
          step('verify', { member, role: 'standby' }),
        ]),
})
