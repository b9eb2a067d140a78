import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import type { AgentReport } from '../../api/ports.ts'
import type { Clock } from '../../clock.ts'
import { silentLog } from '../../log.ts'
import { seededRandom } from '../../random.ts'
import { startReporter } from './reports.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

const report = (n: number, event: AgentReport['event'] = 'exited', member = 'polaris-1'): AgentReport => ({
  member,
  event,
  pid: n,
  detail: 'signal SIGKILL',
  at: n,
})

type Got = AgentReport & { key: string; token: string; url: string }

/** A controller that answers what `answer` says; null: nothing at all. */
async function controller() {
  const got: Got[] = []
  const held: ServerResponse[] = []
  const state = { answer: 200 as number | null, health: 200 }
  const server = createServer((req, res) => {
    if (req.method === 'GET') return void res.writeHead(state.health).end('{}')
    let text = ''
    req.on('data', (chunk) => {
      text += chunk
    })
    req.on('end', () => {
      got.push({ ...JSON.parse(text), key: req.headers['idempotency-key'], token: req.headers.authorization, url: req.url })
      if (state.answer === null) held.push(res)
      else res.writeHead(state.answer).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { got, held, state, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function reporterTo(url: string, ...others: string[]) {
  const clock = virtualClock()
  let asking = 0
  let heard = 0
  // Tells the time limit of a request under way from the pause before the next one.
  const counting: Clock = {
    ...clock,
    after(ms, fn) {
      const cancel = clock.after(ms, fn)
      if (ms !== 2_000) return cancel
      asking++
      return () => {
        asking--
        cancel()
      }
    },
  }
  const reporter = startReporter({
    agent: 'agent-a',
    controller: { url, token: 't', others },
    clock: counting,
    random: seededRandom(1),
    log: silentLog,
    onHeard: () => {
      heard++
    },
  })
  ends.push(reporter.close)
  return { clock, reporter, heard: () => heard, pausing: () => asking === 0 && clock.pending === 1 }
}

async function until(what: () => boolean) {
  for (let i = 0; i < 2_000; i++) {
    if (what()) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  throw new Error(`never: ${what}`)
}

const pids = (got: Got[]) => got.map(({ pid }) => pid)

describe('reports of an agent', () => {
  it('leave in the tick in which they are sent, with token and key', async () => {
    const { url, got } = await controller()
    const { reporter } = reporterTo(url)
    const seen: string[] = []
    const onStart = () => seen.push('request')
    subscribe('http.client.request.created', onStart)
    reporter.send(report(1))
    seen.push('after send')
    unsubscribe('http.client.request.created', onStart)
    expect(seen).toEqual(['request', 'after send'])
    expect(reporter.silentSince()).toBe(0)
    await until(() => reporter.silentSince() === null)
    expect(got).toEqual([
      { ...report(1), key: expect.stringMatching(/^agent-a\/.+\/1$/), token: 'Bearer t', url: '/v1/agents/agent-a/reports' },
    ])
  })

  it('are kept while nobody takes them, and sent again in their order with the same key', async () => {
    const { url, got, state } = await controller()
    const { clock, reporter, pausing } = reporterTo(url)
    state.answer = 500
    for (const n of [1, 2, 3]) {
      reporter.send(report(n))
      await until(() => got.length === n)
    }
    await until(pausing)
    expect(reporter.silentSince()).toBe(0)
    await clock.step()
    await until(() => got.length === 4 && pausing())
    state.answer = 200
    await clock.step()
    await until(() => reporter.silentSince() === null)
    expect(pids(got)).toEqual([1, 2, 3, 1, 1, 2, 3])
    expect(got[4]?.key).toBe(got[0]?.key)
    expect(new Set(got.map(({ key }) => key)).size).toBe(3)
  })

  it('pause longer and longer while the controller is away', async () => {
    const { clock, reporter, pausing } = reporterTo('http://127.0.0.1:1')
    reporter.send(report(1))
    const pauses: number[] = []
    for (let i = 0; i < 9; i++) {
      await until(pausing)
      const before = clock.monotonic()
      await clock.step()
      pauses.push(clock.monotonic() - before)
    }
    for (const [i, pause] of pauses.entries()) {
      const middle = Math.min(10_000, 200 * 2 ** i)
      expect(pause).toBeGreaterThanOrEqual(middle * 0.75)
      expect(pause).toBeLessThanOrEqual(middle * 1.25)
    }
  })

  it('that got no answer are given up after two seconds and sent again', async () => {
    const { url, got, state, held } = await controller()
    const { clock, reporter, pausing } = reporterTo(url)
    state.answer = null
    reporter.send(report(1))
    await until(() => held.length === 1)
    state.answer = 200
    await clock.advance(2_000)
    await until(pausing)
    await clock.step()
    await until(() => reporter.silentSince() === null)
    expect(pids(got)).toEqual([1, 1])
  })

  it('flush what waits as soon as a new one is taken', async () => {
    const { url, got, state } = await controller()
    const { clock, reporter, pausing } = reporterTo(url)
    state.answer = 503
    reporter.send(report(1))
    await until(pausing)
    state.answer = 200
    reporter.send(report(2))
    await until(() => reporter.silentSince() === null)
    expect(pids(got)).toEqual([1, 2, 1])
    expect(clock.pending).toBe(0)
  })

  it('of an end are not sent after the member was started again: they would have it restarted once more', async () => {
    const { url, got, state } = await controller()
    const { clock, reporter, pausing } = reporterTo(url)
    state.answer = 503
    reporter.send(report(1))
    reporter.send(report(2, 'exited', 'leo-1'))
    await until(() => got.length === 2 && pausing())
    reporter.send(report(3, 'restarted-locally'))
    await until(() => got.length === 3)
    state.answer = 200
    await clock.step()
    await until(() => reporter.silentSince() === null)
    expect(pids(got.slice(3))).toEqual([2, 3])
  })

  it.each([400, 413, 422])('that the controller will never take (%i) hold nothing up', async (answer) => {
    const { url, got, state } = await controller()
    const { reporter } = reporterTo(url)
    state.answer = answer
    reporter.send(report(1))
    await until(() => reporter.silentSince() === null)
    state.answer = 200
    reporter.send(report(2))
    await until(() => reporter.silentSince() === null)
    expect(pids(got)).toEqual([1, 2])
  })

  it('are kept when the token is refused', async () => {
    const { url, state } = await controller()
    const { reporter, heard, pausing } = reporterTo(url)
    state.answer = 401
    reporter.send(report(1))
    await until(pausing)
    expect(reporter.silentSince()).toBe(0)
    expect(heard()).toBe(1)
  })

  it('beyond a thousand push out the oldest', async () => {
    const { url, got, state } = await controller()
    const { clock, reporter, pausing } = reporterTo(url)
    state.answer = 503
    for (let n = 1; n <= 1_005; n++) reporter.send(report(n))
    await until(() => got.length === 1_005 && pausing())
    got.length = 0
    state.answer = 200
    await clock.step()
    await until(() => reporter.silentSince() === null)
    expect(pids(got)).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 6))
  })

  it('know whether the controller is there and well', async () => {
    const { url, state, server } = await controller()
    const { reporter, heard } = reporterTo(url)
    expect(await reporter.reachable()).toBe(true)
    state.health = 503
    expect(await reporter.reachable()).toBe(false)
    expect(heard()).toBe(2)
    server.close()
    server.closeAllConnections()
    expect(await reporter.reachable()).toBe(false)
    expect(heard()).toBe(2)
  })
})

describe('reports to one of several controllers', () => {
  it('go on to the next at once when the first is gone, and stay with the one that took them', async () => {
    const [a, b] = [await controller(), await controller()]
    const { reporter } = reporterTo(a.url, b.url)
    reporter.send(report(1))
    await until(() => a.got.length === 1 && reporter.silentSince() === null)
    a.server.close()
    a.server.closeAllConnections()
    reporter.send(report(2))
    await until(() => b.got.length === 1 && reporter.silentSince() === null)
    reporter.send(report(3))
    await until(() => b.got.length === 2)
    expect([pids(a.got), pids(b.got)]).toEqual([[1], [2, 3]])
  })

  it('cost the time limit of one that hangs once, not once each', async () => {
    const [a, b] = [await controller(), await controller()]
    a.state.answer = null
    const { clock, reporter } = reporterTo(a.url, b.url)
    for (const n of [1, 2, 3]) reporter.send(report(n, 'exited', `polaris-${n}`))
    await until(() => a.got.length === 3)
    await clock.advance(2_000)
    await until(() => b.got.length === 3 && reporter.silentSince() === null)
    reporter.send(report(4))
    await until(() => b.got.length === 4)
    expect(pids(a.got).sort()).toEqual([1, 2, 3])
  })

  it('go on when one has no store, and wait only when nobody takes them', async () => {
    const [a, b] = [await controller(), await controller()]
    a.state.answer = 503
    b.state.answer = 503
    const { clock, reporter, pausing } = reporterTo(a.url, b.url)
    reporter.send(report(1))
    await until(() => a.got.length === 1 && b.got.length === 1 && pausing())
    b.state.answer = 200
    await clock.advance(10_000)
    await until(() => reporter.silentSince() === null)
    expect(new Set([...a.got, ...b.got].map(({ key }) => key)).size).toBe(1)
  })

  it('are reachable as long as one of them is well', async () => {
    const [a, b] = [await controller(), await controller()]
    a.state.health = 503
    const { reporter } = reporterTo(a.url, b.url)
    expect(await reporter.reachable()).toBe(true)
    b.state.health = 503
    expect(await reporter.reachable()).toBe(false)
  })
})
