import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { type Clock, every, sleep } from '../../clock.ts'
import { causeChain, fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { openOutput } from '../agent/output.ts'
import { endStray, isAlive } from '../agent/strays.ts'
import { type GuardSettings, identityFile, settingsFile, socketOf } from './files.ts'
import { type Peer, talk } from './talk.ts'
import type { GuardedMember, Watch } from './watch.ts'
import { type Order, protocol } from './wire.ts'

/** The agent's side: the guard that outlives it, and ends its databases when it does not move their deadlines. */
export interface GuardLink {
  /**
   * Answers when the guard has it; a later one for the same member moves the deadline. Rejects with `guard-away` when there is
   * none that answers (the role is then not taken, or not kept longer), with `guard-ended` when the guard has begun to end this
   * process, or was told to (the role is lost), with `stale-generation` when it was fenced at a newer generation, and with
   * `role-refused` when it is too late.
   */
  arm(watch: Watch): Promise<void>
  /** After an orderly step down. Never rejects: a deadline that stands ends what has ended already. */
  disarm(member: string): Promise<void>
  alive(): boolean
  /** Lets go of it. What is armed stays armed; with nothing armed it ends. */
  close(): Promise<void>
}

export interface GuardLinkOptions {
  agent: string
  /** The agent's data folder. */
  folder: string
  /** `agents[].guard` of the configuration. */
  url: string
  host?: string
  members: readonly GuardedMember[]
  /** Starts the command line: program and arguments before `guard AGENT --folder DIR`. */
  command: readonly string[]
  env: Record<string, string | undefined>
  controlToken: string
  clock: Clock
  /** Monotonic time of the host, the same in the guard's process. */
  hostClock: Pick<Clock, 'monotonic'>
  log: Log
  /** The guard began to end this one. */
  onEnding?(watch: Watch, why: string): void
  limits?: Partial<GuardLimits>
}

export interface GuardLimits {
  pingEveryMs: number
  /** So many pings in a row without a word: it hangs, and is replaced. */
  missedPings: number
  answerMs: number
  startMs: number
  /** A guard without an agent, and with nothing armed, ends after so long. */
  idleMs: number
}

export const guardLimits: GuardLimits = { pingEveryMs: 200, missedPings: 4, answerMs: 500, startMs: 10_000, idleMs: 60_000 }

const backoffMs = [0, 100, 500, 2_000]
const lookEveryMs = 10

/** Finds or starts the guard of this agent, and another one whenever it is gone or silent. Works from the moment it is called. */
export function openGuard(options: GuardLinkOptions): GuardLink {
  const { agent, folder, clock, log, members } = options
  const limits = { ...guardLimits, ...options.limits }
  const offsetMs = hostOffset(clock, options.hostClock)
  const there = (watch: Watch): Watch => ({ ...watch, softAt: watch.softAt + offsetMs, hardAt: watch.hardAt + offsetMs })
  const here = (watch: Watch): Watch => ({ ...watch, softAt: watch.softAt - offsetMs, hardAt: watch.hardAt - offsetMs })
  /** What the guard is known to have. */
  const armed = new Map<string, Watch>()
  const stop = new AbortController()
  let peer: Peer | null = null

  const settings: GuardSettings = { agent, url: options.url, host: options.host, members: [...members], idleMs: limits.idleMs }
  const hello = { op: 'hello', protocol, agent, url: options.url, members: [...members] } satisfies Order
  const away = (problem: string, cause?: unknown) => fault('guard-away', { agent, problem }, cause)

  async function greeted(): Promise<Peer> {
    const socket = await dial(socketOf(folder), limits.answerMs, clock)
    const one = talk(socket, { agent, clock, answerMs: limits.answerMs, onEvent: ({ watch, why }) => options.onEnding?.(here(watch), why) })
    try {
      await one.ask(hello)
      return one
    } catch (error) {
      one.close()
      throw error
    }
  }

  /** The one that is there, if it answers; else none is left when this ends. */
  async function found(): Promise<Peer | null> {
    try {
      return await greeted()
    } catch (error) {
      const earlier = identityFile(folder).read(() => {})
      if (!earlier || isAlive(earlier) !== 'alive') return null
      log.warn({ agent, pid: earlier.pid, err: causeChain(error) }, 'its guard does not answer: it is ended, and another one started')
      await endStray(earlier, `the guard of ${agent}`, { clock, graceMs: 0 })
      return null
    }
  }

  async function started(): Promise<Peer> {
    settingsFile(folder).write(settings)
    const output = openOutput(join(folder, 'logs', 'guard.log'))
    const [program = '', ...args] = [...options.command, 'guard', agent, '--folder', folder]
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...options.env, JIDOKA_CONTROL_TOKEN: options.controlToken },
      stdio: ['ignore', output.fd, output.fd],
      detached: true,
    })
    output.close()
    let ended: string | null = null
    child.once('error', (error) => {
      ended = error.message
    })
    child.once('exit', (code, signal) => {
      ended = signal ? `signal ${signal}` : `code ${code}`
    })
    child.unref()
    for (const endsAt = clock.monotonic() + limits.startMs; clock.monotonic() < endsAt && !stop.signal.aborted; ) {
      if (ended !== null) throw away(`it ended at once (${ended}); see ${join(folder, 'logs', 'guard.log')}`)
      // Its identity is written before it listens: until then the socket may be one of a guard that is gone.
      if (identityFile(folder).read(() => {})?.pid === child.pid) {
        const one = await greeted().catch(() => null)
        if (one) return one
      }
      await sleep(clock, lookEveryMs, stop.signal)
    }
    child.kill('SIGKILL')
    throw away(`it did not start within ${limits.startMs} ms`)
  }

  async function restore(one: Peer): Promise<void> {
    for (const [member, watch] of armed) {
      await one.ask({ op: 'arm', watch: there(watch), again: true }).catch((error) => {
        log.warn({ member, err: causeChain(error) }, 'the guard does not take up this one')
        armed.delete(member)
      })
    }
  }

  async function keep(): Promise<void> {
    for (let failed = 0; !stop.signal.aborted; ) {
      try {
        const one = (await found()) ?? (await started())
        await restore(one)
        peer = one
        failed = 0
        log.debug({ agent }, 'has a guard')
        await lost(one, limits, clock, stop.signal)
        peer = null
        if (!stop.signal.aborted) log.warn({ agent }, 'its guard is gone or silent')
        one.close()
      } catch (error) {
        if (!stop.signal.aborted) log.error({ agent, err: causeChain(error) }, 'has no guard: no role is taken or kept longer')
        await sleep(clock, backoffMs[Math.min(failed++, backoffMs.length - 1)] ?? 0, stop.signal)
      }
    }
  }
  const kept = keep()

  return {
    async arm(watch) {
      if (!peer) throw away('it is being started')
      await peer.ask({ op: 'arm', watch: there(watch), again: false })
      armed.set(watch.member, watch)
    },
    async disarm(member) {
      const watch = armed.get(member)
      armed.delete(member)
      if (watch)
        await peer?.ask({ op: 'disarm', member, target: { pid: watch.target.pid, startTime: watch.target.startTime } }).catch(() => {})
    },
    alive: () => peer !== null,
    async close() {
      await peer?.ask({ op: 'bye' }).catch(() => {})
      stop.abort()
      await kept
    },
  }
}

