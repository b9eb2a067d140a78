import { chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { ConfigInput } from '../../core/catalog/schema.ts'
import { list, type Seen, signal } from '../../examples/platform/processes.ts'
import { reservePorts } from '../../examples/platform/testing.ts'
import { databaseUser, haproxyProgram, postgresBin } from './host.ts'
import { component, databaseUrl, type FleetPlan, fleetConfig, haproxyConfig, portOf, urlOf } from './layout.ts'
import { openPart, type Part } from './processes.ts'

/** A fleet of real processes: controllers, agents, guards, a PostgreSQL with its standbys, HAProxy in front. */
export interface Fleet {
  plan: FleetPlan
  folder: string
  controllers: Part[]
  agents: Part[]
  /** Everything of a node that is there now: its agent, its guard, its database. */
  node(at: number): Seen[]
  guard(at: number): Seen | null
  /** The postmaster, then its processes. */
  database(at: number): Seen[]
  /** Where users reach the database. */
  front: string
  direct(at: number): string
  /** Number of the active member, as the first controller that answers tells; null: none. */
  active(): Promise<number | null>
  /** Waits until one member is active, all others stream from it, and nothing is under way; the active one. */
  settled(withinMs?: number): Promise<number>
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: object): Promise<T>
  close(): Promise<void>
}

export interface FleetOptions
  extends Partial<Pick<FleetPlan, 'synchronous' | 'members' | 'controllers' | 'store' | 'haproxy' | 'lease' | 'probe'>> {
  /** Scripts of the controller and of everything else, when they are not the command line's own. */
  program?: { controller: string; jidoka: string; migrations: string }
  /** Controllers are spawned with a channel; what they send, and how to answer. */
  onMessage?(controller: string, message: unknown, answer: (value: number) => void): void
  /** When the ports are known and nothing runs yet. */
  beforeStart?(plan: FleetPlan): Promise<void>
  more?(plan: FleetPlan): { config?: Partial<ConfigInput>; file?: string }
  /** Keeps the folder when it closes. */
  keep?: boolean
}

const main = resolve(import.meta.dirname, '../../cli/main.ts')
export const token = `jdk_${'f'.repeat(40)}`
const controlToken = 'of-the-fleet-only'

