import type { AckFn, App, SocketModeReceiver } from '@slack/bolt'
import type { FetchFunction } from '@slack/web-api'
import { sleep } from '../../core/clock.ts'
import { causeChain, fault } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { scrub } from '../../core/scrub.ts'
import { ask } from './calls.ts'
import type { AnySlackHandler, Bodies, HandlerKind, Surface } from './define.ts'
import { knownOf, tellRefusal } from './handlers/act.ts'
import { incomingOf } from './incoming.ts'
import { type FetchReceiver, fetchReceiver } from './receiver.ts'
import { keepSocket, type SocketKeeper } from './socket.ts'

export interface SlackAppOptions extends Omit<Surface, 'self'> {
  handlers: readonly AnySlackHandler[]
  botToken: string
  /** For Socket Mode. */
  appToken?: string | undefined
  /** For HTTP. */
  signingSecret?: string | undefined
}

export interface SlackApp {
  /** Answers when everything is loaded; it does not wait for Slack, which may be away. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Whether Slack can reach us now, as far as we know. */
  connected(): boolean
  /** In HTTP mode: to be mounted by `slackRoutes`. It answers 503 until `start`. */
  receiver?: FetchReceiver
}

export interface Self {
  botUserId: string
  botId: string
  url: string
}

const selfKey = 'slack:self/surface'
const firstAgainMs = 1_000
const againMostMs = 60_000

/** The Slack app: every handler under one guard that dedupes, acknowledges, and tells people in their language what went wrong. */
export function openSlackApp(options: SlackAppOptions): SlackApp {
  const { handlers, botToken, appToken, signingSecret, settings, journal, web, clock, log } = options
  let self: Self | null = null
  let stopped = false
  let app: App | null = null
  let socket: SocketKeeper | null = null
  const surface: Surface = { ...options, self: () => self }
  const http = settings.mode === 'http' ? fetchReceiver({ signingSecret, clock, log }) : null
  if (!http && !appToken)
    throw fault('usage', {
      problem: `${settings.appTokenEnv} is not set.`,
      hint: 'Socket Mode needs the app-level token (xapp-): see jidoka doctor.',
    })

  async function start(): Promise<void> {
    stopped = false
    const { App, SocketModeReceiver } = await import('@slack/bolt')
    const known = await journal.reference(selfKey)
    self ??= known ? (JSON.parse(known) as Self) : null
    const logger = loggerOf(log)
    const receiver = http?.receiver ?? { init() {}, start: async () => {}, stop: async () => {} }
    const made = new App({
      receiver,
      // Never asks Slack, so that an event is not lost because Slack did not answer that. Our own messages are known by these ids.
      authorize: async () => ({ botToken, ...(self ? { botId: self.botId, botUserId: self.botUserId } : {}) }),
      clientOptions: clientOptions(),
      convoStore: false,
      logger,
    })
    listen(made, handlers, surface)
    made.error(async (error) => log.error({ err: scrub(causeChain(error)) }, 'Bolt could not handle something'))
    app = made
    if (!http) {
      const make = () => socketReceiver(SocketModeReceiver, made, logger)
      socket = keepSocket({ make, clock, log })
      socket.start()
    }
    void introduce()
  }

  const clientOptions = () => ({
    ...(settings.apiUrl ? { slackApiUrl: settings.apiUrl } : {}),
    fetch: web.fetch as FetchFunction,
    retryConfig: { retries: 0 },
    timeout: 10_000,
    rejectRateLimitedCalls: true,
  })

  function socketReceiver(Receiver: typeof SocketModeReceiver, made: App, logger: ReturnType<typeof loggerOf>) {
    // An object of its own: the client writes its retries into the one that it is given.
    const receiver = new Receiver({
      appToken: appToken as string,
      logger,
      autoReconnectEnabled: false,
      installerOptions: { clientOptions: clientOptions() },
    })
    receiver.init(made)
    return receiver
  }

  /** Asks Slack who we are until it answers; what it said last time serves until then. */
  async function introduce(): Promise<void> {
    for (let delay = firstAgainMs; !stopped; delay = Math.min(delay * 2, againMostMs)) {
      const answer = await ask(web, 'auth.test')
      if (answer.ok) {
        const { user_id: botUserId, bot_id: botId, url } = answer.result
        self = { botUserId, botId, url }
        await journal.refer({ [selfKey]: JSON.stringify(self) }).catch((error: unknown) => log.warn({ err: causeChain(error) }, 'not kept'))
        return
      }
      if (answer.trouble.kind === 'refused') log.error({ error: answer.trouble.error }, 'Slack refuses the bot token: see jidoka doctor')
      await sleep(clock, delay)
    }
  }

  return {
    start,
    async stop() {
      stopped = true
      await socket?.stop()
      await http?.receiver.stop()
      app = null
    },
    connected: () => (http ? app !== null : (socket?.connected() ?? false)),
    ...(http ? { receiver: http } : {}),
  }
}

/** What Bolt hands to a listener, as far as it is the same for all kinds. */
interface Listened {
  body: unknown
  ack?: AckFn<unknown>
}

function listen(app: App, handlers: readonly AnySlackHandler[], surface: Surface): void {
  const of = (kind: HandlerKind) => handlers.filter((handler) => handler.kind === kind)
  const run = (handler: AnySlackHandler) => (given: unknown) => dispatch(handler, given as Listened, surface)
  for (const handler of of('command')) app.command(handler.match as string, run(handler))
  for (const handler of of('action')) app.action(handler.match as RegExp, run(handler))
  for (const handler of of('view')) app.view(handler.match as RegExp, run(handler))
  for (const handler of of('shortcut')) app.shortcut({ callback_id: handler.match as string, type: 'shortcut' }, run(handler))
  for (const handler of of('messageShortcut')) app.shortcut({ callback_id: handler.match as string, type: 'message_action' }, run(handler))
  app.event(/./, async (given) => {
    const { event } = given.body as Bodies['event']
    const concerned = of('event').filter(({ match, when }) => (match as readonly string[]).includes(event.type) && (when?.(event) ?? true))
    await Promise.all(concerned.map((handler) => run(handler)(given)))
  })
}

/** These answer the same when they come again, so each of them asks itself what is new. */
const answering: ReadonlySet<HandlerKind> = new Set(['command', 'view', 'messageShortcut'])

async function dispatch(handler: AnySlackHandler, given: Listened, surface: Surface): Promise<void> {
  const incoming = incomingOf(handler, given, surface)
  try {
    const asksItself = handler.asksFirst || answering.has(handler.kind)
    if (asksItself || (await incoming.first())) await handler.run(incoming, surface)
  } catch (error) {
    surface.log.error({ handler: handler.name, event: incoming.key, err: causeChain(error) }, 'a handler of Slack failed')
    await tellRefusal(surface, incoming, await knownOf(surface, incoming), error)
  } finally {
    await incoming.ack()
  }
}

/** Bolt and its sockets, in our log. They log addresses and payloads below `warn`: these are not kept. */
function loggerOf(log: Log) {
  const told = (parts: unknown[]) => scrub(parts.map(String).join(' ')).slice(0, 500)
  return {
    debug() {},
    info() {},
    warn: (...parts: unknown[]) => log.warn({ from: 'bolt' }, told(parts)),
    error: (...parts: unknown[]) => log.warn({ from: 'bolt' }, told(parts)),
    setLevel() {},
    getLevel: () => 'error' as never,
    setName() {},
  }
}
