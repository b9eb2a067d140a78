import { afterEach, describe, expect, test } from 'vitest'
import { fault } from '../../core/errors.ts'
import { problemType } from '../../core/hooks/contract.ts'
import { everyScope } from '../../test/slack/emulate.ts'
import { postCommand, postUrlVerification, signature } from '../../test/slack/signed.ts'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../test/slack/workspace.ts'
import { type Bot, type BotOptions, openBot } from '../../test/slack-bot.ts'

/** What goes wrong, and what wishes us ill. */
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function begin(options: Partial<BotOptions> = {}, of: WorkspaceOptions = {}): Promise<{ workspace: Workspace; bot: Bot }> {
  const mode = options.mode ?? 'http'
  const workspace = await openWorkspace({ mode, channels: [{ name: 'ops' }], ...of })
  open.push(workspace.close)
  const bot = await openBot(workspace, { mode, ...options })
  open.push(bot.close)
  return { workspace, bot }
}

describe('requests that are not from Slack', () => {
  test.each([
    ['a signature of another secret', { badSignature: true }],
    ['none at all', { unsigned: true }],
    ['one of six minutes ago', { staleByS: 360 }],
    ['one of six minutes from now', { staleByS: -360 }],
  ])('%s: 401 as a problem, and nothing is done', async (_, sign) => {
    const { workspace, bot } = await begin()
    const answer = await workspace.as('ben').command('/andon', 'forged', { channel: 'ops', ...sign })
    expect(answer).toMatchObject({ status: 401, ack: { code: 'bad-signature', retryable: false } })
    expect(await bot.andons()).toEqual([])
  })

  test('one of four minutes ago is still good, and its replay does nothing', async () => {
    const { workspace, bot } = await begin()
    const first = await workspace.as('ben').command('/andon', 'leo is slow', { channel: 'ops', staleByS: 240 })
    expect(first.status).toBe(200)
    for (let n = 0; n < 3; n++) await workspace.again(first)
    expect((await bot.andons()).map(({ reporters }) => reporters.length)).toEqual([1])
  })

  test('without a secret nothing is let in', async () => {
    const { workspace, bot } = await begin({ over: { signingSecret: undefined } })
    const { status } = await postCommand(bot.url as string, '', { command: '/andon', text: 'x', user_id: 'U1', trigger_id: '1' })
    expect(status).toBe(401)
    expect((await workspace.as('ben').command('/andon', 'x', { channel: 'ops' })).status).toBe(401)
  })

  test('bodies that are too large, no JSON, or no object', async () => {
    const { workspace, bot } = await begin()
    const post = async (body: string, type = 'application/json') => {
      const at = Math.floor(Date.now() / 1_000)
      const headers = {
        'content-type': type,
        'x-slack-request-timestamp': String(at),
        'x-slack-signature': signature(workspace.signingSecret, at, body),
      }
      const answer = await fetch(bot.url as string, { method: 'POST', headers, body })
      expect(answer.headers.get('content-type')).toContain(problemType)
      return answer.status
    }
    expect(await post('{')).toBe(400)
    expect(await post('"text"')).toBe(400)
    expect(await post('payload=%7B', 'application/x-www-form-urlencoded')).toBe(400)
    expect(await post('x'.repeat(10 * 2 ** 20))).toBe(413)
  })

  test("Slack's own questions are answered", async () => {
    const { workspace, bot } = await begin()
    expect(await postUrlVerification(bot.url as string, workspace.signingSecret, 'c42')).toMatchObject({
      status: 200,
      body: { challenge: 'c42' },
    })
    expect((await postUrlVerification(bot.url as string, 'wrong', 'c42')).status).toBe(401)
    const check = await fetch(bot.url as string, { method: 'POST', body: new URLSearchParams({ ssl_check: '1', token: 'x' }) })
    expect([check.status, await check.text()]).toEqual([200, ''])
  })

  test('a command that is not ours is answered at once, and not as if it were done', async () => {
    const { workspace } = await begin()
    const { status, late } = await workspace.as('ben').command('/nothing', 'x', { channel: 'ops' })
    expect({ status, late }).toEqual({ status: 404, late: false })
  })
})

