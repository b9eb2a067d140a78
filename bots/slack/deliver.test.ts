import { afterEach, describe, expect, test } from 'vitest'
import type { Journal } from '../../core/journal/journal.ts'
import { everyScope } from '../../test/slack/emulate.ts'
import { openWorkspace, type WorkspaceOptions } from '../../test/slack/workspace.ts'
import { fastClock, openHouse } from '../../test/slack-house.ts'
import { house as jidoka } from '../andon/ports.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

interface Options extends WorkspaceOptions {
  leaders?: string[]
  andon?: object
  clock?: ReturnType<typeof fastClock>
}

async function begin({ leaders = [], andon, clock, ...rest }: Options = {}) {
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }], ...rest })
  open.push(workspace.close)
  const names = (rest.people ?? ['aki', 'ben', 'chika']).map((person) => (typeof person === 'string' ? person : person.name))
  const house = await openHouse(workspace, names, { leaders, andon, ...(clock ? { clock } : {}) })
  open.push(house.close)
  const { journal, desk, actorOf } = house
  const placeOf = async (id: string) => (await journal.reference(`slack:room/${id}`)) ?? ''
  const roomOf = async (id: string) => workspace.channel((await placeOf(id)).split('/')[0] as string)
  return {
    ...{ workspace, house, roomOf, placeOf },
    say: (id: string, text: string) => desk.command(id, 'note', { text }, actorOf('ben')),
    /** What stands in a room, oldest first, without the message of its making. */
    texts: async (id: string) => ((await roomOf(id))?.messages ?? []).filter(({ subtype }) => !subtype).map(({ text }) => text),
    ops: async () => (await workspace.channel('ops'))?.messages.filter(({ subtype }) => !subtype) ?? [],
    made: (method: string) => workspace.calls.filter((call) => call.method === method),
    timeline: async (id: string) => journal.events(0, 1_000, { andon: id }),
  }
}

describe('a pull', () => {
  test('has its room, its people and its card after three calls', async () => {
    const { workspace, house, roomOf } = await begin({ leaders: ['ben'] })
    house.start()
    const andon = await house.pull('polaris drops sessions')
    await house.idle()
    const made = workspace.calls.filter(({ method }) => method !== 'auth.test')
    const room = await roomOf(andon.id)
    const usable = made.findIndex(({ method, args }) => method === 'chat.postMessage' && args.channel === room?.id)
    expect(usable + 1).toBeLessThanOrEqual(6)
    expect(made.map(({ answered }) => answered).every((answer) => answer === 'ok')).toBe(true)
    expect(room?.name).toMatch(/^andon-\d{4}-polaris-[a-z0-9]{5}$/)
    expect(room?.members.toSorted()).toEqual(['aki', 'ben', 'jidoka'])
    expect(room?.pins).toHaveLength(1)
    expect(room?.topic).toContain('polaris')
  })

  test('is known with its room by the andon, and announced with it', async () => {
    const { house, roomOf, ops } = await begin()
    house.start()
    const { id } = await house.pull('polaris drops sessions')
    await house.idle()
    const room = await roomOf(id)
    expect((await house.desk.get(id))?.room).toEqual({
      name: room?.name,
      url: `https://jidoka-test.slack.com/archives/${room?.id}`,
      kind: 'room',
    })
    const announced = await ops()
    expect(announced).toHaveLength(1)
    expect(JSON.stringify(announced[0]?.blocks)).toContain(`<#${room?.id}>`)
  })

  test('begins with what happens from now on: what was before Slack came is not replayed', async () => {
    const { workspace, house } = await begin()
    await house.pull('long ago')
    house.start()
    await house.pull('polaris now', 'ben')
    await house.idle()
    expect(workspace.count('conversations.create')).toBe(1)
  })

  test('in private has a private room, and nobody else is told', async () => {
    const { house, roomOf, ops } = await begin()
    house.start()
    const { id } = await house.pull('polaris leaks keys', 'aki', { private: true })
    await house.idle()
    expect(await roomOf(id)).toMatchObject({ isPrivate: true, members: expect.arrayContaining(['aki', 'jidoka']) })
    expect(await ops()).toEqual([])
  })

  test('as a drill is marked wherever it is seen', async () => {
    const { house, roomOf, ops, say, texts } = await begin()
    house.start()
    const { id } = await house.pull('polaris, only practice', 'aki', { drill: 'practice' })
    await say(id, 'I look at the logs')
    await house.idle()
    const room = await roomOf(id)
    expect(room?.name).toMatch(/^andon-drill-/)
    expect(room?.topic).toContain('DRILL')
    expect([...(await texts(id)), ...(await ops()).map(({ text }) => text)].filter((text) => !text.includes('DRILL'))).toEqual([])
  })

  test('that turns private moves into a private room, and is no longer announced', async () => {
    const { house, roomOf, ops } = await begin()
    house.start()
    const { id } = await house.pull('polaris leaks')
    await house.idle()
    const first = await roomOf(id)
    await house.desk.command(id, 'private', { private: true }, house.actorOf('aki'))
    await house.idle()
    const second = await roomOf(id)
    expect(second?.id).not.toBe(first?.id)
    expect(second).toMatchObject({ isPrivate: true, members: expect.arrayContaining(['aki']) })
    expect(await ops()).toEqual([])
  })
})

