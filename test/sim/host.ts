import type { Clock } from '../../core/clock.ts'
import type { ControlCall } from '../../core/hooks/contract.ts'
import type { HookAnswer, HookRequest } from '../../core/hooks/kit/http.ts'
import { createHooks, type Kit } from '../../core/hooks/kit/kit.ts'
import { type Actor, actor } from './actor.ts'
import type { Kept } from './kept.ts'

/**
 * A simulated host: an agent and the processes of its members. What a member knows of roles, leases and generations is the
 * real server kit on the host's own clock, so that the simulator tests what is shipped.
 */
export interface SimMember {
  id: string
  component: string
  host: SimHost
  /** Keeps a role. */
  roles: boolean
  /** One life of the process; null while none runs. Frozen (SIGSTOP), it answers nobody, and reads what came meanwhile when it thaws. */
  process: SimProcess | null
  /** It ends as soon as it is started. */
  broken: boolean
  /** It answers, and says that it fails. */
  ill: boolean
  fenced: boolean
  restarts: number
  /** A database whose role its agent keeps; it has no process of its own here. */
  kept: Kept | null
}

export interface SimProcess {
  actor: Actor
  kit: Kit
  bornAt: number
}

export interface SimHost {
  id: string
  /** False: nothing on it runs. */
  up: boolean
  /** False: it runs on, and nobody can reach it, nor can it reach anybody. */
  reachable: boolean
  /** How fast its clock goes. */
  rate: number
  /** Null: the agent is dead, until somebody starts it again. */
  agent: Actor | null
  agentSeen: Map<string, number>
  agentAnswers: Map<string, HookAnswer>
}

export interface SimPlace {
  id: string
  component: string
  host: string
  roles: boolean
  on: Record<string, (order: { generation: number; key: string }) => unknown>
}

export const simToken = 'simulated'

export function simMembers(
  clock: Clock,
  layout: readonly SimPlace[],
  rateOf: (host: string) => number,
  onExit: (member: SimMember, detail: string) => void,
  /** A life of an agent begins, for a database that it keeps. */
  keep: (kept: Kept, agent: Actor) => void = () => {},
) {
  const hosts = new Map<string, SimHost>()
  const members = new Map<string, SimMember>()
  const shape = new Map(layout.map((one) => [one.id, one]))

  for (const { id, component, host, roles } of layout) {
    const rate = rateOf(host)
    if (!hosts.has(host))
      hosts.set(host, {
        id: host,
        up: true,
        reachable: true,
        rate,
        agent: actor(clock, rate),
        agentSeen: new Map(),
        agentAnswers: new Map(),
      })
    members.set(id, {
      id,
      component,
      host: hosts.get(host) as SimHost,
      roles,
      process: null,
      broken: false,
      ill: false,
      fenced: false,
      restarts: 0,
      kept: null,
    })
  }

  function spawn(member: SimMember): void {
    const { roles, on } = shape.get(member.id) as SimPlace
    const self = actor(clock, member.host.rate)
    const kit = createHooks({
      serviceId: member.id,
      token: simToken,
      roles,
      clock: self.clock,
      on,
      check: () => ({ status: member.ill ? ('fail' as const) : ('pass' as const) }),
    })
    const born = { actor: self, kit, bornAt: clock.monotonic() }
    member.process = born
    if (member.broken) clock.after(120, () => member.process === born && exit(member, 'code 1'))
  }

  const keptOn = (host: SimHost) =>
    [...members.values()].flatMap((member) => (member.host === host && member.kept !== null ? [member.kept] : []))

  function startAgent(host: SimHost): void {
    if (!host.up || host.agent) return
    const agent = actor(clock, host.rate)
    host.agent = agent
    for (const kept of keptOn(host)) keep(kept, agent)
  }

  function stopAgent(host: SimHost): void {
    host.agent?.end()
    host.agent = null
    for (const kept of keptOn(host)) kept.kit = null
  }

  function reap(member: SimMember): void {
    member.process?.actor.end()
    member.process = null
  }

  /** The process ends; its agent, if it lives, reports it. */
  function exit(member: SimMember, detail: string): void {
    if (!member.process) return
    reap(member)
    const { agent } = member.host
    if (member.host.up && member.host.reachable && agent) agent.post(() => onExit(member, detail))
  }

  /** The agent's own hook of a member, by the rules of the contract. */
  function agentControl(member: SimMember, call: ControlCall): HookAnswer {
    const { agentSeen, agentAnswers } = member.host
    const replay = agentAnswers.get(call.key)
    if (replay) return replay
    const seen = agentSeen.get(member.id) ?? 0
    if (call.generation < seen) return problem(409, 'stale-generation')
    agentSeen.set(member.id, call.generation)
    reap(member)
    member.fenced = call.action === 'fence'
    if (call.action === 'restart') {
      member.restarts++
      spawn(member)
    }
    const answer: HookAnswer = {
      status: 200,
      headers: {},
      body: JSON.stringify({ status: 'done', ...(call.action === 'fence' ? { receipt: 'process-reaped' } : {}) }),
    }
    agentAnswers.set(call.key, answer)
    return answer
  }

  return { hosts, members, spawn, exit, agentControl, startAgent, stopAgent, keptOn }
}

/** Nothing is wrong with it, whatever its role. */
export function isWell({ process, kept, ill, host }: SimMember): boolean {
  if (!host.up || !host.reachable || ill) return false
  if (kept === null) return process !== null && !process.actor.frozen
  const { agent } = host
  return kept.db.process !== null && !kept.db.process.actor.frozen && agent !== null && !agent.frozen && !kept.fenced
}

export const isActive = ({ process, kept }: SimMember): boolean =>
  kept === null ? process?.kit.isActive() === true : kept.db.writable && kept.kit?.isActive() === true

export type SimHosts = ReturnType<typeof simMembers>

const problem = (status: number, code: string): HookAnswer => ({ status, headers: {}, body: JSON.stringify({ code, title: code }) })

/** A control call as the kit reads it. */
export const requestOf = (call: ControlCall, base = ''): HookRequest => {
  const values: Record<string, string> = {
    authorization: `Bearer ${simToken}`,
    'jidoka-generation': String(call.generation),
    'idempotency-key': call.key,
  }
  return {
    method: 'POST',
    path: `${base}/control/${call.action}`,
    headers: { get: (name) => values[name] ?? values[name.toLowerCase()] ?? null },
    body: async () => JSON.stringify(call.body ?? {}),
  }
}
