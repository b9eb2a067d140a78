import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Api, createApi } from '../../core/api/app.ts'
import { heldToContract } from '../../core/api/contract.ts'
import { openFixture } from '../../core/api/fixture.ts'
import type { ApiRole } from '../../core/api/ports.ts'
import { type House, openHouse, parts, scanOf } from '../../test/duty-house.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { catalogOf } from './fixture.ts'
import { dutyRoutes } from './routes.ts'

const monday = Date.parse('2026-11-23T09:30+09:00')
const names = ['responder', 'operator', 'aki', 'ben', 'chika', 'dan', 'emi', 'fumi']
const people = names.map((id) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1), teams: ['core'] }))

let clock: ReturnType<typeof virtualClock>
let fixture: Awaited<ReturnType<typeof openFixture>>
let house: House
let api: Api

beforeEach(async () => {
  clock = virtualClock(monday)
  fixture = await openFixture({ clock })
  const catalog = catalogOf({ people, duty: { people: names }, guardians: { fallback: 'dan' } })
  house = openHouse({ journal: fixture.ports.journal, clock }, catalog)
  api = createApi({ ...fixture.ports, catalog }, { features: [dutyRoutes({ ...house, catalog })] })
  await house.findings.ingest(scanOf('run_1', clock.now() - 60_000, { one: 'high', two: 'medium', three: 'low' }))
  await house.duty.tick()
  await house.reviews.tick()
})
afterEach(() => fixture.close())

interface Ask {
  as?: ApiRole
  body?: unknown
}
/** Asks as somebody with that role, and holds the answer to its schema. */
async function ask(method: string, path: string, { as = 'responder', body }: Ask = {}) {
  const headers = { authorization: `Bearer ${fixture.tokens[as]}`, 'content-type': 'application/json' }
  const response = await api.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  // biome-ignore lint/suspicious/noExplicitAny: held to its schema; the tests look into it.
  const held = (await heldToContract(api, method, path, response.clone())) as any
  return { status: response.status, body: held }
}
const get = (path: string, as: ApiRole = 'viewer') => ask('GET', path, { as })
const post = (path: string, body: unknown = {}, as: ApiRole = 'responder') => ask('POST', path, { as, body })

describe('duty', () => {
  test('tells today, this week with its audit, and when the next one is drawn', async () => {
    const { body } = await get('/v1/duty')
    expect(body).toMatchObject({ day: '2026-11-23', next: null, nextDrawAt: '2026-11-27T00:30:00.000Z' })
    expect(body.week.draw.candidates).toHaveLength(8)
    expect(body.today).toHaveLength(3)
    const next = (await get('/v1/duty/weeks/2026-W49')).body
    expect([next.kept, next.draw.people.length]).toEqual([null, 3])
    expect((await post('/v1/duty/weeks/2026-W49/draw')).body.draw).toEqual(next.draw)
    expect((await get('/v1/duty/weeks/2026-W99')).status).toBe(422)
    expect((await post('/v1/duty/weeks/2026-W49/draw', {}, 'viewer')).status).toBe(403)
  })

  test('swaps are asked, and answered only by whoever is asked', async () => {
    const { week } = (await get('/v1/duty')).body
    const from = week.people.find(({ id }: { id: string }) => id !== 'responder').id
    const inWeek = week.people.some(({ id }: { id: string }) => id === 'responder')
    const asked = await post('/v1/duty/swaps', { from, to: inWeek ? 'operator' : 'responder' }, 'operator')
    expect([asked.status, asked.body.status]).toEqual([201, 'asked'])
    const other = inWeek ? 'responder' : 'operator'
    expect((await post(`/v1/duty/swaps/${asked.body.id}/accept`, {}, other)).status).toBe(403)
    const taken = await post(`/v1/duty/swaps/${asked.body.id}/accept`, {}, inWeek ? 'operator' : 'responder')
    expect(taken.body).toMatchObject({ status: 'swapped' })
    expect((await post('/v1/duty/swaps/duty_0/accept')).status).toBe(404)
  })

  test('absences: of oneself, of others by an operator; taken back', async () => {
    const days = { from: '2026-11-30', until: '2026-12-01' }
    expect((await post('/v1/duty/absences', { ...days, person: 'aki' })).status).toBe(403)
    const { status, body } = await post('/v1/duty/absences', { ...days, person: 'Aki', reason: 'holiday' }, 'operator')
    expect([status, body.person, body.reason]).toEqual([201, { id: 'aki', name: 'Aki' }, 'holiday'])
    expect((await get('/v1/duty')).body.absences).toHaveLength(1)
    expect((await ask('DELETE', `/v1/duty/absences/${body.id}`, { as: 'operator', body: {} })).status).toBe(200)
    expect((await get('/v1/duty')).body.absences).toEqual([])
    expect((await post('/v1/duty/absences', { from: '2026-12-05', until: '2026-12-01' })).status).toBe(422)
  })
})

