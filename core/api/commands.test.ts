import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import type { Run } from '../runs/run.ts'
import { componentStatus } from './components.ts'
import { type Fixture, openFixture } from './fixture.ts'

const clock = virtualClock(Date.UTC(2026, 0, 31, 3))
let house: Fixture

beforeEach(async () => {
  house = await openFixture({ clock })
})
afterEach(() => house.close())

const plan = [
  { name: 'restart leo-1', action: 'restart', kind: 'check-then-act' as const, args: { member: 'leo-1' }, timeoutMs: 5_000, attempts: 1 },
]
const run: Run = {
  id: 'run_1',
  mode: 'ordered',
  waitsUntil: null,
  approvedBy: null,
  runbook: 'restart-process',
  component: 'leo',
  incident: null,
  failure: null,
  members: ['leo-1'],
  plan,
  reason: 'ordered by hand',
  by: 'operator',
  status: 'queued',
  generation: 3,
  createdAt: Date.UTC(2026, 0, 31, 3),
  startedAt: null,
  endedAt: null,
}

describe('GET /v1/components', () => {
  test('tells all of the configuration, with the members as they are', async () => {
    house.status.set('polaris-1', {
      status: 'pass',
      role: 'active',
      generation: 7,
      summary: 'answers',
      health: { status: 'pass', process: { state: 'running', pid: 4711, restarts: 2 } },
    })
    house.status.set('polaris-2', { status: 'fail', role: 'unknown', summary: 'no answer within 300 ms' })
    const { status, body } = await house.ask('GET', '/v1/components', { as: 'viewer' })
    expect([status, body.next]).toEqual([200, null])
    expect(body.items.map((one: { id: string }) => one.id)).toEqual(['polaris', 'dipper', 'leo'])
    expect(body.items[0]).toEqual({
      id: 'polaris',
      title: 'Packet transfer',
      topology: 'active-standby',
      status: 'warn',
      active: null,
      generation: 0,
      inSync: null,
      dependsOn: ['dipper'],
      owner: 'team-core',
      automation: 'on',
      members: [
        {
          id: 'polaris-1',
          site: 'tokyo-a',
          role: 'active',
          status: 'pass',
          generation: 7,
          summary: 'answers',
          since: '2026-01-31T03:00:00.000Z',
          process: { state: 'running', pid: 4711, restarts: 2 },
        },
        {
          id: 'polaris-2',
          site: 'tokyo-c',
          role: 'unknown',
          status: 'fail',
          generation: null,
          summary: 'no answer within 300 ms',
          since: '2026-01-31T03:00:00.000Z',
          process: null,
        },
      ],
    })
  })

  test('tells the active member and the generation as the journal knows them', async () => {
    await house.ports.journal.adoptRole({ component: 'polaris', active: 'polaris-2', generation: 4 })
    expect((await house.ask('GET', '/v1/components/polaris')).body).toMatchObject({ active: 'polaris-2', generation: 4 })
    expect((await house.ask('GET', '/v1/components')).body.items[0]).toMatchObject({ active: 'polaris-2', generation: 4 })
  })

  test('shows no two actives while one of them was not looked at since the switch; two at one generation are shown', async () => {
    const roles = async () => (await house.ask('GET', '/v1/components/polaris')).body.members.map((member: { role: string }) => member.role)
    house.status.set('polaris-1', { status: 'pass', role: 'active', generation: 7 })
    house.status.set('polaris-2', { status: 'pass', role: 'active', generation: 8 })
    expect(await roles()).toEqual(['unknown', 'active'])
    house.status.set('polaris-1', { status: 'pass', role: 'active', generation: 8 })
    expect(await roles()).toEqual(['active', 'active'])
  })

  test('comes in pages', async () => {
    const first = (await house.ask('GET', '/v1/components?limit=2')).body
    expect([first.items.length, first.next]).toEqual([2, 'dipper'])
    const second = (await house.ask('GET', `/v1/components?limit=2&after=${first.next}`)).body
    expect([second.items.map((one: { id: string }) => one.id), second.next]).toEqual([['leo'], null])
  })

  test('one that is not there', async () => {
    expect((await house.ask('GET', '/v1/components/orion')).body.title).toBe('There is no component "orion".')
  })

  const is = (status: 'pass' | 'warn' | 'fail' | 'unknown', role: 'active' | 'standby' | 'unknown' = 'unknown') => ({ status, role })
  test.each([
    ['pool', [is('pass'), is('pass')], 'pass'],
    ['pool', [is('pass'), is('fail')], 'warn'],
    ['pool', [is('fail'), is('fail')], 'fail'],
    ['pool', [is('fail'), is('unknown')], 'fail'],
    ['pool', [is('unknown'), is('unknown')], 'unknown'],
    ['pool', [is('pass'), is('unknown')], 'unknown'],
    ['pool', [is('pass'), is('warn')], 'warn'],
    ['active-standby', [is('pass', 'active'), is('pass', 'standby')], 'pass'],
    ['active-standby', [is('pass', 'active'), is('fail', 'standby')], 'warn'],
    ['active-standby', [is('fail', 'active'), is('pass', 'standby')], 'fail'],
    ['active-standby', [is('fail'), is('pass', 'standby')], 'fail'],
    ['active-standby', [is('pass', 'standby'), is('pass', 'standby')], 'fail'],
    ['active-standby', [is('pass', 'active'), is('unknown')], 'unknown'],
    ['active-standby', [is('unknown'), is('pass', 'standby')], 'unknown'],
    ['active-standby', [is('unknown'), is('unknown')], 'unknown'],
    ['active-standby', [is('warn', 'active'), is('pass', 'standby')], 'warn'],
  ] as const)('a %s of %j is %s', (topology, members, expected) => {
    expect(componentStatus(topology, members)).toBe(expected)
  })
})

