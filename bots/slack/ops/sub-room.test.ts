import { afterEach, expect, test } from 'vitest'
import { openWorkspace } from '../../../test/slack/workspace.ts'
import { openHouse } from '../../../test/slack-house.ts'
import { house as system } from '../../andon/ports.ts'
import { hidden } from '../rooms.ts'

const people = ['aki', 'ben', 'chika', 'dan', 'eri', 'fumi', 'gen', 'hana', 'ichi']
const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** Red, with nine people in it: Ben has the lane of the logs, Chika reported in it, Dan asks for its room. */
async function begin() {
  const workspace = await openWorkspace({ mode: 'http', people, channels: [{ name: 'ops', members: ['aki'] }] })
  open.push(workspace.close)
  const house = await openHouse(workspace, people, { leaders: ['aki'] })
  open.push(house.close)
  house.start()
  const { id } = await house.pull('polaris drops sessions')
  const act = (name: string, input: object, by = 'dan') => house.desk.command(id, name, input, house.actorOf(by))
  for (const by of people.slice(1)) await act('join', { text: 'I see it' }, by)
  await act('escalate', {})
  await act('lane-take', { lane: 'logs' }, 'ben')
  await act('lane-report', { lane: 'logs', text: 'cause 17' }, 'chika')
  await house.idle()
  const laneNow = async (of = id) => (await house.desk.get(of))?.lanes.find(({ kind }) => kind === 'logs')
  const lane = (await laneNow())?.id as string
  const refOf = async (key: string) => (await house.journal.reference(key)) ?? ''
  const subRoom = async () => workspace.channel(await refOf(`slack:sub/${id}/${lane}`))
  const mainRoom = async () => workspace.channel(await refOf(`slack:room/${id}`))
  const notes = async () =>
    JSON.stringify((await house.journal.events(0, 1_000, { andon: id })).filter(({ kind }) => kind === 'andon.note'))
  const ask = async () => {
    await act('lane-room', { lane })
    await house.idle()
  }
  return { workspace, house, id, lane, laneNow, act, ask, refOf, subRoom, mainRoom, notes }
}

test('a lane gets a room beside that of its andon: with who works there, its card first, and a link', async () => {
  const { house, id, lane, laneNow, act, ask, refOf, subRoom, mainRoom, notes, workspace } = await begin()
  await ask()
  const [sub, main] = [await subRoom(), await mainRoom()]
  expect(sub).toMatchObject({ name: `${main?.name}-logs`, isPrivate: false })
  expect(sub?.members.toSorted()).toEqual(['ben', 'chika', 'dan', 'jidoka'])
  const cards = sub?.messages.filter(({ blocks }) => JSON.stringify(blocks ?? '').includes('andon:lane-report')) ?? []
  expect(cards).toHaveLength(1)
  expect(await laneNow()).toMatchObject({ room: { name: sub?.name, url: expect.stringContaining(sub?.id as string) } })
  const [channel = '', ts = ''] = (await refOf(`slack:lane/${id}/${lane}`)).split('/')
  expect(JSON.stringify(await workspace.message(channel, ts))).toContain(`|#${sub?.name}>`)
  // Both cards go with the lane.
  await act('lane-done', { lane, outcome: 'the disk was full' }, 'ben')
  await house.idle()
  for (const room of [await subRoom(), await mainRoom()]) expect(JSON.stringify(room?.messages)).toContain('the disk was full')
  expect(await notes()).not.toContain('Not invited')
})

test('its room is put away with that of the andon, and comes back with it', async () => {
  const { house, id, act, ask, subRoom } = await begin()
  await ask()
  await act('resolve', { how: 'rolled back' })
  await house.idle()
  expect((await subRoom())?.archived).toBe(false)
  await house.desk.command(id, 'archived', { name: null }, system)
  await house.idle()
  expect((await subRoom())?.archived).toBe(true)
  await act('reopen', { why: 'again' })
  await house.idle()
  expect((await subRoom())?.archived).toBe(false)
})

test('goes over with its lane when the andon is merged, and is put away with the other one', async () => {
  const { house, id, ask, act, laneNow, lane, subRoom } = await begin()
  await ask()
  const { id: into } = (await house.desk.split(id, 'leo is slow', undefined, house.actorOf('aki'))) as { id: string }
  await house.desk.merge(id, into, house.actorOf('aki'))
  await house.idle()
  expect((await laneNow(into))?.room?.name).toBe((await subRoom())?.name)
  await act('lane-report', { lane, text: 'all the same' }, 'ben')
  await house.idle()
  expect(JSON.stringify((await subRoom())?.messages)).toContain('all the same')
  await house.desk.command(into, 'resolve', { how: 'restarted' }, house.actorOf('aki'))
  await house.desk.command(into, 'archived', { name: null }, system)
  await house.idle()
  expect((await subRoom())?.archived).toBe(true)
})

test('what turns private has another room, and nothing newer is shown in the first', async () => {
  const { house, lane, laneNow, act, ask, subRoom } = await begin()
  await ask()
  const first = await subRoom()
  await act('private', { private: true })
  await act('lane-report', { lane, text: 'the keys of Umbrella are out' }, 'ben')
  await house.idle()
  const second = await subRoom()
  expect(second).toMatchObject({ name: hidden(first?.name as string), isPrivate: true })
  expect(second?.members.toSorted()).toEqual(['ben', 'chika', 'dan', 'jidoka'])
  expect((await laneNow())?.room).toMatchObject({ name: second?.name })
  expect(JSON.stringify(second?.messages)).toContain('Umbrella')
  expect(JSON.stringify(first?.messages)).not.toContain('Umbrella')
})

test.each([
  ['by somebody else gets a number', { error: 'name_taken' }, '-logs-2'],
  ['by ourselves, since the answer was lost, is our room', { lostAnswer: true }, '-logs'],
])('a name that is taken %s', async (_, how, ending) => {
  const { workspace, ask, laneNow, subRoom, mainRoom } = await begin()
  workspace.faults.add({ method: /^conversations\.create$/, times: 1, ...how })
  await ask()
  expect((await subRoom())?.name).toBe(`${(await mainRoom())?.name}${ending}`)
  expect((await laneNow())?.room?.name).toBe((await subRoom())?.name)
})

test('a room that Slack refuses is told, and may be asked for again', async () => {
  const { workspace, ask, laneNow, notes, subRoom } = await begin()
  workspace.faults.add({ method: /^conversations\.create$/, error: 'restricted_action', times: 1 })
  await ask()
  expect(await notes()).toContain('No room could be made for the lane')
  expect((await laneNow())?.room).toBeNull()
  await ask()
  expect((await laneNow())?.room?.name).toBe((await subRoom())?.name)
})
