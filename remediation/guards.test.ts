import { describe, expect, test } from 'vitest'
import { configSchema } from '../core/catalog/schema.ts'
import type { Situation } from '../core/journal/journal.ts'
import { runbooks } from '../runbooks/registry.ts'
import type { Anomaly } from './classify.ts'
import { alertOf, noon, plannerOf, runOf, type Seen, situationOf } from './fixture.ts'
import { guard } from './guards.ts'
import { plan } from './plan.ts'
import { portionOf } from './portion.ts'

const day = 86_400_000
const hour = 3_600_000

interface Given {
  seen?: Record<string, Seen>
  dipper?: object
  guards?: object
  proven?: boolean
  ended?: string[]
  touched?: string[]
  more?: Partial<Situation>
}

/** The verdict about a restart of members of the pool `dipper`. */
function verdictOn(members: string[], { seen = {}, dipper = {}, guards, proven = false, ended = [], touched, more = {} }: Given = {}) {
  const { components } = configSchema.parse({
    agents: [{ id: 'host', url: 'http://127.0.0.1:7201' }],
    components: [{ id: 'dipper', members: ['dipper-1', 'dipper-2', 'dipper-3'].map((id) => ({ id, agent: 'host' })), ...dipper }],
  })
  const planner = plannerOf(runbooks, seen, { components, ...(guards ? { guards } : {}) })
  const anomaly: Anomaly = { failure: 'hung', members, proven, ended, wrongRole: false, evidence: '' }
  const runbook = planner.runbooks.get('restart-process') as (typeof runbooks)[number]
  return guard({
    catalog: planner.catalog,
    component: planner.catalog.component('dipper'),
    anomaly,
    runbook,
    situation: situationOf('dipper', [], more),
    observed: planner.observed,
    ...(touched ? { touched } : {}),
  })
}

test('a component that is only to be watched is not touched, and the others are', () => {
  expect(verdictOn(['dipper-1'], { dipper: { dryRun: true } })).toMatchObject({
    code: 'dry-run',
    final: true,
    reason: expect.stringContaining('would have been started'),
  })
  expect(verdictOn(['dipper-1'])).toBeNull()
})

test('a small fleet is too small to suspect ourselves by its share', () => {
  const planner = plannerOf(runbooks, {}, { guards: { minFleet: 6 } })
  const silent = situationOf('polaris', [alertOf('polaris', 'polaris-1', 'timeout')], { suspected: 5 })
  expect(plan(silent, planner)).toMatchObject({ do: 'run', refusals: [] })
})

test('in a window that people opened nothing is touched, also where no incident asks for it', () => {
  const maintenance = { id: 'mnt_1', component: 'dipper', from: noon - 1, until: noon + 1, reason: 'new disks', by: 'aki' }
  expect(verdictOn(['dipper-1'], { more: { maintenance } })).toMatchObject({ code: 'maintenance', final: true })
  expect(verdictOn(['dipper-1'], { more: { maintenance: { ...maintenance, until: noon } } })).toBeNull()
})

test('a pause says until when', () => {
  const switchedOff = { scope: 'dipper', off: true, by: 'aki', reason: 'migration', at: noon, until: noon + hour }
  expect(verdictOn(['dipper-1'], { more: { switchedOff } })).toMatchObject({
    code: 'switched-off',
    reason: 'automation is off for dipper until 2026-01-01 13:00 UTC: migration (aki)',
  })
})

