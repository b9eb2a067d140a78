import { setTimeout as wait } from 'node:timers/promises'
import { type Answers, openAnswers, type Private } from './answers.ts'
import { ackLimitMs, openDeliver } from './deliver.ts'
import { app, type Emulate, everyScope, startEmulate, team } from './emulate.ts'
import { openFaults } from './faults.ts'
import { openGateway } from './gateway.ts'
import { localSlackProgram, startLocalSlack } from './local-slack.ts'
import * as payloads from './payloads.ts'
import { openPeople } from './people.ts'
import { openSeen, type Seen } from './seen.ts'
import type { SignOptions } from './signed.ts'
import { openSockets, type Sockets } from './sockets.ts'
import { openStubs, type Stubs } from './stubs.ts'
import type { Fields, Message, PersonOptions, View } from './types.ts'
import { openViews, type Views } from './views.ts'
import { openWeb, type Web } from './web.ts'

/**
 * A Slack workspace to test an app against: real emulators, people who act, faults on the way. See the files beside this one.
 *
 *     const workspace = await openWorkspace({ people: [{ name: 'aki', locale: 'ja-JP' }], channels: [{ name: 'ops' }] })
 *     const bolt = new App({ token: workspace.botToken, appToken: workspace.appToken, socketMode: true, clientOptions: workspace.clientOptions })
 *     await workspace.as('aki').command('/andon', 'sessions fall', { channel: 'ops' })
 */
export interface ChannelOptions {
  name: string
  isPrivate?: boolean
  /** Default: everybody. */
  members?: string[]
  /** Whether the bot is in there. Default true. */
  bot?: boolean
}

export interface WorkspaceOptions {
  /** Default: aki (ja-JP), ben (en-US), chika (ja-JP). The first is the creator of the channels. */
  people?: (PersonOptions | string)[]
  /** Beside `general`, in which is everybody and the bot. */
  channels?: ChannelOptions[]
  /** User groups by handle. */
  groups?: Record<string, string[]>
  /** Default `socket`. With `http`, set `workspace.requestUrl` to where the app listens; until then nothing is delivered. */
  mode?: 'socket' | 'http'
  /** Socket Mode by local-slack (default, where it can run), or by the harness alone. */
  localSlack?: boolean
  /** Default: all that the harness knows. */
  scopes?: string[]
  /** Of faults with a `rate`. Default 1. */
  seed?: number
  /** How long to wait for an acknowledgement over a socket, milliseconds. Default: Slack's 3 s and a little. */
  ackWaitMs?: number
}

export type Workspace = Awaited<ReturnType<typeof openWorkspace>>

const botToken = 'xoxb-jidoka-test'
const appToken = 'xapp-jidoka-test'
const signingSecret = 'signing-secret-of-the-tests'
const keys = { botToken, appToken, signingSecret }
const everyone: PersonOptions[] = [{ name: 'aki', locale: 'ja-JP', admin: true }, { name: 'ben' }, { name: 'chika', locale: 'ja-JP' }]

/** Starts what there is to start, and joins it. */
async function openParts(options: WorkspaceOptions) {
  const people = (options.people ?? everyone).map((person) => (typeof person === 'string' ? { name: person } : person))
  const scopes = options.scopes ?? everyScope
  const via = { mode: options.mode ?? 'socket', requestUrl: undefined as string | undefined, down: false }
  const weather = { down: false, latencyMs: 0 }
  const emulate = await startEmulate({ people, scopes, botToken, signingSecret })
  const program = via.mode === 'socket' && options.localSlack !== false ? localSlackProgram() : null
  const localSlack = program ? await startLocalSlack(program, { people, ids: emulate.ids, ...keys }) : null
  const gateway = await openGateway()
  const names = people.map(({ name }) => name)
  const faults = openFaults(options.seed ?? 1)
  const stubs = openStubs(emulate)
  const answers = openAnswers(emulate)
  const views = openViews(emulate)
  const seen = openSeen(emulate, names)

  const adapt = adapting({ seen, views, answers, web: () => web })
  const upstream = localSlack ? localSlack.connect : null
  const sockets: Sockets = openSockets({ upstream, adapt, ackWaitMs: options.ackWaitMs ?? ackLimitMs + 500 })
  const web: Web = openWeb({
    ...{ emulate, stubs, faults, people, scopes, botToken, appToken, weather, gateway: gateway.http },
    connect: async () => `${gateway.ws}${await sockets.mint()}`,
    respond: answers.respond,
    done(method, args, answer) {
      if (method.startsWith('views.')) views.done(method, args, answer)
      if (method === 'chat.postEphemeral') answers.show(String(args.channel), String(args.user), { ...args, ts: answer.message_ts })
    },
  })
  gateway.serve({ web, sockets })
  const deliver = openDeliver({ via, sockets, localSlack, signingSecret })
  const as = openPeople({ emulate, seen, views, answers, web, deliver })

  await furnish(emulate, stubs, names, options)

  return { scopes, via, weather, emulate, localSlack, gateway, faults, stubs, answers, views, seen, sockets, web, deliver, as }
}

