import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import { createHooks, expressHooks, honoHooks, type Kit, type KitOptions, nodeHooks } from './kit.ts'

const token = 'a-token'
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** Serves beside the service's own answer "mine"; the answer is the base URL. */
type Adapter = (kit: Kit) => Promise<string>

async function listening(server: Server): Promise<string> {
  servers.push(server)
  if (!server.listening) await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const bare: Adapter = (kit) => {
  const handled = nodeHooks(kit)
  return listening(createServer((req, res) => handled(req, res) || res.end('mine')).listen(0, '127.0.0.1'))
}

async function express(kit: Kit, parserFirst: boolean): Promise<string> {
  const { default: make } = await import('express' as string)
  const app = make()
  if (parserFirst) app.use(make.json())
  app.use(expressHooks(kit))
  app.use((_: unknown, res: { send(text: string): void }) => res.send('mine'))
  return listening(app.listen(0, '127.0.0.1'))
}

async function hono(kit: Kit, parserFirst: boolean): Promise<string> {
  const app = new Hono()
  if (parserFirst)
    app.use(async (c, next) => {
      if (c.req.method === 'POST') await c.req.text()
      await next()
    })
  app.use(honoHooks(kit))
  app.all('*', (c) => c.text('mine'))
  return listening(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server)
}

const adapters: [string, Adapter][] = [
  ['bare http', bare],
  ['express', (kit) => express(kit, false)],
  ['express behind a body parser', (kit) => express(kit, true)],
  ['hono', (kit) => hono(kit, false)],
  ['hono behind a middleware that took the body', (kit) => hono(kit, true)],
]

let keys = 0
const call = (action: string, generation: number | string, body?: object | string, headers: Record<string, string> = {}) => ({
  path: `/control/${action}`,
  init: {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': `k${++keys}`,
      'jidoka-generation': String(generation),
      'content-type': 'application/json',
      ...headers,
    },
    body: typeof body === 'string' ? body : body && JSON.stringify(body),
  } satisfies RequestInit,
})

async function ask(base: string, path: string, init?: RequestInit) {
  const response = await fetch(base + path, init)
  const text = await response.text()
  return { status: response.status, type: response.headers.get('content-type'), body: text === '' ? null : JSON.parse(text) }
}

const order = (base: string, ...given: Parameters<typeof call>) => {
  const { path, init } = call(...given)
  return ask(base, path, init)
}

/** The kit without a server, for what no server changes. */
function direct(options: Partial<KitOptions> = {}) {
  const kit = createHooks({ serviceId: 'polaris-1', token, roles: true, ...options })
  const send = async (...given: Parameters<typeof call>) => {
    const { path, init } = call(...given)
    const answer = await kit.handle({ method: 'POST', path, headers: new Headers(init.headers), body: async () => init.body ?? '' })
    return { status: answer?.status, body: JSON.parse(answer?.body ?? 'null') }
  }
  const read = async (path: string) => {
    const answer = await kit.handle({
      method: 'GET',
      path,
      headers: new Headers({ authorization: `Bearer ${token}` }),
      body: async () => '',
    })
    return { status: answer?.status, type: answer?.headers['content-type'], body: JSON.parse(answer?.body ?? 'null') }
  }
  return { kit, send, read }
}

describe.each(adapters)('the hooks on %s', (_, adapter) => {
  it('answers health, control and everything else as the contract says', async () => {
    const kit = createHooks({ serviceId: 'polaris-1', version: '1.4.2', token, roles: true })
    const base = await adapter(kit)
    expect(await ask(base, '/health?full=1')).toEqual({
      status: 200,
      type: 'application/health+json',
      body: { status: 'pass', version: '1.4.2', serviceId: 'polaris-1', role: 'standby', generation: 0, stamp: expect.any(String) },
    })
    expect(await ask(base, '/health/active')).toMatchObject({ status: 503, type: 'application/problem+json', body: { code: 'not-active' } })
    expect(await order(base, 'promote', 7, { leaseMs: 60_000 })).toMatchObject({
      status: 200,
      body: { status: 'done', role: 'active', generation: 7 },
    })
    expect(await ask(base, '/health/active')).toMatchObject({ status: 200 })
    expect((await fetch(`${base}/health`, { method: 'HEAD' })).status).toBe(200)
    expect(
      await (await fetch(`${base}/orders`, { method: 'POST', body: '{"n":1}', headers: { 'content-type': 'application/json' } })).text(),
    ).toBe('mine')
    expect(await (await fetch(`${base}/healthy`)).text()).toBe('mine')
  })

  it('refuses a body that is too large, and goes on serving', async () => {
    const kit = createHooks({ serviceId: 'polaris-1', token, roles: true })
    const base = await adapter(kit)
    const large = await order(base, 'promote', 1, { text: 'x'.repeat(70_000) }).catch(() => null)
    // The connection may be cut before the client has sent everything; then it sees no answer at all.
    if (large) expect(large).toMatchObject({ status: 413, body: { code: 'body-too-large' } })
    expect(kit.role()).toBe('standby')
    expect(await ask(base, '/health')).toMatchObject({ status: 200 })
  })
})

