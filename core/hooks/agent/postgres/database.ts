import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Clock, sleep } from '../../../clock.ts'
import { causeChain, fault } from '../../../errors.ts'
import type { Log } from '../../../log.ts'
import type { WatchTarget } from '../../guard/watch.ts'
import type { MemberView } from '../member.ts'
import { identityOf, isAlive, isStopped, type MemberState, type ProcessIdentity } from '../strays.ts'
import { type Connection, connectLater } from './connection.ts'
import { createDatabase } from './create.ts'
import { lookAt, readControl, walEndOf, writeConf, writeStart } from './files.ts'
import type { DatabaseEnd, DatabasePort } from './keeper.ts'
import { killDatabase } from './kill.ts'
import { type Life, viewOf } from './life.ts'
import type { OsUser } from './programs.ts'
import { anyOf, type Place, serverArgs } from './settings.ts'

/** What must be known of a database after the agent itself was killed. */
export interface DatabaseState extends MemberState {
  /** There was a database once: none is made anew. */
  had: boolean
  /** Made by us, and never active: it holds nothing of anybody. */
  blank: boolean
  /** The member that it copies. */
  primary: string | null
  /** A rewind was begun and not finished: the data folder fits together no longer. */
  torn: boolean
}

export interface DatabaseOptions {
  place: Place
  user: OsUser | null
  env: Record<string, string | undefined>
  outputFd: number
  clock: Clock
  log: Log
  state: DatabaseState
  save(state: DatabaseState, options?: { durable?: boolean }): void
  /** The postmaster ended, and nobody ordered it; in the tick in which that became known. */
  onLost(): void
  /** The same, when it was swept up behind it (or could not be). */
  onExit(exit: { pid: number | null; detail: string }): void
  /** It is down, for whatever reason. */
  onDown(): void
  onStarted(pid: number): void
}

/** One PostgreSQL on this host: started as a standby, ended with proof. */
export interface Database extends DatabasePort {
  /** Ends what an earlier life of the agent left behind, makes the database where that is its task, and starts it. Does not throw. */
  boot(): Promise<void>
  /** Answers when the postmaster is there. */
  start(): Promise<{ pid: number }>
  /** Whether it answers queries, asked until it does, ends, or the time is over. */
  answers(withinMs: number): Promise<boolean>
  /** For work on the folder: ends it, and nothing starts it before `work` has ended. */
  apart<T>(work: () => Promise<T>): Promise<T>
  setTorn(torn: boolean): void
  /** Keeps whom it copies and who is waited for, and has a running one read it. */
  configure(change: { primary?: string | null; synchronous?: readonly string[] }): void
  /** For orders; `looks` is for health, so that neither waits for the other. */
  orders: Connection
  looks: Connection
  /** Wanted or not; `stop` and `start` by order. */
  setWanted(wanted: boolean): void
  view(): MemberView
  close(): void
}

const exitLimitMs = 2_000
const pollMs = 5
const earlierGraceMs = 5_000

