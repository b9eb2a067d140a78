import { openDesk } from '../bots/andon/desk.ts'
import { catalogOf } from '../bots/duty/fixture.ts'
import { openSlackApp } from '../bots/slack/app.ts'
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
import { systemClock } from '../core/clock.ts'
import { silentLog } from '../core/log.ts'
import { openHouse } from './duty-house.ts'
import type { Message } from './slack/types.ts'
import type { Workspace } from './slack/workspace.ts'
import { fastClock } from './slack-house.ts'

interface DutyBotOptions {
  /** People of the workspace, by name; the `ja` read Japanese. */
  people: { name: string; locale?: 'en' | 'ja' }[]
  duty?: object
  guardians?: object
  /** Of the house. */
  locale?: 'en' | 'ja'
  /** Wall time at which it begins. */
  at: number
}

/** Reviews, asks and swaps in a workspace of the tests: the real app, desks, journal and delivery. The clock goes on by itself, and can be moved. */
export async function openDutyBot(workspace: Workspace, { people, duty = {}, guardians = {}, locale: ofHouse = 'en', at }: DutyBotOptions) {
  const clock = fastClock(20, at - Date.now())
  const log = silentLog
  const ops = await workspace.channel('ops')
  const catalog = catalogOf({
    people: people.map(({ name, locale = 'en' }) => ({
      ...{ id: name, name: name[0]?.toUpperCase() + name.slice(1), slack: workspace.idOf(name), locale, teams: ['core'] },
    })),
    duty: { people: people.map(({ name }) => name), zone: 'Asia/Tokyo', ...duty },
    guardians,
    andon: { locale: ofHouse },
    slack: { channel: ops?.id ?? 'C000000001', apiUrl: workspace.apiUrl, mode: 'http' },
  })
  const fixture = await openFixture({ clock })
  const { journal } = fixture.ports
  const house = openHouse({ journal, clock }, catalog)
  const desk = openDesk({ ...fixture.ports, catalog, environment: () => undefined })
  const settings = catalog.config.slack as NonNullable<typeof catalog.config.slack>
  const web = openWeb({
    ...{ token: workspace.botToken, apiUrl: workspace.apiUrl, clock, log, timeoutMs: 20_000 },
    fetch: workspace.clientOptions.fetch as never,
  })
  const app = openSlackApp({
    ...{ handlers: slackHandlers as readonly AnySlackHandler[], catalog, settings, desk, commands: new Map(), orders: null, runbooks: [] },
    ...{ journal, web, who: openWho({ catalog, web, clock }), clock: systemClock, log, duties: house },
    ...{ botToken: workspace.botToken, appToken: workspace.appToken, signingSecret: workspace.signingSecret },
  })
  // Requests are signed with the real time; what people decide is decided at that of the house.
  const delivery = startSlackDelivery({
    ...{ journal, desk, catalog, settings, log, web, clock, ops: slackOps as readonly AnySlackOp[], duties: house },
    onCall: () => [],
  })
  const api = createApi({ ...fixture.ports, catalog }, { features: [slackRoutes(app.receiver as NonNullable<typeof app.receiver>)] })
  const served = await serve({ fetch: (...request) => api.fetch(...request) }, { host: '127.0.0.1', port: 0, clock: systemClock })
  workspace.requestUrl = `${served.url}${slackPath}`
  await app.start()

  /** Waits for the message with this key. */
  const message = (key: string): Promise<Message> =>
    workspace.until(async () => {
      const [channel, ts] = ((await journal.reference(key)) ?? '').split('/')
      return channel && ts ? workspace.message(channel, ts) : null
    }, 15_000)
  return {
    ...house,
    ...{ journal, clock, message, channel: ops?.id as string },
    async tick() {
      await house.duty.tick()
      await house.findings.tick()
      await house.reviews.tick()
    },
    goTo: (time: number) => clock.jump(time - clock.now()),
    /** Waits until the message says it, in its texts or its blocks. */
    says: (key: string, what: string | RegExp): Promise<Message> =>
      workspace.until(async () => {
        const found = await message(key)
        const all = JSON.stringify([found.text, found.blocks])
        return (typeof what === 'string' ? all.includes(what) : what.test(all)) ? found : null
      }, 15_000),
    /** Texts below it, oldest first. */
    async replies({ channel, ts }: Message): Promise<string[]> {
      const { messages } = await workspace.ask('bot', 'conversations.replies', { channel, ts })
      return ((messages as Message[] | undefined) ?? []).slice(1).map(({ text }) => text)
    },
    /** Nothing waits to be read or to be sent. */
    idle: () =>
      workspace.until(
        async () =>
          ((await journal.cursor('slack-duty')) ?? -1) >= (await journal.lastEvent()) && (await journal.lanes('slack', 1)).length === 0,
        20_000,
      ),
    async close(): Promise<void> {
      await app.stop()
      await served.close()
      await delivery.stop()
      await fixture.close()
    },
  }
}
export type DutyBot = Awaited<ReturnType<typeof openDutyBot>>
