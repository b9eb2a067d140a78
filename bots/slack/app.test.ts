import { afterEach, describe, expect, test } from 'vitest'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../test/slack/workspace.ts'
import { type Bot, type BotOptions, openBot } from '../../test/slack-bot.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

interface Begun {
  workspace: Workspace
  bot: Bot
}

async function begin(options: Partial<BotOptions> = {}, of: WorkspaceOptions = {}): Promise<Begun> {
  const mode = options.mode ?? 'http'
  const workspace = await openWorkspace({ mode, channels: [{ name: 'ops' }], ...of })
  open.push(workspace.close)
  const bot = await openBot(workspace, { mode, ...options })
  open.push(bot.close)
  return { workspace, bot }
}

const ackText = (ack: unknown): string => JSON.stringify(ack ?? '')

describe.each([{ mode: 'socket' as const }, { mode: 'http' as const }])('by $mode', ({ mode }) => {
  test('/andon with words pulls at once, and tells whoever pulled what happens now', async () => {
    const { workspace, bot } = await begin({ mode })
    const { ack, late } = await workspace.as('ben').command('/andon', 'polaris drops sessions in Osaka', { channel: 'ops' })
    const [andon] = await bot.andons()
    expect(late).toBe(false)
    expect(andon).toMatchObject({
      text: 'polaris drops sessions in Osaka',
      via: 'slack',
      pulledBy: { id: 'ben', name: 'Ben' },
      component: { id: 'polaris' },
    })
    expect(ackText(ack)).toContain('Thank you for pulling.')
    expect(ackText(ack)).toMatch(/#andon-\d{4}-polaris-/)
    expect(workspace.ephemerals('ben')).toHaveLength(1)
  })

  test('/andon alone opens a modal with one field; what is written there is the pull, and the modal says thank you', async () => {
    const { workspace, bot } = await begin({ mode })
    await workspace.as('ben').command('/andon', '', { channel: 'ops' })
    const [modal] = await workspace.until(() => (workspace.views('ben').length > 0 ? workspace.views('ben') : null))
    expect(modal?.blocks.filter(({ type }) => type === 'input')).toHaveLength(1)
    await workspace.as('ben').submitView({ text: 'nobody can attach' })
    expect((await bot.andons()).map(({ text }) => text)).toEqual(['nobody can attach'])
    expect(JSON.stringify(workspace.views('ben').at(-1)?.blocks)).toContain('Thank you for pulling.')
  })

  test('the lightning bolt, without a channel, does the same; not a single word is needed', async () => {
    const { workspace, bot } = await begin({ mode })
    await workspace.as('chika').shortcut('andon-pull')
    await workspace.until(() => workspace.views('chika').length > 0)
    await workspace.as('chika').submitView()
    expect((await bot.andons()).map(({ text, locale }) => ({ text, locale }))).toEqual([{ text: '(no words)', locale: 'ja' }])
  })

  test('a message becomes a pull, and the first note on its timeline, with a link', async () => {
    const { workspace, bot } = await begin({ mode })
    const message = await workspace.as('chika').message('ops', 'polaris answers 503')
    await workspace.as('ben').messageShortcut('andon-pull-message', message)
    const [andon] = await workspace.until(async () => {
      const found = await bot.andons()
      return found.length > 0 ? found : null
    })
    expect(andon?.text).toBe('polaris answers 503')
    const note = await workspace.until(async () => (await bot.entries(andon?.id as string)).find(({ kind }) => kind === 'andon.note'))
    expect(note.data).toMatchObject({ ref: `slack:${message.channel}/${message.ts}`, by: { id: 'ben' } })
    expect(note.data.text).toMatch(/^chika: polaris answers 503\nhttps:\/\/jidoka-test\.slack\.com\/archives\//)
  })

  test('a mention pulls, in a thread too; other words are asked about', async () => {
    const { workspace, bot } = await begin({ mode })
    const message = await workspace.as('aki').message('ops', 'is leo slow for you?')
    await workspace.as('ben').mention('ops', 'pull leo is slow for everybody', { thread: message })
    await workspace.until(async () => (await bot.andons()).length === 1)
    await workspace.as('aki').mention('ops', 'leo のことを見てくれますか')
    const offered = await workspace.until(() => workspace.ephemerals('aki').at(-1))
    expect(JSON.stringify(offered.blocks)).toContain('引いてください')
    await workspace.as('aki').clickButton(offered, 'andon:pull')
    const modal = await workspace.until(() => workspace.views('aki').at(-1))
    expect(JSON.stringify(modal.blocks)).toContain('leo のことを見てくれますか')
    expect(await bot.andons()).toHaveLength(1)
  })

  test('the same request again is the same pull, with the same answer', async () => {
    const { workspace, bot } = await begin({ mode })
    const first = await workspace.as('ben').command('/andon', 'leo is slow', { channel: 'ops' })
    const second = await workspace.again(first)
    expect(await bot.andons()).toHaveLength(1)
    expect((await bot.andons())[0]?.reporters).toHaveLength(1)
    expect(second.status).toBe(200)
  })

  test('an event that Slack repeats is done once', async () => {
    const { workspace, bot } = await begin({ mode })
    await workspace.as('ben').mention('ops', 'pull leo is slow')
    await workspace.until(async () => (await bot.andons()).length === 1)
    const before = workspace.calls.length
    const mention = workspace.deliveries.findLast(({ payload }) => (payload.event as { type?: string } | undefined)?.type === 'app_mention')
    await workspace.again(mention as never, { retryNum: 2, retryReason: 'http_timeout' })
    await workspace.as('ben').command('/andon', 'help', { channel: 'ops' })
    expect((await bot.andons())[0]?.reporters).toHaveLength(1)
    expect(workspace.calls.slice(before).filter(({ method }) => method === 'chat.postEphemeral')).toHaveLength(0)
  })
})