/** What to add to a moment of `clock` for that of the host. Never too much: a deadline may come early, not late. */
function hostOffset(clock: Clock, host: Pick<Clock, 'monotonic'>): number {
  const tries = Array.from({ length: 5 }, () => {
    const before = host.monotonic()
    return before - clock.monotonic()
  })
  return Math.max(...tries)
}

/** Resolves when the guard is gone, or has not said a word for so many pings. */
function lost(peer: Peer, { pingEveryMs, missedPings }: GuardLimits, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let heard = peer.heard()
    let missed = 0
    // Counted in ticks, not in time: an agent that was frozen itself finds the answers that came meanwhile.
    const stopPinging = every(clock, pingEveryMs, () => {
      missed = peer.heard() === heard ? missed + 1 : 0
      heard = peer.heard()
      if (missed > missedPings) end()
      else void peer.ask({ op: 'ping' }).catch(() => {})
    })
    const end = () => {
      stopPinging()
      resolve()
    }
    void peer.gone.then(end)
    signal.addEventListener('abort', end, { once: true })
  })
}

function dial(path: string, limitMs: number, clock: Clock): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const cancel = clock.after(limitMs, () => {
      socket.destroy()
      reject(new Error('no answer'))
    })
    socket.once('connect', () => {
      cancel()
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error) => {
      cancel()
      reject(error)
    })
  })
}
