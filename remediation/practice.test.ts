import { afterEach, describe, expect, test } from 'vitest'
import type { CommandOptions } from '../core/api/ports.ts'
import type { ConfigInput } from '../core/catalog/schema.ts'
import { idMint } from '../core/ids.ts'
import { openMemoryJournal } from '../core/journal/open.ts'
import { silentLog } from '../core/log.ts'
import { openWindow } from '../core/maintenance/maintenance.ts'
import { statusBoard } from '../core/probes/board.ts'
import { seededRandom } from '../core/random.ts'
import { runbooks } from '../runbooks/registry.ts'
import { alert } from '../test/journals.ts'
import { openPair } from '../test/pair.ts'
import { virtualClock } from '../test/virtual-clock.ts'
import type { AnyAction } from './actions/define.ts'
import { actions } from './actions/registry.ts'
import { createCommands } from './commands.ts'
import { createEngine } from './engine.ts'
import { plannerOf, type Seen } from './fixture.ts'
import { openOverdue } from './overdue.ts'

const day = 86_400_000
const hour = 3_600_000
const practise = { by: 'aki', practice: true } satisfies CommandOptions

async function desk(seen: Record<string, Seen> = {}, config: Partial<ConfigInput> = {}) {
  const clock = virtualClock()
  const journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(1)) })
  await journal.adoptRole({ component: 'polaris', active: 'polaris-1', generation: 7 })
  const planner = plannerOf(runbooks, seen, config)
  const { catalog } = planner
  const commands = createCommands({ catalog, journal, planner, ownRunbooks: new Set(), wake: () => {} })
  const order = (runbook = 'failover-active-standby') => commands.runRunbook(runbook, 'polaris', practise)
  return { clock, journal, catalog, order, overdue: openOverdue({ catalog, journal, clock }) }
}

/** Hours around now, where the clock of these tests stands. */
const around = (now: number) => {
  const at = (ms: number) => new Date(ms).toISOString().slice(11, 16)
  return { from: at(now - hour), until: at(now + hour), reason: 'the shops are open' }
}

describe('a practice', () => {
  test('is a planned switch of a healthy active', async () => {
    const { order, journal } = await desk()
    expect(await order()).toMatchObject({
      kind: 'run',
      run: { mode: 'practice', by: 'aki', reason: 'practice of failover-active-standby' },
    })
    const [run] = await journal.runs({}, { limit: 1 })
    expect(run?.plan.map(({ name }) => name)).toEqual(expect.arrayContaining(['demote polaris-1', 'promote polaris-2']))
    expect(await journal.spent(), 'no budget of the automatic pays for it').toEqual([])
  })

  test('does not begin unless all members are well', async () => {
    const { order } = await desk({ 'polaris-2': { status: 'warn' } })
    expect(await order()).toMatchObject({ kind: 'refused', code: 'not-well', reason: expect.stringContaining('polaris-2 is warn') })
  })

  test('does not begin during an open incident', async () => {
    const { order, journal } = await desk()
    await journal.ingest([alert('polaris-1')])
    expect(await order()).toMatchObject({ kind: 'refused', code: 'open-incident' })
  })

  test('does not begin during maintenance, nor while automation is off', async () => {
    const { order, journal, clock } = await desk()
    await openWindow(journal, { component: null, until: clock.now() + hour, reason: 'racks' }, 'bo')
    expect(await order()).toMatchObject({ kind: 'refused', code: 'maintenance' })
    await journal.setSwitch('polaris', true, 'bo', 'migration')
    expect(await order()).toMatchObject({ kind: 'refused', code: 'switched-off' })
  })

  test('does not begin within hours that are blocked', async () => {
    const { clock } = await desk()
    const blocked = (hours: object) =>
      desk({}, { guards: { practice: { everyDays: 30, blocked: [{ ...around(clock.now()), ...hours }] } } })
    expect(await (await blocked({})).order()).toMatchObject({
      kind: 'refused',
      code: 'blocked',
      reason: expect.stringContaining('the shops are open'),
    })
    expect(await (await blocked({ zone: 'Asia/Tokyo' })).order()).toMatchObject({ kind: 'run' })
  })

  test('of something that is no switch is refused', async () => {
    expect(await (await desk()).order('restart-process')).toMatchObject({ kind: 'refused', code: 'not-practised' })
  })

  test('does not begin where nothing may be touched', async () => {
    expect(await (await desk({}, { dryRun: true })).order()).toMatchObject({ kind: 'refused', code: 'dry-run' })
  })
})

