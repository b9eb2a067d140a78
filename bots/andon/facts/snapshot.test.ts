import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexCatalog } from '../../../core/catalog/catalog.ts'
import { configSchema } from '../../../core/catalog/schema.ts'
import type { Incident } from '../../../core/incidents/incident.ts'
import type { MemberStatus } from '../../../core/probes/probe.ts'
import type { Run } from '../../../core/runs/run.ts'
import { snapshotInput } from '../facts-input.ts'
import { relationsOf } from './relations.ts'
import { snapshotOf } from './snapshot.ts'

const now = Date.UTC(2026, 10, 20, 1)
/** leo needs polaris, polaris needs dipper, dipper needs vega; lyra stands alone. */
const catalog = indexCatalog(
  configSchema.parse({
    components: [
      { id: 'leo', dependsOn: ['polaris'], members: [{ id: 'leo-1' }] },
      {
        id: 'polaris',
        topology: 'active-standby',
        dependsOn: ['dipper', 'carrier-line'],
        members: [{ id: 'polaris-1' }, { id: 'polaris-2' }],
      },
      { id: 'dipper', dependsOn: ['vega'], members: [{ id: 'dipper-1' }, { id: 'dipper-2' }] },
      { id: 'vega', dependsOn: ['polaris'], members: [{ id: 'vega-1' }] },
      { id: 'lyra', members: Array.from({ length: 60 }, (_, n) => ({ id: `lyra-${n}` })) },
    ],
  }),
)

const statuses = (said: Record<string, Partial<MemberStatus>> = {}): MemberStatus[] =>
  catalog.components.flatMap((component) =>
    component.members.map(({ id }) => ({
      member: id,
      component: component.id,
      status: 'pass' as const,
      role: id === 'polaris-1' ? ('active' as const) : ('standby' as const),
      generation: 1,
      summary: 'fine',
      since: now,
      health: null,
      ...said[id],
    })),
  )
const incident = (component: string, more: Partial<Incident> = {}): Incident => ({
  id: `inc_${component}`,
  component,
  failure: 'hung',
  status: 'mending',
  reason: '',
  openedAt: now - 5_000,
  endedAt: null,
  ...more,
})
const run = (component: string, more: Partial<Run> = {}) =>
  ({ id: `run_${component}`, runbook: 'restart-process', component, status: 'running', createdAt: now, endedAt: null, ...more }) as Run

const shot = (component: string | null, said = {}, more = {}) =>
  snapshotOf({ catalog, status: statuses(said), incidents: [], runs: [], now, component, ...more })

