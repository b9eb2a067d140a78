import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWorkspace, type Workspace } from '../../test/slack/workspace.ts'
import { openHouse } from '../../test/slack-house.ts'

let workspace: Workspace
let house: Awaited<ReturnType<typeof openHouse>>
beforeEach(async () => {
  workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }] })
  house = await openHouse(workspace, ['aki', 'ben', 'chika'], {})
})
afterEach(async () => {
  await house.close()
  await workspace.close()
})

const placeOf = async (id: string) => (await house.journal.reference(`slack:room/${id}`)) ?? ''
const roomOf = async (id: string) => workspace.channel((await placeOf(id)).split('/')[0] as string)
const says = async (id: string, word: string) => JSON.stringify(await workspace.channel(id)).includes(word)

test('what turns private shows nothing newer in the room of everybody, however long the private one takes', async () => {
  house.start()
  const aki = house.actorOf('aki')
  const { id } = await house.pull('polaris leaks')
  await house.desk.command(id, 'escalate', {}, aki)
  await house.idle()
  const first = (await placeOf(id)).split('/')[0] as string
  const open = workspace.faults.add({ method: /^conversations\.create$/, status: 503 })
  await house.desk.command(id, 'private', { private: true }, aki)
  await house.desk.command(id, 'update', { text: 'the keys of Umbrella are out' }, aki)
  await house.desk.command(id, 'lead', {}, aki)
  await workspace.until(() => workspace.count('conversations.create') > 2)
  open()
  await house.idle()
  for (const word of ['Umbrella', 'PRIVATE', 'took the lead', 'Leader: aki']) expect([word, await says(first, word)]).toEqual([word, false])
  const second = await roomOf(id)
  expect(second?.isPrivate).toBe(true)
  expect(await says(second?.id as string, 'Umbrella')).toBe(true)
  // All that a room has: how it stands at the top, and its lanes.
  expect(second?.topic).toContain('polaris')
  expect(second?.messages.filter(({ blocks }) => JSON.stringify(blocks ?? '').includes('lane-take'))).toHaveLength(5)
})

test('what turned private before there was a room never has one for everybody', async () => {
  const open = workspace.faults.add({ method: /^conversations\.create$/, status: 503 })
  house.start()
  const { id } = await house.pull('polaris leaks keys')
  await workspace.until(() => workspace.count('conversations.create') > 0)
  await house.desk.command(id, 'private', { private: true }, house.actorOf('aki'))
  open()
  await house.idle()
  expect(await roomOf(id)).toMatchObject({ isPrivate: true, members: expect.arrayContaining(['aki']) })
  const made = workspace.calls.filter(({ method, answered }) => method === 'conversations.create' && answered === 'ok')
  expect(made.map(({ args }) => String(args.is_private))).toEqual(['true'])
})
