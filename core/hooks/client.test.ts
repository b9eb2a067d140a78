import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { systemClock } from '../clock.ts'
import { JidokaError } from '../errors.ts'
import { hookClient } from './client.ts'
import { createHooks, type KitOptions, nodeHooks } from './kit/kit.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

function client(options: Partial<Parameters<typeof hookClient>[0]> = {}) {
  const made = hookClient({ token: () => 'secret', clock: systemClock, pollMs: 5, ...options })
  closing.push(made.close)
  return made
}

async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  closing.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const serving = async (listener: RequestListener) => `http://127.0.0.1:${await portOf(createServer(listener))}`
const talking = async (listener: (socket: Socket) => void) => `http://127.0.0.1:${await portOf(createTcp(listener))}`
const answering = (status: number, body: unknown) =>
  serving(
    (_, res) =>
      void res.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body)),
  )

async function member(options: Partial<KitOptions> = {}) {
  const kit = createHooks({ serviceId: 'polaris-1', token: 'secret', roles: true, ...options })
  const handled = nodeHooks(kit)
  return { kit, base: await serving((req, res) => void (handled(req, res) || res.writeHead(404).end())) }
}

const limits = { timeoutMs: 5_000 }
const promote = { action: 'promote', generation: 7, key: 'run-1/0' }

async function faultOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(JidokaError)
  return { ...error.details, code: error.code }
}

describe('against the server kit', () => {
  it('reads health, also when it fails, and gives orders', async () => {
    const { base } = await member({ checks: { disk: () => ({ status: 'fail', output: 'full' }) } })
    const hooks = client()
    expect(await hooks.health(`${base}/`, limits)).toMatchObject({ status: 'fail', role: 'standby', output: 'disk: full' })
    expect(await hooks.control(base, promote, limits)).toEqual({ status: 'done', role: 'active', generation: 7, stamp: expect.any(String) })
  })

  it('passes a stale generation on, and an action that is not known; other refusals are failures of the target', async () => {
    const { base } = await member({
      on: {
        drain: () => {
          throw new Error('busy')
        },
      },
    })
    const hooks = client()
    await hooks.control(base, promote, limits)
    expect(await faultOf(hooks.control(base, { action: 'demote', generation: 6, key: 'k1' }, limits))).toMatchObject({
      code: 'stale-generation',
      seen: 7,
      given: 6,
      member: 'polaris-1',
    })
    expect(await faultOf(hooks.control(base, { action: 'explode', generation: 7, key: 'k2' }, limits))).toMatchObject({
      code: 'unknown-action',
      action: 'explode',
    })
    expect(await faultOf(hooks.control(base, { action: 'drain', generation: 7, key: 'k3' }, limits))).toMatchObject({
      code: 'target-failed',
      httpStatus: 409,
      problem: expect.stringContaining('busy'),
    })
    expect(await faultOf(client({ token: () => 'wrong' }).control(base, promote, limits))).toMatchObject({
      code: 'target-failed',
      httpStatus: 401,
    })
  })

  it('waits for an accepted operation while the process goes down and comes up again', async () => {
    let up = await member({
      on: {
        restart: () => {
          server.close()
          server.closeAllConnections()
        },
      },
    })
    const server = createServer((req, res) => void nodeHooks(up.kit)(req, res))
    const port = await portOf(server)
    const base = `http://127.0.0.1:${port}`
    server.on('close', async () => {
      up = {
        base,
        kit: createHooks({ serviceId: 'polaris-1', token: 'secret', on: { restart: () => {} }, clock: { ...systemClock, now: () => 1 } }),
      }
      const next = createServer((req, res) => void nodeHooks(up.kit)(req, res))
      closing.push(() => {
        next.close()
        next.closeAllConnections()
      })
      next.listen(port, '127.0.0.1')
    })
    expect(await client().control(base, { action: 'restart', generation: 1, key: 'k' }, limits)).toEqual({ status: 'done' })
  })

  it('gives up on an operation that does not end', async () => {
    const { base } = await member({ on: { restart: () => new Promise(() => {}) } })
    expect(await faultOf(client().control(base, { action: 'restart', generation: 1, key: 'k' }, { timeoutMs: 60 }))).toMatchObject({
      code: 'target-timeout',
    })
  })

  it('sends the token nowhere else, whatever the operation says', async () => {
    let asked = 0
    const elsewhere = await serving((_, res) => {
      asked++
      res.end('{"status":"done"}')
    })
    for (const operation of [`${elsewhere}/x`, `//${new URL(elsewhere).host}/x`, 'not a url']) {
      const base = await answering(202, { status: 'accepted', operation })
      expect(await faultOf(client().control(base, promote, limits))).toMatchObject({ code: 'target-bad-answer' })
    }
    expect(asked).toBe(0)
  })

  it('keeps the connection', async () => {
    const { kit } = await member()
    const handled = nodeHooks(kit)
    const server = createServer((req, res) => void handled(req, res))
    let connections = 0
    server.on('connection', () => connections++)
    const base = `http://127.0.0.1:${await portOf(server)}`
    const hooks = client()
    for (let i = 0; i < 5; i++) await hooks.health(base, limits)
    await hooks.control(base, promote, limits)
    expect(connections).toBe(1)
  })
})