export async function openFleet(options: FleetOptions = {}): Promise<Fleet> {
  const bin = postgresBin()
  if (!bin)
    throw new Error('no PostgreSQL with pg_rewind and pg_basebackup here: install postgresql, or name its folder in JIDOKA_POSTGRES_BIN')
  const user = databaseUser()
  const { basePort, release } = await reservePorts()
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-fleet-'))
  const plan: FleetPlan = {
    folder,
    basePort,
    bin,
    osUser: null,
    lease: options.lease ?? { ttlMs: 2_000, renewMs: 250, marginMs: 250 },
    synchronous: options.synchronous ?? 'off',
    members: options.members ?? 2,
    controllers: options.controllers ?? 1,
    store: options.store ?? `sqlite:${join(folder, 'store', 'jidoka.db')}`,
    probe: options.probe ?? { everyMs: 100, timeoutMs: 200, failAfter: 2 },
    haproxy: options.haproxy ?? haproxyProgram() !== null,
  }
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at)
  const parts: Part[] = []
  const more = options.more?.(plan) ?? {}
  const config = join(folder, 'jidoka.config.json')
  writeFileSync(config, JSON.stringify(fleetConfig(plan, more.config)))
  mkdirSync(join(folder, 'store'), { mode: 0o700 })
  if (user) for (const path of [folder, join(folder, 'store')]) chownSync(path, user.uid, user.gid)
  await options.beforeStart?.(plan)

  const part = (name: string, command: readonly string[], onMessage?: Parameters<typeof openPart>[0]['onMessage']) => {
    const home = join(folder, name)
    mkdirSync(home, { recursive: true, mode: 0o700 })
    writeFileSync(join(home, 'token'), `${token}\n`, { mode: 0o600 })
    if (user) for (const path of [home, join(home, 'token')]) chownSync(path, user.uid, user.gid)
    const clean = Object.entries(process.env).filter(([key]) => !/^(JIDOKA|VITEST|NODE_OPTIONS|LOG_LEVEL)/.test(key))
    const own = { JIDOKA_CONTROL_TOKEN: controlToken, JIDOKA_TOKEN: token, LOG_LEVEL: 'info', HOME: home }
    const env = { ...Object.fromEntries(clean), ...own } as Record<string, string>
    const made = openPart({ name, command, env, cwd: home, log: join(folder, `${name}.log`), user, onMessage })
    parts.push(made)
    return made
  }
  const file = more.file ?? config
  const migrations = options.program ? ['--migrations', options.program.migrations] : []
  const controllers = numbers(plan.controllers).map((at) => {
    const name = `controller-${at + 1}`
    const command = [
      ...[process.execPath, options.program?.controller ?? main, 'up', '--config', file, '--data', join(folder, name)],
      ...['--port', String(portOf(plan, 'controller', at)), '--store', plan.store, ...migrations],
      ...(plan.store.startsWith('sqlite') && plan.controllers > 1 ? ['--standby'] : []),
    ]
    return part(name, command, options.onMessage && ((message, answer) => options.onMessage?.(name, message, answer)))
  })
  const reports = numbers(plan.controllers).flatMap((at) => ['--controller', urlOf(plan, 'controller', at)])
  const agents = numbers(plan.members).map((at) => {
    const name = `node-${at + 1}`
    return part(name, [
      process.execPath,
      options.program?.jidoka ?? main,
      'agent',
      name,
      '--config',
      file,
      '--data',
      join(folder, name),
      ...reports,
    ])
  })
  let proxy: Part | null = null
  if (plan.haproxy) {
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, haproxyConfig(plan))
    proxy = part('haproxy', [haproxyProgram() as string, '-db', '-f', file])
  }

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    let last: unknown
    for (let at = 0; at < plan.controllers; at++) {
      try {
        const answer = await fetch(`${urlOf(plan, 'controller', at)}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            'idempotency-key': `fleet-${performance.now()}`,
          },
          signal: AbortSignal.timeout(2_000),
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
        if (answer.ok) return (await answer.json()) as T
        last = new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 500)}`)
      } catch (error) {
        last = error
      }
    }
    throw last
  }

  const mine = () => list().filter((seen) => seen.command.includes(folder) && !seen.state.startsWith('Z'))
  const database = (at: number) => {
    const all = list().filter((seen) => !seen.state.startsWith('Z'))
    const [postmaster] = all.filter(({ command }) => command.includes(`${folder}/node-${at + 1}/data`) && /bin\/postgres\b/.test(command))
    return postmaster ? [postmaster, ...all.filter(({ parent }) => parent === postmaster.pid)] : []
  }
  const guard = (at: number) => mine().find(({ command }) => / guard /.test(command) && command.includes(`node-${at + 1}`)) ?? null
  const fleet: Fleet = {
    plan,
    folder,
    controllers,
    agents,
    database,
    guard,
    node: (at) => [...(agents[at]?.all().slice(0, 1) ?? []), ...[guard(at)].filter((one) => one !== null), ...database(at)],
    front: databaseUrl(portOf(plan, plan.haproxy ? 'front' : 'database')),
    direct: (at) => databaseUrl(portOf(plan, 'database', at)),
    get: (path) => ask('GET', path),
    post: (path, body) => ask('POST', path, body ?? {}),
    async active() {
      const { members } = await ask<ComponentView>('GET', `/v1/components/${component}`)
      const at = members.findIndex(({ role }) => role === 'active')
      return at < 0 ? null : at
    },
    async settled(withinMs = 60_000) {
      let why = 'nothing yet'
      for (const from = performance.now(); performance.now() - from < withinMs; await pause(100)) {
        try {
          const view = await ask<ComponentView>('GET', `/v1/components/${component}`)
          why = JSON.stringify(view.members)
          const active = view.members.findIndex(({ role }) => role === 'active')
          const others = view.members.filter((_, at) => at !== active)
          if (active < 0 || !others.every(({ role, status }) => role === 'standby' && status === 'pass')) continue
          const { items } = await ask<{ items: { status: string }[] }>('GET', `/v1/runs?component=${component}&limit=20`)
          const live = items.filter(({ status }) => isLive(status))
          const streaming = await count(
            fleet.direct(active),
            plan.synchronous === 'off' ? "state = 'streaming'" : "sync_state in ('sync', 'quorum')",
          )
          why = `${streaming} standbys stream, in sync ${view.inSync}, ${live.length} runs`
          const counted = plan.synchronous === 'off' || view.inSync?.length === others.length
          if (counted && streaming >= others.length && live.length === 0) return active
        } catch (error) {
          why = String(error)
        }
      }
      throw new Error(`the fleet did not settle within ${withinMs} ms: ${why}`)
    },
    async close() {
      for (const one of [...parts].reverse()) for (const seen of one.all()) signal(seen, 'SIGCONT')
      await Promise.all(parts.map((one) => one.kill()))
      for (let tries = 0; tries < 50; tries++) {
        const left = [...mine(), ...numbers(plan.members).flatMap(database)]
        if (left.length === 0) break
        for (const seen of left) {
          signal(seen, 'SIGCONT')
          signal(seen, 'SIGKILL')
        }
        await pause(50)
      }
      if (!options.keep) rmSync(folder, { recursive: true, force: true })
      release()
    },
  }
  try {
    for (const one of controllers) one.start()
    for (const one of agents) one.start()
    proxy?.start()
    await fleet.settled(90_000)
    return fleet
  } catch (error) {
    const said = parts.map((one) => `${one.name}:\n${one.said().trimEnd().split('\n').slice(-15).join('\n')}`)
    await fleet.close()
    throw new Error([error instanceof Error ? error.message : error, ...said].join('\n'), { cause: error })
  }
}

export const isLive = (status: string) => !['done', 'failed', 'unknown', 'cancelled'].includes(status)

interface ComponentView {
  inSync: string[] | null
  members: { id: string; role: string; status: string }[]
}

async function count(url: string, where: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query(`select count(*)::int as n from pg_stat_replication where ${where}`)
    return rows[0].n
  } finally {
    await client.end()
  }
}

/** Runs one statement as the superuser. */
export async function onDatabase(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  await client.connect()
  await client.query(text).finally(() => client.end())
}