describe('carried out', () => {
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) await end()
  })

  async function house() {
    const pair = await openPair()
    const { clock, catalog, world } = pair
    const journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(1)) })
    const status = statusBoard({ catalog, clock, log: silentLog })
    const engine = createEngine({
      ...{ catalog, journal, world, status, clock, log: silentLog, holder: 'one', runbooks },
      actions: actions as readonly AnyAction[],
      onStoreFailure: (error) => {
        throw error
      },
    })
    ends.push(engine.stop)
    await pair.through(
      world.control(
        { member: 'polaris-1' },
        { action: 'promote', generation: 1, key: 'by hand', body: { leaseMs: 2_000 } },
        pair.context(1),
      ),
    )
    await engine.start()
    for (const [member, role] of [
      ['polaris-1', 'active'],
      ['polaris-2', 'standby'],
    ] as const)
      status.put(member, { status: 'pass', role, generation: 1, summary: 'pass', health: null })
    await clock.advance(1_000)
    const commands = createCommands({ catalog, journal, planner: engine.planner, ownRunbooks: new Set(), wake: engine.consider })
    return { ...pair, journal, order: () => commands.runRunbook('failover-active-standby', 'polaris', practise) }
  }

  test('it counts as a success, and nobody is called', async () => {
    const { order, clock, journal, isActive } = await house()
    expect(await order()).toMatchObject({ kind: 'run' })
    await clock.advance(30_000)
    expect(isActive('polaris-2')).toBe(true)
    expect(await journal.successes()).toEqual([expect.objectContaining({ component: 'polaris', runbook: 'failover-active-standby' })])
    expect(await journal.due(10)).toEqual([])
  })

  test('one that fails calls somebody at once', async () => {
    const { order, clock, journal, cutOff } = await house()
    cutOff('polaris-2')
    await order()
    await clock.advance(120_000)
    const [run] = (await journal.runs({}, { limit: 10 })).filter(({ mode }) => mode === 'practice')
    expect(run?.status).not.toBe('done')
    expect(await journal.due(10)).toContainEqual(
      expect.objectContaining({
        dedupe: `practice/${run?.id}`,
        payload: expect.objectContaining({
          urgency: 'high',
          component: 'polaris',
          reason: expect.stringContaining('Practice of failover'),
        }),
      }),
    )
  })
})

describe('who forgets to practise is reminded', () => {
  const config = { guards: { practice: { everyDays: 10, runbooks: ['failover-active-standby'] } } }
  async function reminded(advanceDays: readonly number[], succeeds = true) {
    const { clock, journal, order, overdue } = await desk({}, config)
    if (succeeds) {
      const answer = await order()
      if (answer.kind !== 'run') throw new Error(JSON.stringify(answer))
      const claim = await journal.claim(answer.run.id, 'one', hour)
      await journal.finish(claim?.held as never, answer.run.id, { status: 'done', reason: 'done', verified: [] })
    }
    const counts: number[] = []
    for (const days of advanceDays) {
      await clock.advance(days * day)
      await overdue.sweep()
      counts.push((await journal.due(100)).length)
    }
    return { counts, pages: (await journal.due(100)).map(({ payload }) => payload) }
  }

  test('when four fifths of the time have passed, once per period, by a page that can wait', async () => {
    const { counts, pages } = await reminded([7.9, 0.1, 1, 1, 7.9, 0.1, 10])
    expect(counts).toEqual([0, 1, 1, 1, 1, 2, 3])
    expect(pages[0]).toMatchObject({
      urgency: 'low',
      component: 'polaris',
      reason: expect.stringContaining('jidoka runbook practice failover-active-standby polaris'),
    })
  })

  test('also where it never succeeded', async () => {
    const { counts, pages } = await reminded([0, 1, 10], false)
    expect(counts[0]).toBe(1)
    expect(counts[2]).toBe(2)
    expect(pages[0]).toMatchObject({ evidence: 'failover-active-standby has never succeeded here' })
  })

  test('and nobody where nothing is asked for', async () => {
    const { journal, clock, overdue } = await desk()
    await clock.advance(1_000 * day)
    await overdue.sweep()
    expect(await journal.due(10)).toEqual([])
  })
})
