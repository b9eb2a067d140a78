import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { hours, minutes } from '../clock.ts'
import { createApi } from './app.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { mayDo } from './gate.ts'
import { apiRoles } from './ports.ts'

const clock = virtualClock(Date.UTC(2026, 0, 31))
let house: Fixture

beforeEach(async () => {
  house = await openFixture({ clock })
})
afterEach(() => house.close())

describe('tokens and roles', () => {
  test('without a valid token nothing of /v1 is told', async () => {
    for (const authorization of [undefined, '', 'Bearer', 'Bearer wrong', 'Basic YTpi', `Bearer ${house.localToken} x`]) {
      const { status, body, headers } = await house.ask('GET', '/v1/components', {
        as: null,
        headers: authorization === undefined ? {} : { authorization },
      })
      expect([status, body.code]).toEqual([401, 'unauthorized'])
      expect(headers.get('www-authenticate')).toContain('Bearer')
    }
  })

  test('the local token of the data folder may do all', async () => {
    const { status } = await house.ask('GET', '/v1/components', { as: null, headers: { authorization: `Bearer ${house.localToken}` } })
    expect(status).toBe(200)
  })

  test.each([
    ['viewer', ['viewer', 'responder', 'operator', 'admin']],
    ['responder', ['responder', 'operator', 'admin']],
    ['operator', ['operator', 'admin']],
    ['admin', ['admin']],
    ['agent', ['admin', 'agent']],
    ['agent-or-responder', ['responder', 'operator', 'admin', 'agent']],
  ] as const)('what needs %s may be done by %j', (needs, allowed) => {
    expect(apiRoles.filter((role) => mayDo(role, needs))).toEqual(allowed)
  })

  test.each([
    ['GET', '/v1/components', undefined, 'agent'],
    ['POST', '/v1/alerts', { component: 'leo' }, 'viewer'],
    ['POST', '/v1/incidents/inc_1/resolve', { reason: 'x' }, 'viewer'],
    ['POST', '/v1/components/leo/actions/restart', {}, 'responder'],
    ['POST', '/v1/runbooks/page/runs', { component: 'leo' }, 'responder'],
    ['PUT', '/v1/automation', { off: true, reason: 'x' }, 'responder'],
    ['POST', '/v1/agents/tokyo-a/reports', [], 'operator'],
    ['POST', '/v1/members/leo-1/beats', undefined, 'viewer'],
    ['POST', '/v1/tokens', { name: 'x', role: 'viewer' }, 'operator'],
    ['GET', '/v1/tokens', undefined, 'operator'],
    ['DELETE', '/v1/tokens/viewer', undefined, 'operator'],
    ['GET', '/metrics', undefined, 'agent'],
  ] as const)('%s %s is refused before anything is read', async (method, path, body, as) => {
    const answer = await house.ask(method, path, { as, body })
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden'])
    expect(answer.body.title).toContain(`The role ${as} may not do this`)
    expect(house.commands.asked).toEqual([])
  })

  test('an admin makes a token, and sees it once', async () => {
    const made = await house.ask('POST', '/v1/tokens', { body: { name: 'grafana', role: 'viewer' }, headers: { 'idempotency-key': 'k' } })
    expect(made.status).toBe(201)
    const seen = await house.ask('GET', '/v1/components', { as: null, headers: { authorization: `Bearer ${made.body.token}` } })
    expect(seen.status).toBe(200)
    const again = await house.ask('POST', '/v1/tokens', { body: { name: 'grafana', role: 'viewer' }, headers: { 'idempotency-key': 'k' } })
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
  })

  test('an admin sees whose tokens there are, and never a token or its hash', async () => {
    const { status, body } = await house.ask('GET', '/v1/tokens?limit=2')
    expect(status).toBe(200)
    expect(body).toEqual({
      items: [
        { name: 'local', role: 'admin', createdAt: null },
        { name: 'viewer', role: 'viewer', createdAt: new Date(clock.now()).toISOString() },
      ],
      next: 'viewer',
    })
    const rest = await house.ask('GET', '/v1/tokens?after=viewer')
    expect(rest.body.items.map((one: { name: string }) => one.name)).toEqual(['responder', 'operator', 'admin', 'agent'])
    expect(rest.body.next).toBeNull()
  })

  test('a revoked token is good for nothing from then on', async () => {
    const read = () => house.ask('GET', '/v1/components', { as: 'operator' })
    expect((await read()).status).toBe(200)
    expect((await house.ask('DELETE', '/v1/tokens/operator')).status).toBe(204)
    expect((await read()).status).toBe(401)
    const again = await house.ask('DELETE', '/v1/tokens/operator')
    expect([again.status, again.body.code]).toEqual([404, 'not-found'])
  })

  test('the local token cannot be revoked', async () => {
    const { status, body } = await house.ask('DELETE', '/v1/tokens/local')
    expect([status, body.code]).toEqual([409, 'conflict'])
    const seen = await house.ask('GET', '/v1/tokens', { as: null, headers: { authorization: `Bearer ${house.localToken}` } })
    expect(seen.status).toBe(200)
  })
})

