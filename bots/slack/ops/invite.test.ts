import { afterEach, expect, test } from 'vitest'
import { openWorkspace } from '../../../test/slack/workspace.ts'
import { openHouse } from '../../../test/slack-house.ts'
import { outboxMessage } from '../message.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function begin(people: string[], { groups = {} } = {}) {
  const workspace = await openWorkspace({ mode: 'http', people, groups, channels: [{ name: 'ops', members: people.slice(0, 1) }] })
  open.push(workspace.close)
  const house = await openHouse(workspace, people, { leaders: [people[0] as string] })
  open.push(house.close)
  house.start()
  const { id } = await house.pull('polaris drops sessions')
  await house.idle()
  const invite = async (refs: string[]) => {
    const lane = `decor/${id}`
    await house.journal.post(outboxMessage({ lane, dedupe: refs.join(), message: { op: 'invite', andon: id, refs } }))
    await workspace.until(async () => (await house.journal.lane('slack', lane, 1)).length === 0, 15_000)
    await house.idle()
  }
  const room = async () => workspace.channel((await house.journal.reference(`slack:room/${id}`)) as string)
  const notes = async () =>
    JSON.stringify((await house.journal.events(0, 1_000, { andon: id })).filter(({ kind }) => kind === 'andon.note'))
  return { workspace, house, id, invite, room, notes }
}

const crowd = Array.from({ length: 200 }, (_, n) => `p${n}`)

test('two hundred people are asked in without a refused batch', async () => {
  const { workspace, invite, room, notes } = await begin(crowd)
  await invite(crowd)
  expect((await room())?.members).toHaveLength(201)
  expect(workspace.calls.filter(({ method, answered }) => method === 'conversations.invite' && answered !== 'ok')).toEqual([])
  expect(workspace.count('conversations.invite')).toBe(8)
  expect(await notes()).toBe('[]')
})

test.each([
  ['Slack says who', 'user_not_found'],
  ['Slack only says that', null],
])('one bad id keeps nobody else out, and is told (%s)', async (_, told) => {
  const people = crowd.slice(0, 20)
  const { workspace, invite, room, notes } = await begin(people)
  const bad = 'UBAD000001'
  if (told === null)
    workspace.faults.add({
      method: /^conversations\.invite$/,
      when: ({ args }) => String(args.users).includes(bad),
      error: 'user_not_found',
    })
  await invite([...people, `slack:${bad}`])
  expect((await room())?.members).toHaveLength(21)
  expect(await notes()).toMatch(/UBAD000001>? \(user_not_found\)/)
})

test('a team comes with the whole of its user group', async () => {
  const people = ['aki', 'ben', 'chika']
  const { workspace, house, invite, room } = await begin(people, { groups: { sales: ['ben', 'chika'] } })
  const [group] = [...workspace.groups.keys()]
  house.config.teams.push({ id: 'sales', title: '', slackGroup: group as string })
  await invite(['team:sales'])
  expect((await room())?.members.toSorted()).toEqual(['aki', 'ben', 'chika', 'jidoka'])
})

test('who has no account in the configuration is told, and who cannot be one is not', async () => {
  const { house, invite, notes } = await begin(['aki', 'ben'])
  const ben = house.config.people.find(({ id }) => id === 'ben') as { slack?: string }
  delete ben.slack
  await invite(['ben', 'token:ci', 'jidoka'])
  expect(await notes()).toContain('ben has no Slack id')
  expect(await notes()).not.toContain('token')
})

test('who is there already is no problem', async () => {
  const { invite, notes } = await begin(['aki', 'ben'])
  await invite(['ben'])
  await invite(['aki', 'ben'])
  expect(await notes()).toBe('[]')
})