describe('what is said in a room', () => {
  test('stands there once each, in the order in which it happened', async () => {
    const { house, say, texts } = await begin()
    house.start()
    const { id } = await house.pull('polaris drops sessions')
    for (let n = 0; n < 12; n++) await say(id, `note ${n}.`)
    await house.idle()
    const notes = (await texts(id)).flatMap((text) => /note \d+\./.exec(text)?.[0] ?? [])
    expect(notes).toEqual(Array.from({ length: 12 }, (_, n) => `note ${n}.`))
  })

  test('of lanes is a card each, changed as they go on', async () => {
    const { house, roomOf } = await begin()
    house.start()
    const { id } = await house.pull('polaris drops sessions')
    await house.desk.command(id, 'escalate', { reason: 'customers call' }, house.actorOf('ben'))
    await house.idle()
    const { lanes } = (await house.desk.get(id)) as { lanes: { id: string }[] }
    const first = lanes[0]?.id as string
    const ref = (await house.journal.reference(`slack:lane/${id}/${first}`)) as string
    await house.desk.command(id, 'lane-take', { lane: first }, house.actorOf('chika'))
    await house.idle()
    const room = await roomOf(id)
    const card = room?.messages.find(({ ts }) => ref.endsWith(ts))
    expect(JSON.stringify(card?.blocks)).toContain('lane-report')
    expect(lanes.length).toBeGreaterThan(2)
    expect(new Set(await Promise.all(lanes.map(({ id: lane }) => house.journal.reference(`slack:lane/${id}/${lane}`)))).size).toBe(
      lanes.length,
    )
    expect(room?.members).toContain('chika')
  })

  test('to everybody stands below the announcement, too', async () => {
    const { house, ops } = await begin()
    house.start()
    const { id } = await house.pull('polaris drops sessions')
    await house.desk.command(id, 'update', { text: 'Rolled back, sessions recover', audience: 'everyone' }, house.actorOf('ben'))
    await house.idle()
    const [announced] = await ops()
    expect(JSON.stringify(announced?.replies)).toContain('Rolled back')
  })

  test('reaches whoever is reminded alone, in their own language', async () => {
    const { workspace, house } = await begin()
    house.start()
    const { id } = await house.pull('polaris drops sessions')
    await house.idle()
    await house.journal.note(
      'andon.reminder',
      { andon: id },
      { about: 'lane', subject: 'Logs', text: 'Logs', person: { id: 'chika', name: 'chika' } },
    )
    await workspace.until(async () => (await workspace.dm('chika')).length > 0)
    await house.idle()
    const [told] = await workspace.dm('chika')
    expect(told?.text).toContain(`https://jidoka-test.slack.com/archives/`)
  })
})