describe('the cookie of the board', () => {
  const login = async () => {
    const { status, headers } = await house.ask('POST', '/v1/session', { as: null, body: { token: house.tokens.operator } })
    expect(status).toBe(200)
    return headers.get('set-cookie') as string
  }
  const cookieOf = (header: string) => header.split(';')[0] as string

  test('is out of reach of scripts and of other sites, and does not hold the token', async () => {
    const header = await login()
    expect(header).toMatch(/HttpOnly/i)
    expect(header).toMatch(/SameSite=Strict/i)
    expect(header).not.toContain(house.tokens.operator)
  })

  test('reads as its role, until it is over', async () => {
    const cookie = cookieOf(await login())
    const read = () => house.ask('GET', '/v1/components', { as: null, headers: { cookie } })
    expect((await read()).status).toBe(200)
    await clock.advance(hours(12) - minutes(1))
    expect((await read()).status).toBe(200)
    await clock.advance(minutes(1))
    expect((await read()).status).toBe(401)
  })

  test('lasts over a restart of the controller, and not with another key', async () => {
    const cookie = cookieOf(await login())
    const same = createApi(house.ports, { sessionKey: house.sessionKey })
    expect((await same.request('/v1/components', { headers: { cookie } })).status).toBe(200)
    const stranger = createApi(house.ports, { sessionKey: 'another' })
    expect((await stranger.request('/v1/components', { headers: { cookie } })).status).toBe(401)
  })

  test('ends with the token that it was given for, and does not come back with the next one of that name', async () => {
    const cookie = cookieOf(await login())
    const read = async (cookie: string) => (await house.ask('GET', '/v1/components', { as: null, headers: { cookie } })).status
    expect(await read(cookie)).toBe(200)
    await house.ask('DELETE', '/v1/tokens/operator')
    expect(await read(cookie)).toBe(401)
    await clock.advance(1)
    const { token } = (await house.ask('POST', '/v1/tokens', { body: { name: 'operator', role: 'operator' } })).body
    expect(await read(cookie)).toBe(401)
    const { headers } = await house.ask('POST', '/v1/session', { as: null, body: { token } })
    expect(await read(cookieOf(headers.get('set-cookie') as string))).toBe(200)
  })

  test.each([
    ['a byte of the payload', (value: string) => value.replace('=', '=A')],
    ['the signature', (value: string) => `${value.slice(0, -3)}AAA`],
    ['no signature', (value: string) => value.split('.')[0] as string],
    ['nothing', () => 'jidoka_session='],
  ])('is refused when %s is changed', async (_, change) => {
    const cookie = change(cookieOf(await login()))
    expect((await house.ask('GET', '/v1/components', { as: null, headers: { cookie } })).status).toBe(401)
  })

  test.each([
    ['the board itself', { 'sec-fetch-site': 'same-origin' }, 200],
    ['the board in an older browser', { origin: 'http://localhost' }, 200],
    ['another port of this host', { 'sec-fetch-site': 'same-site', origin: 'http://localhost:7101' }, 403],
    ['another port, in an older browser', { origin: 'http://localhost:7101' }, 403],
    ['a foreign page', { 'sec-fetch-site': 'cross-site', origin: 'https://example.org' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['something that does not tell', {}, 403],
  ])('a write with it from %s is answered as it should be', async (_, headers, status) => {
    const cookie = cookieOf(await login())
    const answer = await house.ask('PUT', '/v1/automation', {
      as: null,
      body: { off: true, reason: 'x' },
      headers: { cookie, ...(headers as Record<string, string>) },
    })
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.body.code).toBe('cross-origin')
  })

  test('a wrong token opens nothing, nor does that of an agent, nor a foreign page', async () => {
    expect((await house.ask('POST', '/v1/session', { as: null, body: { token: 'jdk_wrong' } })).status).toBe(401)
    expect((await house.ask('POST', '/v1/session', { as: null, body: { token: house.tokens.agent } })).status).toBe(403)
    const foreign = await house.ask('POST', '/v1/session', {
      as: null,
      body: { token: house.localToken },
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(foreign.body.code).toBe('cross-origin')
  })

  test('is dropped on request', async () => {
    const { status, headers } = await house.ask('DELETE', '/v1/session', { as: null })
    expect(status).toBe(204)
    expect(headers.get('set-cookie')).toMatch(/jidoka_session=; Max-Age=0/)
  })
})

describe('the name it is asked under', () => {
  const asked = async (url: string, hosts?: readonly string[] | 'any') => {
    return (await createApi(house.ports, { hosts }).request(url)).status
  }
  test.each(['http://localhost:7070/health', 'http://127.0.0.1:7070/health', 'http://[::1]:7070/health'])('%s is ours', async (url) => {
    expect(await asked(url)).toBe(200)
  })
  test.each(['http://rebound.example.org:7070/health', 'http://localhost.example.org/health', 'http://10.0.0.7/health'])(
    '%s is refused',
    async (url) => {
      expect(await asked(url)).toBe(421)
    },
  )
  test('other names are allowed by name, or all of them', async () => {
    expect(await asked('http://jidoka.example.org/health', ['jidoka.example.org'])).toBe(200)
    expect(await asked('http://10.0.0.7/health', 'any')).toBe(200)
  })
})

describe('what is wrong is told', () => {
  test('an unknown route, and how to see the known ones', async () => {
    const { status, body } = await house.ask('GET', '/v1/nothing')
    expect([status, body.code, body.title]).toEqual([404, 'not-found', 'There is no route "GET /v1/nothing".'])
  })

  test('the unexpected: nothing of its inside to the caller, all causes to the log under the same id', async () => {
    const lines: object[] = []
    const log = { ...house.ports.log, error: (fields: object) => void lines.push(fields) }
    const broken = new Error('outer secret', { cause: new Error('disk on fire') })
    const api = createApi({ ...house.ports, log, journal: { ...house.ports.journal, roles: () => Promise.reject(broken) } }, {})
    const answer = await api.request('/v1/components', { headers: { authorization: `Bearer ${house.localToken}` } })
    const body = (await answer.json()) as { code: string; instance: string }
    expect([answer.status, body.code]).toEqual([500, 'internal'])
    expect(JSON.stringify(body)).not.toMatch(/secret|fire/)
    expect(lines).toMatchObject([{ cause: 'outer secret <- disk on fire', path: '/v1/components' }])
    expect(body.instance).toContain((lines[0] as { request: string }).request)
    expect(JSON.stringify(lines)).not.toContain(house.localToken)
  })

  test('answers are neither kept nor guessed at by a browser', async () => {
    const { headers } = await house.ask('GET', '/v1/components')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})
