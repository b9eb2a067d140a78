import { describe, expect, test } from 'vitest'
import type { ConfigInput } from '../core/catalog/schema.ts'
import type { HealthCheck } from '../core/hooks/contract.ts'
import type { Decision, Situation } from '../core/journal/journal.ts'
import type { MemberStatus } from '../core/probes/probe.ts'
import type { PlannedStep } from '../core/runs/run.ts'
import { appoint } from '../remediation/appoint.ts'
import { alertOf, noon, plannerOf, runOf, situationOf } from '../remediation/fixture.ts'
import { expand, type Planner, plan } from '../remediation/plan.ts'
import { runbooks } from './registry.ts'

const ids = ['db-1', 'db-2', 'db-3']
const config: Partial<ConfigInput> = {
  components: [
    {
      id: 'db',
      topology: 'active-standby',
      members: ids.map((id) => ({ id, agent: 'host', postgres: { bin: '/bin', data: `/data/${id}`, port: 5_432 } })),
      roleLease: {},
      replication: { synchronous: 'on' },
    },
  ],
}

interface Seen {
  status?: MemberStatus['status']
  role?: MemberStatus['role']
  wal?: number
  timeline?: number
  blank?: boolean
  lag?: 'pass' | 'fail'
  standbys?: string
  heardSince?: number
}

/** db-1 is active and both others stream from it; `seen` says otherwise. */
function plannerOfDatabases(seen: Record<string, Seen> = {}): Planner {
  const planner = plannerOf(runbooks, {}, config)
  return {
    ...planner,
    observed(member) {
      const { status = 'pass', wal = 100, timeline = 1, blank = false, lag = 'pass', standbys = 'db-2,db-3', ...more } = seen[member] ?? {}
      const role = more.role ?? (member === 'db-1' ? 'active' : 'standby')
      const checks: Record<string, HealthCheck[]> = {
        'wal:position': [{ observedValue: wal }],
        'wal:timeline': [{ observedValue: timeline }],
        'replication:lag': [{ observedValue: 0, observedUnit: 'bytes', status: lag }],
        'replication:state': [{ observedValue: 'streaming' }],
        ...(blank ? { 'database:blank': [{ observedValue: true }] } : {}),
        ...(role === 'active' ? { 'replication:standbys': [{ observedValue: standbys }] } : {}),
      }
      const health = { status: 'pass' as const, checks }
      return {
        member,
        component: 'db',
        status,
        role,
        generation: 7,
        summary: status,
        since: noon,
        health,
        heardSince: more.heardSince ?? 0,
      }
    },
  }
}

const role = { component: 'db', active: 'db-1' as string | null, generation: 7 }
const dead = [alertOf('db', 'db-1', 'exit')]
const down: Record<string, Seen> = { 'db-1': { status: 'fail', role: 'unknown' } }
const decide = (seen: Record<string, Seen>, more: Partial<Situation> = {}, alerts = dead) =>
  plan(situationOf('db', alerts, { role, ...more }), plannerOfDatabases(seen))
const order = (decision: Decision) => {
  if (decision.do !== 'run') throw new Error(`no run: ${decision.reason}`)
  return decision.order
}
const names = (decision: Decision) => (decision.do === 'run' ? decision.order.plan.map((step) => step.name) : [decision.reason])
const refusals = (decision: Decision) => (decision.do === 'run' ? decision.refusals.map(({ code }) => code) : [])

describe('the active database is lost', () => {
  test('it is fenced, the standby with the most WAL is promoted, the others follow; without a ladder that says so', () => {
    const decision = decide({ ...down, 'db-2': { wal: 100 }, 'db-3': { wal: 101 } })
    expect(names(decision)).toEqual([
      'fence db-1',
      'detach db-2',
      'most-wal db-3',
      'count-successor db-3',
      'promote db-3',
      'route db-3',
      'verify db-3',
      'follow db-2',
    ])
    expect(order(decision)).toMatchObject({ runbook: 'failover-database', takesGeneration: true })
    expect(order(decision).plan[0]).toMatchObject({ setsActive: null })
    expect(order(decision).plan[2]?.args).toEqual({ member: 'db-3', among: ['db-2', 'db-3'], wasActive: false })
    expect(order(decision).plan.at(-1)).toMatchObject({ mayFail: true })
  })

  test('whoever is on a newer timeline has more, however long the older one went on', () => {
    expect(names(decide({ ...down, 'db-2': { timeline: 2, wal: 50 }, 'db-3': { wal: 900 } }))).toContain('promote db-2')
  })

  test('one without anything in it is never promoted where somebody was active', () => {
    expect(names(decide({ ...down, 'db-2': { blank: true, wal: 900 }, 'db-3': { wal: 1 } }))).toContain('promote db-3')
  })

  const counted = (inSync: string[]) => ({ role: { ...role, inSync } })
  test('of those in sync only, where that is counted', () => {
    expect(names(decide({ ...down, 'db-3': { wal: 900 } }, counted(['db-2'])))).toContain('promote db-2')
  })

  test.each<[string, string[], Record<string, Seen>]>([
    ['nobody is in sync', [], {}],
    ['the one in sync is not well', ['db-2'], { 'db-2': { status: 'fail' } }],
    ['one of those in sync is silent: it may be the only one with the last commit', ['db-2', 'db-3'], { 'db-3': { status: 'fail' } }],
  ])('nobody is promoted when %s; nothing is fenced', (_, inSync, seen) => {
    const decision = decide({ ...down, ...seen }, counted(inSync))
    expect(refusals(decision)).toContain('standby-in-sync')
    expect(names(decision)).not.toContain('fence db-1')
  })

  test('a standby that lags too far is not promoted', () => {
    const lagging = { 'db-2': { lag: 'fail' }, 'db-3': { lag: 'fail' } } as const
    expect(refusals(decide({ ...down, ...lagging }))).toContain('standby-caught-up')
  })
})