describe('a target that is not well', () => {
  it('refuses the connection', async () => {
    const server = createTcp()
    const port = await portOf(server)
    server.close()
    await once(server, 'close')
    expect(await faultOf(client().health(`http://127.0.0.1:${port}`, limits))).toMatchObject({ code: 'target-refused' })
  })

  it('has no such name', async () => {
    expect(await faultOf(client().health('http://nobody.invalid', limits))).toMatchObject({ code: 'target-unreachable' })
  })

  it('cuts the connection before and in the middle of the answer', async () => {
    const before = await talking((socket) => socket.on('data', () => socket.destroy()))
    expect(await faultOf(client().control(before, promote, limits))).toMatchObject({ code: 'target-unreachable' })
    const amid = await talking((socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"status"')))
    expect(await faultOf(client().health(amid, limits))).toMatchObject({ code: 'target-unreachable' })
  })

  it('does not answer, or does not end its answer', async () => {
    for (const start of ['', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{']) {
      const clock = virtualClock()
      let asked = false
      const base = await talking((socket) =>
        socket.on('data', () => {
          asked = true
          socket.write(start)
        }),
      )
      const answer = faultOf(client({ clock }).health(base, { timeoutMs: 300 }))
      while (!asked) await new Promise((resolve) => setImmediate(resolve))
      await clock.advance(300)
      expect(await answer).toMatchObject({ code: 'target-timeout', timeoutMs: 300 })
    }
  })

  it('is left when the caller aborts', async () => {
    const abort = new AbortController()
    const base = await talking((socket) => socket.on('data', () => abort.abort()))
    expect(await faultOf(client().health(base, { timeoutMs: 5_000, signal: abort.signal }))).toMatchObject({ code: 'deadline-passed' })
    expect(await faultOf(client().health(base, { timeoutMs: 5_000, signal: abort.signal }))).toMatchObject({ code: 'deadline-passed' })
  })

  it('has closed a kept connection: a read is sent again once, an order is not', async () => {
    const asked: string[] = []
    // Answers the first request of each connection, and resets it on the second one.
    const base = await talking((socket) => {
      let requests = 0
      socket.on('data', (data) => {
        asked.push(data.toString().split(' ')[0] as string)
        const body = '{"status":"pass"}'
        if (++requests === 1) socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
        else socket.resetAndDestroy()
      })
    })
    const hooks = client()
    await hooks.health(base, limits)
    expect(await hooks.health(base, limits)).toEqual({ status: 'pass' })
    expect(asked).toEqual(['GET', 'GET', 'GET'])
    expect(await faultOf(hooks.control(base, promote, limits))).toMatchObject({ code: 'target-unreachable' })
    expect(asked).toEqual(['GET', 'GET', 'GET', 'POST'])
  })

  it.each([
    ['not JSON', 'hello'],
    ['no object', '[]'],
    ['no status', {}],
    ['a status that is not known', { status: 'ok' }],
    ['a role that is not known', { status: 'pass', role: 'primary' }],
    ['a generation in words', { status: 'pass', generation: '7' }],
    ['a negative generation', { status: 'pass', generation: -1 }],
    ['checks that are no lists', { status: 'pass', checks: { a: { status: 'pass' } } }],
    ['checks of something else', { status: 'pass', checks: { a: ['pass'] } }],
    ['a check with another status', { status: 'pass', checks: { a: [{ status: 'green' }] } }],
    ['a process without a state', { status: 'pass', process: { pid: 1 } }],
    ['a process id in words', { status: 'pass', process: { state: 'running', pid: '1' } }],
    ['too much', { status: 'pass', output: 'x'.repeat(300_000) }],
  ])('answers health with %s', async (_, body) => {
    expect(await faultOf(client().health(await answering(200, body), limits))).toMatchObject({ code: 'target-bad-answer' })
  })

  it('may tell more than the contract has', async () => {
    const body = { status: 'warn', notes: ['x'], checks: { a: [{ observedValue: true, node: 1 }] }, links: { about: 'x' } }
    expect(await client().health(await answering(200, body), limits)).toEqual(body)
  })

  it.each([
    [404, 'not found'],
    [500, ''],
    [301, ''],
    [503, '<h1>Busy</h1>'],
  ])('answers health with %i', async (httpStatus, body) => {
    expect(await faultOf(client().health(await answering(httpStatus, body), limits))).toMatchObject({ code: 'target-failed', httpStatus })
  })

  it.each([
    [200, { status: 'ok' }],
    [200, 'done'],
    [200, { status: 'accepted', operation: '/control/operations/1' }],
    [202, { status: 'accepted' }],
    [202, { status: 'done' }],
  ])('answers an order with %i %j', async (status, body) => {
    expect(await faultOf(client().control(await answering(status, body), promote, limits))).toMatchObject({ code: 'target-bad-answer' })
  })

  it('does not speak HTTP', async () => {
    const base = await talking((socket) => socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
    expect(await faultOf(client().health(base, limits))).toMatchObject({ code: 'target-bad-answer' })
  })
})

it('sends what the contract asks for', async () => {
  const seen: Partial<IncomingMessage>[] = []
  const base = await serving((req: IncomingMessage, res: ServerResponse) => {
    seen.push(req)
    res.end('{"status":"done"}')
  })
  await client().control(`${base}/members/a`, { action: 'flush cache', generation: 3, key: 'k', body: { n: 1 } }, limits)
  expect(seen[0]).toMatchObject({
    method: 'POST',
    url: '/members/a/control/flush%20cache',
    headers: {
      authorization: 'Bearer secret',
      'idempotency-key': 'k',
      'jidoka-generation': '3',
      'content-type': 'application/json',
      'content-length': '7',
    },
  })
})
