import { describe, expect, test } from 'vitest'
import type { Decision, Situation } from '../core/journal/journal.ts'
import { alertOf, noon, plannerOf, runOf, type Seen, situationOf } from '../remediation/fixture.ts'
import { plan } from '../remediation/plan.ts'
import { runbooks } from './registry.ts'

const exit1 = [alertOf('polaris', 'polaris-1', 'exit')]
const decide = (situation: Situation, seen: Record<string, Seen> = {}, config = {}) => plan(situation, plannerOf(runbooks, seen, config))
const stepsOf = (decision: Decision) => (decision.do === 'run' ? decision.order.plan.map((step) => step.name) : [])
const orderOf = (decision: Decision) => {
  if (decision.do !== 'run') throw new Error(`it waits: ${decision.reason}`)
  return decision.order
}
const pagePayload = (decision: Decision) =>
  orderOf(decision).plan[0]?.args.payload as { reason: string; urgency: string; tried: unknown[]; refused: { code: string }[] }
const restartFailed = runOf({ runbook: 'restart-process', status: 'failed' })

describe('the ladder', () => {
  test('first the process of the active member is restarted, and gets its role back', () => {
    const decision = decide(situationOf('polaris', exit1))
    expect(orderOf(decision)).toMatchObject({ runbook: 'restart-process', takesGeneration: true, failure: 'process-exited' })
    expect(stepsOf(decision)).toEqual([
      'restart polaris-1',
      'wait for polaris-1',
      'promote polaris-1',
      'route polaris-1',
      'verify polaris-1',
    ])
  })

  test('a restart that failed is followed by the switch: fence, promote, route, verify', () => {
    const decision = decide(situationOf('polaris', exit1, { history: [restartFailed] }))
    expect(stepsOf(decision)).toEqual(['fence polaris-1', 'promote polaris-2', 'route polaris-2', 'verify polaris-2'])
    expect(orderOf(decision).plan.map((step) => step.setsActive)).toEqual([null, 'polaris-2', undefined, undefined])
    expect(decision).toMatchObject({ refusals: [{ runbook: 'restart-process', code: 'tried' }] })
  })

  test('when the switch fails too, a person is called with everything that was tried', () => {
    const history = [runOf({ id: 'run_1', runbook: 'failover-active-standby', reason: '"promote polaris-2" failed' }), restartFailed]
    const decision = decide(situationOf('polaris', exit1, { history }))
    expect(orderOf(decision).runbook).toBe('page')
    expect(pagePayload(decision)).toMatchObject({
      urgency: 'high',
      tried: [{ runbook: 'restart-process' }, { runbook: 'failover-active-standby' }],
    })
    expect(pagePayload(decision).reason).toContain('"promote polaris-2" failed')
  })

  test('a person is called once for the same thing', () => {
    const history = [runOf({ runbook: 'page', status: 'done' }), runOf({ runbook: 'failover-active-standby' }), restartFailed]
    expect(decide(situationOf('polaris', exit1, { history }))).toMatchObject({
      do: 'wait',
      reason: 'a person has been called: polaris-1: exit',
    })
  })

  test('a standby comes back as standby, and never causes a switch', () => {
    const decision = decide(situationOf('polaris', [alertOf('polaris', 'polaris-2', 'exit')]))
    expect(stepsOf(decision)).toEqual(['restart polaris-2', 'verify polaris-2'])
    expect(orderOf(decision)).toMatchObject({ runbook: 'return-standby', takesGeneration: false })
  })

  test('an active member that is well and lost its role gets it back without a restart; the others hear of it first', () => {
    const alerts = [alertOf('polaris', 'polaris-1', 'wrong-role')]
    const decision = decide(situationOf('polaris', alerts), { 'polaris-1': { role: 'standby' } })
    expect(stepsOf(decision)).toEqual(['demote polaris-2', 'promote polaris-1', 'route polaris-1', 'verify polaris-1'])
  })

  test('a hung process is killed at once: TERM does nothing to it', () => {
    const decision = decide(situationOf('polaris', [alertOf('polaris', 'polaris-1', 'timeout')]))
    expect(orderOf(decision).plan[0]?.args).toEqual({ member: 'polaris-1', graceMs: 0 })
  })

  test.each(['warn', 'overloaded', 'flapping', 'external', 'two-actives'] as const)(
    '%s is nothing that a machine should touch',
    (signal) => {
      const decision = decide(situationOf('dipper', [alertOf('dipper', signal === 'two-actives' ? null : 'dipper-1', signal)]))
      expect(orderOf(decision).runbook).toBe('page')
    },
  )

  test('what a person was called for does not hide what can be mended', () => {
    const history = [
      runOf({ runbook: 'page', status: 'done', component: 'dipper', members: ['dipper-1'] }),
      runOf({ component: 'dipper', members: ['dipper-1'] }),
    ]
    const alerts = [alertOf('dipper', 'dipper-1', 'exit'), alertOf('dipper', 'dipper-3', 'timeout')]
    const roomy = {
      components: [
        {
          id: 'dipper',
          members: ['dipper-1', 'dipper-2', 'dipper-3'].map((id) => ({ id, agent: 'host' })),
          guards: { maxTouchedShare: 0.7 },
        },
      ],
    }
    expect(orderOf(decide(situationOf('dipper', alerts, { history }), {}, roomy))).toMatchObject({
      runbook: 'restart-process',
      members: ['dipper-3'],
      failure: 'hung',
    })
  })

  test('an alert of a component that nobody configured calls a person', () => {
    expect(orderOf(decide(situationOf('unheard-of', [alertOf('unheard-of', null, 'external')]))).runbook).toBe('page')
  })

  test('another alert of what nobody configured is told as well, the same one is not told again', () => {
    const paged = runOf({ runbook: 'page', status: 'done', component: 'unheard-of', members: ['unheard-of/null/external'] })
    const [first, second] = [alertOf('unheard-of', null, 'external'), alertOf('unheard-of', null, 'human', { summary: 'it smells' })]
    expect(decide(situationOf('unheard-of', [first], { history: [paged] }))).toMatchObject({ do: 'wait' })
    expect(orderOf(decide(situationOf('unheard-of', [first, second], { history: [paged] })))).toMatchObject({
      runbook: 'page',
      members: ['unheard-of/null/human'],
    })
  })

  test('while a run is under way nothing else is started', () => {
    const liveRun = runOf({ status: 'running', endedAt: null })
    expect(decide(situationOf('polaris', exit1, { liveRun }))).toMatchObject({ do: 'wait' })
  })

  test('after a step that ended in doubt only a person decides', () => {
    const history = [runOf({ runbook: 'restart-process', status: 'unknown', reason: 'promote may or may not have been done' })]
    const decision = decide(situationOf('polaris', exit1, { history }))
    expect(orderOf(decision).runbook).toBe('page')
    expect(pagePayload(decision).reason).toContain('in doubt')
  })
})

