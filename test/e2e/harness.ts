import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ComponentView, IncidentDetail, IncidentView } from '../../cli/views.ts'
import type { ExampleStatus } from '../../examples/platform/control.ts'
import { list, type Seen, signal } from '../../examples/platform/processes.ts'
import { reservePorts } from '../../examples/platform/testing.ts'

/** The command line as its users have it: processes of their own, real ports, a data folder that is deleted afterwards. */
const root = resolve(import.meta.dirname, '../..')
const main = join(root, 'cli/main.ts')
const answersWithinMs = 30_000

export interface Answer {
  code: number | null
  out: string
  err: string
}

/** A controller that runs in the foreground of a terminal of its own. */
export interface Running {
  child: ChildProcess
  /** All that it has written. */
  output(): string
  /** Waits until it writes that; fails when it ends before. */
  says(text: string | RegExp, withinMs?: number): Promise<string>
  end(name?: NodeJS.Signals): Promise<number | null>
}

export interface House {
  data: string
  /** Of the controller. */
  port: number
  /** First port of the example platform. */
  basePort: number
  /** `jidoka ARGS` on this data folder, to its end. */
  jidoka(...args: string[]): Promise<Answer>
  /** The same, and its JSON. */
  json<T>(...args: string[]): Promise<T>
  /** `jidoka up ARGS` on this data folder. */
  up(...args: string[]): Running
  /** `jidoka up --example`, until the platform is healthy. */
  upExample(...args: string[]): Promise<Running>
  start(args: readonly string[], env?: Record<string, string>): Running
  /** Processes that have to do with this data folder: controllers, agents, members. */
  processes(): Seen[]
  close(): Promise<void>
}

/** Opens a house when it is its turn: several platforms at once would disturb each other's timings. */
export async function openHouse(): Promise<House> {
  const leave = await takeTurn()
  const { basePort, release } = await reservePorts()
  const data = mkdtempSync(join(tmpdir(), 'jidoka-e2e-'))
  const port = basePort + 180
  const started: Running[] = []

  function start(args: readonly string[], env: Record<string, string> = {}): Running {
    const running = run([...args, '--data', data], env)
    started.push(running)
    return running
  }
  const processes = () => list().filter((seen) => seen.command.includes(data) && !seen.state.startsWith('Z'))
  const house: House = {
    data,
    port,
    basePort,
    start,
    jidoka: (...args) => finished([...args, '--data', data]),
    async json<T>(...args: string[]) {
      const { out, err } = await house.jidoka(...args, '--json')
      try {
        return JSON.parse(out) as T
      } catch (cause) {
        throw new Error(`jidoka ${args.join(' ')} --json answered no JSON: ${out}${err}`, { cause })
      }
    },
    up: (...args) => start(['up', '--port', String(port), ...args]),
    async upExample(...args) {
      const running = house.up('--example', '--example-port', String(basePort), ...args)
      await running.says('Ctrl-C stops everything')
      return running
    },
    processes,
    async close() {
      try {
        await Promise.all(started.map((running) => running.end('SIGKILL')))
        // A test that failed half-way may leave agents and members, which outlive their controller.
        for (const seen of processes()) signal(seen, 'SIGKILL')
        await until('all processes of this test ended', () => processes().length === 0)
      } finally {
        rmSync(data, { recursive: true, force: true })
        release()
        leave()
      }
    },
  }
  return house
}

/** One at a time on this machine, also when test files run at once: whoever listens there has the turn. */
async function takeTurn(): Promise<() => void> {
  const turnPort = 19_799
  for (;;) {
    const server = createServer()
    const taken = await new Promise<boolean>((answer) => {
      server.once('error', () => answer(false))
      server.listen(turnPort, '127.0.0.1', () => answer(true))
    })
    if (taken) return () => server.close()
    await pause(100)
  }
}

/** Starts `jidoka ARGS`. Its environment has no variable of ours, unless given. */
export function run(args: readonly string[], env: Record<string, string> = {}): Running {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(JIDOKA|VITEST|NODE_OPTIONS|LOG_LEVEL)/.test(name)))
  const child = spawn(process.execPath, [main, ...args], { cwd: tmpdir(), env: { ...clean, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (written += data))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  return {
    child,
    output: () => written,
    async says(text, withinMs = answersWithinMs) {
      const found = () => (typeof text === 'string' ? (written.includes(text) ? text : null) : (text.exec(written)?.[0] ?? null))
      for (const from = performance.now(); ; await pause(20)) {
        const match = found()
        if (match !== null) return match
        if (isOver() || performance.now() - from > withinMs) throw new Error(`it never said ${text}:\n${written}`)
      }
    },
    async end(name = 'SIGINT') {
      if (!isOver()) child.kill(name)
      return ended
    },
  }
}

/** Runs `jidoka ARGS` to its end. */
export async function finished(args: readonly string[], env: Record<string, string> = {}): Promise<Answer> {
  const { child } = run(args, env)
  const answer: Answer = { code: null, out: '', err: '' }
  child.stdout?.on('data', (data) => (answer.out += data))
  child.stderr?.on('data', (data) => (answer.err += data))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const late = setTimeout(() => child.kill('SIGKILL'), answersWithinMs)
  answer.code = await ended
  clearTimeout(late)
  return answer
}

/** The first answer that is neither thrown nor false. */
export async function until<T>(what: string, ask: () => Promise<T | false> | T | false, withinMs = 20_000): Promise<T> {
  let last: unknown = 'false'
  for (const from = performance.now(); performance.now() - from < withinMs; await pause(100)) {
    try {
      const answer = await ask()
      if (answer !== false) return answer
    } catch (error) {
      last = error
    }
  }
  throw new Error(`never: ${what} (${last})`, { cause: last })
}

/** What tests ask again and again: over HTTP, because a command takes a third of a second to start. */
export function asker({ data, port }: Pick<House, 'data' | 'port'>) {
  async function get<T>(path: string): Promise<T> {
    const { readFileSync } = await import('node:fs')
    const token = readFileSync(join(data, 'token'), 'utf8').trim()
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.json() as Promise<T>
  }
  const incidents = async (query = '') => (await get<{ items: IncidentView[] }>(`/v1/incidents?limit=50${query}`)).items
  return {
    get,
    incidents,
    component: (id: string) => get<ComponentView>(`/v1/components/${id}`),
    incident: (id: string) => get<IncidentDetail>(`/v1/incidents/${id}`),
    async healthy(): Promise<boolean> {
      const { items } = await get<{ items: ComponentView[] }>('/v1/components?limit=200')
      const open = await incidents('&status=open')
      return open.length === 0 && items.every((component) => component.status === 'pass')
    },
    /** The newest incident of a component that was opened after those in `before`. */
    async next(component: string, before: readonly IncidentView[]): Promise<IncidentView | false> {
      return (await incidents(`&component=${component}`)).find((one) => !before.some((known) => known.id === one.id)) ?? false
    },
  }
}

export const roleOf = (component: ComponentView, role: string) =>
  component.members.filter((member) => member.role === role).map((member) => member.id)

export const pidOf = ({ members }: ExampleStatus, id: string) => members.find((member) => member.id === id)?.pid ?? null
