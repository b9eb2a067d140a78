import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../clock.ts'
import { fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { type Health, healthType } from '../contract.ts'
import { type ControlOrder, createGate, type Gate, type GenerationMemory, type Outcome } from '../kit/gate.ts'
import { type HookAnswer, type HookRequest, jsonAnswer, nodeRequest, pathOnly, problemAnswer, sendNode } from '../kit/http.ts'
import type { Supervised } from './member.ts'
import type { DatabaseMember } from './postgres/member.ts'

export interface AgentServerOptions {
  id: string
  host: string
  port: number
  controlToken: string
  members: readonly { member: Supervised; generations: GenerationMemory }[]
  /** They answer for themselves, by the kit. */
  databases?: readonly Pick<DatabaseMember, 'id' | 'hooks' | 'view'>[]
  clock: Clock
  log: Log
  /** Somebody asked for something. */
  onHeard(): void
}

const actions = ['restart', 'start', 'stop', 'fence', 'unfence'] as const
const maxGraceMs = 600_000

/**
 * The hooks of every member of this agent, about its process:
 *
 *   GET  /health                                       the agent itself
 *   GET  /members/{id}/health                          pass while the process runs; what it answers is not asked
 *   POST /members/{id}/control/{restart|start|stop|fence|unfence}   body {graceMs?}
 *
 * Those of a database are the kit's, with its role: its agent is what keeps it.
 *
 * Answers the address it listens at. `address-in-use` when the port is taken.
 */
export async function serveAgent(options: AgentServerOptions): Promise<{ url: string; port: number; close(): Promise<void> }> {
  const { host, port, log, databases = [] } = options
  const members = new Map(
    options.members.map(({ member, generations }) => [member.id, { member, gate: gateOf(member, generations, options) }]),
  )

  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    options.onHeard()
    void answer(nodeRequest(request)).then((found) => sendNode(response, found))
  })

  async function answer(request: HookRequest): Promise<HookAnswer> {
    try {
      const path = pathOnly(request.path)
      const reads = request.method === 'GET' || request.method === 'HEAD'
      if (reads && path === '/health') return jsonAnswer(200, agentHealth(options), healthType)
      const [, id, rest] = /^\/members\/([^/]+)(\/.*)$/.exec(path) ?? []
      const database = databases.find((one) => one.id === id)
      if (database) return (await database.hooks.handle(request)) ?? notFound(path)
      const found = id === undefined ? undefined : members.get(id)
      if (id !== undefined && !found)
        throw fault('not-found', {
          what: 'member of this agent',
          id,
          list: [...members.keys(), ...databases.map((one) => one.id)].join(', ') || 'it has none',
        })
      return (found && (await answerMember(request, reads, rest ?? '', found))) ?? notFound(path)
    } catch (error) {
      return problemAnswer(error)
    }
  }

  const url = await listen(server, host, port)
  log.info({ agent: options.id, url, members: members.size + databases.length }, 'agent listens')
  return {
    url,
    port: Number(new URL(url).port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<string> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw fault('address-in-use', { address: `${host}:${port}` }, error)
    throw error
  }
  const { address, family, port: taken } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`
}

async function answerMember(
  request: HookRequest,
  reads: boolean,
  rest: string,
  { member, gate }: { member: Supervised; gate: Gate },
): Promise<HookAnswer | null> {
  if (reads && rest === '/health') {
    const health = memberHealth(member, gate.generation())
    return jsonAnswer(health.status === 'fail' ? 503 : 200, health, healthType)
  }
  // Which member is active is nothing that a process shows: an agent never vouches for it.
  if (reads && rest === '/health/active') return problemAnswer(fault('not-active', { member: member.id }), 503)
  const [, action] = /^\/control\/([^/]+)$/.exec(rest) ?? []
  return request.method === 'POST' && action !== undefined ? gate.control(request, action) : null
}

function gateOf(member: Supervised, generations: GenerationMemory, { controlToken, clock, log }: AgentServerOptions): Gate {
  return createGate({
    member: member.id,
    token: controlToken,
    clock,
    log,
    known: () => actions,
    generations,
    act: (order) => act(member, order),
  })
}

async function act(member: Supervised, { action, body, generation }: ControlOrder): Promise<Outcome> {
  const graceMs = graceOf(body.graceMs)
  switch (action as (typeof actions)[number]) {
    case 'restart':
      return { ...(await member.restart(graceMs)), generation }
    case 'start':
      return { ...(await member.start()), generation }
    case 'stop':
      return { ...(await member.stop(graceMs)), generation }
    case 'fence':
      return { ...(await member.fence(graceMs)), role: 'fenced', generation }
    case 'unfence':
      await member.unfence()
      return { process: member.view().process, generation }
  }
}

function graceOf(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxGraceMs) return value as number
  throw fault('bad-request', { problems: `graceMs: 0 to ${maxGraceMs} ms` })
}

/** What the host sees of a member. Whether the service answers is for its own hook and the controller's probes to say. */
function memberHealth(member: Supervised, generation: number): Health {
  const { process, fenced, detail } = member.view()
  return {
    status: detail === null ? 'pass' : 'fail',
    serviceId: member.id,
    ...(detail === null ? {} : { output: `process ${detail}` }),
    ...(fenced ? { role: 'fenced' } : {}),
    generation,
    process,
  }
}

function agentHealth({ id, members, databases = [] }: AgentServerOptions): Health {
  const all = [...members.map(({ member }) => member), ...databases]
  const running = all.filter((member) => member.view().detail === null).length
  return {
    status: 'pass',
    serviceId: id,
    checks: {
      'members:running': [{ observedValue: running, observedUnit: 'members', status: 'pass' }],
      'members:all': [{ observedValue: all.length, observedUnit: 'members', status: 'pass' }],
    },
  }
}

const notFound = (path: string) =>
  problemAnswer(
    fault('not-found', { what: 'resource', id: path.slice(0, 200), list: '/health, /members/{id}/health, /members/{id}/control/{action}' }),
  )
