import { deliverSlack, type SlackDelivery, type SlackDeliveryPorts } from './deliver.ts'
import { feedDuty } from './duty-feed.ts'
import { type FeedSettings, feedSlack } from './feed.ts'
import { feedRuns } from './run-feed.ts'

/** All that goes out to Slack: what the journal tells becomes orders, and orders become calls. */
export function startSlackDelivery(ports: SlackDeliveryPorts & Pick<FeedSettings, 'linkTo'>): SlackDelivery {
  const { journal, desk, catalog, settings: slack, clock, log, linkTo } = ports
  const delivery = deliverSlack(ports)
  const feed = feedSlack({ journal, desk, clock, log, catalog, slack, linkTo, posted: delivery.wake })
  const dutyFeed = ports.duties ? feedDuty({ journal, duties: ports.duties, clock, log, posted: delivery.wake }) : null
  const runFeed = feedRuns({ journal, clock, log, posted: delivery.wake })
  return {
    wake: delivery.wake,
    pretendAway: delivery.pretendAway,
    get lanes() {
      return delivery.lanes
    },
    async stop() {
      await feed.stop()
      await dutyFeed?.stop()
      await runFeed.stop()
      await delivery.stop()
    },
  }
}