describe('another standby has more WAL than the one that was chosen', () => {
  const planOf = (inSync: string[] | null = null) => order(decide(down, { role: { ...role, inSync } })).plan
  const cancelled = (reason: string, runbook = 'failover-database') =>
    runOf({ component: 'db', runbook, status: 'cancelled', reason, plan: planOf() })
  const standbys: Record<string, Seen> = { 'db-1': { status: 'fail', role: 'unknown' } }
  const nobody = { ...role, active: null, generation: 8 }
  const appointed = (history: Situation['history'], seen = standbys, inSync: string[] | null = null) =>
    appoint(
      plannerOfDatabases().catalog.component('db'),
      situationOf('db', [], { role: { ...nobody, inSync }, history }),
      plannerOfDatabases(seen),
    )
  const backTo = (step: PlannedStep) => (step.action === 'promote' ? { ...step, setsActive: 'db-1' } : step)
  const stepsOf = (answer: ReturnType<typeof appoint>) => ('plan' in answer ? answer.plan.map(({ name }) => name) : answer.refuse)

  test('nobody is called for that, and it is given the role, though our sight of it is older', () => {
    const history = [cancelled('db-3 has more WAL than db-2')]
    expect(decide(down, { role: nobody, history })).toMatchObject({ do: 'wait', reason: expect.stringContaining('db-3') })
    // The old active has stopped, which was proven: it is not asked once more.
    expect(stepsOf(appointed(history))).toEqual([
      'demote db-2',
      'detach db-2',
      'most-wal db-3',
      'count-successor db-3',
      'promote db-3',
      'route db-3',
      'verify db-3',
      'follow db-1',
      'follow db-2',
    ])
  })

  test('one that has fallen since is mended, and not waited for', () => {
    const history = [cancelled('db-3 has more WAL than db-2')]
    const all = ids.map((id) => alertOf('db', id, 'exit'))
    const seen = Object.fromEntries(ids.map((id) => [id, { status: 'fail', role: 'standby' } satisfies Seen]))
    expect(order(decide(seen, { role: nobody, history }, all)).runbook).toBe('restart-process')
  })

  test('with nobody active, a fenced one is brought back as a standby: nobody else would', () => {
    const seen: Record<string, Seen> = { 'db-1': { status: 'fail', role: 'fenced' } }
    const back = decide(seen, { role: { ...nobody, inSync: [] } }, [alertOf('db', 'db-1', 'fail')])
    expect(names(back)).toEqual(['unfence db-1', 'restart db-1', 'verify db-1'])
    expect(names(decide(seen, { role: { ...role, inSync: [] } }, [alertOf('db', 'db-1', 'fail')]))).not.toContain('unfence db-1')
  })

  test('the old active, of which the standby could not get everything, gets its role back, though nobody counted it as in sync', () => {
    const answer = appointed([cancelled('db-1 has more WAL than db-2')], { 'db-1': { role: 'standby' } }, ['db-2'])
    expect(stepsOf(answer)).toContain('promote db-1')
    expect('plan' in answer && answer.plan.find(({ action }) => action === 'most-wal')?.args).toMatchObject({ wasActive: true })
  })

  test('where no standby is sure to have it all, the role goes back to whoever had it last, unless another promotion is in doubt', () => {
    const plan = planOf()
    const history = [
      runOf({ component: 'db', runbook: 'page', status: 'done' }),
      runOf({ component: 'db', runbook: 'failover-database', plan, reason: '"most-wal db-2" failed: db-3 does not say what it has' }),
      runOf({ component: 'db', runbook: 'appoint-active', status: 'done', reason: '', plan: plan.map((step) => backTo(step)) }),
    ]
    const seen: Record<string, Seen> = { 'db-1': { role: 'standby' }, 'db-3': { status: 'fail' } }
    const answer = appointed(history, seen, [])
    expect(stepsOf(answer)).toContain('promote db-1')
    expect('plan' in answer && answer.plan.find(({ action }) => action === 'most-wal')?.args).toMatchObject({ wasActive: true })
    expect(stepsOf(appointed(history, seen, ['db-2', 'db-3']))).toContain('promote db-1')
    expect(stepsOf(appointed(history, { ...seen, 'db-1': { status: 'fail' } }, []))).toContain('no standby')
    for (const doubt of ['"promote db-2" failed: no answer', 'a step ended in doubt'])
      expect(
        stepsOf(appointed([runOf({ component: 'db', runbook: 'failover-database', plan, reason: doubt }), ...history], seen, [])),
      ).toContain('no standby')
  })

  test('nobody who may lack commits is appointed, and a person hears why', () => {
    expect(appointed([], { 'db-1': { role: 'standby' } }, [])).toMatchObject({ tell: true, refuse: expect.stringContaining('no standby') })
    expect(appointed([], { ...standbys, 'db-3': { status: 'fail' } }, ['db-2', 'db-3'])).toMatchObject({
      refuse: expect.stringContaining('may be only on db-3'),
    })
  })

  test('the first active of all is a database that was just made', () => {
    const seen: Record<string, Seen> = {
      'db-1': { role: 'standby', blank: true },
      'db-2': { status: 'fail' },
      'db-3': { status: 'fail' },
    }
    const planner = plannerOfDatabases(seen)
    const first = situationOf('db', [], { role: { ...nobody, generation: 0 } })
    expect(stepsOf(appoint(planner.catalog.component('db'), first, planner))).toContain('promote db-1')
    expect(appointed([], seen)).toMatchObject({ refuse: expect.stringContaining('the database of db-1 is empty'), tell: true })
  })

  test('an active that came back as a standby gets its role back: nobody has a commit that it lacks', () => {
    const lost = [alertOf('db', 'db-1', 'wrong-role')]
    const decision = decide({ 'db-1': { role: 'standby', wal: 100 }, 'db-2': { wal: 100 } }, { role: { ...role, inSync: [] } }, lost)
    expect(order(decision)).toMatchObject({ runbook: 'appoint-active' })
    expect(names(decision)).toContain('promote db-1')
  })
})

