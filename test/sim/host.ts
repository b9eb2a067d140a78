import type { Clock } from '../../core/clock.ts'
import type { ControlCall } from '../../core/hooks/contract.ts'
import type { HookAnswer, HookRequest } from '../../core/hooks/kit/http.ts'
import { createHooks, type Kit } from '../../core/hooks/kit/kit.ts'

/**
 * A simulated host: an agent and the processes of its members. What a member knows of roles, leases and generations is the
 * real server kit on the virtual clock, so that the simulator tests what is shipped.
 */
export interface SimMember {
  id: string
  component: string
  host: SimHost
  /** One life of the process; null while none runs. */
  process: { kit: Kit; bornAt: number } | null
  /** Stopped by SIGSTOP: it answers nobody, and reads what came meanwhile when it thaws. */
  frozen: boolean
  backlog: (() => void)[]
  /** It ends as soon as it is started. */
  broken: boolean
  /** It answers, and says that it fails. */
  ill: boolean
  fenced: boolean
  restarts: number
}

export interface SimHost {
  id: string
  /** False: nothing on it runs. */
  up: boolean
  /** False: it runs on, and nobody can reach it, nor can it reach anybody. */
  reachable: boolean
  agentSeen: Map<string, number>
  agentAnswers: Map<string, HookAnswer>
}

export const simToken = 'simulated'

export function simMembers(
  clock: Clock,
  layout: readonly {
    id: string
    component: string
    host: string
    roles: boolean
    on: Record<string, (order: { generation: number; key: string }) => unknown>
  }[],
  onExit: (member: SimMember, detail: string) => void,
) {
  const hosts = new Map<string, SimHost>()
  const members = new Map<string, SimMember>()
  const shape = new Map(layout.map((one) => [one.id, one]))

  for (const { id, component, host } of layout) {
    if (!hosts.has(host)) hosts.set(host, { id: host, up: true, reachable: true, agentSeen: new Map(), agentAnswers: new Map() })
    members.set(id, {
      id,
      component,
      host: hosts.get(host) as SimHost,
      process: null,
      frozen: false,
      backlog: [],
      broken: false,
      ill: false,
      fenced: false,
      restarts: 0,
    })
  }

  function spawn(member: SimMember): void {
    const { roles, on } = shape.get(member.id) as (typeof layout)[number]
    const kit = createHooks({
      serviceId: member.id,
      token: simToken,
      roles,
      clock,
      on,
      check: () => ({ status: member.ill ? ('fail' as const) : ('pass' as const) }),
    })
    const born = { kit, bornAt: clock.monotonic() }
    member.process = born
    member.frozen = false
    member.backlog = []
    if (member.broken) clock.after(120, () => member.process === born && exit(member, 'code 1'))
  }

  /** The process ends; its agent, if it lives, reports it. */
  function exit(member: SimMember, detail: string): void {
    if (!member.process) return
    member.process = null
    member.frozen = false
    member.backlog = []
    if (member.host.up && member.host.reachable) onExit(member, detail)
  }

  /** The agent's own hook of a member, by the rules of the contract. */
  function agentControl(member: SimMember, call: ControlCall): HookAnswer {
    const { agentSeen, agentAnswers } = member.host
    const replay = agentAnswers.get(call.key)
    if (replay) return replay
    const seen = agentSeen.get(member.id) ?? 0
    if (call.generation < seen) return problem(409, 'stale-generation')
    agentSeen.set(member.id, call.generation)
    member.process = null
    member.frozen = false
    member.backlog = []
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

  return { hosts, members, spawn, exit, agentControl }
}

export type SimHosts = ReturnType<typeof simMembers>

const problem = (status: number, code: string): HookAnswer => ({ status, headers: {}, body: JSON.stringify({ code, title: code }) })

/** A control call as the kit reads it. */
export const requestOf = (call: ControlCall): HookRequest => {
  const values: Record<string, string> = {
    authorization: `Bearer ${simToken}`,
    'jidoka-generation': String(call.generation),
    'idempotency-key': call.key,
  }
  return {
    method: 'POST',
    path: `/control/${call.action}`,
    headers: { get: (name) => values[name.toLowerCase()] ?? null },
    body: async () => JSON.stringify(call.body ?? {}),
  }
}
