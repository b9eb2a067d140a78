import { openDesk } from '../../bots/andon/desk.ts'
import { playDrills } from '../../bots/andon/drills.ts'
import { followRanges } from '../../bots/andon/facts/ranges.ts'
import { followRuns } from '../../bots/andon/facts/runs.ts'
import { followFacts } from '../../bots/andon/facts/stalk.ts'
import { followLeads } from '../../bots/andon/leads.ts'
import { openOrders } from '../../bots/andon/orders.ts'
import type { AndonDesk, AndonPorts } from '../../bots/andon/ports.ts'
import { andonRoutes } from '../../bots/andon/routes.ts'
import { pullSynthetically } from '../../bots/andon/synthetic.ts'
import type { Feature } from '../../core/api/app.ts'
import { changeRoutes } from '../../core/changes/routes.ts'

/** Something that is started, and ended in the reverse order. */
interface Running {
  stop(): Promise<void>
}

/** The Andon, put together: its desk, its routes, and who works beside it. */
export function openAndon(parts: AndonPorts) {
  const { catalog, journal, clock, log, commands } = parts
  const desk: AndonDesk = openDesk(parts)
  const orders = openOrders({ desk, commands, journal, catalog })
  const features: Feature[] = [changeRoutes({ journal, catalog }), andonRoutes({ desk, orders, catalog })]
  const running: Running[] = []
  return {
    desk,
    orders,
    features,
    /** `chat`: made to seem away by a drill; absent where there is none. */
    async start(chat?: { pretendAway(away: boolean): void }): Promise<void> {
      await desk.start()
      running.push(desk)
      running.push(
        followFacts({ ...parts, desk }),
        followRanges({ ...parts, desk }),
        followRuns({ ...parts, desk }),
        followLeads({ desk, catalog, journal, clock, log }),
      )
      const drills = playDrills({ desk, catalog, journal, clock, log, chat })
      await drills.start()
      running.push(drills)
      const settings = catalog.config.andon.synthetic
      if (settings) running.push(pullSynthetically({ desk, journal, clock, log, settings, hasChat: catalog.config.slack !== undefined }))
    },
    async stop(): Promise<void> {
      for (let one = running.pop(); one; one = running.pop()) await one.stop()
    },
  }
}
