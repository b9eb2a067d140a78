import { type Chapter, tests } from '../define.ts'

const days = 'test/sim/sim.test.ts'

export const simulated: Chapter = {
  title: 'Two controllers, agents and guards in the simulator',
  defences: [
    {
      id: 'earlier-leader-counted',
      title: 'A new leader promotes while the role that the leader before it renewed still runs.',
      file: 'remediation/roles.ts',
      find: 'const aloneFrom = bootedAt + earlierMs',
      replace: 'const aloneFrom = bootedAt',
      killedBy: [tests(days, 'a new leader that counts no renewals of the one before it')],
    },
  ],
}
