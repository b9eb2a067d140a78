import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { closedPort, listen, looker } from './fixture.ts'

const open: (() => unknown)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

async function serve(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler)
  open.push(() => server.close().closeAllConnections())
  return listen(server)
}

const lookAt = (address: string, more: object = {}) =>
  looker({ address: `http://${address}` }, { kind: 'http', timeoutMs: 200, ...more }).look()

test('the expected status passes, any other fails', async () => {
  const address = await serve((request, response) => response.writeHead(request.url === '/ready' ? 204 : 500).end())
  expect(await lookAt(address, { path: '/ready', expectStatus: 204 })).toMatchObject({ outcome: 'pass', summary: 'answered 204' })
  expect(await lookAt(address)).toMatchObject({ outcome: 'fail', signal: 'fail', summary: 'answered 500, not 200' })
})

test("the probe's own url comes before the member's address", async () => {
  const address = await serve((request, response) => response.writeHead(request.url === '/own?x=1' ? 200 : 404).end())
  expect(await lookAt('127.0.0.1:1', { url: `http://${address}/own?x=1` })).toMatchObject({ outcome: 'pass' })
})

test('each look is a new connection, as a new user would open one', async () => {
  const server = http.createServer((_, response) => response.end('ok'))
  let connections = 0
  server.on('connection', () => connections++)
  open.push(() => server.close().closeAllConnections())
  const { look } = looker({ address: `http://${await listen(server)}` }, { kind: 'http' })
  await look()
  await look()
  expect(connections).toBe(2)
})

test('nobody listens', async () => {
  expect(await lookAt(await closedPort())).toMatchObject({ outcome: 'fail', signal: 'refused' })
})

test('a server that accepts and never answers', async () => {
  const server = net.createServer()
  open.push(() => server.close())
  expect(await lookAt(await listen(server))).toMatchObject({
    outcome: 'fail',
    signal: 'timeout',
    summary: 'connected, but no answer within 200 ms',
  })
})

test('a server that sends a byte now and then is late, however busy the connection is', async () => {
  const address = await serve((_, response) => {
    response.writeHead(200)
    const drip = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(drip))
  })
  expect(await lookAt(address)).toMatchObject({ outcome: 'fail', signal: 'timeout', summary: 'no complete answer within 200 ms' })
})

test('of an endless answer the beginning is enough', async () => {
  const address = await serve((_, response) => {
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    }
    response.writeHead(200).on('drain', pour)
    pour()
  })
  expect(await lookAt(address)).toMatchObject({ outcome: 'pass' })
})

test('a server that speaks something else, and one that hangs up', async () => {
  const other = net.createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
  const rude = net.createServer((socket) => socket.resetAndDestroy())
  open.push(
    () => other.close(),
    () => rude.close(),
  )
  expect(await lookAt(await listen(other))).toMatchObject({ outcome: 'fail', signal: 'bad-answer' })
  expect(await lookAt(await listen(rude))).toMatchObject({
    outcome: 'fail',
    signal: 'unreachable',
    summary: expect.stringContaining('cut the connection'),
  })
})

test('a process that is stopped accepts connections in the kernel, answers nobody, and passes again when it goes on', async () => {
  const script = 'const s = require("http").createServer((q, r) => r.end("ok")).listen(0, "127.0.0.1", () => console.log(s.address().port))'
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  open.push(() => child.kill('SIGKILL'))
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  const address = `127.0.0.1:${port.toString().trim()}`
  expect(await lookAt(address, { timeoutMs: 2_000 })).toMatchObject({ outcome: 'pass' })
  child.kill('SIGSTOP')
  expect(await lookAt(address)).toMatchObject({ outcome: 'fail', signal: 'timeout', summary: 'connected, but no answer within 200 ms' })
  child.kill('SIGCONT')
  expect(await lookAt(address, { timeoutMs: 2_000 })).toMatchObject({ outcome: 'pass' })
})
