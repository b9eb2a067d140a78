import { afterEach, describe, expect, test } from 'vitest'
import { fault } from '../core/errors.ts'
import type { MemberRole } from '../core/hooks/contract.ts'
import { idMint } from '../core/ids.ts'
import type { Journal } from '../core/journal/journal.ts'
import { openMemoryJournal } from '../core/journal/open.ts'
import { silentLog } from '../core/log.ts'
import { statusBoard } from '../core/probes/board.ts'
import { seededRandom } from '../core/random.ts'
import { runbooks } from '../runbooks/registry.ts'
import { openPair } from '../test/pair.ts'
import type { AnyAction } from './actions/define.ts'
import { actions } from './actions/registry.ts'
import { createEngine, type EnginePorts } from './engine.ts'
import type { World } from './world.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** The real engine and journal over a pair; what a watch would see is told by the test. */
async function house({
  failing = {},
  routerAwayUntilMs = 0,
  ...term
}: { failing?: Partial<Journal>; routerAwayUntilMs?: number } & Pick<EnginePorts, 'mayRenew'> = {}) {
  const pair = await openPair()
  const { clock, catalog } = pair
  const journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(1)) })
  const board = statusBoard({ catalog, clock, log: silentLog })
  const failures: unknown[] = []
  const world: World = {
    ...pair.world,
    control(target, call, limits) {
      if ('routerOf' in target && clock.monotonic() < routerAwayUntilMs)
        return Promise.reject(fault('target-refused', { target: 'router' }))
      return pair.world.control(target, call, limits)
    },
  }
  const ports = {
    catalog,
    journal: Object.assign(Object.create(journal), failing) as Journal,
    world,
    status: board,
    clock,
    log: silentLog,
    holder: 'one',
  }
  const engine = createEngine({
    ...{ ...ports, ...term },
    runbooks,
    actions: actions as readonly AnyAction[],
    onStoreFailure: (error) => failures.push(error),
  })
  ends.push(engine.stop)
  const see = (member: string, role: MemberRole, status: 'pass' | 'fail' = 'pass') =>
    board.put(member, { status, role, generation: 1, summary: status, health: null })
  /** Makes polaris-1 the active member, and lets the engine find it so. */
  async function withActive() {
    await pair.through(
      pair.world.control(
        { member: 'polaris-1' },
        { action: 'promote', generation: 1, key: 'by hand', body: { leaseMs: 2_000 } },
        pair.context(1),
      ),
    )
    pair.sent.length = 0
    await engine.start()
    see('polaris-1', 'active')
    see('polaris-2', 'standby')
    await clock.advance(1_000)
  }
  const pages = async () => (await journal.due(10)).map(({ payload }) => String(payload.evidence))
  const runsOf = async () => (await journal.runs({}, { limit: 20 })).map(({ runbook, status }) => `${runbook} ${status}`)
  return { ...pair, engine, journal, see, failures, withActive, pages, runsOf }
}

const firing = {
  key: 'k',
  component: 'polaris',
  member: 'polaris-1',
  signal: 'timeout',
  status: 'firing',
  source: 'test',
  summary: 'no answer',
  at: 1,
} as const

test('when nothing can be recorded nothing is touched, and that is told by a way that needs no store', async () => {
  const full = () => Promise.reject(fault('store-full', { path: 'x', problem: 'no space' }))
  const { withActive, journal, engine, clock, sent, failures } = await house({ failing: { decide: full } })
  await withActive()
  await journal.ingest([firing])
  engine.consider('polaris')
  await clock.advance(1_000)
  expect(failures).toMatchObject([{ code: 'store-full' }])
  expect(sent.filter(({ action }) => action !== 'lease')).toEqual([])
})

describe('an active member that nobody was told of', () => {
  test('is believed when it is the only one that says so, and keeps its role', async () => {
    const { withActive, journal, isActive, clock } = await house()
    await withActive()
    expect(await journal.role('polaris')).toEqual({ component: 'polaris', active: 'polaris-1', generation: 1 })
    await clock.advance(20_000)
    expect(isActive('polaris-1')).toBe(true)
  })

  test('is not believed when another one says the same', async () => {
    const { engine, see, journal, clock } = await house()
    await engine.start()
    see('polaris-1', 'active')
    see('polaris-2', 'active')
    // Each of them was the only one for a moment, in the order in which they were looked at.
    expect(await journal.role('polaris')).toMatchObject({ active: null })
    await clock.advance(10_000)
    expect(await journal.role('polaris')).toMatchObject({ active: null })
  })
})

describe('users are sent to the active member', () => {
  const awayUntil = async (routerAwayUntilMs: number) => {
    const all = await house({ routerAwayUntilMs })
    await all.withActive()
    all.see('polaris-1', 'active', 'fail')
    await all.journal.ingest([firing])
    all.engine.consider('polaris')
    await all.clock.advance(60_000)
    const { active } = await all.journal.role('polaris')
    // Its next look tells what it has become.
    if (active) all.see(active, 'active')
    await all.clock.advance(30_000)
    return { ...all, active, to: all.routers.get('polaris')?.to, runs: await all.runsOf() }
  }

  test('by the run that made it active, should the router be away for a moment', async () => {
    expect(await awayUntil(3_000)).toMatchObject({ active: 'polaris-1', to: 'polaris-1', runs: ['restart-process done'] })
  })

  test('as soon as their router is back, should it be away for longer than any run waits', async () => {
    const { active, to, runs } = await awayUntil(45_000)
    expect(active).not.toBeNull()
    expect(to).toBe(active)
    expect(runs).toContain('route-to-active done')
  })
})

test('nobody is active and nobody may be appointed: a person is called', async () => {
  const { engine, see, journal, pages, clock, sent } = await house()
  await journal.setSwitch('global', true, 'aki', 'migration')
  await engine.start()
  see('polaris-1', 'standby')
  see('polaris-2', 'standby')
  await clock.advance(10_000)
  expect(await pages()).toEqual([expect.stringContaining('nobody is active: automation is off')])
  expect(sent).toEqual([])
  await journal.setSwitch('global', false, 'aki', 'over')
  await clock.advance(10_000)
  expect((await journal.role('polaris')).active).toBe('polaris-1')
  expect(await journal.incidents({ open: true }, { limit: 10 })).toEqual([])
})

test('a store that is away for a moment costs no member its role: a term that ended renews for as long as its lease lasts', async () => {
  let lasts = true
  const { withActive, engine, isActive, clock, sent } = await house({ mayRenew: () => lasts })
  await withActive()
  await clock.advance(10_000)
  await engine.stop()
  await clock.advance(5_000)
  expect(isActive('polaris-1')).toBe(true)
  lasts = false
  await clock.advance(5_000)
  expect(isActive('polaris-1')).toBe(false)
  lasts = true
  sent.length = 0
  await clock.advance(5_000)
  expect(sent).toEqual([])
})