describe('a healthy active steps down', () => {
  const planner = plannerOfDatabases()
  const facts = (standby: string) => ({
    component: planner.catalog.component('db'),
    targets: [],
    active: 'db-1',
    standby,
    graceMs: 0,
    page: null,
  })
  const failover = planner.runbooks.get('failover-database') as NonNullable<ReturnType<typeof planner.runbooks.get>>

  test('with all that it has before anybody takes over, and follows then', () => {
    const steps = expand(failover, facts('db-2'), planner.actions)
    expect(steps.map(({ name }) => name)).toEqual([
      'checkpoint db-1',
      'demote db-1',
      'catch-up db-2',
      'count-successor db-2',
      'promote db-2',
      'route db-2',
      'verify db-2',
      'follow db-1',
      'follow db-3',
    ])
    expect(steps[2]?.args).toMatchObject({ of: 'db-1' })
  })

  test('before each promotion the successor alone is counted: it may take effect without our hearing of it', () => {
    const synchronous = { 'failover-database': ['db-1'], 'appoint-active': [], 'restart-process': ['db-1'] }
    for (const [id, targets] of Object.entries(synchronous)) {
      const runbook = runbooks.find((one) => one.id === id) as (typeof runbooks)[number]
      const plan = expand(runbook, { ...facts('db-2'), targets, ...(id === 'appoint-active' ? { active: null } : {}) }, planner.actions)
      const at = plan.findIndex(({ action }) => action === 'promote')
      expect(plan[at - 1]).toMatchObject({ action: 'count-successor', args: plan[at]?.args })
    }
  })

  test('at every prefix of the plan at most one is active, and after a failure the journal knows of nobody or the right one', () => {
    for (const targets of [[], ['db-1']]) {
      let active: string | null = 'db-1'
      for (const step of expand(failover, { ...facts('db-2'), targets }, planner.actions)) {
        if (step.action === 'promote') expect(active).toBeNull()
        if (step.setsActive !== undefined) active = step.setsActive
      }
      expect(active).toBe('db-2')
    }
  })
})

