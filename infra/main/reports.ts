import type { AgentReport } from '../../core/api/ports.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { watchMembers } from '../../core/probes/watch.ts'
import type { openIntake } from './intake.ts'

interface ReportPorts {
  catalog: Catalog
  journal: Pick<Journal, 'note'>
  watch: Pick<ReturnType<typeof watchMembers>, 'exited' | 'started'>
  intake: Pick<ReturnType<typeof openIntake>, 'told'>
}

/** What agents tell of their processes; answers when it is durable. */
export const agentReports =
  ({ catalog, journal, watch, intake }: ReportPorts) =>
  async (agent: string, { event, member, detail, pid }: AgentReport): Promise<void> => {
    if (event === 'exited') {
      watch.exited(member, detail, pid, `agent:${agent}`)
      await intake.told()
      return
    }
    const { component } = catalog.member(member)
    await journal.note(`agent.${event}`, { component: component.id }, { agent, member, detail })
    watch.started(member)
  }
