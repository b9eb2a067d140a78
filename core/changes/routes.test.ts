import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { createApi } from '../api/app.ts'
import { heldToContract } from '../api/contract.ts'
import { type Fixture, openFixture, smallPlatform } from '../api/fixture.ts'
import { hours } from '../clock.ts'
import { recentChanges } from './change.ts'
import { changeRoutes } from './routes.ts'

const start = Date.UTC(2026, 10, 20, 3)
let clock: ReturnType<typeof virtualClock>
let house: Fixture
let api: ReturnType<typeof createApi>

beforeEach(async () => {
  clock = virtualClock(start)
  house = await openFixture({ clock })
  const { journal } = house.ports
  api = createApi(house.ports, { features: [changeRoutes({ journal, catalog: smallPlatform })] })
})
afterEach(() => house.close())

async function ask(method: string, path: string, body?: unknown, as: 'viewer' | 'responder' = 'responder') {
  const headers = { authorization: `Bearer ${house.tokens[as]}`, 'content-type': 'application/json' }
  const response = await api.request(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  // biome-ignore lint/suspicious/noExplicitAny: held to the schema of its route; the tests look into it
  return { status: response.status, body: (await heldToContract(api, method, path, response)) as any }
}

describe('a change', () => {
  test('is noted with what was not said filled in, and read again', async () => {
    const { status, body } = await ask('POST', '/v1/changes', { title: 'Router tables', component: 'polaris', version: '1.4.2' })
    expect(status).toBe(201)
    expect(body.items).toEqual([
      {
        id: expect.stringMatching(/^chg_/),
        title: 'Router tables',
        component: 'polaris',
        kind: 'deployment',
        version: '1.4.2',
        by: 'responder',
        at: '2026-11-20T03:00:00.000Z',
        until: null,
        url: null,
        notedAt: '2026-11-20T03:00:00.000Z',
      },
    ])
    expect((await ask('GET', `/v1/changes/${body.items[0].id}`, undefined, 'viewer')).body).toEqual(body.items[0])
    const [event] = await house.ports.journal.events(0, 10)
    expect(event).toMatchObject({ kind: 'change.noted', component: 'polaris', data: { change: body.items[0].id, title: 'Router tables' } })
  })

  test('is noted once under its key, also within a batch, and by two who send it at once', async () => {
    const sent = { title: 'Router tables', key: 'build 812' }
    const [first, second] = await Promise.all([ask('POST', '/v1/changes', [sent, sent]), ask('POST', '/v1/changes', sent)])
    const again = await ask('POST', '/v1/changes', { ...sent, title: 'Other words' })
    const ids = [...first.body.items, ...second.body.items, ...again.body.items].map(({ id }) => id)
    expect(ids).toHaveLength(4)
    expect(new Set(ids).size).toBe(1)
    expect(again.body.items[0].title).toBe('Router tables')
    expect((await ask('GET', '/v1/changes')).body.items).toHaveLength(1)
    expect(await house.ports.journal.events(0, 10)).toHaveLength(1)
  })

  test('of a batch is refused with all others when one is wrong, and every wrong field is named', async () => {
    const batch = [
      { title: 'Good' },
      { title: 'Astray', component: 'polari' },
      { title: 'Backwards', at: '2026-11-20T10:00:00Z', until: '2026-11-20T09:00:00Z' },
    ]
    const { status, body } = await ask('POST', '/v1/changes', batch)
    expect(status).toBe(422)
    expect(body.title).toContain('[1].component: there is no component "polari" (did you mean "polaris"?)')
    expect(body.title).toContain('[2].until: it ends before it begins')
    expect((await ask('POST', '/v1/changes', { titl: 'x', kind: 'deploy', at: 'soon' })).body.title).toMatch(
      /title: missing.*kind: expected one of deployment.*titl: unknown key \(did you mean "title"\?\)/,
    )
    expect((await ask('GET', '/v1/changes')).body.items).toEqual([])
  })

  test('comes in batches of at most 500', async () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => ({ title: `Change ${i}`, key: `k${i}` }))
    expect((await ask('POST', '/v1/changes', many(501))).status).toBe(422)
    expect((await ask('POST', '/v1/changes', [])).status).toBe(422)
    const { status, body } = await ask('POST', '/v1/changes', many(500))
    expect([status, body.items.length, body.items[499].title]).toEqual([201, 500, 'Change 499'])
  })

  test('never tells a secret, nor turns a line round', async () => {
    const { body } = await ask('POST', '/v1/changes', {
      title: 'Rotated password=hunter2hunter2\u202e\nall good',
      by: 'bot\u0007',
      url: 'https://ci:pa55word@ci.example/builds/7?token=abcdefabcdef#log',
    })
    expect(JSON.stringify(body)).not.toMatch(/hunter2|pa55word|abcdef|\\u202e|\\n/)
    expect(body.items[0]).toMatchObject({ by: 'bot', url: 'https://ci.example/builds/7' })
    for (const title of ['', ' \n ', 'x'.repeat(10_001)]) expect((await ask('POST', '/v1/changes', { title })).status).toBe(422)
    expect((await ask('POST', '/v1/changes', { title: 'x', url: 'javascript:alert(1)' })).status).toBe(422)
  })

  test('is written by a responder, read by a viewer', async () => {
    expect((await ask('POST', '/v1/changes', { title: 'x' }, 'viewer')).status).toBe(403)
    expect((await ask('GET', '/v1/changes', undefined, 'viewer')).status).toBe(200)
    expect((await ask('GET', '/v1/changes/chg_none')).status).toBe(404)
  })
})

