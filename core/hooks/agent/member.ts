import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Member } from '../../catalog/schema.ts'
import type { Clock } from '../../clock.ts'
import { fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Health } from '../contract.ts'
import { type Ladder, startLadder } from './ladder.ts'
import { createStarter } from './starter.ts'
import { endStray, identityOf, isAlive, isStopped, type MemberState, type ProcessIdentity } from './strays.ts'

export interface SuperviseOptions {
  id: string
  process: NonNullable<Member['process']>
  /** The whole environment of the child. */
  env: Record<string, string | undefined>
  /** File descriptor that its output goes to. */
  outputFd: number
  clock: Clock
  log: Log
  state: MemberState
  /** Called whenever `state` has changed. */
  save(state: MemberState, options?: { durable?: boolean }): void
  /** An end that nobody ordered, and a first start that failed; in the tick in which it became known. */
  onExit(exit: { pid: number | null; detail: string }): void
  /** It is down, for whatever reason. */
  onDown(): void
  /** A process was started, by whatever order. */
  onStarted(pid: number): void
}

export interface Reaped {
  receipt: 'process-reaped'
  /** The process that is gone; null: there was none in this life of the agent. */
  pid: number | null
  startTime: string | null
}

/** One process, kept as it is wanted. Orders are carried out one after the other; a fence is felt at once by those before it. */
export interface Supervised {
  id: string
  /** Ends what an earlier life of the agent left behind, then starts, unless the member is fenced. Does not throw. */
  boot(): Promise<void>
  start(): Promise<{ pid: number }>
  /** TERM, after `graceMs` KILL, then the exit event. */
  stop(graceMs?: number): Promise<Reaped>
  /** Answers when the new process is there. Lifts a fence. */
  restart(graceMs?: number): Promise<{ pid: number }>
  /** Stops it for good. It is not started again before `unfence` or `restart`, not even by another life of the agent. */
  fence(graceMs?: number): Promise<Reaped>
  /** Lifts the fence; starting it is another order. */
  unfence(): Promise<void>
  /** For the fallback: starts it if it is down and wanted; null when there was nothing to do. */
  revive(): Promise<{ pid: number } | null>
  view(): MemberView
  /** Lets go of what is held ready for the next start. */
  close(): void
}

export interface MemberView {
  process: NonNullable<Health['process']>
  /** False after `stop` and `fence`. */
  wanted: boolean
  fenced: boolean
  /** Monotonic ms; null while it runs. */
  downSince: number | null
  /** In words, while it is not running well. */
  detail: string | null
}

/**
 *   down --launch--> running --exit--> down
 *                       |
 *                       +--ladder--> stopping --exit--> down       still stopping when even KILL did not end it
 */
type Life =
  | { at: 'down'; since: number; detail: string }
  | { at: 'running'; child: ChildProcess; identity: ProcessIdentity }
  | { at: 'stopping'; identity: ProcessIdentity; ladder: Ladder }

const killLimitMs = 5_000

