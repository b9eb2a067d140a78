import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import type { AgentReport } from '../../api/ports.ts'
import { indexCatalog } from '../../catalog/catalog.ts'
import { configSchema } from '../../catalog/schema.ts'
import { systemClock } from '../../clock.ts'
import { silentLog } from '../../log.ts'
import { systemRandom } from '../../random.ts'
import { hookClient } from '../client.ts'
import { type Agent, type AgentOptions, startAgent } from './agent.ts'
import { fallbackLimits } from './fallback.ts'
import { identityOf, isAlive, isStopped } from './strays.ts'

const controlToken = 'control'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'jidoka-agent-'))
  ends.push(() => rmSync(path, { recursive: true }))
  writeFileSync(
    join(path, 'service.mjs'),
    `console.log('up', process.env.JIDOKA_MEMBER, process.env.JIDOKA_CONTROL_TOKEN, process.env.OWN); setInterval(() => {}, 1000)`,
  )
  writeFileSync(
    join(path, 'deaf.mjs'),
    `process.on('SIGTERM', () => console.log('heard TERM')); console.log('up'); setInterval(() => {}, 1000)`,
  )
  return path
}

const member = (id: string, dataFolder: string, script = 'service.mjs') => ({
  id,
  agent: 'agent-a',
  process: { command: [process.execPath, join(dataFolder, script)], env: { OWN: 'own' } },
})

function catalogOf(dataFolder: string, members = [member('leo-1', dataFolder), member('leo-2', dataFolder)]) {
  const elsewhere = { id: 'leo-9', agent: 'agent-b', process: { command: ['false'] } }
  return indexCatalog(
    configSchema.parse({
      components: [{ id: 'leo', members: [...members, elsewhere, { id: 'leo-8', agent: 'agent-a' }] }],
      agents: [
        { id: 'agent-a', url: 'http://127.0.0.1:1' },
        { id: 'agent-b', url: 'http://127.0.0.1:1' },
      ],
    }),
  )
}

async function start(dataFolder: string, options: Partial<AgentOptions> = {}): Promise<Agent> {
  const agent = await startAgent({
    id: 'agent-a',
    catalog: catalogOf(dataFolder),
    host: '127.0.0.1',
    port: 0,
    controlToken,
    controller: { url: 'http://127.0.0.1:1', token: 'agent-token' },
    dataFolder,
    env: process.env,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    // Nobody falls back unless the test is about it.
    fallback: { ...fallbackLimits, silenceMs: 3_600_000, fallbackAfterMs: 3_600_000 },
    ...options,
  })
  ends.push(agent.close)
  return agent
}

