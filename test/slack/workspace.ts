import { setTimeout as wait } from 'node:timers/promises'
import { openAnswers, type Private } from './answers.ts'
import { ackLimitMs, openDeliver } from './deliver.ts'
import { app, everyScope, startEmulate, team } from './emulate.ts'
import { openFaults } from './faults.ts'
import { openGateway } from './gateway.ts'
import { localSlackProgram, startLocalSlack } from './local-slack.ts'
import * as payloads from './payloads.ts'
import { openPeople } from './people.ts'
import { openSeen } from './seen.ts'
import type { SignOptions } from './signed.ts'
import { openSockets } from './sockets.ts'
import { openStubs } from './stubs.ts'
import type { Fields, Message, PersonOptions, View } from './types.ts'
import { openViews } from './views.ts'
import { openWeb } from './web.ts'

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
  /** Default `socket`. With `http`, set `workspace.requestUrl` to where the app listens. */
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
const everyone: PersonOptions[] = [{ name: 'aki', locale: 'ja-JP', admin: true }, { name: 'ben' }, { name: 'chika', locale: 'ja-JP' }]

export async function openWorkspace(options: WorkspaceOptions = {}) {
  const people = (options.people ?? everyone).map((person) => (typeof person === 'string' ? { name: person } : person))
  const scopes = options.scopes ?? everyScope
  const via = { mode: options.mode ?? 'socket', requestUrl: undefined as string | undefined, down: false }
  const weather = { down: false, latencyMs: 0 }
  const emulate = await startEmulate({ people, scopes, botToken, signingSecret })
  const program = via.mode === 'socket' && options.localSlack !== false ? localSlackProgram() : null
  const keys = { botToken, appToken, signingSecret }
  const localSlack = program ? await startLocalSlack(program, { people, ids: emulate.ids, ...keys }) : null
  const gateway = await openGateway()
  const names = people.map(({ name }) => name)
  const faults = openFaults(options.seed ?? 1)
  const stubs = openStubs(emulate)
  const answers = openAnswers(emulate)
  const views = openViews(emulate)
  const seen = openSeen(emulate, names)

  /** Local-slack's own trigger and answer address lead to local-slack; here they are made to lead to the rest of the workspace. */
  async function adapt(type: string, payload: Fields): Promise<Fields> {
    if (type !== 'slash_commands') return payload
    const { user_id, channel_id } = payload as { user_id: string; channel_id: string }
    const place = await seen.place(channel_id)
    const response_url = web.hosts.responseUrl(answers.ticket(channel_id, user_id))
    return { ...payload, channel_name: payloads.commandChannelName(place), trigger_id: await views.trigger(user_id), response_url }
  }

  const upstream = localSlack ? localSlack.connect : null
  const sockets = openSockets({ upstream, adapt, ackWaitMs: options.ackWaitMs ?? ackLimitMs + 500 })
  const web = openWeb({
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
  const idOf = (name: string): string => as(name).id

  await furnish()
  async function furnish(): Promise<void> {
    const creator = names[0] as string
    const invite = (channel: string, who: string[]) =>
      who.length > 0 ? emulate.must(creator, 'conversations.invite', { channel, users: who.join(',') }) : undefined
    await emulate.must('bot', 'conversations.join', { channel: 'C000000001' })
    for (const name of names) await emulate.must(name, 'conversations.join', { channel: 'C000000001' })
    for (const { name, isPrivate, members = names, bot = true } of options.channels ?? []) {
      const { channel } = await emulate.must(creator, 'conversations.create', { name, is_private: isPrivate ?? false })
      const others = members.filter((member) => member !== creator).map(idOf)
      await invite((channel as { id: string }).id, [...others, ...(bot ? [app.botUserId] : [])])
      if (!members.includes(creator)) await emulate.must(creator, 'conversations.leave', { channel: (channel as { id: string }).id })
    }
    for (const [handle, members] of Object.entries(options.groups ?? {})) stubs.addGroup(handle, members.map(idOf))
  }

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

    /** Waits until `look` answers something that is not undefined, null or false. */
    async until<T>(look: () => T | Promise<T>, withinMs = 5_000): Promise<NonNullable<T>> {
      const end = performance.now() + withinMs
      for (;;) {
        const found = await look()
        if (found) return found as NonNullable<T>
        if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${look}`)
        await wait(20)
      }
    },

    async close(): Promise<void> {
      web.close()
      sockets.close()
      await Promise.all([localSlack?.close(), gateway.close()])
      await emulate.close()
    },
  }
}