describe('when no room can be made', () => {
  test.each([
    ['the app may not', { method: /^conversations\.create$/, error: 'missing_scope', detail: { needed: 'channels:manage' } }],
    ['the workspace forbids it', { method: /^conversations\.create$/, error: 'restricted_action' }],
    ['Slack lets us wait for long', { method: /^conversations\.create$/, status: 429, retryAfterS: 30 }],
  ])('because %s, the thread of the announcement is the room', async (_, fault) => {
    const { workspace, house, placeOf, ops, say, timeline } = await begin({ leaders: ['ben'] })
    workspace.faults.add(fault)
    house.start()
    const { id } = await house.pull('polaris drops sessions')
    await say(id, 'I see it in Osaka')
    await house.idle()
    const [announced] = await ops()
    expect(await placeOf(id)).toBe(`${house.config.slack?.channel}/${announced?.ts}`)
    expect((await house.desk.get(id))?.room?.kind).toBe('thread')
    const replies = JSON.stringify(announced?.replies)
    expect(replies).toContain('Osaka')
    expect(replies).toContain(`<@${workspace.idOf('ben')}>`)
    expect(JSON.stringify((await timeline(id)).filter(({ kind }) => kind === 'andon.note'))).toContain('No room could be made')
  })

  test('in private, a group conversation of those concerned is it, and nothing is announced', async () => {
    const { workspace, house, placeOf, ops } = await begin()
    workspace.faults.add({ method: /^conversations\.create$/, error: 'restricted_action' })
    house.start()
    const { id } = await house.pull('polaris leaks', 'aki', { private: true })
    await house.idle()
    expect(await placeOf(id)).toMatch(/^[CDG]\w+\/\d/)
    expect(await ops()).toEqual([])
  })

  test('a short wait is waited for', async () => {
    const { workspace, house, roomOf } = await begin()
    workspace.faults.add({ method: /^conversations\.create$/, status: 429, retryAfterS: 2, times: 1 })
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    expect((await roomOf(id))?.name).toMatch(/^andon-/)
  })

  test('nor announced, the andon says so and goes on without Slack', async () => {
    const { workspace, house, placeOf, say, timeline } = await begin()
    workspace.faults.add({ method: /^conversations\.create$/, error: 'restricted_action' })
    workspace.faults.add({ method: /^chat\.postMessage$/, error: 'channel_not_found' })
    house.start()
    const { id } = await house.pull('polaris')
    await say(id, 'one')
    await house.idle()
    expect(await placeOf(id)).toBe('none')
    expect(JSON.stringify(await timeline(id))).toContain('jidoka andon watch')
  })
})

describe('a name that is taken', () => {
  test('by somebody else gets a number', async () => {
    const { workspace, house, roomOf } = await begin()
    workspace.faults.add({ method: /^conversations\.create$/, error: 'name_taken', times: 1 })
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    expect((await roomOf(id))?.name).toMatch(/-2$/)
  })

  test('by ourselves, since the answer was lost, is our room', async () => {
    const { workspace, house, roomOf, made } = await begin()
    workspace.faults.add({ method: /^conversations\.create$/, lostAnswer: true, times: 1 })
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    expect((await roomOf(id))?.name).toMatch(/-polaris-[a-z0-9]{5}$/)
    expect(made('conversations.create').map(({ answered }) => answered)).toEqual(['lost', 'name_taken'])
  })
})

describe('an answer that is lost', () => {
  test.each([
    ['the connection broke', { lostAnswer: true }],
    ['nobody answered in time', { hang: true }],
    ['Slack failed', { status: 503 }],
    ['Slack says that it failed', { error: 'internal_error' }],
  ])('because %s: we look, and say it once', async (_, how) => {
    const { workspace, house, say, texts, made } = await begin()
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    workspace.faults.add({ method: /^chat\.postMessage$/, times: 2, ...how })
    await say(id, 'said once.')
    await say(id, 'said next.')
    await house.idle()
    expect((await texts(id)).flatMap((text) => /said \w+\./.exec(text)?.[0] ?? [])).toEqual(['said once.', 'said next.'])
    expect(made('conversations.history').length).toBeGreaterThan(0)
  })

  test('in a thread, too', async () => {
    const { workspace, house, ops, made } = await begin()
    workspace.faults.add({ method: /^conversations\.create$/, error: 'restricted_action' })
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    workspace.faults.add({ method: /^chat\.postMessage$/, times: 1, lostAnswer: true })
    await house.desk.command(id, 'note', { text: 'said once.' }, house.actorOf('ben'))
    await house.idle()
    const [announced] = await ops()
    expect(announced?.replies?.filter(({ text }) => text.includes('said once.'))).toHaveLength(1)
    expect(made('conversations.replies').length).toBeGreaterThan(0)
  })

  test('a refused connection was surely nothing: nobody looks', async () => {
    const { workspace, house, say, texts, made } = await begin()
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    workspace.faults.add({ method: /^chat\.postMessage$/, times: 2, network: true })
    await say(id, 'said once.')
    await house.idle()
    expect((await texts(id)).filter((text) => text.includes('said once.'))).toHaveLength(1)
    expect(made('conversations.history')).toEqual([])
  })
})