async function controller() {
  const reports: AgentReport[] = []
  const starts: AgentReport[] = []
  const state = { up: true }
  const server = createServer((req, res) => {
    if (!state.up) return void req.socket.destroy()
    let text = ''
    req.on('data', (chunk) => {
      text += chunk
    })
    req.on('end', () => {
      if (req.url === '/v1/agents/agent-a/reports') {
        const report: AgentReport = JSON.parse(text)
        ;(report.event === 'started' ? starts : reports).push(report)
      }
      res.end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { reports, starts, state, at: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'agent-token' } }
}

function talkTo(agent: { url: string }, id = 'leo-1') {
  const hooks = hookClient({ token: () => controlToken, clock: systemClock })
  ends.push(hooks.close)
  const base = `${agent.url}/members/${id}`
  let keys = 0
  return {
    base,
    health: () => hooks.health(base, { timeoutMs: 5_000 }),
    pid: async () => (await hooks.health(base, { timeoutMs: 5_000 })).process?.pid as number,
    runsOtherThan: (pid: number) =>
      until(async () => {
        const { status, process } = await hooks.health(base, { timeoutMs: 5_000 })
        return status === 'pass' && process?.pid !== pid
      }),
    order: (action: string, generation: number, body = {}, key = `key-${++keys}`): Promise<Record<string, unknown>> =>
      hooks
        .control(base, { action, generation, key, body }, { timeoutMs: 10_000 })
        .catch((error) => ({ ...error.details, code: error.code, target: error.details.code })),
  }
}

async function until(what: () => boolean | Promise<boolean>) {
  for (let i = 0; i < 3_000; i++) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
  throw new Error(`never: ${what}`)
}

describe('the hooks of an agent', () => {
  it('show its members, started with their environment and their output kept', async () => {
    const data = folder()
    const agent = await start(data)
    const leo = talkTo(agent)
    expect(await leo.health()).toEqual({
      status: 'pass',
      serviceId: 'leo-1',
      generation: 0,
      process: { state: 'running', pid: expect.any(Number), restarts: 0 },
    })
    await until(() => readFileSync(join(data, 'logs', 'leo-1.log'), 'utf8').includes('up leo-1 control own'))
    const own = await (await fetch(`${agent.url}/health`)).json()
    expect(own).toMatchObject({
      status: 'pass',
      serviceId: 'agent-a',
      checks: { 'members:running': [{ observedValue: 2 }], 'members:all': [{ observedValue: 2 }] },
    })
    expect(await fetch(`${leo.base}/health/active`)).toMatchObject({ status: 503 })
    for (const path of [
      '/members/leo-9/health',
      '/members/leo-8/health',
      '/members/leo-1',
      '/members',
      '/',
      '/members/leo-1/control/restart',
    ]) {
      expect(await fetch(agent.url + path)).toMatchObject({ status: 404 })
    }
  })

  it('hold control calls to the rules of the kit', async () => {
    const agent = await start(folder())
    const leo = talkTo(agent)
    const pid = await leo.pid()
    const post = (headers: Record<string, string>, body = '{}', action = 'restart') =>
      fetch(`${leo.base}/control/${action}`, { method: 'POST', headers, body })
    const good = { authorization: `Bearer ${controlToken}`, 'idempotency-key': 'k', 'jidoka-generation': '1' }
    expect(await post({ ...good, authorization: 'Bearer forged' })).toMatchObject({ status: 401 })
    expect(await post({ ...good, 'jidoka-generation': 'x' })).toMatchObject({ status: 422 })
    expect(await post({ ...good, 'idempotency-key': '' })).toMatchObject({ status: 422 })
    expect(await post(good, '{')).toMatchObject({ status: 400 })
    expect(await post({ ...good, 'idempotency-key': 'k2' }, '{"graceMs":-1}')).toMatchObject({ status: 422 })
    expect(await post(good, '{}', 'promote')).toMatchObject({ status: 404 })
    expect(await leo.pid()).toBe(pid)
  })

  it('refuse a body that is too large before it was sent', async () => {
    const agent = await start(folder())
    const leo = talkTo(agent)
    const pid = await leo.pid()
    const headers = {
      authorization: `Bearer ${controlToken}`,
      'idempotency-key': 'k',
      'jidoka-generation': '1',
      'content-length': 10_000_000,
    }
    const asked = request(`${leo.base}/control/restart`, { method: 'POST', headers })
    asked.on('error', () => {})
    asked.write('{')
    const [response] = await once(asked, 'response')
    expect(response.statusCode).toBe(413)
    asked.destroy()
    expect(await leo.pid()).toBe(pid)
  })

  it('refuse an older generation, also in the next life of the agent', async () => {
    const data = folder()
    const first = await start(data)
    const leo = talkTo(first)
    expect(await leo.order('restart', 7)).toMatchObject({ status: 'done', pid: expect.any(Number), generation: 7 })
    expect(await leo.order('restart', 6)).toMatchObject({ code: 'stale-generation', seen: 7 })
    await first.close()
    const second = await start(data)
    expect(await talkTo(second).order('stop', 6)).toMatchObject({ code: 'stale-generation', seen: 7, member: 'leo-1' })
    expect(await talkTo(second).health()).toMatchObject({ status: 'pass', generation: 7 })
  })

  it('remember the generation of an order before it is carried out, whatever it is', async () => {
    const data = folder()
    const first = await start(data)
    expect(await talkTo(first).order('stop', 7)).toMatchObject({ status: 'done' })
    await first.close()
    const second = await start(data)
    expect(await talkTo(second).order('stop', 6)).toMatchObject({ code: 'stale-generation', seen: 7 })
  })

  it('restart once for the same key, also while the first call is at work', async () => {
    const data = folder()
    const agent = await start(data)
    const leo = talkTo(agent)
    const [first, second] = await Promise.all([leo.order('restart', 1, {}, 'run-1/0'), leo.order('restart', 1, {}, 'run-1/0')])
    expect(second).toEqual(first)
    expect(await leo.order('restart', 1, {}, 'run-1/0')).toEqual(first)
    expect(await leo.health()).toMatchObject({ process: { pid: first.pid, restarts: 1 } })
  })

  it('kill a stopped process, and prove it', async () => {
    const agent = await start(folder())
    const leo = talkTo(agent)
    const old = identityOf(await leo.pid())
    process.kill(old.pid, 'SIGSTOP')
    await until(() => isStopped(old.pid))
    expect(await leo.health()).toMatchObject({ status: 'fail', process: { state: 'stopped', pid: old.pid } })
    const answer = await leo.order('restart', 1, { graceMs: 0 })
    expect(answer).toMatchObject({ status: 'done', pid: await leo.pid() })
    expect(answer.pid).not.toBe(old.pid)
    expect(isAlive(old)).toBe('gone')
    expect(await leo.health()).toMatchObject({ status: 'pass' })
  })

  it('fence for good: with a receipt, and over the next life of the agent', async () => {
    const data = folder()
    const first = await start(data)
    const leo = talkTo(first)
    const old = identityOf(await leo.pid())
    expect(await leo.order('fence', 7)).toMatchObject({ status: 'done', receipt: 'process-reaped', ...old })
    expect(isAlive(old)).toBe('gone')
    expect(await leo.health()).toMatchObject({ status: 'fail', role: 'fenced', process: { state: 'exited' } })
    expect(await leo.order('start', 7)).toMatchObject({ code: 'target-failed', target: 'refused', httpStatus: 409 })
    await first.close()
    const second = await start(data)
    const again = talkTo(second)
    expect(await again.health()).toMatchObject({ status: 'fail', role: 'fenced' })
    expect(await talkTo(second, 'leo-2').health()).toMatchObject({ status: 'pass' })
    expect(await again.order('restart', 6)).toMatchObject({ code: 'stale-generation' })
    expect(await again.order('unfence', 7)).toMatchObject({ status: 'done' })
    expect(await again.order('start', 7)).toMatchObject({ status: 'done' })
    expect(await again.health()).toMatchObject({ status: 'pass' })
  })
})

describe('an agent and its controller', () => {
  it('tells an exit that nobody ordered, and no other', async () => {
    const { reports, starts, at } = await controller()
    const agent = await start(folder(), { controller: at })
    const leo = talkTo(agent)
    const pid = await leo.pid()
    process.kill(pid, 'SIGKILL')
    await until(() => starts.length > 0)
    expect(starts).toMatchObject([{ member: 'leo-1', event: 'started', pid }])
    await until(() => reports.length > 0)
    expect(reports).toEqual([{ member: 'leo-1', event: 'exited', pid, detail: 'signal SIGKILL', at: expect.any(Number) }])
    expect(await leo.health()).toMatchObject({ status: 'fail', output: 'process ended: signal SIGKILL', process: { state: 'exited' } })
    await leo.order('restart', 1)
    await leo.order('restart', 1)
    await leo.order('stop', 1)
    await leo.order('start', 1)
    process.kill(await leo.pid(), 'SIGKILL')
    await until(() => reports.length > 1)
    expect(reports).toHaveLength(2)
  })

  it('restarts by itself while the controller is away, tells it when it is back, and leaves the rest to it', async () => {
    const { reports, state, at } = await controller()
    // Longer than a busy machine takes to answer: else the controller that is back would seem away again.
    const agent = await start(folder(), { controller: at, fallback: { ...fallbackLimits, silenceMs: 600, firstBackoffMs: 10 } })
    const leo = talkTo(agent)
    state.up = false
    const pid = await leo.pid()
    process.kill(pid, 'SIGKILL')
    await leo.runsOtherThan(pid)
    const restarted = await leo.pid()
    expect(reports).toEqual([])
    state.up = true
    await until(() => reports.length > 0)
    expect(reports).toMatchObject([
      { member: 'leo-1', event: 'restarted-locally', pid: restarted, detail: expect.stringContaining('signal SIGKILL') },
    ])
    process.kill(restarted, 'SIGKILL')
    await until(() => reports.length > 1)
    expect(reports[1]).toMatchObject({ event: 'exited', pid: restarted })
    expect(await leo.health()).toMatchObject({ status: 'fail' })
  })

  it('never restarts what is fenced or stopped, however long the controller is away', async () => {
    const clock = virtualClock()
    const agent = await start(folder(), { clock, controller: undefined, fallback: fallbackLimits })
    await talkTo(agent).order('fence', 1)
    await talkTo(agent, 'leo-2').order('stop', 1)
    await clock.advance(3_600_000)
    expect(await talkTo(agent).health()).toMatchObject({ status: 'fail' })
    expect(await talkTo(agent, 'leo-2').health()).toMatchObject({ status: 'fail' })
  })

  it('that has none restarts its members by itself', async () => {
    const agent = await start(folder(), { controller: undefined, fallback: { ...fallbackLimits, firstBackoffMs: 10 } })
    const leo = talkTo(agent)
    const pid = await leo.pid()
    process.kill(pid, 'SIGKILL')
    await leo.runsOtherThan(pid)
    expect(await leo.health()).toMatchObject({ process: { restarts: 1 } })
  })

  it('tells a member that cannot be started, and starts the others', async () => {
    const { reports, at } = await controller()
    const data = folder()
    const broken = { ...member('leo-1', data), process: { command: ['no-such-program-here'], env: { OWN: '' } } }
    const agent = await start(data, { controller: at, catalog: catalogOf(data, [broken, member('leo-2', data)]) })
    await until(() => reports.length > 0)
    expect(reports).toMatchObject([
      { member: 'leo-1', event: 'exited', pid: null, detail: expect.stringContaining('no-such-program-here') },
    ])
    expect(await talkTo(agent, 'leo-2').health()).toMatchObject({ status: 'pass' })
    expect(await talkTo(agent).order('restart', 1)).toMatchObject({ code: 'target-failed', target: 'start-failed', httpStatus: 500 })
  })
})

describe('the life of an agent', () => {
  it('ends its members when it is closed, also those that do not hear TERM', async () => {
    const data = folder()
    const clock = virtualClock()
    const agent = await start(data, { clock, catalog: catalogOf(data, [member('leo-1', data, 'deaf.mjs'), member('leo-2', data)]) })
    const processes = [identityOf(await talkTo(agent).pid()), identityOf(await talkTo(agent, 'leo-2').pid())]
    const log = join(data, 'logs', 'leo-1.log')
    await until(() => readFileSync(log, 'utf8').includes('up'))
    const closing = agent.close()
    await until(() => readFileSync(log, 'utf8').includes('heard TERM'))
    await clock.advance(3_000)
    await closing
    expect(processes.map(isAlive)).toEqual(['gone', 'gone'])
    expect(clock.pending).toBe(0)
    await expect(fetch(`${agent.url}/health`)).rejects.toThrow()
  })

  it('closes by itself when it hears of nobody', async () => {
    const clock = virtualClock()
    const agent = await start(folder(), { clock, exitAfterSilenceMs: 10_000 })
    const leo = identityOf(await talkTo(agent).pid())
    await clock.advance(9_000)
    await talkTo(agent).health()
    await clock.advance(9_999)
    expect(isAlive(leo)).toBe('alive')
    await clock.advance(1)
    await agent.closed
    expect(isAlive(leo)).toBe('gone')
  })

  it('starts nothing when its port is taken', async () => {
    const first = await start(folder())
    const data = folder()
    await expect(start(data, { port: first.port })).rejects.toMatchObject({ code: 'address-in-use' })
    expect(readFileSync(join(data, 'logs', 'leo-1.log'), 'utf8')).toBe('')
    await start(data)
  })

  it('does not share its folder with another one', async () => {
    const data = folder()
    const first = await start(data)
    const pid = await talkTo(first).pid()
    await expect(start(data)).rejects.toMatchObject({ code: 'conflict' })
    expect(await talkTo(first).pid()).toBe(pid)
  })

  it.runIf(process.platform === 'linux')('ends what an agent that was killed left behind, before it starts it anew', async () => {
    const data = folder()
    writeFileSync(join(data, 'agent.ts'), agentScript(data))
    const killed = spawn(process.execPath, [join(data, 'agent.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
    ends.push(() => killed.kill('SIGKILL'))
    const [url] = await once(killed.stdout.setEncoding('utf8'), 'data')
    const strays = [identityOf(await talkTo({ url: url.trim() }).pid()), identityOf(await talkTo({ url: url.trim() }, 'leo-2').pid())]
    ends.push(() => {
      for (const stray of strays) if (isAlive(stray) === 'alive') process.kill(stray.pid, 'SIGKILL')
    })
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    expect(strays.map(isAlive)).toEqual(['alive', 'alive'])
    const agent = await start(data)
    expect(strays.map(isAlive)).toEqual(['gone', 'gone'])
    expect(await talkTo(agent).health()).toMatchObject({ status: 'pass' })
  })
})

const agentScript = (data: string) => `
import { startAgent } from '${new URL('./agent.ts', import.meta.url)}'
import { indexCatalog } from '${new URL('../../catalog/catalog.ts', import.meta.url)}'
import { configSchema } from '${new URL('../../catalog/schema.ts', import.meta.url)}'
import { systemClock } from '${new URL('../../clock.ts', import.meta.url)}'
import { systemRandom } from '${new URL('../../random.ts', import.meta.url)}'
const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
const catalog = indexCatalog(configSchema.parse(${JSON.stringify({ components: [{ id: 'leo', members: [member('leo-1', data), member('leo-2', data)] }] })}))
const agent = await startAgent({ id: 'agent-a', catalog, host: '127.0.0.1', port: 0, controlToken: '${controlToken}', dataFolder: ${JSON.stringify(data)}, env: process.env, clock: systemClock, random: systemRandom, log })
console.log(agent.url)
`