describe('orders', () => {
  test('an action answers 202 with the run, and where to follow it', async () => {
    house.commands.answerWith({ kind: 'run', run })
    const answer = await house.ask('POST', '/v1/components/leo/actions/restart', {
      as: 'operator',
      body: { member: 'leo-1', reason: 'looks odd' },
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([202, '/v1/runs/run_1'])
    expect(answer.body).toMatchObject({ id: 'run_1', status: 'queued', generation: 3, steps: [{ seq: 0, status: 'planned' }] })
    expect(house.commands.asked).toEqual([
      { name: 'restart', component: 'leo', options: { by: 'operator', member: 'leo-1', reason: 'looks odd' } },
    ])
  })

  test('a dry run answers 200 with the plan', async () => {
    house.commands.answerWith({ kind: 'plan', runbook: 'restart-process', steps: plan, reason: 'ordered by hand' })
    const answer = await house.ask('POST', '/v1/components/leo/actions/restart', { body: { dryRun: true } })
    expect([answer.status, answer.body]).toEqual([200, { runbook: 'restart-process', reason: 'ordered by hand', steps: plan }])
    expect(house.commands.asked[0]?.options.dryRun).toBe(true)
  })

  test('what a guard refuses answers 409 with the guard and its reason', async () => {
    house.commands.answerWith({ kind: 'refused', code: 'live-run', reason: 'page is under way on leo (run_9)' })
    const { status, body } = await house.ask('POST', '/v1/components/leo/actions/restart')
    expect([status, body.code, body.refusal, body.title]).toEqual([409, 'refused', 'live-run', 'Refused: page is under way on leo (run_9)'])
    expect(body.detail).toContain('Nothing was changed')
  })

  test.each([
    ['a component that is not there', '/v1/components/orion/actions/restart', {}, 404, /no component "orion"/],
    ['an action that is not known', '/v1/components/leo/actions/explode', {}, 404, /leo has no action "explode"/],
    ['a member that is not there', '/v1/components/leo/actions/restart', { member: 'x' }, 404, /no member "x"/],
    [
      'a member of another component',
      '/v1/components/leo/actions/restart',
      { member: 'dipper-1' },
      422,
      /member: "dipper-1" is not a member of leo/,
    ],
    ['a mistyped key', '/v1/components/leo/actions/failover', { dryrun: true }, 422, /dryrun/],
    ['a runbook that is not there', '/v1/runbooks/none/runs', { component: 'leo' }, 404, /no runbook "none"/],
    ['a runbook on nothing', '/v1/runbooks/page/runs', {}, 422, /component: /],
    ['a runbook on an unknown component', '/v1/runbooks/page/runs', { component: 'orion' }, 404, /no component "orion"/],
  ])('%s is refused, and nothing is ordered', async (_, path, body, status, told) => {
    const answer = await house.ask('POST', path, { body })
    expect(answer.status).toBe(status)
    expect(answer.body.title).toMatch(told)
    expect(house.commands.asked).toEqual([])
  })

  test('runbooks are listed, shown and run', async () => {
    expect((await house.ask('GET', '/v1/runbooks', { as: 'viewer' })).body.items.map((one: { id: string }) => one.id)).toEqual([
      'restart-process',
      'page',
    ])
    expect((await house.ask('GET', '/v1/runbooks/page', { as: 'viewer' })).body.title).toBe('Page a person')
    house.commands.answerWith({ kind: 'run', run: { ...run, runbook: 'page' } })
    const { status, body } = await house.ask('POST', '/v1/runbooks/page/runs', {
      as: 'operator',
      body: { component: 'leo', reason: 'help' },
    })
    expect([status, body.runbook]).toEqual([202, 'page'])
    expect(house.commands.asked).toEqual([{ name: 'page', component: 'leo', options: { by: 'operator', reason: 'help' } }])
  })
})

describe('the off-switch', () => {
  const automation = async () => (await house.ask('GET', '/v1/components')).body.items.map((one: { automation: string }) => one.automation)

  test('stops one component, or all', async () => {
    const one = await house.ask('PUT', '/v1/automation/dipper', { as: 'operator', body: { off: true, reason: 'migration' } })
    expect(one.body.items).toMatchObject([
      { scope: 'dipper', off: true, by: 'operator', reason: 'migration', at: '2026-01-31T03:00:00.000Z' },
    ])
    expect(await automation()).toEqual(['on', 'off', 'on'])
    await house.ask('PUT', '/v1/automation', { body: { off: true, reason: 'drill' } })
    expect(await automation()).toEqual(['off', 'off', 'off'])
    await house.ask('PUT', '/v1/automation/global', { body: { off: false, reason: 'drill over' } })
    expect(await automation()).toEqual(['on', 'off', 'on'])
    expect((await house.ask('GET', '/v1/automation', { as: 'viewer' })).body.items).toHaveLength(2)
  })

  test('wants a reason, and a component that is there', async () => {
    expect((await house.ask('PUT', '/v1/automation', { body: { off: true } })).body.title).toMatch(/reason: /)
    expect((await house.ask('PUT', '/v1/automation/orion', { body: { off: true, reason: 'x' } })).status).toBe(404)
    expect(await automation()).toEqual(['on', 'on', 'on'])
  })
})

describe('agents and beats', () => {
  const report = { member: 'dipper-1', event: 'exited', pid: 4711, detail: 'signal SIGKILL', at: '2026-01-31T02:59:59.900Z' }

  test('an agent reports one exit, or what piled up while nobody answered', async () => {
    expect((await house.ask('POST', '/v1/agents/tokyo-a/reports', { as: 'agent', body: report })).body).toEqual({ taken: 1 })
    const later = { ...report, event: 'restarted-locally', pid: null, at: Date.UTC(2026, 0, 31, 3) }
    expect((await house.ask('POST', '/v1/agents/tokyo-a/reports', { as: 'agent', body: [report, later] })).body).toEqual({ taken: 2 })
    const at = Date.UTC(2026, 0, 31, 2, 59, 59, 900)
    expect(house.told.reports).toEqual([
      { agent: 'tokyo-a', ...report, at },
      { agent: 'tokyo-a', ...report, at },
      { agent: 'tokyo-a', ...later },
    ])
  })

  test.each([
    ['an agent that is not configured', '/v1/agents/osaka/reports', report, 404],
    ['a member of somebody else', '/v1/agents/tokyo-a/reports', { ...report, member: 'leo-1' }, 422],
    ['one of them in a batch', '/v1/agents/tokyo-a/reports', [report, { ...report, member: 'nobody' }], 422],
    ['an event that is not known', '/v1/agents/tokyo-a/reports', { ...report, event: 'died' }, 422],
  ])('%s: nothing is taken', async (_, path, body, status) => {
    expect((await house.ask('POST', path, { as: 'agent', body })).status).toBe(status)
    expect(house.told.reports).toEqual([])
  })

  test('a member beats', async () => {
    expect((await house.ask('POST', '/v1/members/leo-1/beats', { as: 'agent' })).status).toBe(204)
    expect((await house.ask('POST', '/v1/members/leo-1/beats', { as: 'responder', headers: { 'idempotency-key': 'b' } })).status).toBe(204)
    expect((await house.ask('POST', '/v1/members/nobody/beats', { as: 'agent' })).status).toBe(404)
    expect(house.told.beats).toEqual(['leo-1', 'leo-1'])
  })
})
