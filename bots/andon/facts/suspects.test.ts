import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexCatalog } from '../../../core/catalog/catalog.ts'
import { configSchema } from '../../../core/catalog/schema.ts'
import { type Change, changeKinds } from '../../../core/changes/change.ts'
import type { Run } from '../../../core/runs/run.ts'
import { suspectInput } from '../facts-input.ts'
import { type SuspectsInput, suspectsOf } from './suspects.ts'

const pulledAt = Date.UTC(2026, 10, 20, 1)
const minute = 60_000
const hour = 60 * minute
const config = {
  components: [
    { id: 'polaris', dependsOn: ['dipper'], members: [{ id: 'polaris-1' }] },
    { id: 'dipper', members: [{ id: 'dipper-1' }] },
    { id: 'leo', dependsOn: ['polaris'], members: [{ id: 'leo-1' }] },
    { id: 'lyra', members: [{ id: 'lyra-1' }] },
  ],
}
const catalog = indexCatalog(configSchema.parse(config))

const change = (id: string, more: Partial<Change> = {}): Change => ({
  id,
  title: `Change ${id}`,
  component: 'polaris',
  kind: 'deployment',
  version: null,
  by: 'ci',
  at: pulledAt - 4 * minute,
  until: null,
  url: null,
  notedAt: pulledAt - 4 * minute,
  ...more,
})
const run = (id: string, more: Partial<Run> = {}): Run => ({
  id,
  mode: 'automatic',
  waitsUntil: null,
  approvedBy: null,
  runbook: 'restart-process',
  component: 'polaris',
  incident: null,
  failure: null,
  members: [],
  plan: [],
  reason: 'by hand',
  by: 'aki',
  status: 'done',
  generation: 1,
  createdAt: pulledAt - 5 * minute,
  startedAt: pulledAt - 5 * minute,
  endedAt: pulledAt - 4 * minute,
  ...more,
})
const suspects = (more: Partial<SuspectsInput>) =>
  suspectsOf({
    catalog,
    component: 'polaris',
    incident: null,
    pulledAt,
    withinMs: 24 * hour,
    changes: [],
    runs: [],
    switches: [],
    ...more,
  })
const why = (more: Partial<SuspectsInput>) => suspects(more)[0]?.why

