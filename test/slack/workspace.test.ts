import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt'
import { WebClient } from '@slack/web-api'
import { afterEach, describe, expect, test } from 'vitest'
import { everyScope } from './emulate.ts'
import { localSlackProgram } from './local-slack.ts'
import { postUrlVerification } from './signed.ts'
import type { Fields } from './types.ts'
import { openWorkspace, type Workspace, type WorkspaceOptions } from './workspace.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function workspaceOf(options: WorkspaceOptions = {}): Promise<Workspace> {
  const workspace = await openWorkspace(options)
  open.push(workspace.close)
  return workspace
}

const clientOf = (workspace: Workspace, token = workspace.botToken) =>
  new WebClient(token, { ...workspace.clientOptions, logLevel: LogLevel.ERROR })

const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => LogLevel.ERROR, setName() {} }
const ask = { type: 'plain_text', text: 'Pull the cord' } as const

/** The smallest bot that touches every door. */
function teach(app: App, heard: Fields[]): App {
  app.command('/andon', async ({ ack, command, client }) => {
    if (command.text === 'slow') return
    await ack({ response_type: 'ephemeral', text: `heard: ${command.text}` })
    if (command.text === 'form') await client.views.open({ trigger_id: command.trigger_id, view: pullView })
  })
  app.action('claim', async ({ ack, body, respond }) => {
    await ack()
    heard.push(body as unknown as Fields)
    await respond({ text: `<@${body.user.id}> leads`, replace_original: true })
  })
  app.view('pull', async ({ ack, view, body, client }) => {
    const words = view.state.values.words?.words?.value ?? ''
    if (words === 'x') return ack({ response_action: 'errors', errors: { words: 'Say a little more' } })
    await ack()
    await client.chat.postMessage({ channel: body.user.id, text: `pulled: ${words}` })
  })
  app.shortcut('note', async ({ ack, shortcut, client }) => {
    await ack()
    heard.push(shortcut as unknown as Fields)
    await client.views.open({ trigger_id: shortcut.trigger_id, view: pullView })
  })
  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'section', text: ask }] } })
  })
  for (const type of ['reaction_added', 'message', 'app_mention'] as const) {
    app.event(type, async ({ event, context }) => void heard.push({ ...event, retryNum: context.retryNum } as Fields))
  }
  app.error(async (error) => void heard.push({ type: 'error', error }))
  return app
}

const pullView = {
  type: 'modal' as const,
  callback_id: 'pull',
  title: ask,
  submit: { type: 'plain_text' as const, text: 'Pull' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'words',
      label: { type: 'plain_text' as const, text: 'What do you see?' },
      element: { type: 'plain_text_input' as const, action_id: 'words' },
    },
  ],
}

const button = {
  type: 'actions',
  block_id: 'who',
  elements: [{ type: 'button', action_id: 'claim', text: { type: 'plain_text', text: 'I lead' }, value: 'room-1' }],
} as const

/** `authorize` rather than `token`: Bolt asks `auth.test` once for a token, and keeps a failure for ever. */
const authorized = (workspace: Workspace) => ({
  authorize: async () => ({ botToken: workspace.botToken, botId: workspace.app.botId, botUserId: workspace.app.botUserId }),
  clientOptions: workspace.clientOptions,
  convoStore: false as const,
  logger: quiet,
})

/** `pingTimeoutMs`: after how long without a pong the client takes the line for dead, and connects anew; what was under way is then lost. */
async function bySocket(options: WorkspaceOptions = {}, pingTimeoutMs = 5_000) {
  const workspace = await workspaceOf(options)
  const receiver = new SocketModeReceiver({
    appToken: workspace.appToken,
    logger: quiet,
    clientPingTimeout: pingTimeoutMs,
    installerOptions: { clientOptions: { ...workspace.clientOptions, retryConfig: { forever: true, minTimeout: 20, maxTimeout: 20 } } },
  })
  const heard: Fields[] = []
  const app = teach(new App({ ...authorized(workspace), receiver }), heard)
  await app.start()
  open.push(() => app.stop())
  return { workspace, heard, app }
}

