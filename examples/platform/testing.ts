import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configSchema } from '../../core/catalog/schema.ts'
import { exampleConfig, exampleFolder, type PlaceName, portOf, urlOf } from './layout.ts'
import { ask, tokenFile } from './service.ts'
import { isFree } from './start.ts'

/** For the tests of this folder: members as real processes on ports of their own, without agents. */

export const token = 'a-token-of-the-tests'

export interface Stage {
  basePort: number
  dataFolder: string
  url(place: PlaceName): string
  /** Starts members as the layout says, and waits until they answer. */
  start(...places: PlaceName[]): Promise<void>
  process(place: PlaceName): ChildProcess
  /** Output of a member so far. */
  output(place: PlaceName): string
  end(place: PlaceName, signal?: NodeJS.Signals): Promise<void>
  control(place: PlaceName, action: string, generation: number, body?: object): Promise<{ status: number; body: Record<string, unknown> }>
  close(): Promise<void>
}

export interface Reserved {
  basePort: number
  release(): void
}

/**
 * A base whose ports are free: tests run in parallel, and beside a platform that somebody tries. It is reserved by holding
 * its last port, so that two tests cannot take the same one before their members listen.
 */
export async function reservePorts(): Promise<Reserved> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const basePort = 20_000 + Math.floor(Math.random() * 60) * 200
    const holder = await listen(basePort + 199)
    if (!holder) continue
    const places = ['router', 'polaris-1', 'polaris-2', 'dipper-1', 'traffic', 'tokyo-a', 'tokyo-c', 'edge'] as const
    const free = await Promise.all(places.map((place) => isFree(portOf(place, basePort))))
    if (free.every(Boolean)) return { basePort, release: () => holder.close() }
    holder.close()
  }
  throw new Error('no free range of ports')
}

function listen(port: number): Promise<Server | null> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

export function newFolder(): string {
  const dataFolder = mkdtempSync(join(tmpdir(), 'jidoka-example-'))
  const folder = exampleFolder(dataFolder)
  mkdirSync(join(folder, 'broken'), { recursive: true })
  writeFileSync(tokenFile(folder), token, { mode: 0o600 })
  return dataFolder
}

export async function openStage(): Promise<Stage> {
  const { basePort, release } = await reservePorts()
  const dataFolder = newFolder()
  const config = configSchema.parse(exampleConfig({ basePort, dataFolder }))
  const members = new Map(config.components.flatMap((component) => component.members.map((member) => [member.id, member] as const)))
  const running = new Map<PlaceName, { child: ChildProcess; output: string }>()
  let calls = 0

  const found = (place: PlaceName) => {
    const process = running.get(place)
    if (!process) throw new Error(`${place} was not started`)
    return process
  }

  const stage: Stage = {
    basePort,
    dataFolder,
    url: (place) => urlOf(place, basePort),
    async start(...places) {
      for (const place of places) {
        const { command, env } = members.get(place)?.process ?? { command: [], env: {} }
        const child = spawn(command[0] as string, command.slice(1), { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
        const entry = { child, output: '' }
        const take = (chunk: Buffer) => {
          entry.output += chunk
        }
        child.stdout.on('data', take)
        child.stderr.on('data', take)
        running.set(place, entry)
      }
      await Promise.all(
        places.map((place) =>
          until(
            `${place} answers`,
            () => {
              const { child, output } = found(place)
              if (child.exitCode !== null) throw new Error(`${place} ended with ${child.exitCode}: ${output}`)
              return ask(`${stage.url(place)}/health`, { timeoutMs: 500 })
            },
            () => found(place).child.exitCode !== null,
          ),
        ),
      )
    },
    process: (place) => found(place).child,
    output: (place) => found(place).output,
    async end(place, signal = 'SIGKILL') {
      const { child } = found(place)
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill(signal)
      if (signal === 'SIGKILL') child.kill('SIGCONT')
      await ended
    },
    control: (place, action, generation, body = {}) => controlCall(stage.url(place), action, generation, `test/${++calls}`, body),
    async close() {
      await Promise.all([...running.keys()].map((place) => stage.end(place)))
      rmSync(dataFolder, { recursive: true, force: true })
      release()
    },
  }
  return stage
}

async function controlCall(base: string, action: string, generation: number, key: string, body: object) {
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'idempotency-key': key,
    'jidoka-generation': String(generation),
  }
  const response = await fetch(`${base}/control/${action}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** The first value that is neither thrown nor false. Polls, because a process tells nobody when it is ready. */
export async function until<T>(
  what: string,
  look: () => Promise<T | false> | T | false,
  hopeless: () => boolean = () => false,
): Promise<T> {
  const limitMs = 10_000
  const startedAt = performance.now()
  let last: unknown = 'false'
  for (;;) {
    try {
      const value = await look()
      if (value !== false) return value
    } catch (error) {
      last = error
    }
    if (hopeless() || performance.now() - startedAt > limitMs) throw new Error(`never: ${what} (${last})`, { cause: last })
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export interface PacketAnswer {
  status: number
  body: { packets?: number; bytes?: number; code?: string }
  member: string | null
  role: string | null
  generation: number
  refusedBy: string | null
}

export async function sendPacket(base: string, session: string, seq: number): Promise<PacketAnswer> {
  const response = await fetch(`${base}/packets?session=${session}&seq=${seq}`)
  const { headers } = response
  const body = (await response.json()) as PacketAnswer['body']
  return {
    status: response.status,
    body,
    member: headers.get('x-member'),
    role: headers.get('x-role'),
    generation: Number(headers.get('x-generation')),
    refusedBy: headers.get('x-refused-by'),
  }
}
