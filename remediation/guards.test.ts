import { expect, test } from 'vitest'
import { configSchema } from '../core/catalog/schema.ts'
import { runbooks } from '../runbooks/registry.ts'
import type { Anomaly } from './classify.ts'
import { alertOf, plannerOf, type Seen, situationOf } from './fixture.ts'
import { guard } from './guards.ts'
import { plan } from './plan.ts'

/** The verdict about a restart of members of the pool `dipper`. */
function verdictOn(
  members: string[],
  { seen = {}, dipper = {}, proven = false }: { seen?: Record<string, Seen>; dipper?: object; proven?: boolean } = {},
) {
  const components = configSchema.parse({
    agents: [{ id: 'host', url: 'http://127.0.0.1:7201' }],
    components: [{ id: 'dipper', members: ['dipper-1', 'dipper-2', 'dipper-3'].map((id) => ({ id, agent: 'host' })), ...dipper }],
  }).components
  const planner = plannerOf(runbooks, seen, { components })
  const anomaly: Anomaly = { failure: 'hung', members, proven, wrongRole: false, evidence: '' }
  const runbook = planner.runbooks.get('restart-process') as (typeof runbooks)[number]
  return guard({
    catalog: planner.catalog,
    component: planner.catalog.component('dipper'),
    anomaly,
    runbook,
    situation: situationOf('dipper', []),
    observed: planner.observed,
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

test('one member may always be touched, more only as far as their share allows', () => {
  expect(verdictOn(['dipper-1', 'dipper-2'])).toMatchObject({ code: 'disruption', final: false })
  expect(verdictOn(['dipper-1', 'dipper-2'], { dipper: { guards: { maxTouchedShare: 0.7 } } })).toBeNull()
  expect(verdictOn(['dipper-1', 'dipper-2'], { proven: true }), 'they have ended already').toBeNull()
})

test('a small fleet is too small to suspect ourselves by its share', () => {
  const planner = plannerOf(runbooks, {}, { guards: { minFleet: 6 } })
  const silent = situationOf('polaris', [alertOf('polaris', 'polaris-1', 'timeout')], { suspected: 5 })
  expect(plan(silent, planner)).toMatchObject({ do: 'run', refusals: [] })
})
