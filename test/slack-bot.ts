import { andonCommands } from '../bots/andon/commands/registry.ts'
import type { AnyAndonCommand } from '../bots/andon/define.ts'
import { openDesk } from '../bots/andon/desk.ts'
import type { Orders } from '../bots/andon/orders.ts'
import { openSlackApp, type SlackApp, type SlackAppOptions } from '../bots/slack/app.ts'
import type { AnySlackHandler } from '../bots/slack/define.ts'
import { slackHandlers } from '../bots/slack/handlers/registry.ts'
import type { AnySlackOp } from '../bots/slack/ops/define.ts'
import { slackOps } from '../bots/slack/ops/registry.ts'
import { slackPath } from '../bots/slack/path.ts'
import { slackRoutes } from '../bots/slack/routes.ts'
import { startSlackDelivery } from '../bots/slack/start.ts'
import { openWeb } from '../bots/slack/web.ts'
import { openWho } from '../bots/slack/who.ts'
import { createApi } from '../core/api/app.ts'
import { openFixture } from '../core/api/fixture.ts'
import { serve } from '../core/api/serve.ts'
import { indexCatalog } from '../core/catalog/catalog.ts'
import { configSchema } from '../core/catalog/schema.ts'
import { systemClock } from '../core/clock.ts'
import { silentLog } from '../core/log.ts'
import type { Workspace } from './slack/workspace.ts'
import { fastClock } from './slack-house.ts'

export interface BotOptions {
  mode: 'socket' | 'http'
  /** Of the configuration, by name in the workspace; others are people of the chat alone. Default: ben, who may approve. */
  configured?: { name: string; locale?: 'en' | 'ja'; approver?: boolean }[]
  orders?: Orders | null
  /** Also what goes out: rooms, cards, lanes. */
  delivery?: boolean
  over?: Partial<SlackAppOptions>
  /** Instead of waiting until Slack can reach us. */
  wait?: boolean
}

/** The real app, with the real desk and a real journal, in a workspace of the tests. In HTTP mode behind our own server. */
export async function openBot(workspace: Workspace, { mode, configured = [{ name: 'ben', approver: true }], ...options }: BotOptions) {
  const clock = systemClock
  const log = silentLog
  const ops = await workspace.channel('ops')
  const config = configSchema.parse({
    components: [
      { id: 'polaris', title: 'Packet transfer', owner: 'core', members: [{ id: 'polaris-1' }] },
      { id: 'leo', title: 'Signalling', members: [{ id: 'leo-1' }] },
    ],
    carriers: [{ id: 'acme', name: 'Acme Mobile', contact: 'noc@acme.example', locale: 'ja', zone: 'Asia/Tokyo' }],
    people: configured.map(({ name, locale = 'en', approver }) => ({
      ...{ id: name, name: name[0]?.toUpperCase() + name.slice(1), slack: workspace.idOf(name), locale },
      teams: approver ? ['core'] : [],
    })),
    teams: [{ id: 'core' }],
    slack: { channel: ops?.id ?? 'C000000001', apiUrl: workspace.apiUrl, mode },
  })
  const catalog = indexCatalog(config)
  const house = await openFixture({ clock })
  const { journal } = house.ports
  const desk = openDesk({ ...house.ports, catalog, environment: () => undefined })
  const web = openWeb({
    token: workspace.botToken,
    apiUrl: workspace.apiUrl,
    fetch: workspace.clientOptions.fetch as never,
    clock,
    log,
    timeoutMs: 1_000,
  })
  const settings = config.slack as NonNullable<typeof config.slack>
  const commands = new Map((andonCommands as readonly AnyAndonCommand[]).map((command) => [command.name, command]))
  const app: SlackApp = openSlackApp({
    ...{
      handlers: slackHandlers as readonly AnySlackHandler[],
      catalog,
      settings,
      desk,
      commands,
      orders: options.orders ?? null,
      runbooks: ['restart', 'failover'],
    },
    ...{ journal, web, who: openWho({ catalog, web, clock }), clock, log },
    ...{ botToken: workspace.botToken, appToken: workspace.appToken, signingSecret: workspace.signingSecret },
    ...options.over,
  })
  const ends: (() => unknown)[] = [() => house.close()]
  if (options.delivery) {
    const delivery = startSlackDelivery({
      ...{ journal, desk, catalog, settings, log, web, clock: fastClock(), ops: slackOps as readonly AnySlackOp[] },
      onCall: () => ['ben'],
    })
    ends.push(() => delivery.stop())
  }
  let url: string | null = null
  if (app.receiver) {
    const api = createApi({ ...house.ports, catalog }, { features: [slackRoutes(app.receiver)] })
    const served = await serve({ fetch: (...request) => api.fetch(...request) }, { host: '127.0.0.1', port: 0, clock })
    url = `${served.url}${slackPath}`
    workspace.requestUrl = url
    ends.push(() => served.close())
  }
  await app.start()
  ends.push(() => app.stop())
  if (options.wait !== false) {
    await workspace.until(
      () =>
        app.connected() && workspace.calls.some(({ method, answered, by }) => method === 'auth.test' && answered === 'ok' && by === 'bot'),
    )
  }
  return {
    ...{ app, catalog, desk, journal, web, url },
    /** All andons, the newest first. */
    andons: () => desk.list({}, { limit: 100 }),
    /** Kinds of the entries of an andon. */
    entries: async (id: string) => (await journal.events(0, 1_000, { andon: id })).map(({ kind, data }) => ({ kind, data })),
    async close(): Promise<void> {
      for (let end = ends.pop(); end; end = ends.pop()) await end()
    },
  }
}
export type Bot = Awaited<ReturnType<typeof openBot>>