describe('a snapshot', () => {
  test('of a component has all of its members, and how its neighbours are', () => {
    const taken = shot('polaris', { 'polaris-1': { status: 'fail', summary: 'no answer' }, 'dipper-2': { status: 'warn' } })
    expect(taken.members).toEqual([
      { id: 'polaris-1', component: 'polaris', status: 'fail', role: 'active', summary: 'no answer' },
      { id: 'polaris-2', component: 'polaris', status: 'pass', role: 'standby', summary: 'fine' },
      { id: 'dipper-2', component: 'dipper', status: 'warn', role: 'standby', summary: 'fine' },
    ])
    expect(taken.components).toEqual([
      { id: 'polaris', status: 'fail', well: 1, of: 2 },
      { id: 'dipper', status: 'warn', well: 1, of: 2 },
      { id: 'leo', status: 'pass', well: 1, of: 1 },
      { id: 'vega', status: 'pass', well: 1, of: 1 },
    ])
  })

  test('without a component has everything that is not well, the worst first', () => {
    const taken = shot(null, { 'lyra-7': { status: 'warn' }, 'vega-1': { status: 'fail' }, 'leo-1': { status: 'unknown' } })
    expect(taken.members.map(({ id }) => id)).toEqual(['vega-1', 'lyra-7', 'leo-1'])
    expect(taken.components.map(({ id }) => id)).toEqual(['vega', 'lyra', 'leo'])
    expect(shot(null).members).toEqual([])
  })

  test('has the incidents and runs that concern it, and no call for a person', () => {
    const more = {
      incidents: [incident('dipper'), incident('polaris'), incident('lyra'), incident('vega', { endedAt: now })],
      runs: [run('lyra'), run('polaris', { runbook: 'page' }), run('dipper', { status: 'done', endedAt: now }), run('vega')],
    }
    const taken = shot('polaris', {}, more)
    expect(taken.incidents.map(({ id }) => id)).toEqual(['inc_polaris', 'inc_dipper'])
    expect(taken.runs.map(({ id, status }) => [id, status])).toEqual([
      ['run_vega', 'running'],
      ['run_dipper', 'done'],
    ])
    expect(shot(null, {}, more).incidents).toHaveLength(3)
  })

  test('has another digest when something that counts differs, and only then', () => {
    const plain = shot('polaris').digest
    expect(shot('polaris', { 'polaris-1': { summary: 'p99 812 ms', since: 7, generation: 2 } }, { now: now + 1 }).digest).toBe(plain)
    expect(shot('polaris', { 'lyra-1': { status: 'fail' } }).digest).toBe(plain)
    for (const [said, more] of [
      [{ 'polaris-2': { status: 'warn' } }, {}],
      [{ 'polaris-2': { role: 'active' } }, {}],
      [{ 'leo-1': { status: 'fail' } }, {}],
      [{}, { incidents: [incident('polaris')] }],
      [{}, { runs: [run('polaris')] }],
    ])
      expect(shot('polaris', said, more).digest).not.toBe(plain)
    const ending = (status: Run['status']) => shot('polaris', {}, { runs: [run('polaris', { status })] }).digest
    expect(ending('done')).not.toBe(ending('failed'))
  })

  test('is never longer than 30 lines, and is what the command takes', () => {
    const word = fc.constantFrom<MemberStatus['status']>('pass', 'warn', 'fail', 'unknown')
    const ids = statuses().map(({ member }) => member)
    const fleet = fc.dictionary(fc.constantFrom(...ids), fc.record({ status: word, summary: fc.string({ maxLength: 500 }) }))
    const components = fc.constantFrom('polaris', 'lyra', 'unheard-of', null)
    const many = fc.array(fc.constantFrom('leo', 'polaris', 'dipper', 'lyra'), { maxLength: 40 })
    fc.assert(
      fc.property(fleet, components, many, (said, component, at) => {
        const incidents = at.map((of, n) => incident(of, { id: `inc_${n}` }))
        const taken = shot(component, said, { incidents, runs: at.map((of, n) => run(of, { id: `run_${n}` })) })
        const { members, components: states, incidents: open, runs } = taken
        expect(members.length + states.length + open.length + runs.length).toBeLessThanOrEqual(30)
        expect(snapshotInput.parse(taken)).toEqual(taken)
        const shown = new Set(members.map(({ id }) => id))
        const failing = ids.filter((id) => said[id]?.status === 'fail' && id.startsWith(component ?? ''))
        // What is well never takes the place of what is not.
        if (members.some(({ component: of, status }) => of === component && status === 'pass'))
          expect(failing.every((id) => shown.has(id))).toBe(true)
      }),
    )
  })
})

test('relations go both ways, nearest first, round no circle', () => {
  expect([...relationsOf(catalog, 'leo')]).toEqual([
    ['leo', { kind: 'same' }],
    ['polaris', { kind: 'dependency', steps: 1 }],
    ['dipper', { kind: 'dependency', steps: 2 }],
    ['carrier-line', { kind: 'dependency', steps: 2 }],
    ['vega', { kind: 'dependency', steps: 3 }],
  ])
  expect(relationsOf(catalog, 'vega').get('leo')).toEqual({ kind: 'dependent', steps: 3 })
  expect(relationsOf(catalog, 'unheard-of').size).toBe(0)
})