describe('when nothing fires any more', () => {
  const calm = (history: Situation['history']) => situationOf('polaris', [], { history })

  test('the incident is closed', () => {
    expect(decide(calm([restartFailed]))).toMatchObject({ do: 'close' })
  })

  test('but a step in doubt calls a person first, once', () => {
    const doubt = runOf({ runbook: 'failover-active-standby', status: 'unknown', reason: 'promote may or may not have been done' })
    const decision = decide(calm([doubt]))
    expect(orderOf(decision).runbook).toBe('page')
    expect(pagePayload(decision).reason).toContain('in doubt')
    expect(decide(calm([runOf({ runbook: 'page', status: 'done' }), doubt]))).toMatchObject({ do: 'close' })
  })
})

describe('what must be true before a switch', () => {
  const refusedBy = (decision: Decision, code: string) => {
    expect(orderOf(decision).runbook).toBe('page')
    expect(pagePayload(decision).refused.map((one) => one.code)).toContain(code)
  }
  const afterRestart = (more: Partial<Situation> = {}) => situationOf('polaris', exit1, { history: [restartFailed], ...more })

  test('no switch to a standby that is not well', () =>
    refusedBy(decide(afterRestart(), { 'polaris-2': { status: 'fail' } }), 'standby-healthy'))
  test('no switch to a member that is fenced', () =>
    refusedBy(decide(afterRestart(), { 'polaris-2': { role: 'fenced' } }), 'standby-healthy'))
  test('no switch to a standby that lags', () =>
    refusedBy(decide(afterRestart(), { 'polaris-2': { lag: { observedValue: 900, status: 'fail' } } }), 'standby-caught-up'))
  test('no switch while nobody is known to be active: an older promotion may still be under way', () =>
    refusedBy(decide(afterRestart({ role: { component: 'polaris', active: null, generation: 7 } })), 'active-known'))
})

