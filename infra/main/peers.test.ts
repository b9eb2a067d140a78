import { expect, test } from 'vitest'
import type { ControllerInfo } from '../../core/journal/leader.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { knowPeers } from './peers.ts'

const info = (url: string, leader: boolean, seenAt = 0): ControllerInfo => ({ id: url, url, version: '1', leader, startedAt: 0, seenAt })

/** One of two controllers, `http://b`, and a store that may be away. */
function stage() {
  const clock = virtualClock()
  const world = { away: false, leads: false, leader: 'http://a', alive: true }
  const alarms: number[] = []
  const peers = knowPeers({
    clock,
    url: 'http://b',
    leads: () => world.leads,
    firing: () => [],
    alarm: () => void alarms.push(clock.monotonic()),
    lives: async () => world.alive,
    leadership: {
      async controllers() {
        if (world.away) throw new Error('away')
        const { leader } = world
        return [info('http://a', leader === 'http://a', 5), info('http://b', leader === 'http://b'), info('http://a', false, 1)]
      },
    },
  })
  peers.start(() => {})
  return { clock, world, alarms, peers }
}

test('each is known once, also when it was killed and started again', async () => {
  const { clock, peers } = stage()
  await clock.advance(1_000)
  expect((await peers.list()).map(({ url, leader }) => [url, leader])).toEqual([
    ['http://a', true],
    ['http://b', false],
  ])
  expect(peers.leaderUrl()).toBe('http://a')
  await peers.followed
})

test('a store that is away is told by the one who led, as long as that one lives', async () => {
  const { clock, world, alarms } = stage()
  await clock.advance(2_000)
  world.away = true
  await clock.advance(30_000)
  expect(alarms).toEqual([])
  world.alive = false
  await clock.advance(2_000)
  expect(alarms.length).toBeGreaterThan(0)
})

test('nobody is called by a follower for a store that is away for a moment', async () => {
  const { clock, world, alarms } = stage()
  await clock.advance(2_000)
  Object.assign(world, { away: true, alive: false })
  await clock.advance(5_000)
  world.away = false
  await clock.advance(5_000)
  expect(alarms).toEqual([])
})

test('who led tells at once, also when its term has ended because of it', async () => {
  const { clock, world, alarms } = stage()
  Object.assign(world, { leads: true, leader: 'http://b' })
  await clock.advance(2_000)
  Object.assign(world, { leads: false, away: true })
  await clock.advance(1_500)
  expect(alarms.length).toBeGreaterThan(0)
})