async function byHttp(options: WorkspaceOptions = {}, receiverOptions: { processBeforeResponse?: boolean } = {}) {
  const workspace = await workspaceOf({ ...options, mode: 'http' })
  const receiver = new HTTPReceiver({
    signingSecret: workspace.signingSecret,
    logger: quiet,
    unhandledRequestTimeoutMillis: 200,
    ...receiverOptions,
  })
  const heard: Fields[] = []
  const app = teach(new App({ ...authorized(workspace), receiver }), heard)
  const server = await receiver.start({ port: 0, host: '127.0.0.1' })
  open.push(() => app.stop())
  workspace.requestUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`
  return { workspace, heard }
}

/** One room made by the bot after the start, with a button in it. */
async function roomOf(workspace: Workspace, name = 'andon-1') {
  const client = clientOf(workspace)
  const { channel } = await client.conversations.create({ name })
  const id = channel?.id as string
  await client.conversations.invite({ channel: id, users: `${workspace.idOf('aki')},${workspace.idOf('ben')}` })
  const { ts } = await client.chat.postMessage({ channel: id, text: 'Who leads?', blocks: [button] })
  return { id, message: await workspace.until(() => workspace.message(id, ts as string)) }
}

for (const [mode, start] of [
  ['Socket Mode by local-slack', () => bySocket()],
  ['Socket Mode by the harness alone', () => bySocket({ localSlack: false })],
  ['signed HTTP', () => byHttp()],
] as const) {
  describe(mode, () => {
    test('a slash command is acknowledged, and only who typed it sees the answer', async () => {
      const { workspace } = await start()
      const answer = await workspace.as('aki').command('/andon', 'sessions fall')
      expect(answer).toMatchObject({ status: 200, late: false, ack: { text: 'heard: sessions fall' } })
      expect(answer.payload).toMatchObject({ user_name: 'aki', channel_name: 'general', is_enterprise_install: 'false' })
      expect(workspace.ephemerals('aki')).toMatchObject([{ text: 'heard: sessions fall', ephemeral: true }])
      expect(workspace.ephemerals('ben')).toEqual([])
    })

    test('a modal opens, refuses what is too short, and is gone after it was taken', async () => {
      const { workspace } = await start()
      const aki = workspace.as('aki')
      await aki.command('/andon', 'form')
      await workspace.until(() => workspace.views('aki').length)
      await expect(aki.submitView({})).rejects.toThrow('the modal asks for words')
      await aki.submitView({ words: 'x' })
      expect(workspace.views('aki')).toMatchObject([{ callback_id: 'pull', errors: { words: 'Say a little more' } }])
      await aki.submitView({ words: 'sessions fall' })
      expect(workspace.views('aki')).toEqual([])
      const [said] = await workspace.until(async () => ((await workspace.dm('aki')).length ? workspace.dm('aki') : undefined))
      expect(said?.text).toBe('pulled: sessions fall')
    })

    test('a button in a room that the bot made after the start', async () => {
      const { workspace, heard } = await start()
      const { id, message } = await roomOf(workspace)
      const clicked = await workspace.as('ben').clickButton(message, 'I lead')
      expect(clicked).toMatchObject({ status: 200, late: false })
      expect(heard[0]).toMatchObject({
        channel: { id, name: 'andon-1' },
        message: { ts: message.ts, text: 'Who leads?', bot_id: workspace.app.botId },
        actions: [{ action_id: 'claim', block_id: 'who', value: 'room-1' }],
      })
      const leads = `<@${workspace.idOf('ben')}> leads`
      await workspace.until(async () => (await workspace.message(id, message.ts))?.text === leads)
    })

    test('App Home, shortcuts with and without a message, a reaction, a thread, a mention, an edit', async () => {
      const { workspace, heard } = await start()
      const aki = workspace.as('aki')
      await aki.openHome()
      expect(await workspace.until(() => workspace.home('aki'))).toMatchObject({
        type: 'home',
        blocks: [{ text: { text: 'Pull the cord' } }],
      })

      const { id, message } = await roomOf(workspace)
      await aki.react(message, 'pushpin')
      const reply = await aki.message(id, 'on it', { thread: message })
      await aki.mention('andon-1', 'who is on duty?')
      await aki.editMessage(reply, 'not on it')
      const types = () => heard.map(({ type, subtype }) => [type, subtype].filter(Boolean).join(' '))
      await workspace.until(() => heard.length === 5)
      expect(types()).toEqual(['reaction_added', 'message', 'message', 'app_mention', 'message message_changed'])
      expect(heard[0]).toMatchObject({ reaction: 'pushpin', item: { channel: id, ts: message.ts } })
      expect(heard[1]).toMatchObject({ text: 'on it', thread_ts: message.ts, channel_type: 'channel' })
      expect((await workspace.channel('andon-1'))?.messages.find(({ ts }) => ts === message.ts)?.replies).toMatchObject([
        { text: 'not on it' },
      ])

      await aki.messageShortcut('note', reply)
      await workspace.until(() => workspace.views('aki').length)
      expect(heard.at(-1)).toMatchObject({ type: 'message_action', channel: { id }, message: { text: 'on it' } })
      await aki.shortcut('note')
      await workspace.until(() => heard.at(-1)?.type === 'shortcut')
      expect(heard.at(-1)).not.toHaveProperty('channel')
    })

    test('the same event comes twice when Slack says so', async () => {
      const { workspace, heard } = await start()
      await workspace.as('aki').message('general', 'hello')
      const first = workspace.deliveries.at(-1)
      const again = await workspace.again(first as never, { retryNum: 2, retryReason: 'http_timeout' })
      await workspace.until(() => heard.length === 2)
      expect(again.payload.event_id).toBe(first?.payload.event_id)
      expect(heard.map(({ retryNum }) => retryNum)).toEqual([undefined, 2])
    })
  })
}

describe('signed HTTP, and what must not pass', () => {
  test('bad, stale and missing signatures are refused; the address can be verified', async () => {
    const { workspace } = await byHttp()
    const aki = workspace.as('aki')
    for (const how of [{ badSignature: true }, { staleByS: 301 }, { unsigned: true }]) {
      expect(await aki.command('/andon', 'x', how)).toMatchObject({ status: 401 })
    }
    const verified = await postUrlVerification(workspace.requestUrl as string, workspace.signingSecret, 'c-1')
    expect(verified).toMatchObject({ status: 200, body: { challenge: 'c-1' } })
  })

  test('a command without acknowledgement', async () => {
    const { workspace } = await byHttp()
    expect(await workspace.as('aki').command('/andon', 'slow')).toMatchObject({ status: 404, ack: undefined })
  })

  test('an answer to an address that is none of Slack is not sent anywhere', async () => {
    const { workspace, heard } = await byHttp()
    const { message } = await roomOf(workspace)
    await workspace.as('aki').clickButton(message, 'claim', { responseUrl: 'https://elsewhere.example/steal' })
    await workspace.until(() => heard.some(({ type }) => type === 'error'))
    expect(workspace.calls.at(-1)).toMatchObject({ method: 'elsewhere', answered: 'network' })
  })
})

describe('local-slack', () => {
  test.runIf(localSlackProgram())('listens on loopback alone, and ends with the process that started it', async () => {
    const script = `const { openWorkspace } = await import(${JSON.stringify(import.meta.resolve('./workspace.ts'))})
      const { localSlack } = await openWorkspace()
      console.log(JSON.stringify(localSlack))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { url } = JSON.parse(line.toString()) as { url: string }
    expect((await fetch(`${url}/_control/state`)).status).toBe(200)
    const outside = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    for (const { address } of outside.filter(({ internal, family }) => !internal && family === 'IPv4')) {
      await expect(fetch(url.replace('127.0.0.1', address))).rejects.toThrow('fetch failed')
    }
    const left = once(child, 'exit')
    child.kill('SIGKILL')
    await left
    await expect
      .poll(() =>
        fetch(url).then(
          () => 'answers',
          () => 'gone',
        ),
      )
      .toBe('gone')
  })

  test('an acknowledgement that never comes', async () => {
    const { workspace } = await bySocket({ ackWaitMs: 100 })
    expect(await workspace.as('aki').command('/andon', 'slow')).toMatchObject({ delivered: true, status: 0, late: true })
  })
})

