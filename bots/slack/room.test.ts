import { afterEach, describe, expect, test } from 'vitest'
import type { Message } from '../../test/slack/types.ts'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../test/slack/workspace.ts'
import { type Bot, type BotOptions, openBot } from '../../test/slack-bot.ts'
import type { Andon } from '../andon/andon.ts'
import { house } from '../andon/ports.ts'
import { homeOf } from './blocks/home.ts'

/** What people do in the room of an andon, with everything that goes out as well. */
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

interface Room {
  workspace: Workspace
  bot: Bot
  /** As it is now. */
  andon(): Promise<Andon>
  channel: string
  card(): Promise<Message>
  /** Waits for it. */
  at(key: string): Promise<Message>
  lane(kind: string): Promise<{ id: string; message: Message }>
  kinds(): Promise<string[]>
}

async function room(options: Partial<BotOptions> = {}, of: WorkspaceOptions = {}): Promise<Room> {
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }], ...of })
  open.push(workspace.close)
  const bot = await openBot(workspace, { mode: 'http', delivery: true, ...options })
  open.push(bot.close)
  await workspace.as('ben').command('/andon', 'polaris drops sessions', { channel: 'ops' })
  const [pulled] = await bot.andons()
  const id = pulled?.id as string
  const at = async (key: string): Promise<Message> =>
    workspace.until(async () => {
      const [channel, ts] = ((await bot.journal.reference(key)) ?? '').split('/')
      return channel && ts ? workspace.message(channel, ts) : null
    }, 10_000)
  const card = () => at(`slack:card/${id}`)
  const { channel } = await card()
  await workspace.ask('chika', 'conversations.join', { channel })
  return {
    ...{ workspace, bot, channel, card, at },
    andon: async () => (await bot.desk.get(id)) as Andon,
    async lane(kind) {
      const lane = await workspace.until(async () => (await bot.desk.get(id))?.lanes.find((one) => one.kind === kind))
      return { id: lane.id, message: await at(`slack:lane/${id}/${lane.id}`) }
    },
    kinds: async () => (await bot.entries(id)).map(({ kind }) => kind),
  }
}

const until = <T>({ workspace }: Room, look: () => Promise<T>) => workspace.until(look)

describe('buttons', () => {
  test('that need nothing more act at once: take the lead, turn it red', async () => {
    const here = await room()
    await here.workspace.as('chika').clickButton(await here.card(), 'andon:lead')
    await until(here, async () => (await here.andon()).roles.lead?.person.name === 'chika')
    await here.workspace.as('ben').clickButton(await here.card(), 'andon:escalate')
    await until(here, async () => (await here.andon()).state.status === 'red')
    expect((await here.andon()).lanes).toHaveLength(5)
  })

  test('are answered before they are done', async () => {
    const here = await room()
    const { command } = here.bot.desk
    let go = () => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    here.bot.desk.command = async (...given) => {
      await held
      return command(...given)
    }
    const { status, late } = await here.workspace.as('chika').clickButton(await here.card(), 'andon:lead')
    expect({ status, late, lead: (await here.andon()).roles.lead }).toEqual({ status: 200, late: false, lead: null })
    go()
    await until(here, async () => (await here.andon()).roles.lead?.person.name === 'chika')
  })

  test('the others ask: what is filled in is done', async () => {
    const here = await room()
    await here.workspace.as('chika').clickButton(await here.card(), 'andon:resolve')
    await until(here, async () => here.workspace.views('chika').length > 0)
    await here.workspace.as('chika').submitView({ how: '4.2.1 を戻した', falseAlarm: 'true' })
    expect((await here.andon()).state).toMatchObject({ status: 'resolved', how: '4.2.1 を戻した', falseAlarm: true, by: { name: 'chika' } })
    expect(here.workspace.views('chika')).toEqual([])
  })

  test('what the desk refuses stays in the modal, with all that was typed, in the language of the person', async () => {
    const here = await room()
    await here.workspace.as('chika').clickButton(await here.card(), 'andon:resolve')
    await until(here, async () => here.workspace.views('chika').length > 0)
    await here.bot.desk.command((await here.andon()).id, 'resolve', { how: 'rolled back' }, { ...house, via: 'cli' })
    const { ack } = await here.workspace.as('chika').submitView({ how: 'restarted' })
    expect(ack).toMatchObject({ response_action: 'errors', errors: { how: expect.stringContaining('実行しませんでした') } })
    expect(here.workspace.views('chika')).toHaveLength(1)
  })

  test('behind the three dots', async () => {
    const here = await room()
    await here.workspace.as('ben').choose(await here.card(), 'andon:more', 'Component')
    await until(here, async () => here.workspace.views('ben').length > 0)
    await here.workspace.as('ben').submitView({ component: 'leo' })
    expect((await here.andon()).component).toEqual({ id: 'leo', by: 'person' })
  })

  test('a forged value does nothing, and says so to whoever clicked alone', async () => {
    const here = await room()
    const card = await here.card()
    const forged = structuredClone(card)
    for (const block of forged.blocks ?? []) for (const element of block.elements ?? []) element.value = '{"id":"and_0","lane":["x"]}'
    await here.workspace.as('ben').clickButton({ ...forged, ephemeral: true }, 'andon:lead')
    await until(here, async () => here.workspace.ephemerals('ben').some(({ text }) => text.includes('There is no andon and_0')))
    expect((await here.andon()).roles.lead).toBeNull()
  })

  test('an answer goes to Slack alone, whatever address came with the click', async () => {
    const here = await room()
    await here.bot.desk.command((await here.andon()).id, 'resolve', { how: 'rolled back' }, { ...house, via: 'cli' })
    const [pulled] = (await here.card()).blocks ?? []
    expect(pulled).toBeDefined()
    const old = {
      ...(await here.card()),
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'andon:lead',
              text: { type: 'plain_text', text: 'x' },
              value: JSON.stringify({ id: (await here.andon()).id }),
            },
          ],
        },
      ],
      ephemeral: true,
    } as never
    await here.workspace.as('ben').clickButton(old, 'andon:lead', { responseUrl: 'http://169.254.169.254/latest' })
    // By the other way.
    await until(here, async () => here.workspace.ephemerals('ben').some(({ text }) => text.includes('That was not done')))
    expect(here.workspace.calls.filter(({ method }) => method === 'elsewhere')).toEqual([])
  })
})

