import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSimJournal } from './journal.ts'
import { play, type SimJournal, simulate } from './run.ts'
import type { Scenario } from './scenario.ts'
import { calm } from './world.ts'

let journal: SimJournal
beforeAll(async () => {
  journal = await openSimJournal()
})
afterAll(() => journal.close())

/** Each place costs a whole day; in CI no place is left out. */
const everyPlace = process.env.JIDOKA_TESTS === 'all' ? 1 : 3

const cutOff = { atMs: 5_000, kind: 'cut-off', member: 'pair-1', forMs: null } as const

/** A pair on two hosts, its active member killed for good: restart fails, the standby takes over. */
const quiet = (more: Partial<Scenario> = {}): Scenario => ({
  config: {
    agents: ['host-0', 'host-1'].map((id) => ({ id, url: 'http://127.0.0.1:1' })),
    components: [
      {
        id: 'pair',
        topology: 'active-standby',
        members: ['pair-1', 'pair-2'].map((id, at) => ({
          id,
          agent: `host-${at}`,
          process: { command: ['simulated'] },
          address: 'http://127.0.0.1:1',
        })),
        probes: [{ kind: 'hook' }],
        ladder: ['restart-process', 'failover-active-standby', 'page'],
        route: { hooks: 'http://127.0.0.1:1' },
        roleLease: { ttlMs: 2_000, marginMs: 500 },
      },
    ],
  },
  hostOf: { 'pair-1': 'host-0', 'pair-2': 'host-1' },
  faults: [],
  weather: calm,
  controllers: 1,
  diesAt: 0,
  rates: [],
  ...more,
})

test('the same seed gives the same trace', async () => {
  const first = await simulate(7, journal, { trace: true })
  const second = await simulate(7, journal, { trace: true })
  expect(second.trace).toEqual(first.trace)
  expect(first.trace.length).toBeGreaterThan(10)
})

test('a hundred and fifty bad days break no invariant', async () => {
  const broken: string[] = []
  for (let seed = 1; seed <= 150; seed++)
    for (const found of (await simulate(seed, journal)).violations) broken.push(`seed ${seed}: ${found}`)
  expect(broken).toEqual([])
})

describe.each([
  ['the active member dies for good', { atMs: 5_000, kind: 'break', member: 'pair-1', forMs: null }],
  ['the host of the active member is lost', { atMs: 5_000, kind: 'lose-host', member: 'pair-1', forMs: 20_000 }],
  ['the host of the active member is cut off, and runs on', cutOff],
  ['the active member hangs', { atMs: 5_000, kind: 'freeze', member: 'pair-1', forMs: 8_000 }],
] as const)('%s', (_, fault) => {
  test('and the controller dies before and after every await: the end is the same', async () => {
    const whole = await play(quiet({ faults: [fault] }), 1, journal)
    expect(whole.violations).toEqual([])
    const broken: string[] = []
    // The first places are the start; what matters begins with the fault. Past the last interesting one nothing new is passed.
    for (let diesAt = 1; diesAt <= Math.min(whole.places, 400); diesAt += everyPlace) {
      const { violations } = await play(quiet({ faults: [fault], diesAt }), 1, journal)
      for (const found of violations) broken.push(`dead at place ${diesAt}: ${found}`)
    }
    expect(broken).toEqual([])
  })
})

test('while a standby is being brought back, the active member hangs: the standby waits, the active is mended', async () => {
  const faults = [
    { atMs: 5_000, kind: 'ill', member: 'pair-2', forMs: 60_000 },
    { atMs: 9_000, kind: 'freeze', member: 'pair-1', forMs: null },
  ] as const
  const { violations, trace } = await play(quiet({ faults: [...faults] }), 1, journal, { trace: true })
  expect(violations).toEqual([])
  expect(trace.join('\n')).toMatch(/is cancelled: gave way: pair-1/)
  const mended = trace.find((line) => / order restart /.test(line) && Number(line.split(' ')[0]) > 9_000)
  expect(Number(mended?.split(' ')[0])).toBeLessThan(12_000)
})

