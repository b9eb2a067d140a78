import { minutes } from '../core/clock.ts'
import { defineRunbook, step } from './define.ts'

export const failoverActiveStandby = defineRunbook('failover-active-standby', {
  title: 'Switch to the standby',
  answers: ['process-exited', 'hung', 'unreachable', 'failing'],
  requires: ['active-known', 'standby-healthy', 'standby-caught-up'],
  cooldownMs: minutes(10),
  switches: true,
  steps: ({ active, standby, targets }) =>
    active === null || standby === null
      ? []
      : [
          // Every prefix of this list leaves at most one active. A healthy active is asked; a broken one is fenced.
          step(targets.includes(active) ? 'fence' : 'demote', { member: active }, { setsActive: null }),
          step('promote', { member: standby }, { setsActive: standby }),
          step('route', { to: standby }),
          step('verify', { member: standby, role: 'active' }),
        ],
})