test('the list goes by component, and in pages', async () => {
  for (const title of ['one', 'two', 'three']) {
    await clock.advance(1_000)
    await ask('POST', '/v1/changes', [{ title, component: 'polaris' }, { title: `${title} elsewhere` }])
  }
  const first = (await ask('GET', '/v1/changes?component=polaris&limit=2')).body
  expect(first.items.map(({ title }: { title: string }) => title)).toEqual(['three', 'two'])
  const rest = (await ask('GET', `/v1/changes?component=polaris&limit=2&after=${first.next}`)).body
  expect([rest.items.map(({ title }: { title: string }) => title), rest.next]).toEqual([['one'], null])
})

test('planned work is found while it lasts, however much was noted since; long after, it is put away', async () => {
  const { journal } = house.ports
  const window = { title: 'Fibre works', kind: 'planned', at: start + hours(200), until: start + hours(205) }
  await ask('POST', '/v1/changes', window)
  await clock.advance(1_000)
  await ask(
    'POST',
    '/v1/changes',
    Array.from({ length: 30 }, (_, i) => ({ title: `Build ${i}` })),
  )
  const titles = async () => (await recentChanges(journal, ['polaris'], 20)).map(({ title }) => title)
  expect((await titles())[0]).toBe('Fibre works')
  await clock.advance(hours(206))
  await ask('POST', '/v1/changes', { title: 'Later' })
  expect(await titles()).toContain('Fibre works')
  await clock.advance(hours(24 * 31))
  await ask('POST', '/v1/changes', { title: 'Much later' })
  expect(await titles()).not.toContain('Fibre works')
  expect(await journal.records('change').list({ open: true }, { limit: 10 })).toEqual([])
})

test('changes of a component are found behind any number of others', async () => {
  await ask('POST', '/v1/changes', { title: 'Ours', component: 'polaris' })
  await clock.advance(1_000)
  await ask(
    'POST',
    '/v1/changes',
    Array.from({ length: 30 }, (_, i) => ({ title: `Build ${i}`, component: 'leo' })),
  )
  const titles = async (...components: string[]) => (await recentChanges(house.ports.journal, components, 20)).map(({ title }) => title)
  expect(await titles()).not.toContain('Ours')
  expect(await titles('dipper', 'polaris')).toContain('Ours')
})
