import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { openFixture } from './fixture.ts'
import type { ApiPorts } from './ports.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

async function asking(controllers?: ApiPorts['controllers']) {
  const house = await openFixture({ clock: systemClock, controllers })
  ends.push(house.close)
  return house.ask
}

test('one alone leads, and lists nobody else', async () => {
  const ask = await asking()
  expect((await ask('GET', '/v1/controllers', { as: 'viewer' })).body).toEqual({ items: [] })
  expect((await ask('GET', '/health', { as: null })).body).toMatchObject({ role: 'leader' })
})

test('of several, each says which one leads, and where the others are', async () => {
  const seen = { version: '1', startedAt: 0, seenAt: 60_000 }
  const a = { id: 'a', url: 'http://a:7070', leader: true, ...seen }
  const b = { id: 'b', url: 'http://b:7070', leader: false, ...seen }
  const ask = await asking({ leads: () => false, list: async () => [a, b] })
  const { items } = (await ask('GET', '/v1/controllers', { as: 'viewer' })).body as { items: unknown[] }
  expect(items).toMatchObject([
    { id: 'a', leader: true, seenAt: '1970-01-01T00:01:00.000Z' },
    { id: 'b', leader: false },
  ])
  expect((await ask('GET', '/health', { as: null })).body).toMatchObject({ role: 'follower' })
  expect((await ask('GET', '/v1/controllers', { as: null })).status).toBe(401)
})
