import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import type { Page, PageCall } from './define.ts'
import { pagerDuty, signedByPagerDuty } from './pagerduty.ts'

let server: Server
let url: string
let got: { path: string | undefined; body: Record<string, unknown> }[]
let answer: { status: number; headers?: Record<string, string> }

beforeEach(async () => {
  got = []
  answer = { status: 202 }
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (data) => {
      body += data
    })
    request.on('end', () => {
      got.push({ path: request.url, body: JSON.parse(body) })
      response.writeHead(answer.status, answer.headers).end('{"status":"success"}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const key = 'R0123456789ABCDEF0123456789ABCDE'
const pager = (more = {}) =>
  pagerDuty(
    { kind: 'pagerduty', routingKeyEnv: 'PD_KEY', url, timeoutMs: 2_000, ...more },
    { clock: systemClock, write: () => {}, environment: (name) => (name === 'PD_KEY' ? key : undefined) },
  )
const page: Page & { call: PageCall } = {
  dedupe: 'inc_1/hung/polaris-1',
  incident: 'inc_1',
  title: 'Packet transfer (polaris): hung',
  text: 'Seen: no answer',
  payload: { component: 'polaris', owner: 'core', failure: 'hung', members: ['polaris-1'], urgency: 'high' },
  call: {
    page: 'page_1',
    n: 1,
    level: 0,
    round: 0,
    locale: 'en',
    people: [{ id: 'ben', name: 'Ben', locale: 'en', phone: '+49 30 123456', email: 'ben@example.com' }],
  },
}
const news = { page, acknowledged: null, why: null, at: 5, text: 'Ben has it' }

describe('a page', () => {
  test('is one alert, by the id of the page; acknowledged and resolved by the same key', async () => {
    const one = pager()
    await one.deliver(page)
    await one.tell?.({ ...news, kind: 'acknowledged' })
    await one.tell?.({ ...news, kind: 'closed' })
    expect(got.map(({ path }) => path)).toEqual(['/v2/enqueue', '/v2/enqueue', '/v2/enqueue'])
    expect(got.map(({ body }) => [body.routing_key, body.dedup_key, body.event_action])).toEqual([
      [key, 'page_1', 'trigger'],
      [key, 'page_1', 'acknowledge'],
      [key, 'page_1', 'resolve'],
    ])
    expect(got[0]?.body.payload).toMatchObject({
      summary: page.title,
      severity: 'critical',
      source: 'polaris',
      class: 'hung',
      custom_details: { called: ['Ben'], incident: 'inc_1' },
    })
    expect(JSON.stringify(got)).not.toMatch(/123456"|example\.com/)
  })

  test('of low urgency wakes nobody; a long title and a long key are cut to what it takes', async () => {
    const { call, ...bare } = page
    await pager().deliver({ ...bare, title: 'x'.repeat(5_000), dedupe: 'y'.repeat(300), payload: { ...page.payload, urgency: 'low' } })
    const { dedup_key, payload } = (got[0] as (typeof got)[number]).body as {
      dedup_key: string
      payload: { summary: string; severity: string }
    }
    expect([dedup_key.length, payload.summary.length, payload.severity]).toEqual([64, 1_024, 'warning'])
  })
})

describe('what it answers', () => {
  const failing = () =>
    pager()
      .deliver(page)
      .catch((error) => error.details)

  test.each([
    [429, { 'retry-after': '17' }, { permanent: false, retryAfterMs: 17_000 }],
    [500, {}, { permanent: false }],
    [403, {}, { permanent: false }],
    [400, {}, { permanent: true }],
  ])('%i is not taken', async (status, headers, expected) => {
    answer = { status, headers }
    expect(await failing()).toMatchObject({ kind: 'pagerduty', problem: `it answered ${status}`, ...expected })
  })

  test('a redirect is not followed: it would carry the key elsewhere', async () => {
    answer = { status: 307, headers: { location: `${url}/elsewhere` } }
    expect(await failing()).toMatchObject({ kind: 'pagerduty' })
    expect(got).toHaveLength(1)
  })

  test('a key that is not there, and nobody there', async () => {
    await expect(pager({ routingKeyEnv: 'NOT_THERE' }).deliver(page)).rejects.toThrow('NOT_THERE')
    await expect(pager({ url: 'http://127.0.0.1:1' }).deliver(page)).rejects.toMatchObject({ code: 'page-not-sent' })
  })
})

describe('what comes back is genuine', () => {
  const sign = (body: string, secret: string) => `v1=${createHmac('sha256', secret).update(body).digest('hex')}`

  test('when any of its signatures is by any of our secrets', () => {
    expect(signedByPagerDuty('{}', sign('{}', 'a'), ['a'])).toBe(true)
    expect(signedByPagerDuty('{}', `${sign('{}', 'old')},${sign('{}', 'new')}`, ['new'])).toBe(true)
  })

  test('never without one, and never without a secret', () => {
    const refused: [string, string | undefined, string[]][] = [
      ['{}', undefined, ['a']],
      ['{}', '', ['a']],
      ['{} ', sign('{}', 'a'), ['a']],
      ['{}', sign('{}', 'b'), ['a']],
      ['{}', sign('{}', 'a').replace('v1', 'v2'), ['a']],
      ['{}', sign('{}', 'a').slice(0, -2), ['a']],
      ['{}', sign('{}', ''), []],
    ]
    for (const [body, header, secrets] of refused) expect(signedByPagerDuty(body, header, secrets)).toBe(false)
  })
})
