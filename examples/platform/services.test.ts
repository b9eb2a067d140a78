import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PlaceName } from './layout.ts'
import { openStage, type Stage, until } from './testing.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await stage.start('dipper-1', 'leo-1', 'aries-1', 'capricorn-1', 'hubble-1')
})
afterAll(() => stage.close())

async function call(place: PlaceName, path: string, body?: object) {
  const response = await fetch(stage.url(place) + path, body ? { method: 'POST', body: JSON.stringify(body) } : {})
  const text = await response.text()
  return { status: response.status, body: (text ? JSON.parse(text) : null) as Record<string, unknown> }
}

const imsi = '440100000000001'
const cardAnswers = (challenge: unknown) => {
  const key = createHmac('sha256', 'example-operator-key').update(imsi).digest()
  return createHmac('sha256', key).update(String(challenge)).digest('hex').slice(0, 16)
}

test('a device attaches: Aries asks, Leo judges the card', async () => {
  const asked = await call('aries-1', '/attach', { imsi })
  expect(asked).toMatchObject({ status: 200, body: { challenge: expect.stringMatching(/^[0-9a-f]{32}$/) } })
  const { challenge } = asked.body
  expect(await call('aries-1', '/attach', { imsi, challenge, response: cardAnswers(challenge) })).toEqual({
    status: 200,
    body: { attached: true },
  })
  expect(await call('aries-1', '/attach', { imsi, challenge, response: 'wrong' })).toMatchObject({
    status: 403,
    body: { code: 'not-accepted' },
  })
  expect(await call('aries-1', '/attach', { imsi: 'none' })).toMatchObject({ status: 422, body: { code: 'bad-request' } })
})

test('Dipper knows which session may be used', async () => {
  expect(await call('dipper-1', '/sessions/8190-2')).toEqual({ status: 200, body: { session: '8190-2', line: '8190' } })
  expect(await call('dipper-1', '/sessions/barred-1')).toMatchObject({ status: 403, body: { code: 'barred' } })
  expect(await call('dipper-1', '/sessions/%20')).toMatchObject({ status: 422, body: { code: 'bad-request' } })
})

test('Capricorn gives messages back in order, once', async () => {
  await call('capricorn-1', '/messages', { to: '8190', text: 'one' })
  await call('capricorn-1', '/messages', { to: '8190', text: 'two' })
  expect((await call('capricorn-1', '/messages?to=8190')).body).toMatchObject({ text: 'one' })
  expect((await call('capricorn-1', '/messages?to=8190')).body).toMatchObject({ text: 'two' })
  expect((await call('capricorn-1', '/messages?to=8190')).status).toBe(204)
  expect(await call('capricorn-1', '/messages', { to: '8190' })).toMatchObject({ status: 422 })
})

test('Hubble sees who is well and who is not there', async () => {
  await until('Hubble has looked', async () => ((await call('hubble-1', '/summary')).body.well as number) >= 4)
  const { members } = (await call('hubble-1', '/summary')).body as { members: { url: string; serviceId: string; status: string }[] }
  const statusOf = (place: PlaceName) => members.find(({ url }) => url === stage.url(place))?.status
  expect([statusOf('leo-1'), statusOf('capricorn-1'), statusOf('polaris-1')]).toEqual(['pass', 'pass', 'unknown'])
})

test('every service tells its health and takes orders only with the token', async () => {
  for (const place of ['dipper-1', 'leo-1', 'aries-1', 'capricorn-1', 'hubble-1'] as const) {
    expect((await call(place, '/health')).body, place).toMatchObject({ status: 'pass', serviceId: place, version: expect.any(String) })
    expect((await call(place, '/control/restart', {})).status, place).toBe(401)
  }
})

test('Aries stays well while Leo is away: its restart would mend nothing, and it says whose trouble it is', async () => {
  await stage.end('leo-1')
  expect(await call('aries-1', '/attach', { imsi })).toMatchObject({ status: 503, body: { code: 'leo-unavailable' } })
  expect((await call('aries-1', '/health')).body).toMatchObject({ status: 'pass', checks: { 'leo:answers': [{ observedValue: false }] } })
  await stage.start('leo-1')
  expect((await call('aries-1', '/attach', { imsi })).status).toBe(200)
})

test('a service that is told to restart ends in good order', async () => {
  expect(await stage.control('dipper-1', 'restart', 1)).toMatchObject({ status: 202 })
  await until('it has ended', () => stage.process('dipper-1').exitCode === 0)
})