export function supervise(options: SuperviseOptions): Supervised {
  const { id, clock, log, state } = options
  const { cwd, stopGraceMs } = options.process
  const starter = createStarter(options)
  let life: Life = { at: 'down', since: clock.monotonic(), detail: 'not started yet' }
  let wanted = true
  let launches = 0
  let reaped: ProcessIdentity | null = null
  let tail: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = tail.then(work)
    tail = run.catch(() => {})
    return run
  }

  const down = (detail: string) => {
    life = { at: 'down', since: clock.monotonic(), detail }
  }

  /** The process is there when this answers; the spawn itself happens in the tick of the call. */
  async function launch(): Promise<{ pid: number }> {
    if (state.fenced) throw fault('refused', { reason: `${id} is fenced.`, hint: 'Send unfence or restart.' })
    if (life.at === 'stopping') throw fault('process-alive', { pid: life.identity.pid, member: id, timeoutMs: killLimitMs })
    if (life.at === 'running') return { pid: life.identity.pid }
    try {
      const child = starter.start()
      if (child.pid === undefined) throw (await once(child, 'error'))[0]
      launches++
      return running(child, child.pid)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      down(`could not be started: ${problem}`)
      options.onDown()
      throw fault('start-failed', { member: id, problem: cwd ? `${problem} (in ${cwd})` : problem }, error)
    }
  }

  function running(child: ChildProcess, pid: number): { pid: number } {
    const identity = identityOf(pid)
    life = { at: 'running', child, identity }
    child.on('error', (error) => log.warn({ member: id, pid, err: error.message }, 'a signal could not be sent'))
    child.once('exit', (code, signal) => {
      const ordered = life.at === 'stopping'
      reaped = identity
      down(signal ? `signal ${signal}` : `code ${code}`)
      // First of all: somebody waits to hear of it.
      if (!ordered) options.onExit({ pid, detail: signal ? `signal ${signal}` : `code ${code}` })
      options.onDown()
      log.info({ member: id, pid, code, signal, ordered }, 'process ended')
    })
    state.process = identity
    keep()
    options.onStarted(pid)
    log.info({ member: id, pid }, 'process started')
    return { pid }
  }

  async function end(graceMs: number): Promise<Reaped> {
    if (life.at === 'running') life = { at: 'stopping', identity: life.identity, ladder: startLadder(life.child, clock, graceMs) }
    else if (life.at === 'stopping') life.ladder.hurry(graceMs)
    if (life.at === 'stopping') await reapedInTime(life.identity.pid, life.ladder.reaped, graceMs + killLimitMs)
    return { receipt: 'process-reaped', pid: null, startTime: null, ...reaped }
  }

  function reapedInTime(pid: number, exit: Promise<void>, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = clock.after(timeoutMs, () => reject(fault('process-alive', { pid, member: id, timeoutMs: killLimitMs })))
      void exit.then(() => {
        cancel()
        resolve()
      })
    })
  }

  /** A stop under way with a longer grace is not waited for. */
  const hurry = (graceMs: number) => {
    if (life.at === 'stopping') life.ladder.hurry(graceMs)
  }

  function setFenced(fenced: boolean) {
    if (state.fenced === fenced) return
    state.fenced = fenced
    keep({ durable: true })
  }

  /** What cannot be written down is done all the same: only another life of the agent would miss it. */
  function keep(how?: { durable: boolean }) {
    try {
      options.save(state, how)
    } catch (error) {
      log.error({ member: id, err: String(error) }, 'the state of this member could not be kept')
    }
  }

  async function endEarlierLife() {
    if (!state.process) return
    const { pid } = state.process
    const seen = isAlive(state.process)
    if (seen === 'unproven')
      log.warn({ member: id, pid }, 'a process of an earlier life may still run; there is no /proc to prove it, so it is left alone')
    if (seen !== 'alive') return
    log.warn({ member: id, pid }, 'a process of an earlier life still runs: it is ended first')
    await endStray(state.process, id, { clock, graceMs: stopGraceMs })
  }

  return {
    id,
    boot: () =>
      inTurn(async () => {
        try {
          await endEarlierLife()
          if (state.fenced) down('fenced')
          else if (wanted) await launch()
        } catch (error) {
          const detail = error instanceof Error ? error.message : String(error)
          if (life.at === 'down') down(detail)
          options.onExit({ pid: null, detail })
          options.onDown()
          log.error({ member: id, err: detail }, 'not started')
        }
      }),
    start() {
      if (!state.fenced) wanted = true
      return inTurn(launch)
    },
    stop(graceMs = stopGraceMs) {
      wanted = false
      hurry(graceMs)
      return inTurn(() => end(graceMs))
    },
    restart(graceMs = stopGraceMs) {
      wanted = true
      setFenced(false)
      hurry(graceMs)
      return inTurn(async () => {
        await end(graceMs)
        return launch()
      })
    },
    fence(graceMs = 0) {
      wanted = false
      setFenced(true)
      hurry(graceMs)
      return inTurn(() => end(graceMs))
    },
    async unfence() {
      setFenced(false)
    },
    revive: () => inTurn(async () => (wanted && !state.fenced && life.at === 'down' ? launch() : null)),
    close: starter.close,
    view: () => viewOf(life, { wanted, fenced: state.fenced, restarts: Math.max(0, launches - 1) }),
  }
}

function viewOf(life: Life, { wanted, fenced, restarts }: { wanted: boolean; fenced: boolean; restarts: number }): MemberView {
  const common = { wanted, fenced, downSince: null }
  switch (life.at) {
    case 'down': {
      const detail = fenced ? 'fenced' : wanted ? `ended: ${life.detail}` : 'stopped by order'
      return { ...common, process: { state: 'exited', restarts }, downSince: life.since, detail }
    }
    case 'stopping':
      return {
        ...common,
        process: { state: wanted ? 'starting' : 'running', pid: life.identity.pid, restarts },
        detail: 'is being stopped',
      }
    case 'running': {
      const stopped = isStopped(life.identity.pid)
      const process = { state: stopped ? ('stopped' as const) : ('running' as const), pid: life.identity.pid, restarts }
      return { ...common, process, detail: stopped ? 'stopped by a signal: it does nothing, and TERM would not end it' : null }
    }
  }
}
