import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AndonView, EntryView } from '../../bots/andon/wire.ts'
import { openWorkspace, type Workspace } from '../slack/workspace.ts'
import { type Answer, asker, type House, openHouse, type Running, until } from './harness.ts'

/** The Andon as its users have it: the command line and Slack, with a controller between them. */
let house: House
let slack: Workspace
let up: Running
let ask: ReturnType<typeof asker>
let opsId: string

const people = ['aki', 'ben', 'chika', 'dan', 'emi']

beforeAll(async () => {
  house = await openHouse()
  slack = await openWorkspace({
    people: people.map((name) => ({ name, locale: name === 'aki' ? 'ja-JP' : 'en-US' })),
    channels: [{ name: 'ops' }],
  })
  opsId = (await slack.channel('ops'))?.id as string
  const config = join(house.data, 'jidoka.config.json')
  writeFileSync(
    config,
    JSON.stringify({
      components: [{ id: 'polaris', title: 'Packet transfer', owner: 'team-core', members: [{ id: 'polaris-1' }] }],
      people: people.map((name) => ({
        id: name,
        name: name[0]?.toUpperCase() + name.slice(1),
        slack: slack.idOf(name),
        teams: [name === 'dan' || name === 'emi' ? 'team-sales' : 'team-core'],
        locale: name === 'aki' ? 'ja' : 'en',
      })),
      teams: [{ id: 'team-core', policy: 'core' }],
      policies: [{ id: 'core', levels: [{ notify: ['person:ben'] }] }],
      andon: { swarm: ['team:team-sales'] },
      carriers: [{ id: 'minato', name: 'Minato', contact: 'https://desk.minato.example', components: ['polaris'] }],
      slack: { channel: opsId, apiUrl: slack.apiUrl },
    }),
  )
  up = house.start(['up', '--config', config, '--port', String(house.port)], {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
  })
  await up.says('is up at')
  await slack.sockets.connected()
  ask = asker(house)
}, 300_000)
afterAll(async () => {
  await up?.end()
  await house?.close()
  await slack?.close()
})

type Detail = AndonView & { timeline: EntryView[] }
const andon = (id: string) => ask.get<Detail>(`/v1/andons/${id}`)
const newest = async () => (await ask.get<{ items: AndonView[] }>('/v1/andons?limit=1')).items[0] as AndonView
const roomOf = (id: string) => until('a room', async () => (await andon(id)).room?.name ?? false)
const said = async (room: string) => ((await slack.channel(room))?.messages ?? []).map(({ text }) => text)
const done = ({ code, out, err }: Answer) => {
  if (code !== 0) throw new Error(`exit ${code}: ${out}${err}`)
  return out
}

describe('a pull from Slack', () => {
  test('is answered at once, in the language of who pulled, and a room stands with the people in it', async () => {
    const answer = await slack.as('aki').command('/andon', 'polaris のセッションが切れます', { channel: 'ops' })
    expect([answer.status, answer.late]).toEqual([200, false])
    expect(JSON.stringify(answer.ack)).toMatch(/アンドン/)
    const { id } = await newest()
    const room = await roomOf(id)
    const channel = await until('its card', async () => {
      const found = await slack.channel(room)
      return found !== undefined && found.messages.length > 0 && found.members.includes('ben') && found
    })
    expect(channel.members).toEqual(expect.arrayContaining(['aki', 'ben']))
    expect((await said('ops')).join()).toContain('polaris')
    expect(slack.calls.filter(({ answered }) => !/^ok|under way/.test(answered)).map(({ method, answered }) => [method, answered])).toEqual(
      [],
    )
    done(await house.jidoka('andon', 'resolve', '--how', 'restarted by hand'))
  })

  test('goes on with Slack switched off half-way: nothing is lost, and the room is told all of it in order', async () => {
    await slack.as('ben').command('/andon', 'polaris drops packets', { channel: 'ops' })
    const { id } = await newest()
    const room = await roomOf(id)
    await until('its card', async () => (await said(room)).length > 0)
    slack.down = true
    done(await house.jidoka('andon', 'join', id, 'I', 'see', 'it', 'in', 'Osaka'))
    done(await house.jidoka('andon', 'escalate', id, 'two', 'customers'))
    done(await house.jidoka('andon', 'lead', id))
    done(await house.jidoka('andon', 'update', id, 'We', 'are', 'on', 'it'))
    const other = JSON.parse(done(await house.jidoka('andon', 'pull', 'another matter', '--json'))) as AndonView
    expect((await andon(id)).status).toBe('red')
    expect((await said(room)).join()).not.toContain('Osaka')
    slack.down = false
    const told = await until(
      'the rest',
      async () => {
        const all = await said(room)
        return all.some((text) => text.includes('We are on it')) && all
      },
      40_000,
    )
    const places = ['Osaka', 'two customers', 'We are on it'].map((words) => told.findIndex((text) => text.includes(words)))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(new Set(told).size).toBe(told.length)
    await roomOf(other.id)
    for (const one of [id, other.id]) done(await house.jidoka('andon', 'resolve', one, '--how', 'over'))
  })
})

describe('a drill', () => {
  test('runs from the command line to its end, and leaves a review', async () => {
    const out = done(await house.jidoka('andon', 'drill', '--component', 'polaris'))
    expect(out).toContain('The review is in')
    const { id } = await newest()
    const review = readFileSync(join(house.data, 'reviews', `${id}.md`), 'utf8')
    for (const words of ['This was a drill', 'Chika took the lead', 'Minato', 'Osaka Robotics', 'Kaizen', 'defineRunbook'])
      expect(review).toContain(words)
    const room = await roomOf(id)
    await until('the end of it in the room', async () =>
      (await said(room)).some((text) => text.includes('pool of 10') || text.includes('put back')),
    )
    expect((await ask.get<{ pulls?: number; drills: unknown }>('/v1/andons/measures')).drills).toBeTruthy()
  }, 90_000)
})
