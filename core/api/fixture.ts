import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { indexCatalog } from '../catalog/catalog.ts'
import { configSchema } from '../catalog/schema.ts'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import { idMint } from '../ids.ts'
import { openJournal } from '../journal/open.ts'
import { type Log, silentLog } from '../log.ts'
import type { MemberStatus, StatusBoard } from '../probes/probe.ts'
import { systemRandom } from '../random.ts'
import { type ApiOptions, createApi } from './app.ts'
import { heldToContract } from './contract.ts'
import {
  type AgentReport,
  type ApiPorts,
  type ApiRole,
  apiRoles,
  type CommandOptions,
  type CommandResult,
  type RunbookInfo,
} from './ports.ts'
import { openTokens } from './tokens.ts'

/** For the tests of the API: a small platform, the real journal and tokens, and what else the API asks, written by hand. */
export interface FixtureOptions {
  clock: Clock
  options?: ApiOptions
  boardFolder?: string
  log?: Log
  controllers?: ApiPorts['controllers']
}

interface Ask {
  as?: ApiRole | null
  body?: unknown
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: held to the schema of its route before; the tests look into it.
  body: any
  headers: Headers
}

export type Fixture = Awaited<ReturnType<typeof openFixture>>

export const smallPlatform = indexCatalog(
  configSchema.parse({
    agents: [{ id: 'tokyo-a', url: 'http://127.0.0.1:7201' }],
    components: [
      {
        id: 'polaris',
        title: 'Packet transfer',
        owner: 'team-core',
        dependsOn: ['dipper'],
        topology: 'active-standby',
        members: [
          { id: 'polaris-1', site: 'tokyo-a', hooks: 'http://127.0.0.1:7101' },
          { id: 'polaris-2', site: 'tokyo-c', hooks: 'http://127.0.0.1:7102' },
        ],
        ladder: ['restart-process', 'failover-active-standby', 'page'],
      },
      { id: 'dipper', members: [{ id: 'dipper-1', agent: 'tokyo-a' }, { id: 'dipper-2' }, { id: 'dipper-3' }] },
      { id: 'leo', members: [{ id: 'leo-1' }] },
    ],
  }),
)

export async function openFixture({ clock, options, boardFolder, log = silentLog, controllers }: FixtureOptions) {
  const journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, systemRandom), log })
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-api-'))
  const tokens = await openTokens({ folder, random: systemRandom, clock })
  const held = Object.fromEntries(
    await Promise.all(apiRoles.map(async (role) => [role, await tokens.create(role, role)] as const)),
  ) as Record<ApiRole, string>
  const status = openStatus(clock)
  const commands = openCommands()
  const told = { beats: [] as string[], reports: [] as (AgentReport & { agent: string })[] }
  const ports: ApiPorts = {
    catalog: smallPlatform,
    journal,
    status,
    clock,
    log,
    tokens,
    commands,
    ingest: (alerts) => journal.ingest(alerts),
    beat: (member) => void told.beats.push(member),
    agentReport: async (agent, report) => void told.reports.push({ agent, ...report }),
    controllers,
    boardFolder: boardFolder ?? null,
    version: '1.2.3',
  }
  const api = createApi(ports, { sessionKey: tokens.sessionKey, ...options })

  /** Asks as somebody with that role (default: admin; null: nobody), and holds the answer to the contract. */
  async function ask(method: string, path: string, { as = 'admin', body, headers = {} }: Ask = {}): Promise<Answer> {
    const sent = new Headers(headers)
    if (as !== null && !sent.has('authorization')) sent.set('authorization', `Bearer ${held[as]}`)
    if (body !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json')
    const raw = typeof body === 'string' || body instanceof Uint8Array || body === undefined
    const response = await api.request(path, { method, headers: sent, body: raw ? (body as string | undefined) : JSON.stringify(body) })
    return { status: response.status, headers: response.headers, body: await heldToContract(api, method, path, response.clone()) }
  }
  return {
    api,
    ports,
    ask,
    status,
    commands,
    told,
    tokens: held,
    localToken: tokens.local,
    sessionKey: tokens.sessionKey,
    close: () => rm(folder, { recursive: true }),
  }
}

/** What is known of the members; a test says what they say. */
function openStatus(clock: Clock) {
  const known = new Map<string, MemberStatus>()
  const listeners = new Set<(status: MemberStatus) => void>()
  for (const component of smallPlatform.components) {
    for (const { id } of component.members) {
      known.set(id, {
        member: id,
        component: component.id,
        status: 'unknown',
        role: 'unknown',
        generation: null,
        summary: 'not asked yet',
        since: clock.now(),
        health: null,
      })
    }
  }
  const board: StatusBoard = {
    of(member) {
      const found = known.get(member)
      if (!found) throw fault('not-found', { what: 'member', id: member, list: 'GET /v1/components' })
      return found
    },
    all: () => [...known.values()],
    onChange(fn) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
  }
  return {
    ...board,
    listeners,
    set(member: string, change: Partial<MemberStatus>) {
      const next = { ...board.of(member), ...change, since: clock.now() }
      known.set(member, next)
      for (const fn of listeners) fn(next)
    },
  }
}

const runbook: RunbookInfo = {
  id: 'restart-process',
  title: 'Restart the process',
  answers: ['process-exited', 'hung'],
  requires: ['restartable'],
  cooldownMs: 60_000,
  source: 'built-in',
  steps: ['restart the member', 'verify it from outside'],
}

/** Orders by people: a test says what they are answered, and sees what was asked. */
function openCommands() {
  const asked: { name: string; component: string; options: CommandOptions }[] = []
  const told = { next: { kind: 'refused', code: 'not-told', reason: 'no answer was told to the fixture' } as CommandResult }
  const answer = async (name: string, component: string, options: CommandOptions) => {
    asked.push({ name, component, options })
    return told.next
  }
  const words: string[][] = []
  const answered = async (...given: string[]): Promise<never> => {
    words.push(given)
    throw fault('conflict', { problem: 'it waits no more.', hint: 'See it.' })
  }
  return {
    asked,
    words,
    answerWith(result: CommandResult) {
      told.next = result
    },
    runbooks: () => [runbook, { ...runbook, id: 'page', title: 'Page a person', answers: ['unknown'] }],
    async act(component: string, action: string, options: CommandOptions) {
      if (action === 'explode') throw fault('unknown-action', { member: component, action, known: 'restart, failover' })
      return answer(action, component, options)
    },
    runRunbook: (id: string, component: string, options: CommandOptions) => answer(id, component, options),
    approve: (run: string, by: string) => answered('approve', run, by),
    decline: (run: string, by: string, reason: string) => answered('decline', run, by, reason),
  }
}