test('a method that is limited is left alone for as long as Slack says', async () => {
  const { workspace, house, say, texts, made } = await begin()
  house.start()
  const { id } = await house.pull('polaris')
  await house.idle()
  workspace.faults.add({ method: /^chat\.postMessage$/, status: 429, retryAfterS: 20, times: 1 })
  await say(id, 'said once.')
  await house.idle()
  const posts = made('chat.postMessage')
  const limited = posts.findIndex(({ answered }) => answered === 'http 429')
  const [refused, next] = posts.slice(limited)
  // The clock of the house goes fifty times as fast; a timer may be a little early.
  expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThan(20_000 / 50 - 20)
  expect((await texts(id)).filter((text) => text.includes('said once.'))).toHaveLength(1)
})

describe('Slack away', () => {
  test('nothing is lost: it follows in order, and what is late is marked', async () => {
    const clock = fastClock(50, -600_000)
    const { workspace, house, say, texts } = await begin({ clock })
    house.start()
    workspace.down = true
    const { id } = await house.pull('polaris drops sessions')
    await say(id, 'one.')
    await say(id, 'two.')
    await workspace.until(() => workspace.calls.length > 4)
    clock.jump(600_000)
    await say(id, 'three.')
    workspace.down = false
    await house.idle()
    const said = (await texts(id)).filter((text) => /(one|two|three)\./.test(text))
    expect(said.map((text) => /(one|two|three)\./.exec(text)?.[0])).toEqual(['one.', 'two.', 'three.'])
    expect(said.map((text) => text.includes('late: happened'))).toEqual([true, true, false])
    expect((await house.desk.get(id))?.room?.kind).toBe('room')
  })

  test('a wrong token is waited for, not taken for an answer', async () => {
    const { workspace, house, say, texts } = await begin()
    const mend = workspace.faults.add({ error: 'invalid_auth' })
    house.start()
    const { id } = await house.pull('polaris')
    await say(id, 'kept.')
    await workspace.until(() => workspace.calls.length > 5)
    mend()
    await house.idle()
    expect((await texts(id)).filter((text) => text.includes('kept.'))).toHaveLength(1)
  })

  test('an andon that was pulled before there was a Slack gets its room when something happens in it', async () => {
    const { house, roomOf, say, texts } = await begin()
    const { id } = await house.pull('polaris, long ago')
    house.start()
    await house.pull('something else', 'ben')
    await house.idle()
    expect(await roomOf(id)).toBeUndefined()
    await say(id, 'it goes on.')
    await house.idle()
    expect((await texts(id)).filter((text) => text.includes('it goes on.'))).toHaveLength(1)
  })

  test('only for a drill: the drill waits, what is real goes on', async () => {
    const { workspace, house, roomOf, placeOf } = await begin()
    const delivery = house.start()
    delivery.pretendAway(true)
    const drill = await house.pull('practice', 'aki', { drill: 'slack-down' })
    const real = await house.pull('polaris', 'ben')
    await workspace.until(async () => (await placeOf(real.id)) && (await roomOf(real.id))?.messages.length)
    expect(await placeOf(drill.id)).toBe('')
    delivery.pretendAway(false)
    await house.idle()
    expect((await roomOf(drill.id))?.name).toContain('drill')
  })
})

