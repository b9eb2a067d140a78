import net from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { closedPort, listen, looker } from './fixture.ts'
import { connectionTrouble, hostAndPort } from './network.ts'

const open: net.Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close()
})

test('whoever accepts passes', async () => {
  const server = net.createServer()
  open.push(server)
  const [host, port] = (await listen(server)).split(':') as [string, string]
  expect(await looker({}, { kind: 'tcp', host, port: Number(port) }).look()).toMatchObject({ outcome: 'pass' })
  expect(await looker({ address: `http://${host}:${port}/x` }, { kind: 'tcp' }).look()).toMatchObject({ outcome: 'pass' })
})

test('nobody listens', async () => {
  const seen = await looker({ address: `http://${await closedPort()}` }, { kind: 'tcp' }).look()
  expect(seen).toMatchObject({
    outcome: 'fail',
    signal: 'refused',
    summary: expect.stringMatching(/^127\.0\.0\.1:\d+ refused the connection$/),
  })
})

test('the port of an address follows from its scheme', () => {
  expect(hostAndPort('https://leo.example/x')).toEqual({ host: 'leo.example', port: 443 })
  expect(hostAndPort('http://[::1]/')).toEqual({ host: '::1', port: 80 })
  expect(hostAndPort('http://leo.example:8080')).toEqual({ host: 'leo.example', port: 8080 })
})

test.each([
  ['ECONNREFUSED', 'refused'],
  ['ENOTFOUND', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'unreachable'],
  ['ECONNRESET', 'unreachable'],
  ['HPE_INVALID_CONSTANT', 'bad-answer'],
])('%s means %s', (code, signal) => {
  expect(connectionTrouble(Object.assign(new Error('x'), { code }), 'leo').signal).toBe(signal)
})