describe('reviews', () => {
  test('are read, decided and ended; the minutes say who decided what', async () => {
    const { body } = await get('/v1/reviews/current?locale=ja')
    expect(body.items.map(({ n, name, severity }: Record<string, unknown>) => [n, name, severity])).toEqual([
      [1, 'one', 'high'],
      [2, 'two', 'medium'],
      [3, 'three', 'low'],
    ])
    expect(body.items[0]).toMatchObject({
      title: 'どこにもアタッチされていないボリューム',
      owner: { name: 'ben', by: 'tag' },
      decision: null,
    })
    const decided = await post(`/v1/reviews/${body.id}/items/1`, { decision: 'ask', words: 'is it *yours*?' })
    expect(decided.body.items[0].decision).toMatchObject({ kind: 'ask', to: { id: 'ben', name: 'Ben' }, by: { id: 'responder' } })
    expect((await post(`/v1/reviews/${body.id}/items/1`, { decision: 'later' })).status).toBe(409)
    expect((await post(`/v1/reviews/${body.id}/items/2`, { decision: 'mute', reason: 'x', until: '2027-01-01T00:00:00Z' })).status).toBe(
      200,
    )
    expect((await post(`/v1/reviews/${body.id}/items/9`, { decision: 'later' })).status).toBe(404)
    expect((await post(`/v1/reviews/${body.id}/items/3`, { decision: 'mute' })).status).toBe(422)
    expect((await post(`/v1/reviews/${body.id}/items/3`, { decision: 'later' }, 'viewer')).status).toBe(403)
    clock.jump(12 * 60_000)
    const ended = await post('/v1/reviews/current/end')
    expect(ended.body).toMatchObject({ status: 'ended', how: 'by-hand', endedBy: { id: 'responder' } })
    const { items } = (await get('/v1/reviews')).body
    expect(items).toMatchObject([{ id: body.id, decided: 2, undecided: 1 }])
    const minutes = await api.request(`/v1/reviews/${body.id}/minutes`, { headers: { authorization: `Bearer ${fixture.tokens.viewer}` } })
    const text = await minutes.text()
    expect(text).toContain('# Minutes of the review of Mon 23 Nov')
    expect(text).toContain('09:30 – 09:42, 12 min; ended by hand')
    expect(text).toContain('Responder asks Ben, due 2026-11-30: is it \\*yours\\*?')
    expect(text).toMatch(/## Left for the next review\n\n3\. \*\*Volume attached to nothing\*\*: `three`/)
  })

  test('the minutes are in Japanese for who reads Japanese, and escape what people and scans wrote', async () => {
    const evil = parts.reported('evil', { name: '# `x` [y](http://z)', evidence: { type: '<b>', sizeGiB: 1, ageDays: 9 } })
    clock.jump(86_400_000)
    await house.findings.ingest(parts.reportOf('run_2', clock.now(), [evil]))
    await house.reviews.tick()
    const path = '/v1/reviews/current/minutes?locale=ja'
    const text = await (await api.request(path, { headers: { authorization: `Bearer ${fixture.tokens.viewer}` } })).text()
    expect(text).toContain('# 11月24日(火) レビュー議事録')
    expect(text).toContain('\\<b\\>')
    // Within code nothing is markup.
    expect(text).toContain('`# x [y](http://z)`')
  })

  test('one that is not there is told as such', async () => {
    expect((await get('/v1/reviews/rev_0')).status).toBe(404)
    expect((await post('/v1/reviews/rev_0/end')).status).toBe(404)
    expect((await post('/v1/reviews')).body.day).toBe('2026-11-23')
  })
})
