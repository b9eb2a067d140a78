import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alert, toRun } from '../../test/journals.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import { type Fixture, openFixture } from './fixture.ts'

/** What holds the automatic back, as people see and change it. */
let clock: VirtualClock
let api: Fixture
beforeEach(async () => {
  clock = virtualClock()
  api = await openFixture({ clock })
})
afterEach(() => api.close())

const hour = 3_600_000
const iso = (ms: number) => new Date(ms).toISOString()

describe('a pause', () => {
  test.each([
    ['until', () => ({ until: iso(clock.now() + hour) })],
    ['for so long', () => ({ forMs: hour })],
  ])('is thrown with its end: %s', async (_, end) => {
    const body = { off: true, reason: 'migration', ...end() }
    const answer = await api.ask('PUT', '/v1/automation/polaris', { body })
    expect(answer.body.items).toMatchObject([{ scope: 'polaris', off: true, until: iso(clock.now() + hour) }])
    await clock.advance(hour)
    expect((await api.ask('GET', '/v1/automation')).body.items).toMatchObject([{ off: false, until: null }])
    expect((await api.ask('GET', '/v1/components/polaris')).body.automation).toBe('on')
  })

  test('without an end lasts', async () => {
    await api.ask('PUT', '/v1/automation', { body: { off: true, reason: 'migration' } })
    await clock.advance(100 * 24 * hour)
    expect((await api.ask('GET', '/v1/automation')).body.items).toMatchObject([{ scope: 'global', off: true, until: null }])
  })

  test.each([
    ['that is over', () => ({ off: true, until: iso(clock.now()) })],
    ['of more than a month', () => ({ off: true, until: iso(clock.now() + 32 * 24 * hour) })],
    ['with two ends', () => ({ off: true, until: iso(clock.now() + hour), forMs: hour })],
    ['of what is switched on', () => ({ off: false, forMs: hour })],
  ])('%s is refused', async (_, body) => {
    expect(await api.ask('PUT', '/v1/automation', { body: { reason: 'x', ...body() } })).toMatchObject({ status: 422 })
    expect(await api.ports.journal.switches()).toEqual([])
  })
})

describe('maintenance', () => {
  const open = (more: object = {}) =>
    api.ask('POST', '/v1/maintenance', {
      as: 'operator',
      body: { component: 'polaris', until: iso(clock.now() + hour), reason: 'disks', ...more },
    })

  test('is opened, listed and ended', async () => {
    const opened = await open()
    expect(opened).toMatchObject({ status: 201, body: { component: 'polaris', by: 'operator', inForce: true, from: iso(clock.now()) } })
    await open({ component: undefined, from: iso(clock.now() + 1_000) })
    expect((await api.ask('GET', '/v1/maintenance')).body.items).toMatchObject([
      { component: 'polaris', inForce: true },
      { component: null, inForce: false },
    ])
    const ended = await api.ask('DELETE', `/v1/maintenance/${opened.body.id}`, { as: 'operator' })
    expect(ended).toMatchObject({ status: 200, body: { inForce: false, until: iso(clock.now()) } })
    expect((await api.ask('GET', '/v1/maintenance')).body.items).toHaveLength(1)
  })

  test('of what is not there, or by whom may only look, is refused', async () => {
    expect(await open({ component: 'nobody' })).toMatchObject({ status: 404 })
    expect(await open({ until: iso(clock.now() - 1) })).toMatchObject({ status: 422 })
    expect(await api.ask('DELETE', '/v1/maintenance/mnt_none')).toMatchObject({ status: 404 })
    const body = { until: iso(clock.now() + hour), reason: 'disks' }
    expect(await api.ask('POST', '/v1/maintenance', { as: 'viewer', body })).toMatchObject({ status: 403 })
    expect((await api.ask('GET', '/v1/maintenance')).body.items).toEqual([])
  })
})

describe('budgets', () => {
  test('tell what was spent, the fullest first', async () => {
    expect((await api.ask('GET', '/v1/budgets', { as: 'viewer' })).body.items).toEqual([
      { scope: 'fleet', hour: { spent: 0, limit: 400 }, day: { spent: 0, limit: 2_000 }, roomAt: null },
    ])
    const [opened] = await api.ports.journal.ingest([alert('polaris-1')])
    await api.ports.journal.decide(opened?.incident as string, toRun())
    const { items } = (await api.ask('GET', '/v1/budgets')).body
    expect(items.map((one: { scope: string }) => one.scope)).toEqual([
      'member:polaris-1',
      'component:polaris',
      'runbook:restart-process',
      'fleet',
    ])
    expect(items[0]).toEqual({ scope: 'member:polaris-1', hour: { spent: 1, limit: 20 }, day: { spent: 1, limit: 100 }, roomAt: null })
    expect((await api.ask('GET', '/metrics')).body).toContain('jidoka_budget_spent_share{scope="member:polaris-1"} 0.05')
  })
})

describe('practice', () => {
  test('is ordered as such', async () => {
    api.commands.answerWith({ kind: 'refused', code: 'open-incident', reason: 'an incident of polaris is open' })
    const body = { component: 'polaris', reason: 'it is Tuesday' }
    expect(await api.ask('POST', '/v1/runbooks/restart-process/practice', { as: 'operator', body })).toMatchObject({
      status: 409,
      body: { code: 'refused', refusal: 'open-incident' },
    })
    expect(api.commands.asked).toMatchObject([
      { name: 'restart-process', component: 'polaris', options: { practice: true, by: 'operator' } },
    ])
    expect(await api.ask('POST', '/v1/runbooks/restart-process/practice', { body: { component: 'nobody' } })).toMatchObject({ status: 404 })
    expect(await api.ask('POST', '/v1/runbooks/restart-process/practice', { as: 'responder', body })).toMatchObject({ status: 403 })
  })
})
