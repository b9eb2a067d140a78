import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSimJournal } from './journal.ts'
import { type PlayOptions, play, type SimJournal, simulate } from './run.ts'
import type { Scenario } from './scenario.ts'
import { calm } from './world.ts'

let journal: SimJournal
beforeAll(async () => {
  journal = await openSimJournal()
})
afterAll(() => journal.close())

/** Whether one of the first so many days shows it. */
async function foundWithin(seeds: number, what: string, options: PlayOptions): Promise<boolean> {
  for (let seed = 1; seed <= seeds; seed++) if ((await simulate(seed, journal, options)).violations.join().includes(what)) return true
  return false
}

test('a promotion before the fence is found on some bad day', async () => {
  expect(await foundWithin(200, 'two actives', { promoteFirst: true })).toBe(true)
})

test('standbys that are counted before the database waits for them are found on some bad day', async () => {
  expect(await foundWithin(800, 'without the acknowledged', { countFirst: true })).toBe(true)
})

/** The only standby is away for a moment, in which the active one writes alone, and dies for good. */
const awayAndBack = (): Scenario => {
  const members = ['base-1', 'base-2'].map((id, at) => ({
    id,
    agent: `host-${at}`,
    postgres: { bin: '/simulated', data: `/simulated/${id}`, port: 5432 + at, bootstrap: at === 0 },
  }))
  const url = 'http://127.0.0.1:1'
  return {
    config: {
      agents: ['host-0', 'host-1'].map((id) => ({ id, url, guard: 'http://127.0.0.1:2' })),
      components: [
        {
          ...{ id: 'base', topology: 'active-standby', members, ladder: ['failover-active-standby', 'page'], route: { hooks: url } },
          ...{ probes: [{ kind: 'hook' }], roleLease: { ttlMs: 2_000, marginMs: 500 }, replication: { synchronous: 'on' } },
        },
      ],
    },
    hostOf: { 'base-1': 'host-0', 'base-2': 'host-1' },
    faults: [
      { atMs: 6_000, kind: 'cut-off', member: 'base-2', forMs: 650 },
      { atMs: 6_600, kind: 'break', member: 'base-1', forMs: null },
    ],
    weather: calm,
    controllers: 1,
    diesAt: 0,
    rates: [],
  }
}

test('standbys that are counted after the database waits for them no more', async () => {
  expect((await play(awayAndBack(), 1, journal, { countLast: true })).violations.join()).toContain('without the acknowledged')
  expect((await play(awayAndBack(), 1, journal)).violations).toEqual([])
})
