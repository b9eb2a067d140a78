import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { minutes } from '../clock.ts'
import { type Fixture, openFixture } from './fixture.ts'

const start = Date.UTC(2026, 0, 31, 3)
let clock: ReturnType<typeof virtualClock>
let house: Fixture

beforeEach(async () => {
  clock = virtualClock(start)
  house = await openFixture({ clock })
})
afterEach(() => house.close())

const incidents = async () => (await house.ask('GET', '/v1/incidents')).body.items
const alertsOf = async (incident: string) => (await house.ask('GET', `/v1/incidents/${incident}`)).body.alerts

describe('POST /v1/alerts', () => {
  test('the smallest alert opens an incident', async () => {
    const { status, body } = await house.ask('POST', '/v1/alerts', { as: 'responder', body: { component: 'leo' } })
    expect(status).toBe(200)
    expect(body.items).toEqual([{ key: 'leo/*/api', result: 'opened', incident: expect.stringMatching(/^inc_/) }])
    expect(await incidents()).toMatchObject([
      { id: body.items[0].incident, component: 'leo', status: 'open', endedAt: null, openedAt: '2026-01-31T03:00:00.000Z' },
    ])
    expect(await alertsOf(body.items[0].incident)).toMatchObject([
      { member: null, signal: 'external', status: 'firing', source: 'api', count: 1 },
    ])
  })

  test('all that it may tell is kept', async () => {
    const alert = {
      component: 'polaris',
      member: 'polaris-1',
      signal: 'timeout',
      status: 'firing',
      source: 'synthetic',
      key: 'login-slow',
      summary: 'logins take 9 s',
      at: '2026-01-31T11:58:00+09:00',
    }
    const { body } = await house.ask('POST', '/v1/alerts', { body: alert })
    const { at, component, ...told } = alert
    expect(await alertsOf(body.items[0].incident)).toMatchObject([{ ...told, firstAt: '2026-01-31T02:58:00.000Z' }])
  })

  test('the same fault again joins the same incident, and is counted', async () => {
    const once = () => house.ask('POST', '/v1/alerts', { body: { component: 'leo', member: 'leo-1' } })
    const first = await once()
    const second = await once()
    expect(second.body.items[0]).toMatchObject({ result: 'repeated', incident: first.body.items[0].incident })
    expect(await incidents()).toHaveLength(1)
  })

  test('a batch is answered in its order', async () => {
    const body = [{ component: 'leo' }, { component: 'dipper', member: 'dipper-2' }, { component: 'leo', source: 'other' }]
    const answer = await house.ask('POST', '/v1/alerts', { body })
    expect(answer.body.items.map((one: { key: string; result: string }) => `${one.key} ${one.result}`)).toEqual([
      'leo/*/api opened',
      'dipper/dipper-2/api opened',
      'leo/*/other joined',
    ])
  })

  test('a thousand at once are one incident, and more than a thousand are refused', async () => {
    const storm = Array.from({ length: 1_000 }, (_, i) => ({ component: 'dipper', key: `k${i}`, summary: 'down' }))
    const { status, body } = await house.ask('POST', '/v1/alerts', { body: storm })
    expect([status, body.items.length]).toEqual([200, 1_000])
    expect(await incidents()).toHaveLength(1)
    expect((await house.ask('POST', '/v1/alerts', { body: [...storm, storm[0]] })).status).toBe(422)
  })

  test('a clock that is ahead does not put alerts into the future', async () => {
    const { body } = await house.ask('POST', '/v1/alerts', { body: { component: 'leo', at: '2031-01-01T00:00:00Z' } })
    expect((await alertsOf(body.items[0].incident))[0].lastAt).toBe('2026-01-31T03:00:00.000Z')
  })

  test.each([
    ['nothing at all', undefined, /component: /],
    ['an unknown key', { component: 'leo', sumary: 'x' }, /sumary: unknown key \(did you mean "summary"/],
    ['a wrong signal', { component: 'leo', signal: 'ouch' }, /signal: /],
    ['a time that is none', { component: 'leo', at: 'yesterday' }, /at: /],
    ['a component that is not there', { component: 'orion' }, /component: there is no component "orion"/],
    ['a member of another component', { component: 'leo', member: 'dipper-1' }, /member: "dipper-1" is not a member of leo/],
    ['an empty batch', [], /at least 1 entry/],
    ['one bad alert in a batch', [{ component: 'leo' }, { component: 'leo', status: 'down' }], /\[1\]\.status: /],
    ['one unknown component in a batch', [{ component: 'leo' }, { component: 'orion' }], /\[1\]\.component: there is no/],
    ['a word', '"down"', /\(top\): expected a group of keys/],
    ['null', 'null', /\(top\): expected a group of keys/],
  ])('%s is refused, with the field that is wrong, and nothing is taken', async (_, body, told) => {
    const answer = await house.ask('POST', '/v1/alerts', { body })
    expect([answer.status, answer.body.code]).toEqual([422, 'bad-request'])
    expect(answer.body.title).toMatch(told)
    expect(await incidents()).toEqual([])
  })

  test.each([
    ['half a document', '{"component": "leo"', 'application/json'],
    ['a document and more', '{"component": "leo"}}', 'application/json'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'application/json'],
    ['a form', 'component=leo', 'application/x-www-form-urlencoded'],
    ['JSON that does not say so', '{"component": "leo"}', 'text/plain'],
  ])('%s is malformed', async (_, body, type) => {
    const answer = await house.ask('POST', '/v1/alerts', { body, headers: { 'content-type': type } })
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed-body'])
    expect(await incidents()).toEqual([])
  })

  test('a problem tells at most ten fields of many', async () => {
    const { body } = await house.ask('POST', '/v1/alerts', { body: Array.from({ length: 40 }, () => ({})) })
    expect(body.title).toMatch(/; and 30 more$/)
  })
})

describe('POST /v1/webhooks/alertmanager', () => {
  const hook = (alerts: object[]) => ({
    version: '4',
    groupKey: '{}',
    status: 'firing',
    receiver: 'jidoka',
    externalURL: 'http://am',
    commonLabels: {},
    alerts,
  })
  const firing = (labels: Record<string, string>, more: object = {}) => ({
    status: 'firing',
    labels: { alertname: 'TooSlow', ...labels },
    annotations: { summary: 'too slow by far' },
    startsAt: '2026-01-31T02:50:00.123Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus/graph',
    fingerprint: 'abc123',
    ...more,
  })

  test('opens the incident of the component that its labels name', async () => {
    const { status, body } = await house.ask('POST', '/v1/webhooks/alertmanager', {
      as: 'responder',
      body: hook([firing({ component: 'polaris', instance: 'polaris-2:9100' })]),
    })
    expect([status, body.unmatched]).toEqual([200, []])
    expect(await incidents()).toMatchObject([{ component: 'polaris' }])
    expect(await alertsOf(body.items[0].incident)).toMatchObject([
      {
        key: 'alertmanager/abc123',
        member: 'polaris-2',
        signal: 'external',
        source: 'alertmanager',
        summary: 'too slow by far',
        firstAt: '2026-01-31T02:50:00.123Z',
      },
    ])
  })

  test('what fires and is resolved is the same alert', async () => {
    await house.ask('POST', '/v1/webhooks/alertmanager', { body: hook([firing({ component: 'leo' })]) })
    await clock.advance(minutes(5))
    const { body } = await house.ask('POST', '/v1/webhooks/alertmanager', {
      body: hook([firing({ component: 'leo' }, { status: 'resolved' })]),
    })
    expect(body.items).toMatchObject([{ key: 'alertmanager/abc123', result: 'resolved' }])
  })

  test('what matches no component is taken as unknown, with its labels; each has its answer, in order', async () => {
    const { status, body } = await house.ask('POST', '/v1/webhooks/alertmanager', {
      body: hook([
        firing({ alertname: 'RaidDegraded', host: 'nas-3' }, { fingerprint: '1' }),
        firing({ component: 'leo' }, { fingerprint: '2' }),
        firing({ alertname: 'RaidDegraded', host: 'nas-4' }, { fingerprint: '3' }),
      ]),
    })
    expect(status).toBe(200)
    expect(body.unmatched).toEqual(['RaidDegraded'])
    expect(body.items.map((one: { key: string; result: string }) => `${one.key} ${one.result}`)).toEqual([
      'alertmanager/1 opened',
      'alertmanager/2 opened',
      'alertmanager/3 joined',
    ])
    const summary = 'too slow by far [alertname=RaidDegraded, host=nas-3]'
    const { items } = (await house.ask('GET', '/v1/incidents?component=unknown')).body
    expect(items).toMatchObject([{ id: body.items[0].incident, component: 'unknown', failure: 'unknown', status: 'open', reason: summary }])
    expect(await alertsOf(body.items[0].incident)).toMatchObject([
      { summary, member: null },
      { summary: 'too slow by far [alertname=RaidDegraded, host=nas-4]' },
    ])
  })

  test('what was unknown is over when it is resolved', async () => {
    const send = (more?: object) => house.ask('POST', '/v1/webhooks/alertmanager', { body: hook([firing({}, more)]) })
    const { incident } = (await send()).body.items[0]
    expect((await send({ status: 'resolved' })).body.items).toMatchObject([{ result: 'resolved', incident }])
    expect(await incidents()).toMatchObject([{ id: incident, status: 'recovered' }])
  })

  test('without a fingerprint the labels are the key', async () => {
    const send = (labels: Record<string, string>) =>
      house.ask('POST', '/v1/webhooks/alertmanager', { body: hook([firing(labels, { fingerprint: undefined })]) })
    await send({ component: 'leo', shard: '1' })
    expect((await send({ shard: '1', component: 'leo' })).body.items[0].result).toBe('repeated')
    expect((await send({ component: 'leo', shard: '2' })).body.items[0].result).toBe('joined')
  })

  test.each([
    ['no alerts', { version: '4' }, /alerts: /],
    ['an alert without a status', hook([firing({ component: 'leo' }), { labels: {} }]), /alerts\[1\]\.status: /],
    ['a list', [], /\(top\): /],
  ])('%s is refused with the field that is wrong, and nothing is taken', async (_, body, told) => {
    const answer = await house.ask('POST', '/v1/webhooks/alertmanager', { body })
    expect([answer.status, answer.body.code]).toEqual([422, 'bad-request'])
    expect(answer.body.title).toMatch(told)
    expect(await incidents()).toEqual([])
  })

  test('half a document is malformed', async () => {
    const answer = await house.ask('POST', '/v1/webhooks/alertmanager', { body: '{"alerts": [' })
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed-body'])
  })
})