export async function openWorkspace(options: WorkspaceOptions = {}) {
  const parts = await openParts(options)
  const { scopes, via, weather, emulate, localSlack, gateway, faults, stubs, answers, views, seen, sockets, web, deliver, as } = parts
  const idOf = (name: string): string => as(name).id
  return {
    ...keys,
    team,
    /** The app and its bot, as Slack knows them. */
    app,
    scopes,
    /** For apps in processes of their own: nothing else is needed. */
    apiUrl: `${gateway.http}/api/`,
    /**
     * For Bolt and web-api. One try, 2 s, and rate limits told at once: what comes after is the app's own business. A fresh object at
     * each reading, as socket-mode writes its own retries into the one it is given when that has none.
     */
    get clientOptions() {
      return {
        slackApiUrl: `${gateway.http}/api/`,
        fetch: web.fetch,
        retryConfig: { retries: 0 },
        timeout: 2_000,
        rejectRateLimitedCalls: true,
      }
    },

    as,
    /** User id of a person. */
    idOf,
    faults,
    calls: web.calls,
    count: web.count,
    deliveries: deliver.deliveries,
    /** Sends the same once more, as Slack does: by default as the first retry. */
    again: deliver.again,
    /** Any other event to the app: `{type: 'channel_archive', …}`. */
    event: (inner: Fields, sign?: SignOptions) => deliver.event(payloads.event(inner), sign),
    sockets: { connected: sockets.connected, refresh: sockets.refresh, cut: sockets.cut, count: () => sockets.connections },

    channel: seen.channel,
    message: seen.message,
    dm: (name: string): Promise<Message[]> => seen.dm(idOf(name)),
    /** The modals of a person, the one they see last. */
    views: (name: string): View[] => views.stack(idOf(name)),
    home: (name: string): View | undefined => views.home(idOf(name)),
    /** What only this person sees: ephemeral messages, answers of commands and of `respond`. Oldest first. */
    ephemerals: (name: string): Private[] => answers.privates.filter(({ to }) => to === idOf(name)),
    /** Null where it does not run. */
    localSlack: localSlack && { pid: localSlack.pid, url: localSlack.url },
    groups: stubs.groups,
    canvases: stubs.canvases,
    /** A call as the bot or as a person that neither is recorded nor fails by a fault: to set something up, to look something up. */
    ask: emulate.ask,

    get requestUrl() {
      return via.requestUrl
    },
    set requestUrl(url: string | undefined) {
      via.requestUrl = url
    },
    /** Added to every call. */
    get latencyMs() {
      return weather.latencyMs
    },
    set latencyMs(ms: number) {
      weather.latencyMs = ms
    },
    /** All of Slack is out of reach, in both directions. People can still write to each other. */
    get down() {
      return weather.down
    },
    set down(down: boolean) {
      weather.down = down
      via.down = down
      if (down) sockets.cut()
    },

    until,

    async close(): Promise<void> {
      web.close()
      sockets.close()
      await Promise.all([localSlack?.close(), gateway.close()])
      await emulate.close()
    },
  }
}

/** Channels and groups as the options ask for. */
async function furnish(emulate: Emulate, stubs: Stubs, names: string[], options: WorkspaceOptions): Promise<void> {
  const creator = names[0] as string
  const idOf = (name: string) => emulate.ids.get(name) as string
  for (const who of ['bot', ...names]) await emulate.must(who, 'conversations.join', { channel: 'C000000001' })
  for (const { name, isPrivate, members = names, bot = true } of options.channels ?? []) {
    const created = await emulate.must(creator, 'conversations.create', { name, is_private: isPrivate ?? false })
    const channel = (created.channel as { id: string }).id
    const users = [...members.filter((member) => member !== creator).map(idOf), ...(bot ? [app.botUserId] : [])]
    if (users.length > 0) await emulate.must(creator, 'conversations.invite', { channel, users: users.join(',') })
    if (!members.includes(creator)) await emulate.must(creator, 'conversations.leave', { channel })
  }
  for (const [handle, members] of Object.entries(options.groups ?? {})) stubs.addGroup(handle, members.map(idOf))
}

/** Waits until `look` answers something that is not undefined, null, false or 0. */
async function until<T>(look: () => T | Promise<T>, withinMs = 5_000): Promise<NonNullable<T>> {
  const end = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found) return found as NonNullable<T>
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${look}`)
    await wait(20)
  }
}

/** Local-slack's own trigger and answer address lead to local-slack; here they are made to lead to the rest of the workspace. */
const adapting =
  ({ seen, views, answers, web }: { seen: Seen; views: Views; answers: Answers; web: () => Web }) =>
  async (type: string, payload: Fields): Promise<Fields> => {
    if (type !== 'slash_commands') return payload
    const { user_id, channel_id } = payload as { user_id: string; channel_id: string }
    const place = await seen.place(channel_id)
    const response_url = web().hosts.responseUrl(answers.ticket(channel_id, user_id))
    return { ...payload, channel_name: payloads.commandChannelName(place), trigger_id: await views.trigger(user_id), response_url }
  }