describe('a pool is mended in portions', () => {
  const pool = (count: number, maxTouchedShare = 0.5) =>
    configSchema.parse({ components: [{ id: 'dipper', members: ids(count).map((id) => ({ id })), guards: { maxTouchedShare } }] })
      .components[0] as NonNullable<ReturnType<typeof configSchema.parse>['components'][number]>
  const ids = (count: number) => Array.from({ length: count }, (_, at) => `dipper-${at + 1}`)
  const portion = (count: number, members: string[], ended: string[] = [], share?: number) =>
    portionOf(pool(count, share), { members, proven: false, ended }, { id: 'restart-process' })

  test('of as many as may be away at once', () => {
    expect(portion(6, ids(6)).members).toEqual(ids(3))
    expect(portion(6, ids(2)).later).toEqual([])
    expect(portion(3, ids(3)).members, 'one may always be touched').toEqual(['dipper-1'])
    expect(portion(1, ids(1)).members).toEqual(['dipper-1'])
    expect(portion(10, ids(10), [], 0.2).members).toEqual(ids(2))
  })

  test('who is down already counts, and needs no room itself', () => {
    expect(portion(6, ['dipper-1', 'dipper-2', 'dipper-3'], ['dipper-1', 'dipper-2'])).toMatchObject({
      members: ['dipper-1', 'dipper-2', 'dipper-3'],
      later: [],
    })
    expect(portion(6, ids(6), ids(3))).toMatchObject({ members: ids(3), later: ['dipper-4', 'dipper-5', 'dipper-6'] })
    expect(portion(6, ['dipper-6'], ids(3))).toMatchObject({ members: [], later: ['dipper-6'] })
  })

  test.each([2, 3, 4, 7, 12, 40])('whatever a probe says of %i members, never more than the share is away', (count) => {
    for (let failing = 0; failing <= count; failing++)
      for (let ended = 0; ended <= count; ended++) {
        const limit = Math.max(1, Math.floor(count / 2))
        const gone = ids(count).slice(0, ended)
        const { members } = portion(count, ids(count).slice(count - failing), gone)
        const away = new Set([...gone, ...members])
        expect(away.size).toBeLessThanOrEqual(Math.max(limit, ended))
      }
  })

  test('the last one that answers is not taken away, and a person hears why', () => {
    expect(verdictOn(['dipper-3'], { ended: ['dipper-1', 'dipper-2'] })).toMatchObject({
      code: 'disruption',
      final: false,
      reason: expect.stringContaining('2 of 3 members of dipper are down already (limit 1)'),
    })
    expect(verdictOn(['dipper-1', 'dipper-2'], { proven: true, ended: ['dipper-1', 'dipper-2'] }), 'they have ended already').toBeNull()
  })

  const portionOfThree = { component: 'dipper', incident: 'inc_1', status: 'done' as const, members: ['dipper-1'] }
  test('an earlier portion neither cools down nor counts as an attempt', () => {
    const history = [runOf(portionOfThree), runOf({ ...portionOfThree, members: ['dipper-2'] })]
    const dipper = { guards: { cooldownMs: 600_000, attempts: 1 } }
    expect(verdictOn(['dipper-3'], { dipper, more: { history, ...situationWith(history) } })).toBeNull()
    const same = situationWith([runOf({ ...portionOfThree, members: ['dipper-3'] })])
    expect(verdictOn(['dipper-3'], { dipper, more: same })).toMatchObject({ code: 'cooldown' })
    const earlier = situationWith([runOf({ ...portionOfThree, incident: 'inc_0' })])
    expect(verdictOn(['dipper-3'], { dipper, more: earlier })).toMatchObject({ code: 'cooldown' })
  })
})

const situationWith = (history: ReturnType<typeof runOf>[]) => {
  const { recent, succeeded } = situationOf('dipper', [], { history })
  return { recent, succeeded }
}

describe('what a hundred later runs push out of the history is still counted', () => {
  test('what a person ordered or practised begins no cool-down; the recovery before it counts on', () => {
    const dipper = { guards: { cooldownMs: 600_000 } }
    const ended = (agoMs: number, mode: 'ordered' | 'practice' | 'automatic') =>
      runOf({ component: 'dipper', members: ['dipper-1'], status: 'done', mode, createdAt: noon - agoMs, endedAt: noon - agoMs })
    const succeeded = new Map([['restart-process', noon - 60_000]])
    for (const mode of ['ordered', 'practice'] as const) {
      expect(verdictOn(['dipper-1'], { dipper, more: { recent: [ended(60_000, mode)], succeeded } })).toBeNull()
      const both = [ended(60_000, mode), ended(120_000, 'automatic')]
      expect(verdictOn(['dipper-1'], { dipper, more: { recent: both, succeeded } })).toMatchObject({ code: 'cooldown' })
    }
  })

  test('the cool-down', () => {
    const succeeded = new Map([['restart-process', noon - 60_000]])
    expect(verdictOn(['dipper-1'], { dipper: { guards: { cooldownMs: 600_000 } }, more: { history: [], succeeded } })).toMatchObject({
      code: 'cooldown',
      reason: 'restart-process recovered dipper 60 s ago; it may run again after 10 min',
    })
  })
  test('the attempts', () => {
    const recent = Array.from({ length: 5 }, () => runOf({ component: 'dipper', incident: 'inc_0', createdAt: noon - 60_000 }))
    expect(verdictOn(['dipper-1'], { more: { history: [], recent } })).toMatchObject({ code: 'attempt-budget' })
    expect(verdictOn(['dipper-1'], { more: { history: [], recent: recent.slice(1) } })).toBeNull()
  })
})