describe('what stands in the way', () => {
  test('of a room that somebody archived is taken out of it once', async () => {
    const { workspace, house, placeOf, say, texts, made } = await begin()
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    await workspace.ask('bot', 'conversations.archive', { channel: await placeOf(id) })
    await say(id, 'still here.')
    await house.idle()
    expect((await texts(id)).filter((text) => text.includes('still here.'))).toHaveLength(1)
    expect(made('conversations.unarchive')).toHaveLength(1)
  })

  test('the bot is not in the channel of the announcements: it joins', async () => {
    const { workspace, house, ops } = await begin({
      channels: [{ name: 'ops', bot: false }],
      scopes: everyScope,
    })
    house.start()
    await house.pull('polaris')
    await house.idle()
    expect(await ops()).toHaveLength(1)
    expect(workspace.count('conversations.join')).toBe(1)
  })

  test('a message that Slack never takes is given up, told on the timeline, and holds up nothing', async () => {
    const { workspace, house, say, texts, timeline } = await begin()
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    workspace.faults.add({ method: /^chat\.postMessage$/, error: 'invalid_blocks', times: 1 })
    await say(id, 'bad.')
    await say(id, 'good.')
    await house.idle()
    expect((await texts(id)).flatMap((text) => /(bad|good)\./.exec(text)?.[0] ?? [])).toEqual(['good.'])
    expect((await timeline(id)).find(({ kind }) => kind === 'delivery.failed')?.data).toMatchObject({
      problem: expect.stringContaining('invalid_blocks'),
    })
  })

  test('of decoration is told, and nothing else waits for it', async () => {
    const { workspace, house, texts, timeline } = await begin()
    workspace.faults.add({ method: /^pins\.add$/, error: 'missing_scope', detail: { needed: 'pins:write' } })
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    expect((await timeline(id)).find(({ kind }) => kind === 'delivery.failed')?.data.problem).toContain('needs pins:write')
    expect((await texts(id)).some((text) => text.includes('pins:write'))).toBe(true)
  })

  test('a card that somebody deleted is posted anew', async () => {
    const { workspace, house, roomOf } = await begin()
    house.start()
    const { id } = await house.pull('polaris')
    await house.idle()
    const [channel, ts] = ((await house.journal.reference(`slack:card/${id}`)) as string).split('/')
    await workspace.ask('bot', 'chat.delete', { channel, ts })
    await house.desk.command(id, 'lead', {}, house.actorOf('ben'))
    await house.idle()
    const card = (await house.journal.reference(`slack:card/${id}`)) as string
    expect(card).not.toBe(`${channel}/${ts}`)
    expect((await roomOf(id))?.messages.some((message) => card.endsWith(message.ts))).toBe(true)
  })

  test('a room that was put away at its time is not brought back by what follows, but by its return', async () => {
    const { workspace, house, roomOf, say } = await begin()
    house.start()
    const { id } = await house.pull('polaris')
    await house.desk.command(id, 'resolve', { how: 'rolled back' }, house.actorOf('ben'))
    await house.desk.command(id, 'archived', { name: null }, jidoka)
    await house.idle()
    expect((await roomOf(id))?.archived).toBe(true)
    await say(id, 'a late thought')
    await house.idle()
    expect((await roomOf(id))?.archived).toBe(true)
    expect(workspace.count('conversations.unarchive')).toBe(0)
  })
})

describe('killed between a call and its record', () => {
  test.each(['refer', 'settle'] as const)('at %s: nothing is said twice, nothing is lost', async (at) => {
    const { workspace, house, say, texts, ops } = await begin()
    // Dies with the n-th write of this kind, again and again, until there is nothing left to do.
    for (let n = 0; n < 14; n++) {
      let left = n
      const dying = new Proxy(house.journal, {
        get: (journal, name) =>
          name === at
            ? async (...args: unknown[]) => {
                if (left-- <= 0) throw new Error('killed')
                return (journal[at] as (...args: unknown[]) => Promise<void>)(...args)
              }
            : Reflect.get(journal, name),
      }) as Journal
      const delivery = house.start({ journal: dying })
      if (n === 0) {
        await workspace.until(async () => (await house.journal.cursor('slack')) !== null)
        const { id } = await house.pull('polaris')
        for (const word of ['one.', 'two.', 'three.']) await say(id, word)
      }
      await workspace.until(async () => left < 0 || (await house.journal.lanes('slack', 1)).length === 0)
      await delivery.stop()
    }
    house.start()
    await house.idle()
    const [andon] = await house.desk.list({}, { limit: 1 })
    const said = (await texts(andon?.id as string)).flatMap((text) => /(one|two|three)\./.exec(text)?.[0] ?? [])
    expect(said).toEqual(['one.', 'two.', 'three.'])
    expect(await ops()).toHaveLength(1)
    expect(workspace.calls.filter(({ method, answered }) => method === 'conversations.create' && answered === 'ok')).toHaveLength(1)
  })
})
