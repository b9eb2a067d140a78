import { keepsDatabases } from '../remediation/databases.ts'
import { countedFirst } from './count.ts'
import { defineRunbook, step } from './define.ts'

export const restartProcess = defineRunbook('restart-process', {
  title: 'Restart the process',
  answers: ['process-exited', 'hung', 'failing'],
  requires: [],
  cooldownMs: 0, // the attempt budget slows it down: a process may die twice in a minute for two reasons
  steps: ({ component, targets, active, graceMs }) => [
    // With nobody active no database rejoins: the fenced one may be the only one that has every commit. It starts as a standby.
    ...(keepsDatabases(component) && active === null ? targets.map((member) => step('unfence', { member })) : []),
    ...targets.map((member) => step('restart', { member, graceMs })),
    // A restarted active has forgotten its role. It gets it back as soon as it listens; nobody else had it meanwhile.
    ...targets
      .filter((member) => member === active)
      .flatMap((member) => [
        step('verify', { member, role: 'standby' }, { name: `wait for ${member}` }),
        ...countedFirst(component, member),
        step('promote', { member }, { setsActive: member }),
        step('route', { to: member }),
      ]),
    ...targets.map((member) => step('verify', { member, role: member === active ? 'active' : null })),
  ],
})