describe('budgets', () => {
  const spent = (scope: string, hourly: number, daily = hourly) => ({
    scope,
    hour: hourly,
    day: daily,
    hourFrom: hourly > 0 ? noon - 1_800_000 : null,
    dayFrom: noon - 20 * hour,
  })
  const guards = {
    budgets: {
      member: { perHour: 2, perDay: 10 },
      component: { perHour: 4, perDay: 20 },
      runbook: { perHour: 6, perDay: 30 },
      fleet: { perHour: 8, perDay: 40 },
    },
  }
  test.each([
    ['fleet', 8, 40, 'the whole fleet'],
    ['runbook:restart-process', 6, 30, 'restart-process'],
    ['component:dipper', 4, 20, 'dipper'],
    ['member:dipper-1', 2, 10, 'dipper-1'],
  ])('%s: all must have room, by the hour and by the day', (scope, perHour, perDay, name) => {
    const verdict = (one: ReturnType<typeof spent>) => verdictOn(['dipper-1'], { guards, more: { spent: [one] } })
    expect(verdict(spent(scope, perHour - 1))).toBeNull()
    expect(verdict(spent(scope, perHour))).toEqual({
      code: 'budget',
      final: false,
      reason: `the budget of ${name} is spent: ${perHour} automatic runs within an hour (limit ${perHour}), room again from 2026-01-01 12:30 UTC`,
    })
    expect(verdict(spent(scope, 1, perDay))).toMatchObject({
      reason: expect.stringContaining(`${perDay} automatic runs within a day (limit ${perDay}), room again from 2026-01-01 16:00 UTC`),
    })
  })

  test('those of others do not count', () => {
    const others = ['runbook:failover-active-standby', 'member:dipper-2'].map((scope) => spent(scope, 100))
    expect(verdictOn(['dipper-1'], { guards, more: { spent: others } })).toBeNull()
    const touched = { guards, more: { spent: others }, touched: ['dipper-1', 'dipper-2'] }
    expect(verdictOn(['dipper-1'], touched), 'whom the steps touch beside it').toMatchObject({ code: 'budget' })
  })

  test('a component may have its own', () => {
    const dipper = { guards: { budgets: { component: { perHour: 1, perDay: 5 }, member: { perHour: 50, perDay: 50 } } } }
    const verdict = (one: ReturnType<typeof spent>) => verdictOn(['dipper-1'], { guards, dipper, more: { spent: [one] } })
    expect(verdict(spent('component:dipper', 1))).toMatchObject({ code: 'budget' })
    expect(verdict(spent('member:dipper-1', 2))).toBeNull()
  })

  test('when they are spent a person is called, and is told of them', () => {
    const planner = plannerOf(runbooks, {}, { guards })
    const decision = plan(situationOf('polaris', [alertOf('polaris', 'polaris-1', 'exit')], { spent: [spent('fleet', 8)] }), planner)
    expect(decision).toMatchObject({ do: 'run', order: { runbook: 'page' }, refusals: [{ code: 'budget' }, { code: 'budget' }] })
  })
})

describe('practice', () => {
  const rule = { practice: { everyDays: 30, runbooks: ['restart-process'] } }
  const verdict = (at: number | null) =>
    verdictOn(['dipper-1'], { guards: rule, more: { succeeded: new Map(at === null ? [] : [['restart-process', at]]) } })
  test('what has not succeeded for too long needs an approval', () => {
    expect(verdict(noon - 30 * day + 1)).toBeNull()
    expect(verdict(noon - 30 * day)).toMatchObject({ code: 'practice', approval: true, final: false })
    expect(verdict(null)).toMatchObject({ code: 'practice', reason: expect.stringContaining('has never succeeded on dipper') })
  })
  test('where nothing is asked for, nothing is', () => {
    expect(verdictOn(['dipper-1'])).toBeNull()
  })
  test('nobody is asked for what another guard refuses', () => {
    expect(verdictOn(['dipper-1'], { guards: rule, dipper: { dryRun: true } })).toMatchObject({ code: 'dry-run' })
  })
})