describe('words that wish us ill', () => {
  test.each([
    ['mentions of everybody', '<!channel> <!here|here> @everyone <@U0NOBODY> down'],
    ['markup', '*down* `rm -rf` _now_ ```\nfence'],
    ['emoji alone', '🔥🔥🔥'],
    ['right-to-left', 'polaris \u202egnp.exe\u202c is \u200bdown'],
    ['links', '<https://evil.example|your bank> &lt;script&gt;'],
  ])('%s', async (_, words) => {
    const { workspace, bot } = await begin({ delivery: true })
    const { ack } = await workspace.as('ben').command('/andon', words, { channel: 'ops' })
    const [andon] = await bot.andons()
    expect(andon?.text).not.toMatch(/[\u202a-\u202e\u200b]|<!|<@|<https/)
    const announced = await workspace.until(
      async () => (await workspace.channel('ops'))?.messages.find(({ bot_id, user }) => bot_id || user === workspace.app.botUserId),
      10_000,
    )
    for (const said of [JSON.stringify(ack), JSON.stringify(announced)]) {
      expect(said).not.toMatch(/<!(channel|here|everyone)|<@U0NOBODY>|<https:\/\/evil/)
      expect(said).not.toMatch(/@(here|channel|everyone)/)
    }
  })

  test('what is longer than the record is cut, and told; secrets are masked, and told', async () => {
    const { workspace, bot } = await begin()
    const long = await workspace.as('ben').command('/andon', `leo ${'あ'.repeat(7_000)}`, { channel: 'ops' })
    expect(JSON.stringify(long.ack)).toContain('What was longer than 2,000 characters was cut.')
    expect([...((await bot.andons())[0]?.text ?? '')]).toHaveLength(2_000)
    const secret = await workspace.as('ben').command('/andon', 'polaris token=abcdefgh12345678', { channel: 'ops' })
    expect(JSON.stringify(secret.ack)).toContain('What looked like a secret')
    expect(JSON.stringify([secret.ack, await bot.andons()])).not.toContain('abcdefgh12345678')
  })
})

describe('people', () => {
  test('who are not configured pull under the name that Slack tells, in their language; a name alone is nobody', async () => {
    const { workspace, bot } = await begin(
      { configured: [{ name: 'ben', approver: true }] },
      { people: [{ name: 'aki', locale: 'ja-JP', admin: true }, { name: 'ben' }, { name: 'Ben2', realName: 'Ben' }] },
    )
    const ack = (await workspace.as('aki').command('/andon', 'leo が遅い', { channel: 'ops' })).ack
    expect(JSON.stringify(ack)).toContain('アンドンを引いてくれてありがとうございます')
    await workspace.as('Ben2').command('/andon', 'polaris is down', { channel: 'ops' })
    const [second, first] = await bot.andons()
    expect(first).toMatchObject({ locale: 'ja', pulledBy: { id: `slack:${workspace.idOf('aki')}`, name: 'aki' } })
    expect(second?.pulledBy.id).toBe(`slack:${workspace.idOf('Ben2')}`)
  })

  test('whom Slack does not tell of in time pull all the same', async () => {
    const { workspace, bot } = await begin()
    workspace.faults.add({ method: /^users\.info$/, hang: true })
    const { late, ms } = await workspace.as('chika').command('/andon', 'leo is slow', { channel: 'ops' })
    expect({ late, quick: ms < 1_000 }).toEqual({ late: false, quick: true })
    expect((await bot.andons())[0]?.pulledBy).toEqual({ id: `slack:${workspace.idOf('chika')}`, name: 'chika' })
  })

  test('may pull, but not approve', async () => {
    const refuse = async () => {
      throw fault('forbidden', { role: 'anyone', needs: 'approver' })
    }
    const { workspace, bot } = await begin({ delivery: true, orders: { approve: refuse, retry: refuse, stop: refuse } as never })
    await workspace.as('chika').command('/andon', 'polaris is down', { channel: 'ops' })
    const id = (await bot.andons())[0]?.id as string
    const channel = await workspace.until(async () => (await bot.journal.reference(`slack:room/${id}`)) || null)
    await workspace.as('chika').command('/andon', 'approve failover', { channel })
    const told = await workspace.until(() => workspace.ephemerals('chika').find(({ text }) => text.includes('承認者')))
    expect(told.text).toContain('入力内容: approve failover')
  })
})

