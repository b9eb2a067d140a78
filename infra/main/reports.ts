import type { AgentReport } from '../../core/api/ports.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { watchMembers } from '../../core/probes/watch.ts'
import type { openIntake } from './intake.ts'

/** The newest reports, of whichever controller took them. */
export interface Heard {
  took(member: string, at: number): void
  /** A later one of the same member was taken just now. */
  outdated(member: string, at: number): boolean
}

/** The clock of an agent may be set back: what was heard so long ago outdates nothing. */
const freshMs = 30_000

export function newestReports(clock: Clock): Heard {
  const newest = new Map<string, { at: number; heardAt: number }>()
  return {
    took(member, at) {
      if (!this.outdated(member, at)) newest.set(member, { at, heardAt: clock.monotonic() })
    },
    outdated(member, at) {
      const known = newest.get(member)
      return known !== undefined && at < known.at && clock.monotonic() - known.heardAt < freshMs
    },
  }
}

interface ReportPorts {
  catalog: Catalog
  journal: Pick<Journal, 'note'>
  watch: Pick<ReturnType<typeof watchMembers>, 'exited' | 'started'>
  intake: Pick<ReturnType<typeof openIntake>, 'told' | 'through'>
  /** Absent: nobody else takes reports. */
  shared?: {
    /** Names us, so that we do not hear from others what we told them. */
    id: string
    heard: Heard
    /** Answers when all that others have committed was heard. */
    catchUp(): Promise<void>
  }
}

/** What agents tell of their processes; answers when it is durable. */
export const agentReports =
  ({ catalog, journal, watch, intake, shared }: ReportPorts) =>
  async (agent: string, { event, member, detail, pid, at }: AgentReport): Promise<void> => {
    const { component } = catalog.member(member)
    if (shared) {
      // One that stood still with us while another controller took it, and what came after it, would tell the dead of the living.
      await shared.catchUp()
      if (shared.heard.outdated(member, at)) return
    }
    const note = () =>
      journal.note(`agent.${event}`, { component: component.id }, { agent, member, detail, ...(shared ? { pid, at, via: shared.id } : {}) })
    if (event === 'exited') {
      intake.through(() => watch.exited(member, detail, pid, `agent:${agent}`))
      await Promise.all([intake.told(), ...(shared ? [note()] : [])])
    } else {
      await note()
      watch.started(member)
    }
    shared?.heard.took(member, at)
  }
