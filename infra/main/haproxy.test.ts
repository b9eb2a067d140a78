import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as httpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { hookClient } from '../../core/hooks/client.ts'
import { placeOf } from './haproxy.ts'
import { realWorld } from './world.ts'

const until = (holds: () => Promise<boolean>) => vi.waitFor(async () => expect(await holds()).toBe(true), { timeout: 10_000, interval: 20 })
const limits = () => ({ timeoutMs: 2_000, signal: AbortSignal.timeout(2_000) })
const members = ['db-1', 'db-2']
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

async function listening(server: Pick<Server, 'listen' | 'close' | 'address'> & NodeJS.EventEmitter): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port
}

function worldOf(socket: string, servers: Record<string, string> = {}) {
  const component = {
    id: 'db',
    topology: 'active-standby' as const,
    members: members.map((id) => ({ id, hooks: `http://127.0.0.1:9/${id}` })),
    route: { haproxy: { socket, backend: 'db', servers } },
  }
  const hooks = hookClient({ token: () => 'x', clock: systemClock })
  cleanups.push(() => hooks.close())
  return realWorld({ catalog: indexCatalog(configSchema.parse({ components: [component] })), hooks, look: () => Promise.reject() })
}

const routed = (socket: string, member: string | null, servers = {}) =>
  worldOf(socket, servers).control({ routerOf: 'db' }, { action: 'route', generation: 1, key: 'k', body: { to: null, member } }, limits())

const version = () => {
  try {
    return execFileSync('haproxy', ['-v'], { encoding: 'utf8' })
  } catch {
    return null
  }
}

describe.skipIf(version() === null)('a real HAProxy (skipped where none is installed)', () => {
  let active = 'db-1'
  let front = 0
  let socket = ''
  let admin = ''

  /** Where a new connection ends up; null: nowhere. The connection stays. */
  async function whoAnswers(): Promise<{ id: string | null; link: Socket }> {
    const link = connect(front, '127.0.0.1')
    cleanups.push(() => link.destroy())
    link.on('error', () => {})
    const id = await new Promise<string | null>((resolve) => {
      link.once('data', (data) => resolve(String(data)))
      link.once('close', () => resolve(null))
    })
    return { id, link }
  }

  beforeEach(async () => {
    active = 'db-1'
    const folder = mkdtempSync(join(tmpdir(), 'jidoka-haproxy-'))
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
    const lines: string[] = []
    for (const id of members) {
      const port = await listening(
        createServer((link) => {
          link.on('error', () => {})
          link.write(id)
        }),
      )
      const agent = httpServer((request, response) => {
        response.statusCode = request.url === `/members/${id}/health/active` && active === id ? 200 : 503
        response.end()
      })
      lines.push(`  server ${id} 127.0.0.1:${port} check port ${await listening(agent)}`)
    }
    const free = createServer()
    front = await listening(free)
    await new Promise((resolve) => free.close(resolve))
    const freeAdmin = createServer()
    admin = `127.0.0.1:${await listening(freeAdmin)}`
    await new Promise((resolve) => freeAdmin.close(resolve))
    socket = join(folder, 'admin.sock')
    const config = [
      'global',
      `  stats socket ${socket} mode 600 level admin`,
      `  stats socket ipv4@${admin} level admin`,
      'defaults',
      '  mode tcp',
      '  timeout connect 300ms',
      '  timeout client 30m',
      '  timeout server 30m',
      'listen db',
      `  bind 127.0.0.1:${front}`,
      '  option httpchk',
      '  http-check send meth GET uri-lf /members/%[srv_name]/health/active',
      '  http-check expect status 200',
      // So slow that what happens within a second is our doing.
      '  default-server inter 1200ms fastinter 1200ms downinter 1200ms fall 1 rise 1',
      ...lines,
      '',
    ]
    writeFileSync(join(folder, 'haproxy.cfg'), config.join('\n'))
    const proxy = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' })
    cleanups.push(async () => {
      proxy.kill('SIGKILL')
      if (proxy.exitCode === null && proxy.signalCode === null) await once(proxy, 'exit')
    })
    await until(async () => (await whoAnswers()).id === 'db-1')
    // Its first check of db-2.
    await until(async () => (await state()).includes('db-2 0'))
  }, 15_000)

  async function state(): Promise<string> {
    const link = connect({ path: socket })
    let text = ''
    link.on('data', (data) => {
      text += data
    })
    link.end('show servers state db\n')
    await once(link, 'close')
    return text
      .split('\n')
      .filter((line) => line.includes(' db '))
      .map((line) => `${line.split(' ')[3]} ${line.split(' ')[5]} admin ${line.split(' ')[6]}`)
      .join('\n')
  }

  test('users are at the new active at once, and sessions of the old one end', async () => {
    const before = await whoAnswers()
    const ended = once(before.link, 'close')
    active = 'db-2'
    const startedAt = performance.now()
    expect(await routed(socket, 'db-2')).toMatchObject({ status: 'done', to: 'db-2', down: ['db/db-1'] })
    expect((await whoAnswers()).id).toBe('db-2')
    await ended
    expect(performance.now() - startedAt).toBeLessThan(1_000)
  })

  test('over TCP just as well', async () => {
    active = 'db-2'
    await routed(admin, 'db-2')
    expect((await whoAnswers()).id).toBe('db-2')
  })

  test('nothing is left behind that overrules its own checks: they have the last word', async () => {
    await routed(socket, 'db-2')
    // The agents still say db-1.
    await until(async () => (await whoAnswers()).id === 'db-1')
    expect(await state()).not.toMatch(/admin [1-9]/)
  })

  test('to nobody: no connection is taken', async () => {
    active = 'nobody'
    await routed(socket, null)
    expect((await whoAnswers()).id).toBeNull()
  })

  test('a server that it does not know is told, with what it said', async () => {
    await expect(routed(socket, 'db-2', { 'db-2': 'other' })).rejects.toMatchObject({
      code: 'router-failed',
      message: expect.stringContaining('No such server'),
    })
  })
})

