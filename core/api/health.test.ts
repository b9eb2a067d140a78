import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { createApi } from './app.ts'
import { heldToContract } from './contract.ts'
import { type Fixture, openFixture } from './fixture.ts'

const clock = virtualClock(Date.UTC(2026, 0, 31, 3))
let house: Fixture

beforeEach(async () => {
  house = await openFixture({ clock })
})
afterEach(() => house.close())

describe('GET /health', () => {
  test('tells without a token that it works, its version and its store', async () => {
    const { status, body, headers } = await house.ask('GET', '/health', { as: null })
    expect([status, headers.get('content-type')]).toEqual([200, 'application/health+json'])
    expect(body).toMatchObject({
      status: 'pass',
      version: '1.2.3',
      checks: { 'store:responseTime': [{ status: 'pass', observedUnit: 'ms' }] },
    })
  })

  const broken = (lastEvent: () => Promise<number>) => createApi({ ...house.ports, journal: { ...house.ports.journal, lastEvent } })

  test('fails when the store fails, without telling how to strangers', async () => {
    const api = broken(() => Promise.reject(new Error('at /var/secret.db')))
    const body = await heldToContract(api, 'GET', '/health', await api.request('/health'))
    expect(body).toMatchObject({ status: 'fail', checks: { 'store:responseTime': [{ status: 'fail', output: 'it cannot be read' }] } })
    expect(JSON.stringify(body)).not.toContain('secret')
  })

  test('fails when nothing can be recorded: agents then keep their members alive by themselves', async () => {
    const api = createApi({ ...house.ports, cannotRecord: () => true })
    const answer = await api.request('/health')
    expect(answer.status).toBe(503)
    expect(await heldToContract(api, 'GET', '/health', answer)).toMatchObject({
      checks: { 'store:responseTime': [{ output: 'it cannot be written' }] },
    })
  })

  test('fails when the store hangs', async () => {
    const api = broken(() => new Promise(() => undefined))
    const asked = api.request('/health')
    await clock.runUntilIdle()
    const answer = await asked
    expect(answer.status).toBe(503)
    expect(await answer.text()).toContain('no answer within 1000 ms')
  })
})

describe('GET /metrics', () => {
  const scrape = async () => (await house.ask('GET', '/metrics', { as: 'viewer' })).body as string
  const value = (text: string, name: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1]

  test('counts members, incidents, alerts and what is due', async () => {
    house.status.set('leo-1', { status: 'fail' })
    await house.ask('POST', '/v1/alerts', { body: [{ component: 'leo' }, { component: 'leo', source: 'b' }, { component: 'dipper' }] })
    const text = await scrape()
    expect(value(text, 'jidoka_members{status="fail"}')).toBe('1')
    expect(value(text, 'jidoka_members{status="unknown"}')).toBe('5')
    expect(value(text, 'jidoka_incidents_open{status="open"}')).toBe('2')
    expect(value(text, 'jidoka_alerts_ingested_total{result="opened"}')).toBe('2')
    expect(value(text, 'jidoka_alerts_ingested_total{result="joined"}')).toBe('1')
    expect(value(text, 'jidoka_outbox_due')).toBe('0')
    await house.ports.journal.post({ channel: 'page', dedupe: 'd', incident: null, payload: {} })
    expect(value(await scrape(), 'jidoka_outbox_due')).toBe('1')
  })

  test('counts each event of the journal once, from the first scrape on', async () => {
    await scrape()
    await house.ports.journal.note('member.changed', {}, {})
    await house.ports.journal.note('member.changed', {}, {})
    expect(value(await scrape(), 'jidoka_journal_events_total{kind="member.changed"}')).toBe('2')
    await house.ports.journal.note('member.changed', {}, {})
    expect(value(await scrape(), 'jidoka_journal_events_total{kind="member.changed"}')).toBe('3')
  })
})
