import { afterEach, beforeEach, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { hours } from '../clock.ts'
import { createApi } from './app.ts'
import { type Fixture, openFixture } from './fixture.ts'

const clock = virtualClock(Date.UTC(2026, 0, 31, 3))
let house: Fixture

beforeEach(async () => {
  house = await openFixture({ clock })
})
afterEach(() => house.close())

const resolveWith = async (key: string, reason = 'x', path?: string) => {
  const target =
    path ?? `/v1/incidents/${(await house.ask('POST', '/v1/alerts', { body: { component: 'leo' } })).body.items[0].incident}/resolve`
  return { target, answer: await house.ask('POST', target, { body: { reason }, headers: { 'idempotency-key': key } }) }
}

test('the same key gets the first answer again, and nothing is done twice', async () => {
  const { target, answer } = await resolveWith('k1')
  expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, null])
  const again = (await resolveWith('k1', 'x', target)).answer
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true'])
  expect(again.body).toEqual(answer.body)
  expect(again.headers.get('x-content-type-options')).toBe('nosniff')
})

test('another key is another request', async () => {
  const { target } = await resolveWith('k1')
  expect((await resolveWith('k2', 'x', target)).answer.status).toBe(409)
})

test('a refusal is remembered as well', async () => {
  house.commands.answerWith({ kind: 'refused', code: 'live-run', reason: 'busy' })
  const order = () => house.ask('POST', '/v1/components/leo/actions/restart', { headers: { 'idempotency-key': 'k' } })
  expect((await order()).status).toBe(409)
  house.commands.answerWith({ kind: 'plan', runbook: 'x', steps: [], reason: '' })
  const again = await order()
  expect([again.status, again.headers.get('content-type')]).toEqual([409, 'application/problem+json'])
  expect(house.commands.asked).toHaveLength(1)
})

test('another body with the same key is refused', async () => {
  const { target } = await resolveWith('k1')
  const { answer } = await resolveWith('k1', 'y', target)
  expect([answer.status, answer.body.code]).toEqual([422, 'key-reused'])
})

test('the same key of another token, or on another path, is not the same', async () => {
  const beat = (member: string, as: 'agent' | 'admin') =>
    house.ask('POST', `/v1/members/${member}/beats`, { as, headers: { 'idempotency-key': 'k' } })
  await beat('leo-1', 'agent')
  await beat('leo-1', 'admin')
  await beat('dipper-1', 'agent')
  await beat('leo-1', 'agent')
  expect(house.told.beats).toEqual(['leo-1', 'leo-1', 'dipper-1'])
})

test('two at the same time do it once, and both get the answer', async () => {
  const order = () => house.ask('POST', '/v1/alerts', { body: { component: 'leo' }, headers: { 'idempotency-key': 'k' } })
  const [one, two] = await Promise.all([order(), order()])
  expect(one?.body).toEqual(two?.body)
  expect([one, two].filter((answer) => answer?.headers.get('idempotency-replayed') === 'true')).toHaveLength(1)
})

test('after a failure of ours the same key is a real second try', async () => {
  let broken = true
  const ingest: typeof house.ports.ingest = async (alerts) => {
    if (broken) throw new Error('disk')
    return house.ports.ingest(alerts)
  }
  const api = createApi({ ...house.ports, ingest })
  const order = () =>
    api.request('/v1/alerts', {
      method: 'POST',
      headers: { authorization: `Bearer ${house.localToken}`, 'content-type': 'application/json', 'idempotency-key': 'k' },
      body: '{"component":"leo"}',
    })
  expect((await order()).status).toBe(500)
  broken = false
  expect((await order()).status).toBe(200)
})

test('after a day a key is new', async () => {
  const { target } = await resolveWith('k1')
  await clock.advance(hours(24))
  expect((await resolveWith('k1', 'x', target)).answer.status).toBe(409)
})

test('a key has at most 255 characters', async () => {
  const answer = await house.ask('POST', '/v1/alerts', { body: { component: 'leo' }, headers: { 'idempotency-key': 'k'.repeat(256) } })
  expect([answer.status, answer.body.code]).toEqual([422, 'bad-request'])
})