describe('words in the room', () => {
  test.each([
    ['lead', (andon: Andon) => andon.roles.lead?.person.id === 'ben'],
    ['escalate customers call', (andon: Andon) => andon.state.status === 'red' && andon.state.reason === 'customers call'],
    ['update we look at the logs', (andon: Andon) => andon.updates[0]?.text === 'we look at the logs'],
    ['resolve rolled back 4.2.1', (andon: Andon) => andon.state.status === 'resolved' && andon.state.how === 'rolled back 4.2.1'],
    ['component leo', (andon: Andon) => andon.component?.id === 'leo'],
    ['lane who changed what', (andon: Andon) => andon.lanes[0]?.title === 'who changed what'],
    ['severity 2', (andon: Andon) => andon.severity === 2],
    ['I see it in Nagoya too', (andon: Andon) => andon.reporters.at(-1)?.text === 'I see it in Nagoya too'],
  ])('/andon %s', async (words, done) => {
    const here = await room()
    await here.workspace.as('ben').command('/andon', words, { channel: here.channel })
    await until(here, async () => done(await here.andon()))
    expect(await here.bot.andons()).toHaveLength(1)
  })

  test('name people as Slack does', async () => {
    const here = await room()
    const { idOf } = here.workspace
    await here.workspace.as('ben').command('/andon', `lead <@${idOf('chika')}|chika> the logs are yours`, { channel: here.channel })
    await until(here, async () => (await here.andon()).roles.lead?.person.id === `slack:${idOf('chika')}`)
    await here.workspace.as('chika').mention(here.channel, `thank <@${idOf('ben')}>`)
    await until(here, async () => (await here.andon()).thanks[0]?.to === 'Ben')
  })

  test('what is missing is asked for; what is refused is told with the words', async () => {
    const here = await room()
    await here.workspace.as('ben').command('/andon', 'resolve', { channel: here.channel })
    await until(here, async () => here.workspace.views('ben').length > 0)
    await here.workspace.as('ben').command('/andon', 'component nosuch', { channel: here.channel })
    const told = await here.workspace.until(() => here.workspace.ephemerals('ben').at(-1))
    expect(told.text).toMatch(/That was not done: .*nosuch[\s\S]*You wrote: component nosuch/)
  })

  test('a command without its room is no pull: it is told, and given back', async () => {
    const here = await room()
    await here.workspace.as('chika').command('/andon', 'resolve 再起動した', { channel: 'ops' })
    expect(here.workspace.ephemerals('chika').at(-1)?.text).toContain('入力内容: resolve 再起動した')
    expect(await here.bot.andons()).toHaveLength(1)
  })
})

