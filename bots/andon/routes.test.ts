import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Api, createApi } from '../../core/api/app.ts'
import { heldToContract } from '../../core/api/contract.ts'
import { documentOf } from '../../core/api/document.ts'
import { openFixture } from '../../core/api/fixture.ts'
import type { ApiRole } from '../../core/api/ports.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { minutes, seconds } from '../../core/clock.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { andonCommands } from './commands/registry.ts'
import type { AnyAndonCommand } from './define.ts'
import { openDesk } from './desk.ts'
import { openOrders } from './orders.ts'
import { type AndonDesk, house as houseItself } from './ports.ts'
import { andonRoutes } from './routes.ts'

const catalog = indexCatalog(
  configSchema.parse({
    components: [
      { id: 'polaris', title: 'Packet transfer', members: [{ id: 'polaris-1' }] },
      { id: 'leo', members: [{ id: 'leo-1' }] },
    ],
    // The fixture has a token of this name.
    people: [{ id: 'responder', name: 'Aki', locale: 'ja' }],
    carriers: [{ id: 'starlink', name: 'Starlink', contact: 'https://desk.example', zone: 'Asia/Tokyo' }],
  }),
)

let clock: ReturnType<typeof virtualClock>
let house: Awaited<ReturnType<typeof openFixture>>
let api: Api
let desk: AndonDesk

beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 0, 31, 3))
  house = await openFixture({ clock })
  desk = openDesk({ ...house.ports, catalog, environment: () => undefined })
  api = openHouse()
})
afterEach(() => house.close())

function openHouse(): Api {
  const orders = openOrders({ desk, commands: house.commands, journal: house.ports.journal, catalog })
  return createApi({ ...house.ports, catalog }, { features: [andonRoutes({ desk, orders, catalog })] })
}

interface Ask {
  as?: ApiRole
  body?: unknown
  headers?: Record<string, string>
}

