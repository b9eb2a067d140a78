import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Fixture, openFixture } from '../../core/api/fixture.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import type { Page } from './define.ts'
import { openPageDesk, type PageDesk } from './desk.ts'
import { openFeeds } from './feed.ts'
import { openRota, type Rota } from './rota.ts'
import { pagerRoutes } from './routes.ts'

const catalog = indexCatalog(
  configSchema.parse({
    people: [
      { id: 'ben', name: 'Ben', phone: '+49 30 1234567', email: 'ben@example.com' },
      { id: 'chi', name: 'Chi' },
    ],
    teams: [{ id: 'core', policy: 'core' }],
    schedules: [{ id: 'core', title: 'Core, day', zone: 'Asia/Tokyo', layers: [{ people: ['ben', 'chi'], start: '2026-11-16T09:00' }] }],
    policies: [{ id: 'core', levels: [{ notify: ['schedule:core'] }, { notify: ['person:chi'] }] }],
    components: [{ id: 'polaris', owner: 'core', members: [{ id: 'polaris-1' }] }],
  }),
)
let clock: VirtualClock
let journal: Journal
let rota: Rota
let desk: PageDesk
let api: Fixture
let took: Page[]
let secrets: string[]

beforeEach(async () => {
  clock = virtualClock(Date.parse('2026-11-21T00:00:00Z'), { drain: 'immediates' })
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
  rota = openRota({ catalog, journal })
  took = []
  secrets = ['s3cret']
  const pagers = [{ kind: 'test', deliver: async (page: Page) => void took.push(page) }]
  desk = openPageDesk({ catalog, journal, rota, pagers, clock, log: silentLog })
  const feeds = openFeeds({ key: 'key of the folder', journal })
  const routes = pagerRoutes({ desk, rota, feeds, journal, clock, secrets: () => secrets })
  api = await openFixture({ clock, options: { features: [routes] } })
  await desk.start()
})
afterEach(async () => {
  await desk.stop()
  await journal.close()
  await api.close()
})

async function called(dedupe = 'inc_1/hung/polaris-1'): Promise<string> {
  const payload = { component: 'polaris', failure: 'hung', evidence: 'no answer', reason: 'nothing helped' }
  await journal.post({ channel: 'page', dedupe, incident: 'inc_1', payload })
  await clock.advance(0)
  return (await desk.list({}, { limit: 1 }))[0]?.id as string
}

describe('pages', () => {
  test('are listed, and told with who was called by what', async () => {
    const id = await called()
    const { body } = await api.ask('GET', '/v1/pages?status=open', { as: 'viewer' })
    expect(body).toMatchObject({ items: [{ id, status: 'firing', level: 0, policy: 'core', title: 'polaris: hung' }], next: null })
    const one = await api.ask('GET', `/v1/pages/${id}`, { as: 'viewer' })
    expect(one.body.calls).toMatchObject([{ pager: 'test', status: 'taken', people: [{ id: 'ben', name: 'Ben' }] }])
    expect(JSON.stringify([body, one.body])).not.toMatch(/1234567|example\.com/)
    expect((await api.ask('GET', '/v1/pages?component=dipper')).body.items).toEqual([])
    expect((await api.ask('GET', '/v1/pages/page_9')).status).toBe(404)
  })

  test('are acknowledged by responders, for themselves or for whom they name', async () => {
    const id = await called()
    expect((await api.ask('POST', `/v1/pages/${id}/acknowledge`, { as: 'viewer' })).status).toBe(403)
    expect((await api.ask('POST', `/v1/pages/${id}/acknowledge`, { body: { person: 'eve' } })).status).toBe(404)
    const { body } = await api.ask('POST', `/v1/pages/${id}/acknowledge`, { as: 'responder', body: { person: 'ben' } })
    expect(body).toMatchObject({ status: 'acknowledged', acknowledged: { by: { id: 'ben', name: 'Ben' }, via: 'api' } })
    expect((await api.ask('POST', `/v1/pages/${id}/acknowledge`, { as: 'responder' })).body.acknowledged.by.id).toBe('ben')
    await clock.advance(10_000_000)
    expect(took).toHaveLength(1)
  })

  test('call the next level when whoever has it cannot go on; what has ended is refused', async () => {
    const id = await called()
    await api.ask('POST', `/v1/pages/${id}/acknowledge`, { as: 'responder' })
    const again = await api.ask('POST', `/v1/pages/${id}/reescalate`, { as: 'responder', body: { reason: 'no laptop' } })
    expect(again.body).toMatchObject({ status: 'firing', level: 1, acknowledged: null })
    await desk.close({ id }, 'mended')
    expect((await api.ask('POST', `/v1/pages/${id}/reescalate`, { as: 'responder', body: { reason: 'x' } })).status).toBe(409)
    expect((await api.ask('POST', `/v1/pages/${id}/acknowledge`, { as: 'responder' })).status).toBe(409)
  })
})

