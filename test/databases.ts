import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { indexCatalog } from '../core/catalog/catalog.ts'
import { type ConfigInput, configSchema } from '../core/catalog/schema.ts'
import { systemClock } from '../core/clock.ts'
import { type Agent, startAgent } from '../core/hooks/agent/agent.ts'
import { killDatabase } from '../core/hooks/agent/postgres/kill.ts'
import type { ControlAnswer, Health } from '../core/hooks/contract.ts'
import type { GuardLink } from '../core/hooks/guard/link.ts'
import type { Watch } from '../core/hooks/guard/watch.ts'
import { silentLog } from '../core/log.ts'
import { systemRandom } from '../core/random.ts'
import { copyPrograms, freePort, ordinaryUser } from './postgres.ts'

/** Real databases kept by an agent, for tests: three members, the first of which makes the database. */
export interface DatabaseYard {
  folder: string
  /** Of the programs. */
  bin: string
  ports: Record<string, number>
  guard: TestGuard
  /** Another life of the agent, when it was closed or crashed. */
  start(more?: Partial<Parameters<typeof startAgent>[0]>): Promise<Agent>
  agent(): Agent
  data(member: string): string
  health(member: string): Promise<Health>
  order(
    member: string,
    action: string,
    body?: Record<string, unknown>,
    generation?: number,
  ): Promise<ControlAnswer & Record<string, unknown>>
  query(member: string, text: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  /** The postmaster that runs now. */
  pid(member: string): Promise<number>
  close(): Promise<void>
}

/** A guard that only notes; `refuse` is thrown at the next order. */
export interface TestGuard extends GuardLink {
  armed: Map<string, Watch>
  orders: string[]
  refuse: Error | null
  onArm: ((watch: Watch) => Promise<void> | void) | null
}

function noteGuard(): TestGuard {
  const guard: TestGuard = {
    armed: new Map(),
    orders: [],
    refuse: null,
    onArm: null,
    async arm(watch) {
      await guard.onArm?.(watch)
      if (guard.refuse) throw guard.refuse
      guard.armed.set(watch.member, watch)
      guard.orders.push(`arm ${watch.member}`)
    },
    async disarm(member) {
      if (guard.armed.delete(member)) guard.orders.push(`disarm ${member}`)
    },
    alive: () => true,
    close: async () => {},
  }
  return guard
}

export interface YardOptions {
  /** Folder of the programs; absent: those of the package, without pg_rewind and pg_basebackup. */
  bin?: string
  osUser?: string
  members?: number
  /** For a real guard. */
  guardPort?: number
  component?: Partial<NonNullable<ConfigInput['components']>[number]>
  database?: Record<string, unknown>
  env?: Record<string, string>
}

const token = 'control'
let serial = 0

export async function openDatabases(options: YardOptions = {}): Promise<DatabaseYard> {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-databases-'))
  chmodSync(folder, 0o755)
  const bin = options.bin ?? join(copyPrograms(folder)('postgres'), '..')
  const root = process.getuid?.() === 0
  if (root) ordinaryUser()
  const ids = Array.from({ length: options.members ?? 3 }, (_, at) => `db-${at + 1}`)
  const ports = Object.fromEntries(await Promise.all(ids.map(async (id) => [id, await freePort()] as const)))
  const data = (member: string) => join(folder, member)
  const config = configSchema.parse({
    components: [
      {
        id: 'db',
        topology: 'active-standby',
        roleLease: { ttlMs: 5_000 },
        probes: [{ kind: 'hook' }],
        members: ids.map((id, at) => ({
          id,
          agent: 'node',
          postgres: {
            bin,
            data: data(id),
            port: ports[id],
            bootstrap: at === 0,
            ...(root ? { osUser: options.osUser ?? 'nobody' } : {}),
            settings: { shared_buffers: '16MB', max_connections: '40', ...(options.database?.settings as object) },
            access: ['host all all 127.0.0.1/32 trust'],
            ...Object.fromEntries(Object.entries(options.database ?? {}).filter(([name]) => name !== 'settings')),
          },
        })),
        ...options.component,
      },
    ],
    agents: [{ id: 'node', url: 'http://127.0.0.1:1', guard: `http://127.0.0.1:${options.guardPort ?? 2}` }],
  })
  const guard = noteGuard()
  let agent: Agent | null = null
  const state = join(folder, 'agent')
  mkdirSync(state, { mode: 0o700 })
  const now = () => {
    if (!agent) throw new Error('the agent was not started')
    return agent
  }
  const yard: DatabaseYard = {
    folder,
    bin,
    ports,
    guard,
    data,
    agent: now,
    async start(more = {}) {
      agent = await startAgent({
        id: 'node',
        catalog: indexCatalog(config),
        host: '127.0.0.1',
        port: 0,
        controlToken: token,
        dataFolder: state,
        env: { PATH: process.env.PATH, ...options.env },
        clock: systemClock,
        random: systemRandom,
        log: silentLog,
        guardLink: guard,
        ...more,
      })
      return agent
    },
    health: async (member) => (await (await fetch(`${now().url}/members/${member}/health`)).json()) as Health,
    async order(member, action, body = {}, generation = 1) {
      const response = await fetch(`${now().url}/members/${member}/control/${action}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'idempotency-key': `k${++serial}`,
          'jidoka-generation': String(generation),
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      })
      return (await response.json()) as ControlAnswer & Record<string, unknown>
    },
    async query(member, text, values = []) {
      const client = new pg.Client({
        host: '127.0.0.1',
        port: ports[member],
        user: 'postgres',
        database: 'postgres',
        connectionTimeoutMillis: 3_000,
      })
      client.on('error', () => {})
      await client.connect()
      try {
        return (await client.query(text, values)).rows
      } finally {
        await client.end().catch(() => {})
      }
    },
    pid: async (member) => (await yard.health(member)).process?.pid ?? Number.NaN,
    async close() {
      await agent?.close()
      for (const id of ids)
        await killDatabase(
          { member: id, pid: null, startTime: null, folder: data(id), host: '127.0.0.1', port: ports[id] as number },
          { clock: systemClock },
        ).catch(() => {})
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return yard
}

export async function until<T>(
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  limitMs = 10_000,
): Promise<T> {
  for (const endsAt = performance.now() + limitMs; ; ) {
    const found = await look()
    if (found) return found
    if (performance.now() >= endsAt) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((go) => setTimeout(go, 10))
  }
}

/** Rows that the database acknowledged, until it stops to. */
export function writing(yard: DatabaseYard, member: string, table: string) {
  const acked: number[] = []
  let going = true
  const clients = Array.from({ length: 4 }, async (_, at) => {
    const client = new pg.Client({ host: '127.0.0.1', port: yard.ports[member], user: 'postgres', database: 'postgres' })
    client.on('error', () => {})
    try {
      await client.connect()
      for (let n = at; going; n += 4) {
        await client.query(`insert into ${table} values ($1)`, [n])
        acked.push(n)
      }
    } catch {
    } finally {
      await client.end().catch(() => {})
    }
  })
  const stop = async () => {
    going = false
    await Promise.all(clients)
  }
  return { acked, stop, ended: Promise.all(clients) }
}