/** Asks as somebody with that role, and holds the answer to its schema. */
async function ask(method: string, path: string, { as = 'responder', body, headers = {} }: Ask = {}) {
  const response = await api.request(path, {
    method,
    headers: { authorization: `Bearer ${house.tokens[as]}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: held to its schema; the tests look into it.
  const held = (await heldToContract(api, method, path, response.clone())) as any
  return { status: response.status, headers: response.headers, body: held }
}
const post = (path: string, body: unknown = {}, more: Ask = {}) => ask('POST', path, { ...more, body })
const get = (path: string, more: Ask = {}) => ask('GET', path, more)
const pull = async (text = 'sessions drop on polaris', more: object = {}, who: Ask = {}) =>
  (await post('/v1/andons', { text, ...more }, who)).body

describe('pulling', () => {
  test('needs no more than words, and only a viewer: 201 with the andon, as it is then', async () => {
    const pulled = await post('/v1/andons', { text: 'sessions drop on polaris' }, { as: 'viewer' })
    expect(pulled.status).toBe(201)
    expect(pulled.headers.get('location')).toBe(`/v1/andons/${pulled.body.id}`)
    expect(pulled.body).toMatchObject({
      status: 'yellow',
      joined: false,
      component: { id: 'polaris', by: 'words' },
      pulledAt: '2026-01-31T03:00:00.000Z',
      pulledBy: { id: 'token:viewer', name: 'viewer' },
      via: 'api',
      room: null,
      call: { since: '2026-01-31T03:00:00.000Z', until: '2026-01-31T03:02:00.000Z' },
      marks: { human: null, red: null },
      red: null,
      resolved: null,
    })
    expect(pulled.body.reporters).toHaveLength(1)
  })

  test('a token with the name of a person speaks for that person, in their language', async () => {
    expect(await pull()).toMatchObject({ pulledBy: { id: 'responder', name: 'Aki' }, locale: 'ja' })
  })

  test('a second one for the same is evidence there: 200', async () => {
    const first = await pull()
    const second = await post('/v1/andons', { text: 'polaris: I see it in Osaka', component: 'polaris' }, { as: 'viewer' })
    expect(second.status).toBe(200)
    expect(second.body).toMatchObject({ id: first.id, joined: true })
    expect(second.body.reporters.map((one: { text: string }) => one.text)).toEqual([
      'sessions drop on polaris',
      'polaris: I see it in Osaka',
    ])
  })

  test('sent again with its key it is the same pull, also after the controller has started anew', async () => {
    const headers = { 'idempotency-key': 'k1' }
    const first = await pull('leo is slow', {}, { headers })
    api = openHouse()
    const again = await post('/v1/andons', { text: 'leo is slow' }, { headers })
    expect([again.status, again.body.id, again.body.reporters.length]).toEqual([201, first.id, 1])
    // The key of another token is another key.
    expect((await pull('polaris is slow', {}, { as: 'admin', headers })).id).not.toBe(first.id)
  })

  test.each([
    [true, 'practice'],
    ['slack-down', 'slack-down'],
  ])('drill: %s is the drill %s, from the beginning', async (drill, scenario) => {
    expect((await pull('practice', { drill })).drill).toEqual({ scenario })
  })

  test.each([
    ['a component that there is not', { text: 'x', component: 'polariss' }, 404],
    ['a drill that there is not', { text: 'x', drill: 'earthquake' }, 404],
    ['a field that there is not', { text: 'x', severity: 1 }, 422],
    ['no words', {}, 422],
  ])('%s is told, and nothing is pulled', async (_, body, status) => {
    expect((await post('/v1/andons', body)).status).toBe(status)
    expect((await get('/v1/andons')).body.items).toEqual([])
  })

  test('what comes by the command line says so', async () => {
    expect((await pull('leo', {}, { headers: { 'user-agent': 'jidoka-cli/1.0.0' } })).via).toBe('cli')
  })

  test('somebody who reads Japanese is taken at their word', async () => {
    expect((await pull('leo', {}, { as: 'viewer', headers: { 'accept-language': 'ja,en;q=0.5' } })).locale).toBe('ja')
  })
})

describe('reading', () => {
  test('the list is filtered by status and component, page by page', async () => {
    const leo = await pull('leo is slow')
    await clock.advance(seconds(1))
    const polaris = await pull('polaris is slow')
    await clock.advance(seconds(1))
    const drill = await pull('polaris again', { drill: true })
    await post(`/v1/andons/${leo.id}/resolve`, { how: 'restarted' })
    const ids = async (query: string) => (await get(`/v1/andons${query}`)).body.items.map((one: { id: string }) => one.id)
    expect(await ids('')).toEqual([drill.id, polaris.id, leo.id])
    expect(await ids('?status=open')).toEqual([drill.id, polaris.id])
    expect(await ids('?component=polaris')).toEqual([drill.id, polaris.id])
    expect(await ids('?component=leo&status=open')).toEqual([])
    const first = (await get('/v1/andons?component=polaris&limit=1')).body
    expect(first.items.map((one: { id: string }) => one.id)).toEqual([drill.id])
    expect(await ids(`?component=polaris&limit=1&after=${first.next}`)).toEqual([polaris.id])
    expect((await get('/v1/andons?status=closed')).status).toBe(422)
  })

  test('one tells its timeline in sentences, in both languages, and from where one has read', async () => {
    const { id } = await pull('sessions drop on polaris', {}, { as: 'viewer' })
    await post(`/v1/andons/${id}/join`, { text: 'I see it in Osaka' })
    const { timeline, ...andon } = (await get(`/v1/andons/${id}?zone=Asia/Tokyo`)).body
    expect(andon.id).toBe(id)
    const [pulled, called] = timeline
    expect(timeline.map((one: { kind: string }) => one.kind)).toEqual(['andon.pulled', 'andon.call', 'page.queued', 'andon.joined'])
    expect(pulled.text).toEqual({
      en: 'viewer pulled the andon: sessions drop on polaris',
      ja: expect.stringContaining('sessions drop on polaris'),
    })
    expect(called.text.en).toContain('12:02:00')
    const rest = (await get(`/v1/andons/${id}?after=${called.seq}`)).body.timeline
    expect(rest).toEqual((await get(`/v1/andons/${id}`)).body.timeline.slice(2))
  })

  test('the timeline comes in pages of its own', async () => {
    const { id } = await pull()
    for (const text of ['one', 'two', 'three']) await post(`/v1/andons/${id}/join`, { text })
    const seen: number[] = []
    for (let after: number | null = 0; after !== null; ) {
      const { items, next }: { items: { seq: number }[]; next: number | null } = (
        await get(`/v1/andons/${id}/timeline?limit=2&after=${after}`)
      ).body
      expect(items.length).toBeLessThanOrEqual(2)
      seen.push(...items.map(({ seq }) => seq))
      after = next
    }
    expect(seen).toEqual((await get(`/v1/andons/${id}`)).body.timeline.map((one: { seq: number }) => one.seq))
    expect(seen.length).toBeGreaterThan(4)
  })

  test('measures are of those pulled since then, drills apart', async () => {
    const early = await pull('leo is slow')
    await post(`/v1/andons/${early.id}/resolve`, { how: 'restarted' })
    await clock.advance(minutes(10))
    const { id } = await pull('polaris is slow', {}, { as: 'viewer' })
    await pull('practice', { drill: true })
    await clock.advance(seconds(30))
    await post(`/v1/andons/${id}/lead`)
    expect((await get('/v1/andons/measures')).body).toMatchObject({ andons: 2, open: 1, drills: { andons: 1 } })
    const { body } = await get('/v1/andons/measures?from=2026-01-31T12:05:00%2B09:00')
    expect(body).toMatchObject({ andons: 1, spans: { lead: { count: 1, medianMs: 30_000 } }, surfaces: [{ via: 'api', pulls: 1 }] })
    expect((await get('/v1/andons/measures?from=yesterday')).status).toBe(422)
  })

  test('the review is Markdown, in the language and the zone that one asks for', async () => {
    const { id } = await pull('sessions drop on polaris')
    await post(`/v1/andons/${id}/resolve`, { how: 'rolled back' })
    const en = await get(`/v1/andons/${id}/review?locale=en&zone=Asia/Tokyo`)
    expect(en.headers.get('content-type')).toBe('text/markdown; charset=utf-8')
    expect(en.body).toContain('rolled back')
    expect(en.body).toContain('12:00')
    expect((await get(`/v1/andons/${id}/review?locale=ja`)).body).not.toBe(en.body)
    expect((await get(`/v1/andons/${id}/review?zone=Mars`)).status).toBe(422)
  })

  test.each(['/v1/andons/and_none', '/v1/andons/and_none/timeline', '/v1/andons/and_none/review'])('%s: there is none', async (path) => {
    const answer = await get(path)
    expect([answer.status, answer.body.code]).toEqual([404, 'not-found'])
  })

  test('everything that a day brings fits the schema: lanes, inquiries, kaizen, its end', async () => {
    const { id } = await pull()
    await post(`/v1/andons/${id}/lead`)
    await post(`/v1/andons/${id}/escalate`, { reason: 'it grows' })
    const red = (await get(`/v1/andons/${id}`)).body
    expect(red).toMatchObject({
      status: 'red',
      red: { reason: expect.stringContaining('it grows') },
      roles: { lead: { person: { name: 'Aki' } } },
    })
    const lane = red.lanes[0].id
    await post(`/v1/andons/${id}/lanes/${lane}/take`)
    await post(`/v1/andons/${id}/lanes/${lane}/report`, { text: 'nothing in the logs' })
    await post(`/v1/andons/${id}/inquiries`, { carrier: 'starlink', symptom: 'no answers' })
    await post(`/v1/andons/${id}/update`, { text: 'we look', audience: 'everyone' })
    await post(`/v1/andons/${id}/kaizen`, { text: 'watch the queue' })
    await clock.advance(minutes(5))
    const ended = (await post(`/v1/andons/${id}/resolve`, { how: 'restarted', cause: 'a leak' })).body
    expect(ended).toMatchObject({ status: 'resolved', resolved: { how: 'restarted', cause: 'a leak', falseAlarm: false }, red: null })
    const { body } = await get(`/v1/andons/${id}`)
    expect(body.inquiries[0]).toMatchObject({ carrier: 'starlink', sentAt: expect.stringContaining('2026-01-31T') })
    expect(body.kaizen[0]).toMatchObject({ status: 'open' })
    expect(body.lanes.find((one: { id: string }) => one.id === lane).reports[0].text).toBe('nothing in the logs')
  })
})

describe('commands', () => {
  test('each one that is not for the house itself alone has a route, with its summary and its fields', () => {
    const { paths } = documentOf(api) as {
      paths: Record<
        string,
        { post?: { summary: string; requestBody: { content: { 'application/json': { schema: { properties?: object } } } } } }
      >
    }
    for (const command of andonCommands as readonly AnyAndonCommand[]) {
      const route = paths[`/v1/andons/{id}/${command.path}`]?.post
      if (command.needs === 'nobody') expect(route, command.name).toBeUndefined()
      else {
        expect(route?.summary, command.name).toBe(command.summary)
        const named = [...command.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string)
        const fields = Object.keys((command.input as unknown as { shape: object }).shape).filter((field) => !named.includes(field))
        expect(Object.keys(route?.requestBody.content['application/json'].schema.properties ?? {}).sort(), command.name).toEqual(
          fields.sort(),
        )
      }
    }
  })

  test('a viewer may join, and no more; who decides about runs is an operator', async () => {
    const { id } = await pull()
    expect((await post(`/v1/andons/${id}/join`, { text: 'me too' }, { as: 'viewer' })).status).toBe(200)
    expect((await post(`/v1/andons/${id}/escalate`, {}, { as: 'viewer' })).status).toBe(403)
    expect((await post(`/v1/andons/${id}/escalate`, {}, { as: 'agent' })).status).toBe(403)
  })

  test.each([
    ['a field that there is not', 'escalate', { why: 'x' }, 422],
    ['a field that is missing', 'join', {}, 422],
    ['a lane that there is not', 'lanes/lane_none/report', { text: 'x' }, 409],
    ['a command that there is not', 'explode', {}, 404],
    ['a command of the house itself', 'tick', {}, 404],
  ])('%s is refused, and nothing changes', async (_, path, body, status) => {
    const { id } = await pull()
    const before = (await get(`/v1/andons/${id}`)).body
    expect((await post(`/v1/andons/${id}/${path}`, body)).status).toBe(status)
    expect((await get(`/v1/andons/${id}`)).body).toEqual(before)
  })

  test('what makes no sense as things are is refused with what to do', async () => {
    const { id } = await pull()
    await post(`/v1/andons/${id}/resolve`, { how: 'nothing was wrong', falseAlarm: true })
    const again = await post(`/v1/andons/${id}/escalate`)
    expect([again.status, again.body.code]).toEqual([409, 'refused'])
    expect(again.body.detail).toContain('reopen')
    expect((await post(`/v1/andons/${id}/reopen`, { why: 'it is back' })).body.status).toBe('red')
  })

  test('merged: the old id answers where it goes on, and passes on what it is sent', async () => {
    const a = await pull('leo is slow')
    const b = await pull('polaris is slow')
    const merged = await post(`/v1/andons/${a.id}/merge`, { into: b.id })
    expect([merged.status, merged.body.id]).toEqual([200, b.id])
    expect((await get(`/v1/andons/${a.id}`)).body).toMatchObject({ status: 'resolved', mergedInto: b.id })
    const joined = await post(`/v1/andons/${a.id}/join`, { text: 'also here' })
    expect(joined.body).toMatchObject({ id: b.id, mergedFrom: [a.id] })
    expect((await post(`/v1/andons/${b.id}/merge`, { into: b.id })).status).toBe(409)
    expect((await post(`/v1/andons/${b.id}/merge`, { into: 'and_none' })).status).toBe(404)
  })

  test('split: a matter of its own, which knows where it comes from', async () => {
    const origin = await pull('polaris is slow')
    const made = await post(`/v1/andons/${origin.id}/split`, { text: 'leo is another matter', component: 'leo' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ splitFrom: origin.id, component: { id: 'leo' }, status: 'yellow' })
    expect(made.body.id).not.toBe(origin.id)
  })

  test('to approve or stop the automatic takes an operator; what came of it is told', async () => {
    const { id } = await pull('polaris is down')
    const order = { runbook: 'restart-process', member: 'polaris-1' }
    expect((await post(`/v1/andons/${id}/approve`, order)).status).toBe(403)
    house.commands.answerWith({ kind: 'refused', code: 'live-run', reason: 'a run is under way' })
    const refused = await post(`/v1/andons/${id}/approve`, order, { as: 'operator' })
    expect(refused.body).toMatchObject({ id, acted: false, answer: expect.stringContaining('a run is under way') })
    expect(house.commands.asked).toMatchObject([{ name: 'restart-process', component: 'polaris', options: { member: 'polaris-1' } }])
    const stopped = await post(`/v1/andons/${id}/stop`, { reason: 'we do it by hand' }, { as: 'operator' })
    expect(stopped.body.acted).toBe(true)
    expect(await house.ports.journal.switches()).toMatchObject([{ scope: 'polaris', off: true, by: 'operator' }])
  })

  test('what only the house may do has no route', async () => {
    const { id } = await pull()
    await desk.command(id, 'room', { name: '#andon-1', url: null, kind: 'room' }, houseItself)
    expect((await get(`/v1/andons/${id}`)).body.room).toEqual({ name: '#andon-1', url: null, kind: 'room' })
    expect((await post(`/v1/andons/${id}/room`, { name: '#x', url: null, kind: 'room' }, { as: 'admin' })).status).toBe(404)
  })
})