describe('who is on call', () => {
  test('now, and at a moment, by name alone', async () => {
    const now = await api.ask('GET', '/v1/oncall', { as: 'viewer' })
    expect(now.body.items).toEqual([
      {
        schedule: 'core',
        title: 'Core, day',
        zone: 'Asia/Tokyo',
        onCall: { id: 'ben', name: 'Ben' },
        by: 'layer 0',
        until: '2026-11-23T00:00:00.000Z',
        next: { id: 'chi', name: 'Chi' },
      },
    ])
    expect((await api.ask('GET', '/v1/oncall?at=2026-11-24T00:00:00Z')).body.items[0].onCall.id).toBe('chi')
    expect((await api.ask('GET', '/v1/schedules')).body.items).toEqual(now.body.items)
    expect((await api.ask('GET', '/v1/oncall', { as: null })).status).toBe(401)
  })

  test('a schedule tells its turns, of at most 90 days', async () => {
    const { body } = await api.ask('GET', '/v1/schedules/core?from=2026-11-21T00:00:00Z&until=2026-11-24T00:00:00Z')
    expect(body.spans).toEqual([
      { from: '2026-11-21T00:00:00.000Z', until: '2026-11-23T00:00:00.000Z', person: { id: 'ben', name: 'Ben' }, by: 'layer 0' },
      { from: '2026-11-23T00:00:00.000Z', until: '2026-11-24T00:00:00.000Z', person: { id: 'chi', name: 'Chi' }, by: 'layer 0' },
    ])
    expect((await api.ask('GET', '/v1/schedules/core?from=2026-01-01T00:00:00Z&until=2026-12-01T00:00:00Z')).status).toBe(422)
    expect((await api.ask('GET', '/v1/schedules/cora')).status).toBe(404)
  })

  test('an override is made, listed, counts, and is removed', async () => {
    const body = { person: 'chi', from: '2026-11-21T00:00:00Z', until: '2026-11-21T12:00:00Z', reason: 'dentist' }
    expect((await api.ask('POST', '/v1/schedules/core/overrides', { as: 'viewer', body })).status).toBe(403)
    const made = await api.ask('POST', '/v1/schedules/core/overrides', { as: 'responder', body })
    expect(made).toMatchObject({ status: 201, body: { person: { id: 'chi' }, by: { id: 'token:responder' }, reason: 'dentist' } })
    expect((await api.ask('GET', '/v1/oncall')).body.items[0]).toMatchObject({
      onCall: { id: 'chi' },
      by: made.body.id,
      until: '2026-11-21T12:00:00.000Z',
    })
    expect((await api.ask('GET', '/v1/schedules/core/overrides')).body.items).toEqual([made.body])
    expect((await api.ask('DELETE', `/v1/schedules/core/overrides/${made.body.id}`, { as: 'responder' })).status).toBe(204)
    expect((await api.ask('GET', '/v1/oncall')).body.items[0].onCall.id).toBe('ben')
    expect((await api.ask('DELETE', `/v1/schedules/core/overrides/${made.body.id}`)).status).toBe(404)
    const kinds = (await journal.events(0, 100)).map(({ kind }) => kind)
    expect(kinds).toEqual(['schedule.override-added', 'schedule.override-removed'])
    const wrong = [
      { ...body, until: body.from },
      { ...body, person: 'eve' },
      { ...body, reason: '' },
    ]
    const statuses = await Promise.all(
      wrong.map(async (one) => (await api.ask('POST', '/v1/schedules/core/overrides', { body: one })).status),
    )
    expect(statuses).toEqual([422, 404, 422])
  })
})

