import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import type { ConfigInput } from '../../core/catalog/schema.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { openLog } from '../../core/log.ts'
import { systemRandom } from '../../core/random.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
export const victimFile = here('./peers/victim.ts')

/** Somebody who keeps the victim on `port` alive. */
export interface Supervisor {
  name: string
  port: number
  stop(): Promise<void>
}

export const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** The pid that answers, or 0. */
export const ask = (port: number, path = '/') =>
  new Promise<number>((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent: false, timeout: 250 }, (response) => {
      let text = ''
      response.on('data', (data) => {
        text += data
      })
      response.on('end', () => resolve(response.statusCode === 200 ? Number(text) : 0))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(0))
    request.on('close', () => resolve(0))
  })

export async function until(port: number, good: (pid: number) => boolean, limitMs: number): Promise<number> {
  const from = performance.now()
  for (;;) {
    const pid = await ask(port)
    const ms = performance.now() - from
    if (pid > 0 && good(pid)) return ms
    if (ms > limitMs) return Number.NaN
    await pause(2)
  }
}

/** Milliseconds from the signal to the first answer of another process. */
export async function hurt({ port }: Supervisor, signal: 'SIGKILL' | 'SIGSTOP', limitMs = 15_000): Promise<number> {
  const old = await ask(port)
  if (old === 0) throw new Error('nobody answers before the blow')
  process.kill(old, signal)
  return until(port, (pid) => pid !== old, limitMs)
}

/** Each round hurts each of them once, so that a noisy moment hits all alike. */
export async function rounds(
  supervisors: readonly Supervisor[],
  signal: 'SIGKILL' | 'SIGSTOP',
  runs: number,
  progress: (text: string) => void,
) {
  const times = new Map<string, number[]>(supervisors.map(({ name }) => [name, []]))
  for (let run = 1; run <= runs; run++) {
    for (const supervisor of supervisors) {
      await pause(700 + Math.random() * 600) // a random phase within everybody's own cycle
      times.get(supervisor.name)?.push(await hurt(supervisor, signal))
    }
    progress(`round ${run} of ${runs}: ${[...times].map(([name, values]) => `${name} ${values.at(-1)?.toFixed(0)}`).join(', ')} ms`)
  }
  return times
}

export async function coldStart(): Promise<number> {
  const port = await freePort()
  const from = performance.now()
  const child = spawn(process.execPath, [victimFile], { stdio: 'ignore', env: { ...process.env, PORT: String(port) } })
  await until(port, () => true, 10_000)
  const ms = performance.now() - from
  child.kill('SIGKILL')
  return ms
}

export async function bare(probeMs = 0): Promise<Supervisor> {
  const port = await freePort()
  const child = spawn(process.execPath, [here('./peers/bare.ts')], {
    stdio: 'ignore',
    env: { ...process.env, PORT: String(port), PROBE_MS: String(probeMs) },
  })
  await until(port, () => true, 10_000)
  return { name: probeMs > 0 ? 'bareProber' : 'bareParent', port, stop: () => ended(child) }
}

/** pm2, when it is installed beside us. */
export async function pm2(): Promise<Supervisor | null> {
  const bin = here('../../node_modules/pm2/bin/pm2')
  if (!existsSync(bin)) return null
  const port = await freePort()
  const home = mkdtempSync(join(tmpdir(), 'jidoka-bench-pm2-'))
  const env = { ...process.env, PM2_HOME: home, PORT: String(port) }
  spawnSync(process.execPath, [bin, 'start', victimFile, '--name', 'victim', '--interpreter', process.execPath], { env, stdio: 'ignore' })
  await until(port, () => true, 20_000)
  return {
    name: 'pm2',
    port,
    async stop() {
      spawnSync(process.execPath, [bin, 'kill'], { env, stdio: 'ignore' })
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

/** The real thing: a controller and an agent in processes of their own, one victim. `probeMs`: also look at it that often. */
export async function ours(probeMs = 0): Promise<Supervisor> {
  const port = await freePort()
  const agentPort = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-'))
  const probes = probeMs > 0 ? [{ kind: 'http', everyMs: probeMs, timeoutMs: 200, failAfter: 3, jitter: 0 }] : []
  const config: ConfigInput = {
    agents: [{ id: 'bench', url: `http://127.0.0.1:${agentPort}` }],
    components: [
      {
        id: 'victim',
        members: [
          {
            id: 'victim-1',
            agent: 'bench',
            address: `http://127.0.0.1:${port}`,
            process: { command: [process.execPath, victimFile], env: { PORT: String(port) } },
          },
        ],
        probes: probes as never,
        guards: { attempts: 1_000 },
      },
    ],
    flap: { changes: 100, withinMs: 1_000 },
  }
  const stop = await startPlatform(config, folder, ['bench'])
  await until(port, () => true, 20_000)
  return { name: 'jidoka', port, stop }
}

/** A controller and agents as processes of their own, from the bundle when it was built, else from the source. */
export async function startPlatform(config: ConfigInput, folder: string, agents: readonly string[]): Promise<() => Promise<void>> {
  const { writeFileSync } = await import('node:fs')
  indexCatalog(configSchema.parse(config))
  const file = join(folder, 'jidoka.config.json')
  writeFileSync(file, JSON.stringify(config))
  const bundle = here('../../dist/jidoka.js')
  const entry = existsSync(bundle) ? bundle : here('../../cli/main.ts')
  const children: ChildProcess[] = []
  const run = (...args: string[]) => {
    const child = spawn(process.execPath, [entry, ...args, '--config', file, '--data', folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, LOG_LEVEL: 'error' },
    })
    children.push(child)
    return child
  }
  run('up', '--port', '0')
  const address = join(folder, 'address')
  for (let tries = 0; tries < 500 && !existsSync(address); tries++) await pause(20)
  const controller = readFileSync(address, 'utf8').trim()
  for (const agent of agents) run('agent', agent, '--controller', controller)
  return async () => {
    for (const child of children.reverse()) await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }
}

export const ambient = { clock: systemClock, random: systemRandom, log: openLog({ level: 'error' }) }