describe('what is followed', () => {
  test('a pushpin puts a message on the timeline; edits, deletion and the last pin taken away are told', async () => {
    const here = await room()
    const { workspace } = here
    await here.bot.desk.command(
      (await here.andon()).id,
      'lead',
      {},
      { id: 'token:lea', name: 'Lea', via: 'api', locale: 'en', rank: 'anyone' },
    )
    const message = await workspace.as('chika').message(here.channel, 'cause 17 since 10:20')
    await workspace.as('ben').react(message, 'pushpin')
    await workspace.as('chika').react(message, 'pushpin')
    const noted = await until(here, async () =>
      (await here.bot.entries((await here.andon()).id)).filter(({ kind }) => kind === 'andon.note').at(-1),
    )
    expect(noted.data).toMatchObject({ by: { id: 'ben' }, ref: `slack:${message.channel}/${message.ts}` })
    expect(noted.data.text).toMatch(/^chika: cause 17 since 10:20/)

    const now = await workspace.as('chika').editMessage(message, 'cause 33 since 10:20')
    const changes = async () => (await here.bot.entries((await here.andon()).id)).filter(({ kind }) => kind === 'andon.note-changed')
    await until(here, async () => (await changes()).length === 1)
    await workspace.as('ben').react(now, 'pushpin', 'remove')
    expect((await changes()).map(({ data }) => data.text)).toEqual(['cause 33 since 10:20'])
    await workspace.as('chika').react(now, 'pushpin', 'remove')
    await until(here, async () => (await changes()).length === 2)
    expect((await changes())[1]?.data).toMatchObject({ text: null, by: { id: `slack:${workspace.idOf('chika')}` } })
    expect((await here.kinds()).filter((kind) => kind === 'andon.note')).toHaveLength(1)
  })

  test('a pinned message that is deleted', async () => {
    const here = await room()
    const message = await here.workspace.as('ben').message(here.channel, 'wrong')
    await here.workspace.as('ben').react(message, 'round_pushpin')
    await until(here, async () => (await here.kinds()).includes('andon.note'))
    await here.workspace.as('ben').deleteMessage(message)
    await until(here, async () => (await here.kinds()).includes('andon.note-changed'))
  })

  test('a reply to the card of a lane is its report, by whoever wrote it', async () => {
    const here = await room()
    await here.workspace.as('ben').clickButton(await here.card(), 'andon:escalate')
    const { id, message } = await here.lane('logs')
    await here.workspace.as('ben').clickButton(message, 'andon:lane-take')
    await until(here, async () => (await here.andon()).lanes.find((lane) => lane.id === id)?.status === 'taken')
    await here.workspace.as('chika').message(here.channel, 'ログに <b>cause 17</b> が出ています', { thread: message })
    await until(here, async () => (await here.andon()).lanes.find((lane) => lane.id === id)?.reports.length === 1)
    expect((await here.andon()).lanes.find((lane) => lane.id === id)?.reports[0]).toMatchObject({
      text: 'ログに <b>cause 17</b> が出ています',
      person: { name: 'chika' },
    })
  })

  test('the first who comes by themselves is a mark; others, and whoever was invited, are none', async () => {
    const here = await room()
    await here.workspace.as('aki').join(here.channel)
    await until(here, async () => (await here.andon()).marks.human !== null)
    await here.workspace.as('chika').leave(here.channel)
    await here.workspace.as('chika').join(here.channel)
    expect((await here.kinds()).filter((kind) => kind === 'andon.note')).toHaveLength(1)
  })

  test('the first who writes, other than whoever pulled, is noted with their words; the next are not', async () => {
    const here = await room()
    await here.workspace.as('ben').message(here.channel, 'anybody here?')
    await here.workspace.as('chika').message(here.channel, '見ています')
    await until(here, async () => (await here.andon()).marks.human !== null)
    await here.workspace.as('chika').message(here.channel, 'cause 17 です')
    const notes = (await here.bot.entries((await here.andon()).id)).filter(({ kind }) => kind === 'andon.note')
    expect(notes.map(({ data }) => String(data.text).split('\n')[0])).toEqual(['見ています'])
  })

  test('a room that is renamed or archived by hand', async () => {
    const here = await room()
    await here.workspace.event({ type: 'channel_rename', channel: { id: here.channel, name: 'polaris-room', created: 1 } })
    await until(here, async () => (await here.andon()).room?.name === 'polaris-room')
    await here.workspace.event({ type: 'channel_archive', channel: here.channel, user: here.workspace.idOf('ben') })
    await until(here, async () => (await here.bot.entries((await here.andon()).id)).some(({ data }) => data.text === 'archived the room'))
  })
})