describe('the control hook', () => {
  it('asks for the token, and answers 401 always when none is configured', async () => {
    const { send, kit } = direct()
    for (const authorization of ['', 'Bearer', 'Bearer wrong', `Basic ${token}`, `Bearer ${token}x`]) {
      expect(await send('promote', 1, {}, { authorization })).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    }
    expect(kit.generation()).toBe(0)
    for (const none of [undefined, '']) {
      expect(await direct({ token: none }).send('promote', 1, {}, { authorization: 'Bearer ' })).toMatchObject({ status: 401 })
    }
  })

  it('names the actions that it knows when it does not know one', async () => {
    const { send } = direct({ on: { 'flush-cache': () => {} } })
    const answer = await send('explode', 1)
    expect(answer).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
    expect(answer.body.detail).toContain('promote, demote, fence, unfence, lease, flush-cache')
    expect(await send('restart', 1)).toMatchObject({ status: 404 })
    expect(await send('%E0%A4%A', 1)).toMatchObject({ status: 404 })
    expect(await direct({ roles: false }).send('promote', 1)).toMatchObject({ status: 404, body: { code: 'unknown-action' } })
  })

  it.each([
    ['a generation that is missing', { 'jidoka-generation': '' }, undefined, 422, 'bad-request'],
    ['a negative generation', { 'jidoka-generation': '-1' }, undefined, 422, 'bad-request'],
    ['a fraction', { 'jidoka-generation': '1.5' }, undefined, 422, 'bad-request'],
    ['words', { 'jidoka-generation': 'seven' }, undefined, 422, 'bad-request'],
    ['a number beyond what is exact', { 'jidoka-generation': '99999999999999999999' }, undefined, 422, 'bad-request'],
    ['no key', { 'idempotency-key': '' }, undefined, 422, 'bad-request'],
    ['an endless key', { 'idempotency-key': 'k'.repeat(256) }, undefined, 422, 'bad-request'],
    ['broken JSON', {}, '{"leaseMs":', 400, 'malformed-body'],
    ['JSON that is no object', {}, '[1]', 422, 'bad-request'],
    ['null', {}, 'null', 422, 'bad-request'],
    ['a lease that is no number', {}, '{"leaseMs":"5s"}', 422, 'bad-request'],
    ['a body that the transport did not limit', {}, `"${'x'.repeat(65_536)}"`, 413, 'body-too-large'],
  ])('refuses %s, and does nothing', async (_, headers, body, status, code) => {
    const { send, kit } = direct()
    expect(await send('promote', 1, body, headers as Record<string, string>)).toMatchObject({ status, body: { code } })
    expect(kit.role()).toBe('standby')
  })

  it('refuses a body that does not come', async () => {
    const clock = virtualClock()
    const kit = createHooks({ serviceId: 'polaris-1', token, roles: true, clock, bodyLimitMs: 2_000 })
    const base = await bare(kit)
    const socket = connect(Number(new URL(base).port), '127.0.0.1')
    socket.write(
      `POST /control/promote HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\nidempotency-key: slow\r\njidoka-generation: 1\r\ncontent-length: 20\r\n\r\n{"leaseMs`,
    )
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
    })
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(2_000)
    await once(socket, 'close')
    expect(text).toMatch(/^HTTP\/1.1 408 /)
    expect(text).toContain('body-too-slow')
    expect(kit.role()).toBe('standby')
  })

  it('refuses an older generation and remembers a newer one before it acts', async () => {
    const seen: number[] = []
    const { send, kit } = direct({
      on: {
        promote: () => {
          seen.push(kit.generation())
          throw new Error('not yet')
        },
      },
    })
    await send('promote', 8)
    expect(seen).toEqual([8])
    expect(await send('demote', 7)).toMatchObject({
      status: 409,
      body: { code: 'stale-generation', seen: 8, given: 7, member: 'polaris-1' },
    })
    expect(await send('demote', 8)).toMatchObject({ status: 200 })
    expect(kit.generation()).toBe(8)
  })

  it('does nothing when the newer generation cannot be kept', async () => {
    const { send, kit } = direct({
      generations: {
        load: () => 3,
        save: () => {
          throw new Error('disk full')
        },
      },
    })
    expect(kit.generation()).toBe(3)
    expect(await send('promote', 2)).toMatchObject({ status: 409, body: { code: 'stale-generation' } })
    expect(await send('promote', 4)).toMatchObject({ status: 500, body: { code: 'internal' } })
    expect({ role: kit.role(), generation: kit.generation() }).toEqual({ role: 'standby', generation: 3 })
  })

  it('answers the same key with the first answer and acts once, also while the first is at work', async () => {
    let acted = 0
    const gate = Promise.withResolvers<void>()
    const { send } = direct({
      on: {
        drain: async () => {
          acted++
          await gate.promise
          return { drained: acted }
        },
      },
    })
    const key = { 'idempotency-key': 'run-1/0' }
    const first = send('drain', 1, { n: 1 }, key)
    const second = send('drain', 1, { n: 1 }, key)
    gate.resolve()
    const answers = [await first, await second, await send('drain', 1, { n: 1 }, key)]
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { status: 'done', drained: 1 } })
    expect(acted).toBe(1)
    expect(await send('drain', 1, { n: 2 }, key)).toMatchObject({ status: 422, body: { code: 'key-reused' } })
    expect(await send('promote', 1, { n: 1 }, key)).toMatchObject({ status: 422, body: { code: 'key-reused' } })
  })

  it('replays a refusal too, but not a failure', async () => {
    let acted = 0
    const { send } = direct({
      on: {
        promote: () => {
          acted++
          throw new Error('lagging')
        },
        fence: () => {
          acted++
          throw new Error('stuck')
        },
      },
    })
    for (let i = 0; i < 2; i++)
      expect(await send('promote', 1, {}, { 'idempotency-key': 'a' })).toMatchObject({ status: 409, body: { code: 'role-refused' } })
    expect(acted).toBe(1)
    for (let i = 0; i < 2; i++)
      expect(await send('fence', 1, {}, { 'idempotency-key': 'b' })).toMatchObject({ status: 500, body: { code: 'step-down-failed' } })
    expect(acted).toBe(3)
  })

  it('forgets the oldest of a thousand keys, never one at work', async () => {
    let acted = 0
    const gate = Promise.withResolvers<void>()
    const { send } = direct({
      on: {
        slow: () => {
          acted++
          return gate.promise
        },
        quick: () => {
          acted++
        },
      },
    })
    const slow = send('slow', 1, {}, { 'idempotency-key': 'slow' })
    await send('quick', 1, {}, { 'idempotency-key': 'first' })
    for (let i = 0; i < 1_000; i++) await send('quick', 1)
    expect(acted).toBe(1_002)
    await send('quick', 1, {}, { 'idempotency-key': 'first' })
    expect(acted).toBe(1_003)
    const again = send('slow', 1, {}, { 'idempotency-key': 'slow' })
    gate.resolve()
    expect([(await slow).status, (await again).status, acted]).toEqual([200, 200, 1_003])
  })

  it('answers a restart before it ends the process, and the next life says that it is done', async () => {
    const clock = virtualClock()
    let ended = 0
    const { send, read } = direct({
      clock,
      on: {
        restart: () => {
          ended++
        },
      },
    })
    const { status, body } = await send('restart', 1)
    expect({ status, state: body.status, ended }).toEqual({ status: 202, state: 'accepted', ended: 0 })
    expect(await read(body.operation)).toMatchObject({ status: 202, body: { status: 'accepted' } })
    await clock.advance(50)
    expect(ended).toBe(1)
    const next = direct({ clock, on: { restart: () => {} } })
    expect(await next.read(body.operation)).toMatchObject({ status: 200, body: { status: 'done' } })
    expect(await next.read('/control/operations/other')).toMatchObject({ status: 404 })
  })

  it('tells by its operation that a restart failed', async () => {
    const clock = virtualClock()
    const { send, read } = direct({
      clock,
      on: {
        restart: () => {
          throw new Error('busy')
        },
      },
    })
    const { body } = await send('restart', 1)
    await clock.advance(50)
    expect(await read(body.operation)).toMatchObject({ status: 409, body: { code: 'role-refused' } })
  })
})
