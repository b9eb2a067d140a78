import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import { type Clock, systemClock } from '../../clock.ts'
import { silentLog } from '../../log.ts'
import { supervise } from './member.ts'
import { isAlive, isStopped, type MemberState } from './strays.ts'

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const scripts = {
  /** Ends on TERM. */
  plain: `console.log('up'); setInterval(() => {}, 1000)`,
  /** Hears TERM and goes on. */
  deaf: `process.on('SIGTERM', () => console.log('heard TERM')); console.log('up'); setInterval(() => {}, 1000)`,
  /** Ends by itself. */
  brief: `console.log('up'); process.exit(3)`,
}

function member(
  script: keyof typeof scripts,
  { clock = systemClock, fenced = false, command }: { clock?: Clock; fenced?: boolean; command?: string[] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-member-'))
  const path = join(folder, 'script.mjs')
  const output = join(folder, 'out.log')
  writeFileSync(path, scripts[script])
  const state: MemberState = { process: null, generation: 0, fenced }
  const exits: { pid: number | null; detail: string }[] = []
  const saved: { fenced: boolean; durable: boolean }[] = []
  const events: string[] = []
  const supervised = supervise({
    id: 'leo-1',
    process: { command: command ?? [process.execPath, path], env: {}, stopGraceMs: 2_000 },
    env: process.env,
    outputFd: openSync(output, 'a'),
    clock,
    log: silentLog,
    state,
    save: (now, how) => {
      saved.push({ fenced: now.fenced, durable: how?.durable ?? false })
    },
    onExit: (exit) => {
      events.push('exit')
      exits.push(exit)
    },
    onDown: () => {
      events.push('down')
    },
    onStarted: () => {},
  })
  ends.push(async () => {
    const { pid } = supervised.view().process
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    await until(() => supervised.view().process.state === 'exited')
    rmSync(folder, { recursive: true })
  })
  const said = (text: string) => until(() => readFileSync(output, 'utf8').includes(text))
  const pid = () => supervised.view().process.pid as number
  return { supervised, state, exits, saved, events, said, pid }
}

async function until(what: () => boolean) {
  for (let i = 0; i < 5_000; i++) {
    if (what()) return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  throw new Error(`never: ${what}`)
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => error.code,
  )

describe('a supervised process', () => {
  it('runs, and an end that nobody ordered is told with its reason', async () => {
    const { supervised, exits, events, pid, state } = member('plain')
    await supervised.boot()
    const killed = pid()
    expect(supervised.view()).toMatchObject({ process: { state: 'running', restarts: 0 }, downSince: null, detail: null })
    expect(state.process?.pid).toBe(killed)
    process.kill(killed, 'SIGKILL')
    await until(() => exits.length > 0)
    expect(exits).toEqual([{ pid: killed, detail: 'signal SIGKILL' }])
    expect(events).toEqual(['exit', 'down'])
    expect(supervised.view()).toMatchObject({ process: { state: 'exited' }, wanted: true, detail: 'ended: signal SIGKILL' })
    expect(await supervised.revive()).toEqual({ pid: pid() })
    expect(supervised.view().process).toMatchObject({ state: 'running', restarts: 1 })
  })

  it('tells the exit code', async () => {
    const { supervised, exits } = member('brief')
    await supervised.boot()
    await until(() => exits.length > 0)
    expect(exits[0]?.detail).toBe('code 3')
  })

  it('tells why it could not be started', async () => {
    const { supervised, exits, events } = member('plain', { command: ['no-such-program-here'] })
    await supervised.boot()
    expect(exits).toEqual([{ pid: null, detail: expect.stringContaining('no-such-program-here') }])
    expect(events).toContain('down')
    expect(await codeOf(supervised.start())).toBe('start-failed')
    expect(await codeOf(supervised.restart())).toBe('start-failed')
    expect(supervised.view().process.state).toBe('exited')
  })

  it('is stopped by TERM, reaped, and that is no exit to report', async () => {
    const { supervised, exits, said, pid, state } = member('plain')
    await supervised.boot()
    await said('up')
    const stopped = pid()
    expect(await supervised.stop()).toEqual({ receipt: 'process-reaped', pid: stopped, startTime: state.process?.startTime })
    expect(state.process && isAlive(state.process)).toBe('gone')
    expect(exits).toEqual([])
    expect(supervised.view()).toMatchObject({ wanted: false, detail: 'stopped by order' })
    expect(await supervised.revive()).toBeNull()
    expect(await supervised.stop()).toMatchObject({ pid: stopped })
  })

  it('that does not hear TERM gets KILL when the grace is over, not before', async () => {
    const clock = virtualClock()
    const { supervised, said, state } = member('deaf', { clock })
    await supervised.boot()
    await said('up')
    const stopping = supervised.stop(3_000)
    await said('heard TERM')
    await clock.advance(2_999)
    expect(state.process && isAlive(state.process)).toBe('alive')
    expect(supervised.view()).toMatchObject({ process: { state: 'running' }, detail: 'is being stopped' })
    await clock.advance(1)
    expect(await stopping).toMatchObject({ receipt: 'process-reaped' })
    expect(clock.pending).toBe(0)
  })

  it('that is waited for gets KILL at once when a fence comes', async () => {
    const clock = virtualClock()
    const { supervised, said, pid } = member('deaf', { clock })
    await supervised.boot()
    await said('up')
    const old = pid()
    const restarting = codeOf(supervised.restart(60_000))
    await said('heard TERM')
    expect(await supervised.fence()).toMatchObject({ receipt: 'process-reaped', pid: old })
    expect(await restarting).toBe('refused')
    expect(supervised.view()).toMatchObject({ process: { state: 'exited' }, fenced: true, detail: 'fenced' })
  })

  it('that was stopped by a signal is seen, and ends by KILL without waiting', async () => {
    const clock = virtualClock()
    const { supervised, pid, state } = member('plain', { clock })
    await supervised.boot()
    const stopped = pid()
    process.kill(stopped, 'SIGSTOP')
    await until(() => isStopped(stopped))
    expect(supervised.view()).toMatchObject({ process: { state: 'stopped', pid: stopped }, detail: expect.stringContaining('signal') })
    expect(await supervised.restart(60_000)).toEqual({ pid: pid() })
    expect(pid()).not.toBe(stopped)
    process.kill(pid(), 'SIGSTOP')
    const second = state.process
    expect(await supervised.stop(0)).toMatchObject({ receipt: 'process-reaped', pid: second?.pid })
    expect(second && isAlive(second)).toBe('gone')
  })

  it('is restarted in the tick in which the old one was reaped', async () => {
    const { supervised, said, pid, events } = member('plain')
    await supervised.boot()
    await said('up')
    const old = pid()
    const order: string[] = []
    const restarting = supervised.restart().then(() => order.push('spawned'))
    await until(() => {
      if (!events.includes('down') || order.length > 0) return order.length > 0
      throw new Error('a turn of the event loop passed between the end and the spawn')
    })
    await restarting
    expect(pid()).not.toBe(old)
    expect(events).toEqual(['down'])
    expect(supervised.view().process.restarts).toBe(1)
  })

  it('that even KILL has not ended yet gets no second one beside it', async () => {
    const clock = virtualClock()
    const { supervised, said, pid } = member('plain', { clock })
    await supervised.boot()
    await said('up')
    const old = pid()
    const stopping = codeOf(supervised.stop(0))
    // In the same turn of the event loop, so that the kernel's word of its end cannot have come.
    await clock.advance(5_000)
    expect(await stopping).toBe('process-alive')
    expect(await codeOf(supervised.start())).toBe('process-alive')
    await until(() => supervised.view().process.state === 'exited')
    expect(await supervised.start()).toEqual({ pid: pid() })
    expect(pid()).not.toBe(old)
  })

  it('starts once when it is told twice', async () => {
    const { supervised, pid } = member('plain')
    const [first, second] = await Promise.all([supervised.start(), supervised.start()])
    expect(first).toEqual(second)
    expect(first.pid).toBe(pid())
  })
})

describe('a fenced member', () => {
  it('is not started by anything but unfence and an order, or restart', async () => {
    const { supervised, saved } = member('plain')
    await supervised.boot()
    expect(await supervised.fence()).toMatchObject({ receipt: 'process-reaped', pid: expect.any(Number) })
    expect(saved.at(-1)).toEqual({ fenced: true, durable: true })
    expect(await codeOf(supervised.start())).toBe('refused')
    expect(await supervised.revive()).toBeNull()
    await supervised.unfence()
    expect(saved.at(-1)).toEqual({ fenced: false, durable: true })
    expect(supervised.view()).toMatchObject({ process: { state: 'exited' }, fenced: false, wanted: false })
    expect(await supervised.revive()).toBeNull()
    await supervised.start()
    await supervised.fence()
    await supervised.restart()
    expect(supervised.view()).toMatchObject({ process: { state: 'running' }, fenced: false, wanted: true })
  })

  it('is not started by another life of the agent either', async () => {
    const { supervised, exits } = member('plain', { fenced: true })
    await supervised.boot()
    expect(await supervised.fence()).toEqual({ receipt: 'process-reaped', pid: null, startTime: null })
    expect(supervised.view()).toMatchObject({ process: { state: 'exited' }, fenced: true })
    expect(exits).toEqual([])
  })
})
