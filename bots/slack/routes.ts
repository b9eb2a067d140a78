import type { Feature } from '../../core/api/app.ts'
import { slackPath } from './path.ts'
import type { FetchReceiver } from './receiver.ts'

/**
 * Slack's door in our server, when it calls us (`slack.mode: http`). It is no part of the documented API: its signature is its only key,
 * and whoever has none gets a problem document (401).
 */
export const slackRoutes =
  ({ handle }: Pick<FetchReceiver, 'handle'>): Feature =>
  (api) => {
    api.post(slackPath, (c) => handle(c.req.raw))
  }
