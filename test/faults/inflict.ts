import { setTimeout as pause } from 'node:timers/promises'
import { look, type Seen, signal } from '../../examples/platform/processes.ts'
import type { Part } from '../fleet/processes.ts'
import type { Strike } from './strikes.ts'
import type { Trial } from './trial.ts'

/** Strikes now; answers when the part was thawed or started again. */
export function inflict(trial: Trial, { part, blow, forMs }: Strike, active: number): Promise<void> {
  const { fleet, server } = trial
  const standby = (active + 1) % fleet.plan.members
  const leader = fleet.controllers.find((one) => one.pid() !== null) as Part
  const whole = (one: Part) => ({ seen: one.all().slice(0, 1), start: () => one.start() })
  const none = { start: () => {} }
  const targets = {
    controller: () => whole(trial.fleet.controllers.find((one) => one.name === trial.halts.standing()) ?? leader),
    'agent of the active': () => whole(fleet.agents[active] as Part),
    'agent of the standby': () => whole(fleet.agents[standby] as Part),
    'guard of the active': () => ({ seen: [fleet.guard(active)].filter((one) => one !== null), ...none }),
    'guard of the standby': () => ({ seen: [fleet.guard(standby)].filter((one) => one !== null), ...none }),
    active: () => ({ seen: fleet.database(active), ...none }),
    standby: () => ({ seen: fleet.database(standby), ...none }),
    store: () => ({ seen: server?.processes() ?? [], start: () => server?.start() }),
  } satisfies Record<Strike['part'], () => { seen: Seen[]; start(): void }>
  const { seen, start } = targets[part]()
  // Of a database, a kill takes the postmaster alone: what it leaves behind is the hard case.
  const struck = blow === 'kill' && (part === 'active' || part === 'standby') ? seen.slice(0, 1) : seen
  for (const one of struck) signal(one, blow === 'kill' ? 'SIGKILL' : 'SIGSTOP')
  const mend = async () => {
    await pause(forMs)
    if (blow === 'freeze') for (const one of struck) signal(one, 'SIGCONT')
    else {
      for (const one of struck) while (look(one.pid)?.startedAt === one.startedAt) await pause(5)
      await start()
    }
  }
  return mend()
}
