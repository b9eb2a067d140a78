import { indexCatalog } from '../../../core/catalog/catalog.ts'
import { type ConfigInput, configSchema } from '../../../core/catalog/schema.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Journal, JournalEvent } from '../../../core/journal/journal.ts'
import { silentLog } from '../../../core/log.ts'
import { statusBoard } from '../../../core/probes/board.ts'
import type { MemberStatus } from '../../../core/probes/probe.ts'
import type { Actor } from '../andon.ts'
import { openDesk } from '../desk.ts'
import { type AndonDesk, house } from '../ports.ts'

/** For tests of what follows an andon: a small platform, the real desk on a real journal, and a count of what was told to it. */

export const aki: Actor = { id: 'aki', name: 'Aki', via: 'slack', locale: 'en', rank: 'approver' }

export function factsFixture({ journal, clock }: { journal: Journal; clock: Clock }, config: ConfigInput = {}) {
  const catalog = indexCatalog(
    configSchema.parse({
      components: [
        { id: 'leo', dependsOn: ['polaris'], members: [{ id: 'leo-1' }] },
        { id: 'polaris', dependsOn: ['dipper'], topology: 'active-standby', members: [{ id: 'polaris-1' }, { id: 'polaris-2' }] },
        { id: 'dipper', members: [{ id: 'dipper-1' }, { id: 'dipper-2' }] },
        { id: 'lyra', members: [{ id: 'lyra-1' }] },
      ],
      ...config,
    }),
  )
  const log = silentLog
  const board = statusBoard({ catalog, clock, log })
  const say = (member: string, more: Partial<MemberStatus> = {}) =>
    board.put(member, {
      status: 'pass',
      role: member === 'polaris-1' ? 'active' : 'standby',
      generation: 1,
      summary: 'fine',
      health: null,
      ...more,
    })
  for (const { members } of catalog.components) for (const { id } of members) say(id)
  const never = () => Promise.reject(new Error('no run waits here'))
  const commands = { runbooks: () => [], act: refuse, runRunbook: refuse, approve: never, decline: never }
  const real = openDesk({ catalog, journal, status: board, clock, log, commands, environment: () => undefined })
  const asked: string[] = []
  const desk: AndonDesk = {
    ...real,
    command(id, name, input, actor) {
      if (actor.id === house.id) asked.push(name)
      return real.command(id, name, input, actor)
    },
  }
  /** What stands on the timeline, of one kind. */
  async function told(kind: string): Promise<JournalEvent['data'][]> {
    return (await journal.events(0, 1_000)).filter((event) => event.kind === kind).map(({ data }) => data)
  }
  return { catalog, journal, clock, log, status: board, desk, say, told, asked }
}

const refuse = async () => ({ kind: 'refused' as const, code: 'not-here', reason: 'nothing is run in these tests' })
