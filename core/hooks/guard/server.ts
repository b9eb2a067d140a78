import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { isAlive, stateFile } from '../agent/strays.ts'
import { type Health, healthType } from '../contract.ts'
import { createGate, type Gate } from '../kit/gate.ts'
import { type HookAnswer, type HookRequest, jsonAnswer, nodeRequest, pathOnly, problemAnswer, sendNode } from '../kit/http.ts'
import type { Duty } from './duty.ts'
import type { GuardedMember } from './watch.ts'

export interface GuardServerOptions {
  agent: string
  url: string
  host?: string
  folder: string
  controlToken: string
  clock: Clock
  log: Log
  members: ReadonlyMap<string, GuardedMember>
  duty: Duty
  /** The newest generation that each member was fenced at; kept up to date here, and in the folder. */
  fenced: Map<string, number>
}

/**
 * The guard's own hooks:
 *
 *   GET  /health                       the guard itself
 *   GET  /members/{id}/health          what it watches of a member
 *   POST /members/{id}/control/fence   ends its database now, and answers with proof
 *
 * `address-in-use` when the port is taken: then another guard is there.
 */
export async function serveGuard(options: GuardServerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { agent, members, duty, log } = options
  const gates = new Map<string, Gate>()
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void answer(nodeRequest(request)).then((found) => sendNode(response, found))
  })

  function gateOf(member: string): Gate {
    const gate = gates.get(member) ?? openGate(options, member)
    gates.set(member, gate)
    return gate
  }

  async function answer(request: HookRequest): Promise<HookAnswer> {
    try {
      const path = pathOnly(request.path)
      const reads = request.method === 'GET' || request.method === 'HEAD'
      if (reads && path === '/health') return jsonAnswer(200, guardHealth(options), healthType)
      const [, id, rest = ''] = /^\/members\/([^/]+)(\/.*)$/.exec(path) ?? []
      if (id !== undefined && !members.has(id))
        throw fault('not-found', {
          what: `member guarded for the agent ${agent}`,
          id,
          list: [...members.keys()].join(', ') || 'it has none',
        })
      if (id !== undefined && reads && rest === '/health') return jsonAnswer(200, memberHealth(duty, id, gateOf(id)), healthType)
      const [, action] = /^\/control\/([^/]+)$/.exec(rest) ?? []
      if (id !== undefined && action !== undefined && request.method === 'POST') return await gateOf(id).control(request, action)
      throw fault('not-found', {
        what: 'resource',
        id: path.slice(0, 200),
        list: '/health, /members/{id}/health, /members/{id}/control/fence',
      })
    } catch (error) {
      return problemAnswer(error)
    }
  }

  // What an earlier guard was told stands, also before anybody asks.
  for (const member of members.keys()) gateOf(member)
  const place = new URL(options.url)
  const url = await listen(server, options.host ?? place.hostname.replace(/^\[|\]$/g, ''), Number(place.port || 80))
  log.debug({ agent, url }, 'hooks of the guard')
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function openGate({ folder, controlToken, clock, log, members, duty, fenced }: GuardServerOptions, member: string): Gate {
  const file = stateFile<{ generation: number }>(join(folder, 'guard', `${member}.json`))
  const kept = file.read((problem) => log.warn({ member, problem }, 'its kept generation is damaged: it begins anew at 0'))
  fenced.set(member, kept?.generation ?? 0)
  return createGate({
    member,
    token: controlToken,
    clock,
    log,
    known: () => ['fence'],
    generations: {
      load: () => fenced.get(member) ?? 0,
      save(generation) {
        file.write({ generation }, { durable: true })
        fenced.set(member, generation)
      },
    },
    act: async ({ generation }) => ({
      ...(await duty.fence(members.get(member) as GuardedMember)),
      by: 'guard',
      role: 'fenced',
      generation,
    }),
  })
}

function memberHealth(duty: Duty, member: string, gate: Gate): Health {
  const watch = duty.armed(member)
  const alive = watch !== null && isAlive({ pid: watch.target.pid, startTime: watch.target.startTime }) === 'alive'
  return {
    status: 'pass',
    serviceId: member,
    generation: Math.max(gate.generation(), watch?.generation ?? 0),
    ...(watch ? { process: { state: alive ? ('running' as const) : ('exited' as const), pid: watch.target.pid } } : {}),
    checks: { 'guard:armed': [{ observedValue: watch !== null, status: 'pass' }] },
  }
}

function guardHealth({ agent, members, duty }: GuardServerOptions): Health {
  return {
    status: 'pass',
    serviceId: agent,
    description: 'guard',
    checks: {
      'guard:members': [{ observedValue: members.size, observedUnit: 'members', status: 'pass' }],
      'guard:armed': [{ observedValue: duty.count(), observedUnit: 'members', status: 'pass' }],
    },
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