describe('a first appointment that failed', () => {
  const planner = plannerOfDatabases({
    'db-1': { role: 'standby', blank: true },
    'db-2': { status: 'fail', role: 'standby' },
    'db-3': { status: 'fail', role: 'standby' },
  })
  const first = {
    component: 'db',
    runbook: 'appoint-active',
    incident: null,
    generation: 1,
    reason: '"promote db-1" failed: it answered 401',
    plan: ['demote', 'promote', 'verify'].map((action) => ({
      ...{ name: `${action} db-1`, action, kind: 'check-then-act' as const, args: {}, timeoutMs: 1, attempts: 1 },
    })),
  }
  const choice = (generation: number, ...history: ReturnType<typeof runOf>[]) => {
    const { incident: _, alerts: __, ...quiet } = situationOf('db', [], { role: { component: 'db', active: null, generation }, history })
    return appoint(planner.catalog.component('db'), quiet, planner)
  }

  test('does not keep the new and empty database from the role for ever', () => {
    expect(choice(1, runOf(first))).toMatchObject({ runbook: 'appoint-active', members: ['db-1'] })
    expect(choice(2, runOf({ ...first, generation: 2 }), runOf(first))).toMatchObject({ runbook: 'appoint-active' })
  })

  test.each<[string, Parameters<typeof choice>]>([
    ['it was promoted, and failed afterwards', [1, runOf({ ...first, reason: '"verify db-1" failed: it says fail' })]],
    ['it is not known how that ended', [1, runOf({ ...first, status: 'unknown' })]],
    ['one of the generations is not accounted for', [2, runOf(first)]],
    ['an incident asked for it: somebody had the role', [1, runOf({ ...first, incident: 'inc_1' })]],
    ['it was a switch', [1, runOf({ ...first, runbook: 'failover-database' })]],
  ])('where somebody may have been active an empty one is not taken, and that is told: %s', (_, given) =>
    expect(choice(...given)).toMatchObject({ refuse: expect.stringContaining('the database of db-1 is empty'), tell: true }),
  )
})

describe('a standby is not well', () => {
  const sick = [alertOf('db', 'db-3', 'fail')]
  test('it rejoins; what did not help is followed by a copy of the active one; the active is not touched', () => {
    const first = decide({ 'db-3': { status: 'fail' } }, {}, sick)
    expect(order(first)).toMatchObject({ runbook: 'rejoin-database', members: ['db-3'], takesGeneration: false })
    expect(order(first).plan[1]?.args).toEqual({ member: 'db-3', primary: 'db-1', rebuild: false })
    const failed = runOf({ component: 'db', runbook: 'rejoin-database', failure: 'standby-unhealthy', members: ['db-3'] })
    const second = decide({ 'db-3': { status: 'fail' } }, { history: [failed] }, sick)
    expect(names(second)).toEqual(['unfence db-3', 'rejoin db-3', 'await-streaming db-3', 'verify db-3'])
    expect(order(second).plan[1]?.args).toMatchObject({ rebuild: true })
  })

  test('one that runs and does not stream is only degraded, and rejoins too, also after it could not while its agent was away', () => {
    const history = [runOf({ component: 'db', runbook: 'rejoin-database', failure: 'standby-unhealthy', members: ['db-3'] })]
    const idle = [alertOf('db', 'db-3', 'warn')]
    expect(order(decide({ 'db-3': { status: 'warn' } }, { history }, idle))).toMatchObject({
      runbook: 'rejoin-database',
      members: ['db-3'],
    })
  })

  test('what failed while it was away is tried again when it is back, and not otherwise', () => {
    const gone = ['rejoin-database', 'rebuild-database', 'page'].map((runbook) =>
      runOf({ component: 'db', runbook, failure: 'standby-unhealthy', members: ['db-3'], status: runbook === 'page' ? 'done' : 'failed' }),
    )
    const endedAt = gone[0]?.endedAt as number
    const now = (heardSince: number) => decide({ 'db-3': { status: 'fail', heardSince } }, { history: gone }, sick)
    expect(now(endedAt - 1)).toMatchObject({ do: 'wait' })
    expect(order(now(endedAt + 1))).toMatchObject({ runbook: 'rejoin-database', members: ['db-3'] })
  })

  test('the last one in sync is not thrown away while another one is away', () => {
    const history = [runOf({ component: 'db', runbook: 'rejoin-database', failure: 'standby-unhealthy', members: ['db-3'] })]
    const more = { history, role: { ...role, inSync: ['db-3'] } }
    expect(refusals(decide({ 'db-2': { status: 'fail' }, 'db-3': { status: 'fail' } }, more, sick))).toContain('other-standby')
    expect(order(decide({ 'db-3': { status: 'fail' } }, more, sick)).runbook).toBe('rebuild-database')
  })
})