describe('guards', () => {
  const off = { scope: 'global', off: true, by: 'aki', reason: 'migration', at: noon, until: null }
  const window = { from: new Date(noon - 60_000).toISOString(), until: new Date(noon + 60_000).toISOString(), reason: 'new racks' }
  const codes = (decision: Decision) => (decision.do === 'run' ? decision.refusals.map((one) => one.code) : [])

  test.each<[string, Partial<Situation>, object]>([
    ['switched-off', { switchedOff: off }, {}],
    ['dry-run', {}, { dryRun: true }],
  ])('%s: nothing is touched, no other rung is tried, a person hears why', (code, more, config) => {
    const decision = decide(situationOf('polaris', exit1, more), {}, config)
    expect(codes(decision)).toEqual([code])
    expect(orderOf(decision).runbook).toBe('page')
    expect(pagePayload(decision).refused).toEqual([expect.objectContaining({ code })])
  })

  const people = { id: 'mnt_1', component: 'polaris', from: noon - 60_000, until: noon + 60_000, reason: 'new racks', by: 'aki' }
  test.each<[string, Partial<Situation>, object]>([
    ['of the configuration, for everything', {}, { maintenance: [window] }],
    ['of the configuration', {}, { maintenance: [{ ...window, component: 'polaris' }] }],
    ['opened by people', { maintenance: people }, {}],
  ])('maintenance %s: nothing is touched, and nobody is called; at its end it is looked at anew', (_, more, config) => {
    expect(decide(situationOf('polaris', exit1, more), {}, config)).toMatchObject({
      do: 'wait',
      failure: 'process-exited',
      reason: expect.stringContaining('in maintenance until 2026-01-01 12:01 UTC: new racks'),
      askAgainAt: noon + 60_000,
    })
    expect(orderOf(decide(situationOf('polaris', exit1, { ...more, now: noon + 60_000 }), {}, config)).runbook).toBe('restart-process')
  })

  test('during maintenance of everything nobody is called for what nobody configured either', () => {
    const alerts = [alertOf('unheard-of', null, 'external')]
    expect(decide(situationOf('unheard-of', alerts), {}, { maintenance: [window] })).toMatchObject({
      do: 'wait',
      askAgainAt: noon + 60_000,
    })
    expect(orderOf(decide(situationOf('unheard-of', alerts, { maintenance: { ...people, until: noon } }))).runbook).toBe('page')
  })

  test('a maintenance window of somebody else, or one that is over, does not count', () => {
    const past = { from: new Date(noon - 60_000).toISOString(), until: new Date(noon).toISOString(), reason: 'over' }
    expect(codes(decide(situationOf('polaris', exit1), {}, { maintenance: [{ ...window, component: 'dipper' }, past] }))).toEqual([])
  })

  const unanswered = [alertOf('polaris', 'polaris-1', 'timeout')]
  test('more than half of the fleet silent at once: suspect ourselves, touch nothing', () => {
    expect(codes(decide(situationOf('polaris', unanswered, { suspected: 3 })))).toEqual(['blast-radius'])
    expect(codes(decide(situationOf('polaris', unanswered, { suspected: 2 })))).toEqual([])
  })
  test('what a supervisor proved is not in doubt, however much of the fleet is silent', () => {
    expect(codes(decide(situationOf('polaris', exit1, { suspected: 5 })))).toEqual([])
  })

  const silent = ['dipper-1', 'dipper-2'].map((member) => alertOf('dipper', member, 'timeout'))
  test('members that still answer are not taken away from too much of a component at once: the rest comes when that has helped', () => {
    const first = decide(situationOf('dipper', silent))
    expect(orderOf(first)).toMatchObject({ members: ['dipper-1'], reason: expect.stringContaining('dipper-2 when that has helped') })
    expect(stepsOf(first)).toEqual(['restart dipper-1', 'verify dipper-1'])
    const helped = runOf({ component: 'dipper', status: 'done', members: ['dipper-1'] })
    expect(orderOf(decide(situationOf('dipper', silent.slice(1), { history: [helped] }))).members).toEqual(['dipper-2'])
  })
  test('what did not help the first is not tried on the rest: a person is called', () => {
    const history = [runOf({ component: 'dipper', status: 'failed', failure: 'hung', members: ['dipper-1'] })]
    expect(orderOf(decide(situationOf('dipper', silent, { history }))).runbook).toBe('page')
  })
  test('what made the first worse is not done to the rest', () => {
    const roomy = ['dipper-1', 'dipper-2', 'dipper-3', 'dipper-4', 'dipper-5', 'dipper-6']
    const config = { components: [{ id: 'dipper', members: roomy.map((id) => ({ id, agent: 'host' })) }] }
    const firing = roomy.map((member) => alertOf('dipper', member, 'timeout'))
    const first = orderOf(decide(situationOf('dipper', firing), {}, config)).members
    expect(first).toEqual(['dipper-1', 'dipper-2', 'dipper-3'])
    const history = [runOf({ component: 'dipper', status: 'failed', failure: 'hung', members: first })]
    // The first one is gone altogether by now: it is mended as such, or a person is called, and the rest is left alone.
    const worse = [alertOf('dipper', 'dipper-1', 'exit'), ...firing.slice(1)]
    const exited = runOf({ component: 'dipper', status: 'failed', members: ['dipper-1'] })
    const told = [runOf({ component: 'dipper', runbook: 'page', status: 'done', members: ['dipper-1'] }), exited, ...history]
    const decision = decide(situationOf('dipper', worse, { history: told }), {}, config)
    expect(orderOf(decision).runbook).toBe('page')
    expect(codes(decision)).toEqual(['tried'])
  })

  const restarts = (count: number, agoMs: number) =>
    Array.from({ length: count }, () => runOf({ status: 'done', incident: 'inc_0', createdAt: noon - agoMs, endedAt: noon - agoMs }))
  test('the attempt budget: the sixth restart within ten minutes is refused, and the next rung is taken', () => {
    const decision = decide(situationOf('polaris', exit1, { history: restarts(5, 60_000) }))
    expect(codes(decision)).toEqual(['attempt-budget'])
    expect(orderOf(decision).runbook).toBe('failover-active-standby')
    expect(codes(decide(situationOf('polaris', exit1, { history: restarts(4, 60_000) })))).toEqual([])
    expect(codes(decide(situationOf('polaris', exit1, { history: restarts(5, 600_000) })))).toEqual([])
  })

  const switched = (agoMs: number) => [
    restartFailed,
    runOf({ runbook: 'failover-active-standby', incident: 'inc_0', status: 'done', createdAt: noon - agoMs, endedAt: noon - agoMs }),
  ]
  test('that there is no standby is told rather than that it may be switched again in a while', () => {
    const decision = decide(situationOf('polaris', exit1, { history: switched(1_000) }), { 'polaris-2': { status: 'fail' } })
    expect(codes(decision)).toEqual(['tried', 'standby-healthy'])
  })

  test('the cool-down counts from the verified end of the last recovery', () => {
    expect(codes(decide(situationOf('polaris', exit1, { history: switched(599_000) })))).toContain('cooldown')
    expect(orderOf(decide(situationOf('polaris', exit1, { history: switched(600_000) }))).runbook).toBe('failover-active-standby')
  })
})