describe('suspects', () => {
  test('are told in words, with the change that they are', () => {
    const [one] = suspects({ changes: [change('chg_1', { version: '1.4.2', url: 'https://ci.example/812' })] })
    expect(one).toEqual({
      change: 'chg_1',
      title: 'Change chg_1 (1.4.2)',
      component: 'polaris',
      at: pulledAt - 4 * minute,
      by: 'ci',
      url: 'https://ci.example/812',
      weight: expect.any(Number),
      why: 'deployed 4 min before the pull, on polaris itself',
    })
    expect(why({ changes: [change('a', { component: 'dipper', kind: 'config', at: pulledAt - 30_000 })] })).toBe(
      'configuration changed 30 s before the pull, on dipper, which polaris needs',
    )
    expect(why({ changes: [change('a', { component: 'leo', until: pulledAt + hour })] })).toBe(
      'roll-out in progress, since 4 min before the pull, on leo, which needs polaris',
    )
    expect(why({ changes: [change('a', { component: null, kind: 'planned', until: pulledAt - 3 * minute })], locale: 'ja' })).toBe(
      'アンドンの3分前に計画作業の終了、全体',
    )
    expect(why({ changes: [change('a', { component: 'lyra' })], component: null })).toBe('deployed 4 min before the pull, on lyra')
  })

  test('the same component stands before what it needs, that before what needs it, that before the whole fleet, that before strangers', () => {
    const places = ['lyra', null, 'leo', 'dipper', 'polaris']
    const found = suspects({ changes: places.map((component) => change(String(component), { component })) })
    expect(found.map(({ change: id }) => id)).toEqual(['polaris', 'dipper', 'leo', 'null', 'lyra'])
  })

  test('planned work counts as near as long as its window runs, however long ago it began; what lies ahead does not count', () => {
    const window = { kind: 'planned' as const, at: pulledAt - 90 * hour }
    const [running, over, ahead] = [pulledAt, pulledAt - 5 * hour, pulledAt + 9 * hour].map((until) =>
      change(`${until}`, { ...window, until }),
    )
    const later = change('later', { kind: 'planned', at: pulledAt + hour, until: pulledAt + 2 * hour })
    const found = suspects({ changes: [running, over, ahead, later] as Change[] })
    expect(
      found
        .map(({ change: id }) => id)
        .slice(0, 2)
        .sort(),
    ).toEqual([running?.id, ahead?.id].sort())
    expect(found.map(({ change: id }) => id)).not.toContain('later')
    expect(found.at(-1)?.change).toBe(over?.id)
  })

  test('maintenance of the configuration is planned work, too', () => {
    const maintenance = [{ component: 'dipper', from: '2026-11-20T00:00:00Z', until: '2026-11-20T02:00:00Z', reason: 'Fibre works' }]
    const known = indexCatalog(configSchema.parse({ ...config, maintenance }))
    expect(suspects({ catalog: known })[0]).toMatchObject({
      title: 'Fibre works',
      why: 'maintenance under way, since 60 min before the pull, on dipper, which polaris needs',
    })
  })

  test('runs and switches just before count, worse when they failed; runs of the matter itself are an answer to it', () => {
    const runs = [
      run('run_done'),
      run('run_failed', { status: 'failed' }),
      run('run_page', { runbook: 'page' }),
      run('run_own', { incident: 'inc_1' }),
      run('run_old', { createdAt: pulledAt - 3 * hour, startedAt: pulledAt - 3 * hour, endedAt: pulledAt - 2 * hour }),
      run('run_over', {
        runbook: 'failover-active-standby',
        plan: [{ name: 'promote', action: 'promote', kind: 'idempotent', args: {}, timeoutMs: 1, attempts: 1, setsActive: 'polaris-1' }],
      }),
    ]
    const switches = [{ scope: 'global', off: true, by: 'aki', reason: 'Migration', at: pulledAt - 10 * minute, until: null }]
    const found = suspects({ runs, switches, incident: 'inc_1' })
    expect(found.map(({ change: id }) => id)).toEqual(['run_failed', 'run_over', 'run_done', `switch/global/${pulledAt - 10 * minute}`])
    expect(found.map(({ why: words }) => words)).toEqual([
      'runbook failed 4 min before the pull, on polaris itself',
      'active member changed 4 min before the pull, on polaris itself',
      'runbook ran 4 min before the pull, on polaris itself',
      'automation switched off 10 min before the pull, everywhere',
    ])
  })

  const changes = fc.array(
    fc.record({
      component: fc.constantFrom('polaris', 'dipper', 'leo', 'lyra', null),
      kind: fc.constantFrom(...changeKinds),
      ago: fc.integer({ min: -48 * hour, max: 48 * hour }),
      lasted: fc.option(fc.integer({ min: 0, max: 48 * hour })),
    }),
    { maxLength: 40 },
  )

  test('are at most 10, the likeliest first, none of them later than the pull or older than wanted', () => {
    fc.assert(
      fc.property(changes, fc.constantFrom('polaris', 'unheard-of', null), (made, component) => {
        const all = made.map(({ component: of, kind, ago, lasted }, n) =>
          change(`chg_${n}`, { component: of, kind, at: pulledAt - ago, until: lasted === null ? null : pulledAt - ago + lasted }),
        )
        const found = suspects({ component, changes: all })
        expect(found.length).toBeLessThanOrEqual(10)
        expect(found.map(({ weight }) => weight)).toEqual(found.map(({ weight }) => weight).sort((a, b) => b - a))
        for (const one of found) {
          expect(suspectInput.parse(one)).toEqual(one)
          const { at, until } = all.find(({ id }) => id === one.change) as Change
          expect(at).toBeLessThanOrEqual(pulledAt + minute)
          expect(until ?? at).toBeGreaterThanOrEqual(pulledAt - 24 * hour)
        }
        // The same, whatever order they come in.
        expect(suspects({ component, changes: all.toReversed() })).toEqual(found)
      }),
    )
  })

  test('nearer in time never weighs less', () => {
    const ago = fc.integer({ min: 0, max: 24 * hour })
    fc.assert(
      fc.property(ago, ago, fc.constantFrom('polaris', 'dipper', 'leo', null), (a, b, component) => {
        const weigh = (ms: number) => suspects({ changes: [change('a', { component, at: pulledAt - ms })] })[0]?.weight ?? 0
        expect(weigh(Math.min(a, b))).toBeGreaterThanOrEqual(weigh(Math.max(a, b)))
      }),
    )
  })
})