describe('what people see', () => {
  test('a room with its topic, pins, bookmarks, thread, file; and nothing of what is not theirs', async () => {
    const workspace = await workspaceOf({
      mode: 'http',
      groups: { oncall: ['aki', 'ben'] },
      channels: [{ name: 'legal', isPrivate: true, members: ['chika'], bot: false }],
    })
    const client = clientOf(workspace)
    const { id, message } = await roomOf(workspace)
    await client.conversations.setTopic({ channel: id, topic: 'yellow' })
    await client.pins.add({ channel: id, timestamp: message.ts })
    await client.bookmarks.add({ channel_id: id, title: 'Board', type: 'link', link: 'https://board.example' })
    await client.chat.postEphemeral({ channel: id, user: workspace.idOf('ben'), text: 'for you' })
    const photo = await workspace
      .as('aki')
      .message(id, 'see', { thread: message, file: { name: 'p.png', content: Buffer.from([1, 2, 3]) } })
    const [file] = photo.files as { url_private_download: string }[]
    const download = await workspace.clientOptions.fetch(file?.url_private_download as string, {
      headers: { authorization: `Bearer ${workspace.botToken}` },
    })
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]))
    await client.conversations.archive({ channel: id })

    const room = await workspace.channel('#andon-1')
    expect(room).toMatchObject({ topic: 'yellow', archived: true, isPrivate: false, members: ['jidoka', 'aki', 'ben'] })
    expect(room?.pins).toMatchObject([{ ts: message.ts }])
    expect(room?.bookmarks).toMatchObject([{ title: 'Board' }])
    expect(room?.messages.find(({ ts }) => ts === message.ts)?.replies).toMatchObject([{ text: 'see', subtype: 'file_share' }])
    expect(workspace.ephemerals('ben')).toMatchObject([{ text: 'for you', channel: id }])
    expect(await workspace.channel('legal')).toMatchObject({ isPrivate: true, members: ['chika'] })
    await expect(client.chat.postMessage({ channel: (await workspace.channel('legal'))?.id as string, text: 'x' })).rejects.toMatchObject({
      data: { error: 'channel_not_found' },
    })
    const groups = await client.usergroups.list({ include_users: true })
    expect(groups.usergroups).toMatchObject([{ handle: 'oncall', users: [workspace.idOf('aki'), workspace.idOf('ben')] }])
  })

  test('where emulate is laxer than Slack', async () => {
    const workspace = await workspaceOf({
      mode: 'http',
      channels: [{ name: 'ops', bot: false }],
      scopes: everyScope.filter((scope) => scope !== 'pins:write'),
    })
    const client = clientOf(workspace)
    const errorOf = (call: Promise<unknown>) =>
      call.then(
        () => 'ok',
        (error) => (error as { data: { error: string } }).data.error,
      )
    const ops = (await workspace.channel('ops'))?.id as string
    const general = 'C000000001'
    expect(await errorOf(client.chat.postMessage({ channel: ops, text: 'x' }))).toBe('not_in_channel')
    expect(await errorOf(client.conversations.history({ channel: ops }))).toBe('not_in_channel')
    expect(await errorOf(clientOf(workspace, 'xoxb-other').auth.test())).toBe('invalid_auth')
    expect(await errorOf(client.apiCall('reminders.add'))).toBe('unknown_method')
    const blocks = Array.from({ length: 51 }, () => ({ type: 'divider' as const }))
    expect(await errorOf(client.chat.postMessage({ channel: general, text: 'x', blocks }))).toBe('invalid_blocks')
    expect(await errorOf(client.pins.add({ channel: general, timestamp: '1.000001' }))).toBe('missing_scope')
    const { channel } = await client.conversations.create({ name: 'room' })
    const users = `${workspace.idOf('aki')},U0NOBODY00,${workspace.idOf('ben')}`
    expect(await errorOf(client.conversations.invite({ channel: channel?.id as string, users }))).toBe('user_not_found')
    const forced = await client.conversations.invite({ channel: channel?.id as string, users, force: true })
    expect(forced).toMatchObject({ ok: true, errors: [{ user: 'U0NOBODY00', error: 'user_not_found' }] })
    const { user } = await client.users.info({ user: workspace.idOf('aki'), include_locale: true })
    expect(user).toMatchObject({ locale: 'ja-JP', tz: 'Asia/Tokyo' })
    expect((await client.auth.test()).response_metadata?.scopes).not.toContain('pins:write')
    const first = await client.chat.postMessage({ channel: general, text: 'one' })
    const second = await client.chat.postMessage({ channel: general, text: 'two', thread_ts: '1.000001' })
    const { messages } = await client.conversations.history({ channel: general, oldest: first.ts as string })
    expect(messages).toMatchObject([{ text: 'two', ts: second.ts, bot_id: workspace.app.botId }])
  })
})