describe('the calendar of a schedule', () => {
  const feed = async () => (await api.ask('GET', '/v1/schedules/core', { as: 'viewer' })).body.feed as string

  test('opens with the secret of its address, and tells each turn from its own beginning', async () => {
    const { status, headers, body } = await api.ask('GET', await feed(), { as: null })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8'])
    expect(body).toContain('SUMMARY:Core\\, day: Ben\r\n')
    expect(body).toContain('DTSTART:20261116T000000Z\r\nDTEND:20261123T000000Z\r\n')
    const uids = (text: string) => text.match(/UID:.*/g)
    await clock.advance(3_600_000)
    expect(uids((await api.ask('GET', await feed(), { as: null })).body)).toEqual(uids(body))
  })

  test('does not open without it, with that of another, or with an old one', async () => {
    const path = await feed()
    const refused = [path.slice(0, -1), '/v1/schedules/core.ics', '/v1/schedules/core.ics?token=', path.replace('core.', 'cora.')]
    for (const one of refused) expect((await api.ask('GET', one, { as: null })).status).toBe(401)
    const renewed = await api.ask('POST', '/v1/schedules/core/feed', { as: 'operator' })
    expect((await api.ask('GET', path, { as: null })).status).toBe(401)
    expect((await api.ask('GET', renewed.body.feed, { as: null })).status).toBe(200)
  })
})

describe('PagerDuty', () => {
  let n = 0
  async function tell(type: string, key: string, more: { signature?: string; at?: string; id?: string } = {}) {
    const event = {
      id: more.id ?? `evt-${n++}`,
      event_type: type,
      resource_type: 'incident',
      occurred_at: more.at ?? new Date(clock.now()).toISOString(),
      agent: { id: 'PLH1HKV', type: 'user_reference', summary: 'Ben of PagerDuty' },
      client: { name: 'PagerDuty' },
      data: { id: 'PGR0VU2', type: 'incident', incident_key: key, status: 'acknowledged' },
    }
    const body = JSON.stringify({ event })
    const signature = more.signature ?? `v1=${createHmac('sha256', 's3cret').update(body).digest('hex')}`
    return api.ask('POST', '/v1/webhooks/pagerduty', { as: null, body, headers: { 'x-pagerduty-signature': signature } })
  }

  test('acknowledges, and takes it back', async () => {
    const id = await called()
    expect(await tell('incident.acknowledged', id)).toMatchObject({ status: 200, body: { changed: true } })
    expect((await desk.get(id))?.acknowledged).toMatchObject({
      by: { id: 'pagerduty:PLH1HKV', name: 'Ben of PagerDuty' },
      via: 'pagerduty',
    })
    expect((await tell('incident.unacknowledged', id)).body).toEqual({ changed: true })
    expect((await desk.get(id))?.state).toMatchObject({ status: 'firing', level: 1 })
  })

  test('is believed once: the same event again, and an old one, say nothing new', async () => {
    const id = await called()
    await tell('incident.acknowledged', id, { id: 'once' })
    await desk.reescalate(id, { id: 'ben', name: 'Ben' }, 'again')
    expect((await tell('incident.acknowledged', id, { id: 'once' })).body).toEqual({ changed: false })
    expect((await tell('incident.acknowledged', id, { at: '2026-11-19T00:00:00Z' })).body).toEqual({ changed: false })
    expect((await desk.get(id))?.state.status).toBe('firing')
  })

  test('what is not of ours, or of no interest, changes nothing', async () => {
    const id = await called()
    expect((await tell('incident.acknowledged', 'of somebody else')).body).toEqual({ changed: false })
    expect((await tell('incident.priority_updated', id)).body).toEqual({ changed: false })
    expect((await tell('incident.unacknowledged', id)).body).toEqual({ changed: false })
  })

  test('is not believed without a right signature, nor while no secret is configured', async () => {
    const id = await called()
    expect((await tell('incident.acknowledged', id, { signature: `v1=${'0'.repeat(64)}` })).status).toBe(401)
    expect((await tell('incident.acknowledged', id, { signature: '' })).status).toBe(401)
    secrets = []
    expect((await tell('incident.acknowledged', id)).status).toBe(401)
    expect((await desk.get(id))?.state.status).toBe('firing')
  })

  test('something else, rightly signed, is refused with what is missing', async () => {
    const signed = (body: string) => ({ 'x-pagerduty-signature': `v1=${createHmac('sha256', 's3cret').update(body).digest('hex')}` })
    for (const [body, status] of [
      ['{"event":{}}', 422],
      ['{"event"', 400],
    ] as const)
      expect((await api.ask('POST', '/v1/webhooks/pagerduty', { as: null, body, headers: signed(body) })).status).toBe(status)
  })
})
