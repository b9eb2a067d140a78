import http from 'node:http'
import net from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { closedPort, listen, looker } from './fixture.ts'
import type { Observation } from './probe.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

async function member(status: number, body: unknown): Promise<string> {
  const server = http.createServer((_, response) =>
    response.writeHead(status, { 'content-type': 'application/health+json' }).end(JSON.stringify(body)),
  )
  const address = await listen(server)
  open.push({ close: () => void server.close().closeAllConnections() })
  return `http://${address}`
}

async function lookAt(place: object, more: object = {}): Promise<Observation> {
  const { look, close } = looker(place, { kind: 'hook', timeoutMs: 150 }, more)
  open.push({ close })
  return look()
}

test('a healthy member passes, and its health document is kept', async () => {
  const health = { status: 'pass', role: 'active', generation: 7 }
  expect(await lookAt({ hooks: await member(200, health) })).toMatchObject({
    outcome: 'pass',
    summary: 'healthy',
    health,
    tookMs: expect.any(Number),
  })
})

test.each<[why: string, status: number, health: object, expected: object]>([
  ['it fails', 503, { status: 'fail', output: 'disk full' }, { outcome: 'fail', signal: 'fail', summary: 'it says "fail": disk full' }],
  [
    'it warns',
    200,
    { status: 'warn', checks: { 'disk:free': [{ status: 'warn', output: '5 % left' }] } },
    { outcome: 'warn', signal: 'warn', summary: 'it says "warn": 5 % left' },
  ],
  [
    'it has too much to do, and warns',
    200,
    { status: 'warn', checks: { overload: [{ observedValue: 900 }] } },
    { outcome: 'warn', signal: 'overloaded' },
  ],
  [
    'it has too much to do, and fails',
    503,
    { status: 'fail', checks: { 'overload:queue': [{ status: 'fail' }] } },
    { outcome: 'fail', signal: 'overloaded' },
  ],
  [
    'it warns of something else than its load',
    200,
    { status: 'warn', checks: { overload: [{ status: 'pass' }], disk: [{ status: 'warn' }] } },
    { outcome: 'warn', signal: 'warn' },
  ],
  [
    'it fails for something else than its load',
    503,
    { status: 'fail', checks: { overload: [{ observedValue: 1 }] } },
    { outcome: 'fail', signal: 'fail' },
  ],
])('%s', async (_, status, health, expected) => {
  expect(await lookAt({ hooks: await member(status, health) })).toMatchObject(expected)
})

test('what is not its contract is a bad answer', async () => {
  expect(await lookAt({ hooks: await member(200, { status: 'splendid' }) })).toMatchObject({ outcome: 'fail', signal: 'bad-answer' })
  expect(await lookAt({ hooks: await member(404, {}) })).toMatchObject({ outcome: 'fail', signal: 'bad-answer' })
  expect(await lookAt({ hooks: await member(500, {}) })).toMatchObject({ outcome: 'fail', signal: 'fail' })
})

test('nobody listens', async () => {
  expect(await lookAt({ hooks: `http://${await closedPort()}` })).toMatchObject({ outcome: 'fail', signal: 'refused' })
})

test('it accepts, and never answers', async () => {
  const silent = net.createServer()
  const address = await listen(silent)
  open.push(silent)
  const seen = await lookAt({ hooks: `http://${address}` })
  expect(seen).toMatchObject({ outcome: 'fail', signal: 'timeout', summary: 'no answer within 150 ms' })
  expect(seen.tookMs).toBeGreaterThanOrEqual(140)
})

test('an agent that says that the process ended is proof; an agent that is silent says nothing about the member', async () => {
  const dead = await member(503, { status: 'fail', process: { state: 'exited' } })
  expect(await lookAt({ agent: 'tokyo-a' }, { agents: [{ id: 'tokyo-a', url: dead }] })).toMatchObject({ outcome: 'fail', signal: 'exit' })
  const gone = `http://${await closedPort()}`
  expect(await lookAt({ agent: 'tokyo-a' }, { agents: [{ id: 'tokyo-a', url: gone }] })).toMatchObject({
    outcome: 'fail',
    signal: 'unreachable',
    summary: expect.stringContaining('its agent'),
  })
  expect(await lookAt({ hooks: gone, agent: 'tokyo-a' }, { agents: [{ id: 'tokyo-a', url: dead }] })).toMatchObject({ signal: 'refused' })
})

test('a probe without a target is broken itself: a warning, which says nothing about the member', async () => {
  expect(await lookAt({})).toMatchObject({
    outcome: 'warn',
    signal: 'warn',
    summary: expect.stringContaining('the hook probe itself failed'),
  })
})
