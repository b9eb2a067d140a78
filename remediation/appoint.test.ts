import { describe, expect, test } from 'vitest'
import { runbooks } from '../runbooks/registry.ts'
import { appoint, reroute } from './appoint.ts'
import { noon, plannerOf, runOf, type Seen, situationOf } from './fixture.ts'

type Quiet = Parameters<typeof appoint>[1]

const nobody = { component: 'polaris', active: null, generation: 7 }
const bothStandby: Record<string, Seen> = { 'polaris-1': { role: 'standby' } }

function asked(ask: typeof appoint, more: Partial<Quiet>, seen: Record<string, Seen>, config = {}) {
  const planner = plannerOf(runbooks, seen, config)
  return ask(planner.catalog.component('polaris'), situationOf('polaris', [], more), planner)
}
const appointed = (more: Partial<Quiet> = {}, seen = bothStandby, config = {}) => asked(appoint, { role: nobody, ...more }, seen, config)
const stepsOf = (answer: ReturnType<typeof appoint>) => ('plan' in answer ? answer.plan.map((step) => step.name) : answer)
const inDoubt = (kind: 'check-then-act' | 'irreversible') =>
  runOf({
    runbook: 'failover-active-standby',
    status: 'unknown',
    plan: [{ name: 'x', action: 'x', kind, args: {}, timeoutMs: 1, attempts: 1 }],
  })

describe('nobody is active', () => {
  test('the first healthy standby gets the role at a new generation, and all others hear of it before', () => {
    const order = appointed()
    expect(stepsOf(order)).toEqual(['demote polaris-2', 'promote polaris-1', 'route polaris-1', 'verify polaris-1'])
    expect(order).toMatchObject({ runbook: 'appoint-active', takesGeneration: true, incident: null, by: 'engine' })
  })

  test('one that is broken is passed over', () => {
    expect(stepsOf(appointed({}, { 'polaris-1': { status: 'fail', role: 'standby' } }))).toContain('promote polaris-2')
  })

  test.each<[string, Partial<Quiet>, Record<string, Seen>, RegExp]>([
    ['while a run is under way', { liveRun: runOf({ status: 'running', endedAt: null }) }, bothStandby, /under way/],
    ['when the journal knows of one', { role: { ...nobody, active: 'polaris-1' } }, bothStandby, /polaris-1 is active/],
    [
      'before every member was seen: the one that was not may be active',
      {},
      { ...bothStandby, 'polaris-2': { status: 'unknown' } },
      /polaris-2 has not been seen yet/,
    ],
    ['when no member is well', {}, { 'polaris-1': { status: 'fail' }, 'polaris-2': { status: 'fail' } }, /no member is a healthy standby/],
  ])('nobody is appointed %s', (_, more, seen, refuse) => {
    expect(appointed(more, seen)).toEqual({ refuse: expect.stringMatching(refuse) })
  })

  test('a switch that ended in doubt is settled by the new generation, unless something cannot be taken back', () => {
    expect(stepsOf(appointed({ history: [inDoubt('check-then-act')] }))).toContain('promote polaris-1')
    expect(appointed({ history: [inDoubt('irreversible')] })).toEqual({ refuse: expect.stringContaining('a person decides'), tell: true })
  })

  test.each<[string, Partial<Quiet>, object]>([
    [
      'a person switched automation off',
      { switchedOff: { scope: 'global', off: true, by: 'aki', reason: 'migration', at: noon, until: null } },
      {},
    ],
    ['it is a dry run', {}, { dryRun: true }],
  ])('nobody is appointed when %s, and that is told', (_, more, config) => {
    expect(appointed(more, bothStandby, config)).toEqual({ refuse: expect.any(String), tell: true })
  })
})

describe('the users are not where the active member is', () => {
  const routed = (status: 'done' | 'failed') =>
    runOf({
      runbook: 'failover-active-standby',
      status,
      plan: [{ name: 'route', action: 'route', kind: 'idempotent', args: {}, timeoutMs: 1, attempts: 1 }],
    })
  const rerouted = (more: Partial<Quiet>, config = {}) => asked(reroute, more, {}, config)

  test('they are sent there when the last run did not come so far', () => {
    const order = rerouted({ history: [routed('failed')] })
    expect(stepsOf(order)).toEqual(['route polaris-1', 'verify polaris-1'])
    expect(order).toMatchObject({ takesGeneration: false, members: ['polaris-1'] })
  })

  test('and not when it did, when nobody is active, or while a run is under way', () => {
    expect(rerouted({ history: [routed('done'), routed('failed')] })).toHaveProperty('refuse')
    expect(rerouted({ history: [routed('failed')], role: nobody })).toHaveProperty('refuse')
    expect(rerouted({ history: [routed('failed')], liveRun: runOf({ status: 'running' }) })).toHaveProperty('refuse')
  })

  test('nor in a dry run, which is told', () => {
    expect(rerouted({ history: [routed('failed')] }, { dryRun: true })).toMatchObject({ tell: true })
  })
})
