import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStage, type Stage, sendPacket, until } from './testing.ts'

let stage: Stage
const servers: Server[] = []
beforeEach(async () => {
  stage = await openStage()
  await stage.start('router')
})
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  await stage.close()
})

/** A member whose answers the test writes; `hold` keeps them back until it is called. */
async function member(name: string, generation: number, wait: () => Promise<void> = async () => {}) {
  const server = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += chunk
    await wait()
    res
      .writeHead(200, { 'x-member': name, 'x-role': 'active', 'x-generation': generation })
      .end(JSON.stringify({ by: name, path: req.url, body }))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function gate() {
  let open = () => {}
  const closed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { wait: () => closed, open: () => open() }
}

const route = (to: string | null, name: string | null, generation: number) =>
  stage.control('router', 'route', generation, { to, member: name })
const get = () => sendPacket(stage.url('router'), 's', 1)

test('without a route it refuses at once and says that it was the router', async () => {
  expect(await get()).toMatchObject({ status: 503, body: { code: 'no-route' }, refusedBy: 'router' })
})

test('it passes method, path, body and headers on, and the answer back', async () => {
  await route(await member('polaris-1', 1), 'polaris-1', 1)
  const response = await fetch(`${stage.url('router')}/packets?x=1`, { method: 'POST', body: 'hello' })
  expect(response.headers.get('x-member')).toBe('polaris-1')
  expect(await response.json()).toEqual({ by: 'polaris-1', path: '/packets?x=1', body: 'hello' })
})

test('a stale route is refused, and the newer one stays', async () => {
  await route(await member('polaris-2', 5), 'polaris-2', 5)
  expect(await route(await member('polaris-1', 4), 'polaris-1', 4)).toMatchObject({
    status: 409,
    body: { code: 'stale-generation', seen: 5 },
  })
  expect(await get()).toMatchObject({ status: 200, member: 'polaris-2' })
})

test('a target that is none is refused', async () => {
  for (const to of ['https://127.0.0.1:1', 'http://elsewhere:80', 7, undefined]) {
    expect(await stage.control('router', 'route', 1, { to, member: 'x' })).toMatchObject({ status: 422, body: { code: 'bad-request' } })
  }
})

test('an answer of an older generation than the route is not passed on', async () => {
  await route(await member('polaris-1', 3), 'polaris-1', 4)
  expect(await get()).toMatchObject({ status: 503, body: { code: 'old-generation' }, refusedBy: 'router' })
})

test('a thawed old active does not answer the requests that it still held', async () => {
  const thaw = gate()
  await route(await member('polaris-1', 1, thaw.wait), 'polaris-1', 1)
  const held = [get(), get(), get()]
  await until('the requests are under way', async () => {
    const health = (await (await fetch(`${stage.url('router')}/health`)).json()) as { checks: Record<string, { observedValue: unknown }[]> }
    return health.checks['requests:inFlight']?.[0]?.observedValue === 3
  })
  await route(await member('polaris-2', 2), 'polaris-2', 2)
  expect(await get()).toMatchObject({ status: 200, member: 'polaris-2' })
  thaw.open()
  for (const answer of await Promise.all(held))
    expect(answer).toMatchObject({ status: 503, body: { code: 'old-generation' }, refusedBy: 'router' })
})

test('an answer that had begun before the switch ends as it ends', async () => {
  const rest = gate()
  const begun = gate()
  const slow = createServer(async (_req, res) => {
    res.writeHead(200, { 'x-member': 'polaris-1', 'x-generation': 1 }).write('first ')
    await rest.wait()
    res.end('second')
  })
  servers.push(slow)
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
  await route(`http://127.0.0.1:${(slow.address() as AddressInfo).port}`, 'polaris-1', 1)
  const text = new Promise<string>((resolve, reject) => {
    request(`${stage.url('router')}/packets`, async (res) => {
      let whole = ''
      for await (const chunk of res) {
        whole += chunk
        begun.open()
      }
      resolve(whole)
    })
      .once('error', reject)
      .end()
  })
  await begun.wait()
  await route(await member('polaris-2', 2), 'polaris-2', 2)
  rest.open()
  expect(await text).toBe('first second')
})

test('a dead member behind the route is a refusal at once', async () => {
  const to = await member('polaris-1', 1)
  await route(to, 'polaris-1', 1)
  await get()
  const [server] = servers.splice(0)
  server?.closeAllConnections()
  await new Promise((resolve) => server?.close(resolve))
  expect(await get()).toMatchObject({ status: 503, body: { code: 'upstream-refused' }, refusedBy: 'router' })
})

test('a restarted router goes on with its route and still refuses an older one', async () => {
  await route(await member('polaris-2', 5), 'polaris-2', 5)
  await stage.end('router')
  await stage.start('router')
  expect(await get()).toMatchObject({ status: 200, member: 'polaris-2' })
  expect((await route(await member('polaris-1', 4), 'polaris-1', 4)).status).toBe(409)
})

test('a router that missed a promotion finds the active member by itself', async () => {
  await route(await member('polaris-1', 1), 'polaris-1', 1)
  await stage.end('router')
  await stage.start('polaris-1', 'polaris-2', 'dipper-1')
  await stage.control('polaris-2', 'promote', 2)
  servers.splice(0).map((server) => server.closeAllConnections() ?? server.close())
  await stage.start('router')
  await until('the router has found it', async () => (await get()).member === 'polaris-2')
  expect((await route(stage.url('polaris-1'), 'polaris-1', 1)).body).toMatchObject({ code: 'stale-generation', seen: 2 })
})

test('who was sent away by an order is not found again', async () => {
  await stage.start('polaris-1', 'dipper-1')
  await stage.control('polaris-1', 'promote', 3)
  await route(null, null, 3)
  for (let i = 0; i < 3; i++) {
    expect(await get()).toMatchObject({ status: 503, body: { code: 'no-route' } })
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
})

test('its health names the target, and is well without one: a restart would help nobody', async () => {
  const targetOf = async () => {
    const health = (await (await fetch(`${stage.url('router')}/health`)).json()) as {
      status: string
      checks: Record<string, { observedValue: unknown }[]>
    }
    return [health.status, health.checks['route:target']?.[0]?.observedValue]
  }
  expect(await targetOf()).toEqual(['pass', 'none'])
  await route(await member('polaris-1', 1), 'polaris-1', 1)
  expect(await targetOf()).toEqual(['pass', 'polaris-1'])
  await route(null, null, 2)
  expect(await targetOf()).toEqual(['pass', 'none'])
})