describe('a socket', () => {
  const answering = async (answer: (link: Socket) => void) =>
    `127.0.0.1:${await listening(
      createServer((link) => {
        link.on('error', () => {})
        link.once('data', () => answer(link))
      }),
    )}`

  test('where nobody listens is one that `route` tries again', async () => {
    await expect(routed('/nowhere/admin.sock', 'db-1')).rejects.toMatchObject({ code: 'target-refused' })
  })

  test('that says nothing is given up at the deadline', async () => {
    const socket = await answering(() => {})
    const work = worldOf(socket).control(
      { routerOf: 'db' },
      { action: 'route', generation: 1, key: 'k', body: { member: 'db-1' } },
      { timeoutMs: 50, signal: AbortSignal.timeout(50) },
    )
    await expect(work).rejects.toMatchObject({ code: 'deadline-passed' })
  })

  test('that is cut before the answer has done nothing for sure', async () => {
    const socket = await answering((link) => link.end())
    await expect(routed(socket, 'db-1')).rejects.toMatchObject({ code: 'router-failed' })
  })

  test('that never ends its answer is cut', async () => {
    const socket = await answering((link) => link.write('x'.repeat(40_000)))
    await expect(routed(socket, 'db-1')).rejects.toMatchObject({ code: 'router-failed' })
  })

  test('is a path, or a host with a port', () => {
    expect(placeOf('/run/haproxy/admin.sock')).toEqual({ path: '/run/haproxy/admin.sock' })
    expect(placeOf('lb.internal:9999')).toEqual({ host: 'lb.internal', port: 9999 })
    expect(placeOf('[::1]:9999')).toEqual({ host: '::1', port: 9999 })
  })
})