test('a host that is cut off, and runs on, never leaves two actives: its member steps down before the other is promoted', async () => {
  const { violations, trace } = await play(quiet({ faults: [cutOff] }), 1, journal, { trace: true })
  expect(violations).toEqual([])
  expect(trace.join('\n')).toMatch(/order promote run_/)
})

test('the canary: members that never step down by themselves are caught', async () => {
  const { violations } = await play(quiet({ faults: [cutOff] }), 1, journal, { ignoreLeases: true })
  expect(violations.join()).toContain('two actives')
})

test('some days on the real journal end as they do on its model', async () => {
  const real = await openSimJournal('sqlite')
  for (let seed = 1; seed <= 12; seed++) {
    const { trace } = await simulate(seed, journal, { trace: true })
    expect((await simulate(seed, real, { trace: true })).trace).toEqual(trace)
  }
  await real.close()
})

/** Two databases, each with an agent and a guard. */
const databases = (...faults: Scenario['faults']): Scenario => {
  const day = quiet({ faults })
  const [pair] = day.config.components ?? []
  const { route, roleLease, probes } = pair as NonNullable<typeof pair>
  const members = ['base-1', 'base-2'].map((id, at) => ({
    id,
    agent: `host-${at}`,
    postgres: { bin: '/simulated', data: `/simulated/${id}`, port: 5432 + at, bootstrap: at === 0 },
  }))
  const agents = ['host-0', 'host-1'].map((id) => ({ id, url: 'http://127.0.0.1:1', guard: 'http://127.0.0.1:2' }))
  const ladder = ['failover-active-standby', 'page']
  const base = { id: 'base', topology: 'active-standby' as const, members, ladder, route, roleLease, probes }
  return { ...day, config: { agents, components: [base] }, hostOf: { 'base-1': 'host-0', 'base-2': 'host-1' } }
}
const frozenAgent = { atMs: 5_000, kind: 'freeze-agent', member: 'base-1', forMs: 20_000 } as const
const baseCutOff = { ...frozenAgent, kind: 'cut-off' } as const

test('an agent that freezes loses its database to its guard before another one is promoted', async () => {
  const { violations, trace } = await play(databases(frozenAgent), 1, journal, { trace: true })
  expect(violations).toEqual([])
  expect(trace.join('\n')).toMatch(/the guard (kills|interrupts) base-1[\s\S]*order promote run_/)
})

describe('canaries: what is taken out is found', () => {
  test('no guard: the database of an agent that is frozen, and cut off, goes on', async () => {
    const { violations } = await play(databases(frozenAgent, baseCutOff), 1, journal, { noGuard: true })
    expect(violations.join()).toContain('two actives')
  })

  test('no guard, and an agent that does not step down in time', async () => {
    const { violations } = await play(databases(baseCutOff), 1, journal, { noGuard: true, noSoftEnd: true })
    expect(violations.join()).toContain('two actives')
  })

  test('a new leader that counts no renewals of the one before it', async () => {
    const twoLead = [
      { atMs: 4_100, kind: 'lose-session', member: 'pair-1', forMs: null },
      { atMs: 3_000, kind: 'blind-controller', member: 'pair-1', forMs: 20_000 },
    ] as const
    const found = async (options: { noEarlierMs?: boolean }) => {
      const broken: string[] = []
      const day = quiet({ faults: [...twoLead], controllers: 2 })
      const [pair] = day.config.components ?? []
      if (pair) pair.ladder = ['failover-active-standby', 'page']
      for (let seed = 1; seed <= 30; seed++) broken.push(...(await play(day, seed, journal, options)).violations)
      return broken.join()
    }
    expect(await found({ noEarlierMs: true })).toContain('two actives')
    expect(await found({})).toBe('')
  })
})