export function openDatabase(options: DatabaseOptions): Database {
  const { place, user, clock, log, state } = options
  const { member, database } = place
  const { data, host, port, superuser } = database
  const connection = () => connectLater({ host, port, user: superuser, password: place.password, name: member, clock })
  const orders = connection()
  const looks = connection()
  let life: Life = { at: 'down', since: clock.monotonic(), detail: 'not started yet' }
  let wanted = true
  let busy = false
  let launches = 0
  let closed = false
  let synchronous: readonly string[] = []
  let tail: Promise<unknown> = Promise.resolve()

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = tail.then(work)
    tail = run.catch(() => {})
    return run
  }

  const down = (detail: string) => {
    life = { at: 'down', since: clock.monotonic(), detail }
    orders.cut()
    looks.cut()
  }

  const targetOf = ({ pid, startTime }: ProcessIdentity): WatchTarget => ({ pid, startTime, folder: data, host, port })
  const kill = (identity: ProcessIdentity | null) =>
    killDatabase({ member, pid: null, startTime: null, folder: data, host, port, ...identity }, { clock })

  /** What cannot be written down is done all the same: only another life of the agent would miss it. */
  function keep(how?: { durable: boolean }) {
    try {
      options.save(state, how)
    } catch (error) {
      log.error({ member, err: String(error) }, 'the state of this database could not be kept')
    }
  }

  const strict = () => place.replication.synchronous === 'strict'
  const conf = () => ({ primary: state.primary, synchronous: anyOf(synchronous) })

  async function makeDatabase() {
    if (!database.bootstrap || state.had || state.generation > 0)
      throw fault('database-missing', {
        member,
        problem: state.had ? `its data folder ${data} is gone` : 'it waits for a copy of the active one',
      })
    log.warn({ member, data }, 'makes a new database')
    await createDatabase(place, { user, env: options.env })
    Object.assign(state, { had: true, blank: true })
    keep({ durable: true })
  }

  async function launch(): Promise<{ pid: number }> {
    if (life.at === 'running' && !life.ending) return { pid: life.identity.pid }
    if (life.at === 'running') await life.ending?.done
    if (state.fenced) throw fault('refused', { reason: `${member} is fenced.`, hint: 'Send unfence first.' })
    if (busy) throw fault('conflict', { problem: `${member} is being copied.`, hint: 'Wait until that has ended.' })
    if (closed) throw fault('conflict', { problem: 'This agent is closing.', hint: 'Start another.' })
    try {
      const found = lookAt(data)
      if (state.torn) throw fault('database-missing', { member, problem: 'a rewind of its data folder was not finished' })
      if (found === 'foreign') throw fault('database-unusable', { member, problem: `${data} holds something that is no database` })
      if (found === 'empty') await makeDatabase()
      // Nothing else may work in this folder: not even what outlived an earlier postmaster.
      await kill(null)
      synchronous = strict() ? place.others.map(({ id }) => id) : []
      writeStart(place, conf(), user)
      return await spawnServer()
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      down(`could not be started: ${problem}`)
      options.onDown()
      throw error
    }
  }

  async function spawnServer(): Promise<{ pid: number }> {
    // A group of its own: what interrupts the agent at a terminal is for the agent.
    const child = spawn(join(database.bin, 'postgres'), serverArgs(place), {
      ...user,
      cwd: data,
      env: { ...options.env, LC_ALL: 'C', PGPASSWORD: undefined },
      stdio: ['ignore', options.outputFd, options.outputFd],
      detached: true,
    })
    if (child.pid === undefined) {
      const [error] = await once(child, 'error')
      throw fault('start-failed', { member, problem: (error as Error).message }, error)
    }
    const identity = identityOf(child.pid)
    life = { at: 'running', child, identity, ending: null }
    launches++
    Object.assign(state, { process: identity, had: true })
    child.on('error', (error) => log.warn({ member, err: error.message }, 'a signal could not be sent'))
    child.once('exit', (code, signal) => ended(identity, signal ? `signal ${signal}` : `code ${code}`))
    keep()
    options.onStarted(identity.pid)
    log.info({ member, pid: identity.pid }, 'database started as a standby')
    return { pid: identity.pid }
  }

  function ended(identity: ProcessIdentity, detail: string) {
    const ordered = life.at === 'running' && life.ending !== null
    down(detail)
    log.info({ member, pid: identity.pid, detail, ordered }, 'postmaster ended')
    if (ordered) return options.onDown()
    options.onLost()
    // Its backends may live on, and commit: nobody hears of its end before they are gone.
    kill(identity).then(
      () => {
        options.onExit({ pid: identity.pid, detail })
        options.onDown()
      },
      (error) => {
        options.onExit({ pid: identity.pid, detail: `${detail}; ${causeChain(error)}` })
        options.onDown()
      },
    )
  }

  function endRunning(running: Extract<Life, { at: 'running' }>, killAt: number): Promise<DatabaseEnd> {
    if (running.ending) {
      running.ending.hurry(killAt)
      return running.ending.done
    }
    const { child, identity } = running
    const exit = once(child, 'exit')
    const asked = Promise.withResolvers<void>()
    let cancel = () => {}
    let at = Number.POSITIVE_INFINITY
    const hurry = (by: number) => {
      if (by >= at) return
      at = by
      cancel()
      cancel = clock.after(Math.max(0, by - clock.monotonic()), () => asked.resolve())
    }
    if (isStopped(identity.pid)) asked.resolve()
    else child.kill('SIGINT')
    const done = (async (): Promise<DatabaseEnd> => {
      const first = await Promise.race([exit.then(() => 'exit' as const), asked.promise.then(() => 'kill' as const)])
      cancel()
      const proof = await kill(identity)
      // Its exit event follows the proof; without it the next start would take it for running.
      await Promise.race([exit, sleep(clock, exitLimitMs)])
      return { receipt: proof.receipt, ...identity, walEnd: first === 'exit' ? walEndOf(data) : null }
    })()
    // One that could not be proven gone is tried again by the next order.
    done.catch(() => {
      if (life === running) running.ending = null
    })
    running.ending = { hurry, done }
    hurry(killAt)
    return done
  }

  async function end(killAt: number): Promise<DatabaseEnd> {
    if (life.at === 'running') return endRunning(life, killAt)
    const last = state.process
    const proof = await kill(last && isAlive(last) === 'alive' ? last : null)
    return { receipt: proof.receipt, pid: last?.pid ?? null, startTime: last?.startTime ?? null, walEnd: null }
  }

  /** A postmaster of an earlier life is not our child: what it was, we cannot know, so it is ended. */
  async function endEarlierLife() {
    const named = state.process
    if (!named || isAlive(named) !== 'alive') return
    log.warn({ member, pid: named.pid }, 'a database of an earlier life still runs: it is ended first')
    if (!isStopped(named.pid)) {
      try {
        process.kill(named.pid, 'SIGINT')
      } catch {}
      for (const endsAt = clock.monotonic() + earlierGraceMs; isAlive(named) === 'alive' && clock.monotonic() < endsAt; )
        await sleep(clock, 4 * pollMs)
    }
    await kill(named)
  }

  const startable = () => wanted && !state.fenced && !busy && !closed && life.at === 'down'
  const start = () => inTurn(launch)

  return {
    orders,
    looks,
    start,
    boot: () =>
      inTurn(async () => {
        try {
          await endEarlierLife()
          if (state.fenced) return down('fenced')
          await launch()
        } catch (error) {
          const detail = error instanceof Error ? error.message : String(error)
          if (life.at === 'down') down(detail)
          options.onExit({ pid: null, detail })
          log.error({ member, err: detail }, 'not started')
        }
      }),
    target: () => (life.at === 'running' && !life.ending ? targetOf(life.identity) : null),
    async promote({ before, signal }) {
      const began = clock.monotonic()
      const left = () => before - clock.monotonic()
      const over = () => {
        if (signal?.aborted) throw fault('role-refused', { member, role: 'active', problem: 'another order came meanwhile' })
        if (left() <= 0) throw fault('role-refused', { member, role: 'active', problem: 'it was not writable before its lease ended' })
      }
      const recovering = async () => {
        over()
        const [row] = await orders.ask('select pg_is_in_recovery() as yes', [], left())
        over()
        return row?.yes === true
      }
      if (!(await recovering())) throw fault('role-refused', { member, role: 'active', problem: 'it is writable without having the role' })
      await orders.ask('select pg_promote(false)', [], left())
      while (await recovering()) await sleep(clock, pollMs)
      return { promotedMs: Math.round(clock.monotonic() - began) }
    },
    end: ({ killAt }) => end(killAt),
    startLater() {
      if (!wanted || state.fenced || busy || closed) return
      start().catch((error) => log.error({ member, err: causeChain(error) }, 'not started'))
    },
    setFenced(fenced) {
      if (state.fenced === fenced) return
      state.fenced = fenced
      keep({ durable: true })
    },
    setUsed() {
      if (!state.blank) return
      state.blank = false
      keep({ durable: true })
    },
    setTorn(torn) {
      state.torn = torn
      keep({ durable: true })
    },
    setWanted(value) {
      wanted = value
    },
    async answers(withinMs) {
      for (const endsAt = clock.monotonic() + withinMs; ; await sleep(clock, 4 * pollMs)) {
        const left = endsAt - clock.monotonic()
        if (left <= 0 || life.at === 'down') return false
        const said = await orders.ask('select 1', [], Math.min(left, 1_000)).catch(() => null)
        if (said) return true
      }
    },
    async apart(work) {
      if (busy) throw fault('conflict', { problem: `${member} is being copied already.`, hint: 'Wait until that has ended.' })
      busy = true
      try {
        await inTurn(() => end(clock.monotonic() + earlierGraceMs))
        return await work()
      } finally {
        busy = false
      }
    },
    configure(change) {
      if (change.primary !== undefined) state.primary = change.primary
      if (change.synchronous !== undefined) synchronous = change.synchronous
      keep()
      if (readControl(data) === null) return
      writeConf(place, conf(), user)
      if (life.at === 'running' && !life.ending) life.child.kill('SIGHUP')
    },
    view: () => viewOf(life, { startable: startable() || life.at === 'running', state, busy, restarts: Math.max(0, launches - 1), data }),
    close() {
      closed = true
      orders.cut()
      looks.cut()
    },
  }
}