describe('the room of a lane', () => {
  test('is offered on its card to many; what is said there is about its andon', async () => {
    const here = await room()
    const { workspace, bot } = here
    const { id } = await here.andon()
    const joining = { name: 'Many', via: 'api', locale: 'en', rank: 'anyone' } as const
    for (let n = 0; n < 8; n++) await bot.desk.command(id, 'join', { text: 'I see it' }, { ...joining, id: `token:${n}` })
    await workspace.as('ben').clickButton(await here.card(), 'andon:escalate')
    const lane = await here.lane('logs')
    await workspace.as('chika').choose(lane.message, 'andon:more', 'A room of its own')
    const card = await here.at(`slack:sub-card/${id}/${lane.id}`)
    await workspace.as('chika').message(card.channel, 'cause 17', { thread: card })
    const now = async () => (await here.andon()).lanes.find((one) => one.id === lane.id)
    await until(here, async () => (await now())?.reports.at(-1)?.text === 'cause 17')
    await workspace.as('chika').mention(card.channel, 'severity 2')
    await until(here, async () => (await here.andon()).severity === 2)
    const main = (await here.andon()).room
    await workspace.event({ type: 'channel_rename', channel: { id: card.channel, name: 'logs-only', created: 1 } })
    await until(here, async () => (await now())?.room?.name === 'logs-only')
    expect((await here.andon()).room).toEqual(main)
    // It goes over with its lane.
    const { id: into } = await bot.desk.split(id, 'leo is slow', undefined, house)
    await bot.desk.merge(id, into, house)
    await workspace.as('chika').message(card.channel, 'all the same', { thread: card })
    await workspace.as('chika').mention(card.channel, 'severity 3')
    const other = async () => (await bot.desk.get(into)) as Andon
    await until(here, async () => (await other()).severity === 3)
    await until(here, async () => (await other()).lanes.find((one) => one.id === lane.id)?.reports.at(-1)?.text === 'all the same')
  })
})

describe('runs', () => {
  const orders = () => {
    const given: { what: string; order: object; by: string }[] = []
    const take =
      (what: string) =>
      async (id: string, order: object, { id: by }: { id: string }) => {
        given.push({ what, order, by })
        return { andon: { id } as Andon, answer: `${what}: begun`, acted: true }
      }
    return { given, orders: { approve: take('approve'), retry: take('retry'), stop: take('stop') } }
  }

  test('are approved from the lane of the runbooks, with the runbook chosen', async () => {
    const { given, orders: desk } = orders()
    const here = await room({ orders: desk })
    const { id } = await here.andon()
    await here.bot.desk.command(
      id,
      'run',
      { run: 'run_1', what: 'started', runbook: 'restart', status: 'running', reason: 'process exited' },
      house,
    )
    const { message } = await here.lane('remediation')
    await here.workspace.as('ben').clickButton(message, 'andon:approve')
    await until(here, async () => here.workspace.views('ben').length > 0)
    await here.workspace.as('ben').submitView({ runbook: 'failover' })
    expect(given).toEqual([{ what: 'approve', order: { runbook: 'failover' }, by: 'ben' }])
    await until(here, async () => here.workspace.ephemerals('ben').some(({ text }) => text === 'approve: begun'))
  })
})

describe('the Home', () => {
  test('shows what is open, my lanes and my items, and pulls', async () => {
    const here = await room()
    const { id } = await here.andon()
    await here.workspace.as('chika').command('/andon', 'lane ログを見る', { channel: here.channel })
    await until(here, async () => (await here.andon()).lanes.length === 1)
    const lane = (await here.andon()).lanes[0]?.id as string
    const chika = {
      id: `slack:${here.workspace.idOf('chika')}`,
      name: 'chika',
      via: 'slack' as const,
      locale: 'ja' as const,
      rank: 'anyone' as const,
    }
    await here.bot.desk.command(id, 'lane-take', { lane }, chika)
    await here.workspace.as('chika').openHome()
    const home = await here.workspace.until(() => here.workspace.home('chika'))
    const text = JSON.stringify(home.blocks)
    for (const words of ['自分のレーン', 'ログを見る', 'polaris drops sessions', '当番']) expect(text).toContain(words)
    await here.workspace.as('chika').clickButton(home, 'andon:pull')
    await until(here, async () => here.workspace.views('chika').length > 0)
    await here.workspace.as('chika').submitView({ text: 'leo も遅い' })
    expect(await here.bot.andons()).toHaveLength(2)
    expect(homeOf({ open: [], lanes: [], asks: [], duty: [] }, { locale: 'en', now: 0 }).blocks.length).toBeGreaterThan(5)
  })

  test('keeps private ones to those who have a part in them', async () => {
    const here = await room()
    await here.workspace.as('ben').command('/andon', 'private', { channel: here.channel })
    await until(here, async () => (await here.andon()).private)
    await here.workspace.as('chika').openHome()
    const home = await here.workspace.until(() => here.workspace.home('chika'))
    expect(JSON.stringify(home.blocks)).not.toContain('polaris drops sessions')
    await here.workspace.as('chika').command('/andon', 'list', { channel: 'ops' })
    expect(here.workspace.ephemerals('chika').at(-1)?.text).toBe('対応中のアンドンはありません。')
  })
})