describe('the line to Slack', () => {
  test('the socket connects anew after Slack was away, and after it asked for that', async () => {
    const { workspace } = await bySocket({}, 500)
    workspace.down = true
    expect(await workspace.as('aki').command('/andon', 'lost')).toMatchObject({ delivered: false })
    await workspace.until(() =>
      workspace.calls.some(({ method, answered }) => method === 'apps.connections.open' && answered === 'network'),
    )
    workspace.down = false
    await workspace.sockets.connected()
    expect(await workspace.as('aki').command('/andon', 'back')).toMatchObject({ ack: { text: 'heard: back' } })

    const before = workspace.count('apps.connections.open')
    workspace.sockets.refresh()
    await workspace.until(() => workspace.count('apps.connections.open') > before && workspace.sockets.count() === 1)
    expect(await workspace.as('aki').command('/andon', 'again')).toMatchObject({ ack: { text: 'heard: again' } })
  })

  test('with two connections each envelope goes to one of them', async () => {
    const { workspace, app, heard } = await bySocket()
    const other = new SocketModeReceiver({
      appToken: workspace.appToken,
      logger: quiet,
      installerOptions: { clientOptions: workspace.clientOptions },
    })
    other.init(app)
    await other.start()
    open.push(() => other.stop())
    expect(workspace.sockets.count()).toBe(2)
    for (const text of ['one', 'two', 'three']) await workspace.as('aki').message('general', text)
    await workspace.as('aki').command('/andon', 'once')
    await workspace.until(() => heard.length >= 3)
    expect(heard.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
    expect(workspace.ephemerals('aki')).toHaveLength(1)
  })

  test('rate limits, with what to wait; web-api tells them at once', async () => {
    const workspace = await workspaceOf({ mode: 'http' })
    workspace.faults.add({ method: /^chat\.postMessage$/, times: 1, status: 429, retryAfterS: 1 })
    const client = clientOf(workspace)
    await expect(client.chat.postMessage({ channel: 'C000000001', text: 'a' })).rejects.toMatchObject({
      code: 'slack_webapi_rate_limited_error',
      retryAfter: 1,
    })
    await expect(client.chat.postMessage({ channel: 'C000000001', text: 'a' })).resolves.toMatchObject({ ok: true })
    expect(workspace.calls.map(({ answered }) => answered)).toEqual(['http 429', 'ok'])
  })

  test('a lost answer: it was done, and a second try does it twice', async () => {
    const workspace = await workspaceOf({ mode: 'http' })
    workspace.faults.add({ method: /^chat\.postMessage$/, times: 1, lostAnswer: true })
    const client = clientOf(workspace)
    const said = { channel: 'C000000001', text: 'room opened' }
    await expect(client.chat.postMessage(said)).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
    await client.chat.postMessage(said)
    expect((await workspace.channel('general'))?.messages.filter(({ text }) => text === 'room opened')).toHaveLength(2)
    expect(workspace.calls.map(({ answered }) => answered)).toEqual(['lost', 'ok'])
  })

  test('silence, broken servers, Slack errors and chance, in the order in which they were added', async () => {
    const workspace = await workspaceOf({ mode: 'http', seed: 7 })
    const client = new WebClient(workspace.botToken, { ...workspace.clientOptions, timeout: 50, logLevel: LogLevel.ERROR })
    const added = workspace.faults.add({ method: /^pins\./, error: 'missing_scope', detail: { needed: 'pins:write' } })
    workspace.faults.add({ method: /^auth\.test$/, times: 1, hang: true })
    workspace.faults.add({ method: /^auth\.test$/, times: 1, status: 503 })
    await expect(client.auth.test()).rejects.toMatchObject({ code: 'slack_webapi_request_error', original: { name: 'TimeoutError' } })
    await expect(client.auth.test()).rejects.toMatchObject({ statusCode: 503 })
    await expect(client.auth.test()).resolves.toMatchObject({ user_id: workspace.app.botUserId })
    await expect(client.pins.list({ channel: 'C000000001' })).rejects.toMatchObject({
      data: { error: 'missing_scope', needed: 'pins:write' },
    })
    added()
    await expect(client.pins.list({ channel: 'C000000001' })).resolves.toMatchObject({ ok: true })
    workspace.faults.add({ rate: 0.5, network: true })
    const lots = await Promise.allSettled(Array.from({ length: 40 }, () => client.auth.test()))
    const failed = lots.filter(({ status }) => status === 'rejected').length
    expect(failed).toBeGreaterThan(10)
    expect(failed).toBeLessThan(30)
  })

  test('an app in a process of its own meets the same faults by address', async () => {
    const workspace = await workspaceOf({ mode: 'http' })
    const client = new WebClient(workspace.botToken, {
      slackApiUrl: workspace.apiUrl,
      retryConfig: { retries: 0 },
      logLevel: LogLevel.ERROR,
    })
    await expect(client.auth.test()).resolves.toMatchObject({ ok: true })
    workspace.down = true
    await expect(client.auth.test()).rejects.toMatchObject({ code: 'slack_webapi_request_error' })
  })
})