describe('when it cannot be recorded', () => {
  const full = async () => {
    throw fault('store-full', { path: 'jidoka.db', problem: 'no space' })
  }

  test('whoever pulled by words is told so, loudly, with the words', async () => {
    const { workspace, bot } = await begin()
    bot.desk.pull = full
    const { ack, status } = await workspace.as('ben').command('/andon', 'polaris <b>down</b>', { channel: 'ops' })
    expect(status).toBe(200)
    expect((ack as { text: string }).text).toBe(
      'It could NOT be recorded. Please send it again, or call the person on duty.\nYou wrote: polaris &lt;b&gt;down&lt;/b&gt;',
    )
  })

  test('whoever pulled by the modal keeps it, with the words in it', async () => {
    const { workspace, bot } = await begin()
    bot.desk.pull = full
    await workspace.as('chika').shortcut('andon-pull')
    await workspace.until(() => workspace.views('chika').length > 0)
    await workspace.as('chika').submitView({ text: '全部止まった' })
    const [view] = workspace.views('chika')
    expect(view?.errors?.text).toContain('記録できませんでした')
    expect(view?.blocks.some(({ type }) => type === 'input')).toBe(true)
  })
})

describe('when Slack is not itself', () => {
  test('a modal that cannot be opened: how to do it in words', async () => {
    const { workspace } = await begin()
    workspace.faults.add({ method: /^views\.open$/, error: 'expired_trigger_id' })
    await workspace.as('ben').command('/andon', '', { channel: 'ops' })
    const told = await workspace.until(() => workspace.ephemerals('ben').at(-1))
    expect(told.text).toContain('`/andon &lt;what you see&gt;`')
  })

  test('an answer finds its way when the place where it was asked is archived, and its own address is used up', async () => {
    const { workspace } = await begin()
    workspace.faults.add({ method: /^(chat\.postEphemeral|response_url)$/, error: 'is_archived', status: 404 })
    await workspace.as('ben').mention('ops', 'help')
    const told = await workspace.until(async () => (await workspace.dm('ben')).at(-1))
    expect(told.text).toBe('Something looks wrong? Pull. Nobody is blamed for pulling.')
  })

  test('without the scope to know people, pulls work all the same', async () => {
    const { workspace, bot } = await begin({}, { scopes: everyScope.filter((scope) => scope !== 'users:read') })
    await workspace.as('chika').command('/andon', 'leo is slow', { channel: 'ops' })
    expect((await bot.andons())[0]?.pulledBy.name).toBe('chika')
  })

  test('away at the start: it is there when Slack is', async () => {
    const workspace = await openWorkspace({ mode: 'socket', localSlack: false, channels: [{ name: 'ops' }] })
    open.push(workspace.close)
    workspace.down = true
    const bot = await openBot(workspace, { mode: 'socket', wait: false })
    open.push(bot.close)
    expect(bot.app.connected()).toBe(false)
    workspace.down = false
    await workspace.until(() => bot.app.connected(), 10_000)
    await workspace.as('ben').command('/andon', 'leo is slow', { channel: 'ops' })
    expect(await bot.andons()).toHaveLength(1)
  })

  test('a socket that is cut, also while Slack gives no new one, comes back; one that Slack refreshes is never missed', async () => {
    const { workspace, bot } = await begin({ mode: 'socket' }, { localSlack: false })
    workspace.faults.add({ method: /^apps\.connections\.open$/, network: true, times: 2 })
    workspace.sockets.cut()
    await workspace.until(() => !bot.app.connected())
    await workspace.until(() => bot.app.connected(), 10_000)
    workspace.sockets.refresh()
    await workspace.until(() => workspace.count('apps.connections.open') >= 5, 10_000)
    await workspace.until(() => bot.app.connected() && workspace.sockets.count() > 0, 10_000)
    await workspace.as('ben').command('/andon', 'leo is slow', { channel: 'ops' })
    expect(await bot.andons()).toHaveLength(1)
  })
})
