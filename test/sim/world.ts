import type { Clock } from '../../core/clock.ts'
import { type ErrorCode, errorCodes, fault } from '../../core/errors.ts'
import type { ControlAnswer, ControlCall, Health } from '../../core/hooks/contract.ts'
import type { HookAnswer } from '../../core/hooks/kit/http.ts'
import type { Observation } from '../../core/probes/probe.ts'
import { chance, type Random } from '../../core/random.ts'
import type { Limits, World } from '../../remediation/world.ts'
import { requestOf, type SimHosts, type SimMember } from './host.ts'

/** How bad the network is; drawn anew for each seed. */
export interface Weather {
  loseRequest: number
  loseAnswer: number
  repeat: number
  slow: number
  minMs: number
  maxMs: number
}

export const calm: Weather = { loseRequest: 0, loseAnswer: 0, repeat: 0, slow: 0, minMs: 1, maxMs: 5 }

export interface SimRouter {
  to: string | null
  generation: number
}

export interface SimWorldPorts {
  clock: Clock
  random: Random
  hosts: SimHosts
  routers: Map<string, SimRouter>
  weather: () => Weather
  /** Called when an order of a run leaves for its target; the invariants look here. */
  onOrder(call: ControlCall): void
  /** For the canary: members that never hear of a lease, and so never step down by themselves. */
  ignoreLeases?: boolean
}

const lookTimeoutMs = 300
/** From the birth of a process until it listens. */
const startMs = 80

/** The world that loses, delays and repeats messages, and whose processes freeze and die. */
export function simWorld({ clock, random, hosts, routers, weather, onOrder, ignoreLeases }: SimWorldPorts): World {
  const travel = () => {
    const { minMs, maxMs, slow } = weather()
    const ms = minMs + random.next() * (maxMs - minMs)
    return chance(random, slow) ? ms * 50 : ms
  }

  /** One exchange: over there `serve` is called when and if the request arrives; null from it means that the kernel refused. */
  function exchange<T>(target: string, { timeoutMs, signal }: Limits, arrive: (answer: (value: T | null) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      let over = false
      const end = (work: () => void) => {
        if (over) return
        over = true
        cancel()
        signal.removeEventListener('abort', aborted)
        work()
      }
      const aborted = () => end(() => reject(fault('deadline-passed', { what: target, timeoutMs })))
      const cancel = clock.after(timeoutMs, () => end(() => reject(fault('target-timeout', { target, timeoutMs }))))
      signal.addEventListener('abort', aborted)
      if (signal.aborted) return aborted()
      const back = (value: T | null) => {
        if (chance(random, weather().loseAnswer)) return
        clock.after(travel(), () => end(() => (value === null ? reject(fault('target-refused', { target })) : resolve(value))))
      }
      const copies = chance(random, weather().repeat) ? 2 : 1
      for (let copy = 0; copy < copies; copy++) if (!chance(random, weather().loseRequest)) clock.after(travel(), () => arrive(back))
    })
  }

  /** A member reads a request: now, when it thaws, or never. */
  function atMember(member: SimMember, read: () => void, refuse: () => void) {
    if (!member.host.reachable) return
    if (!member.host.up || !member.process || clock.monotonic() < member.process.bornAt + startMs) return refuse()
    if (member.frozen) member.backlog.push(read)
    else read()
  }

  async function control(target: Parameters<World['control']>[0], call: ControlCall, limits: Limits): Promise<ControlAnswer> {
    onOrder(call)
    if (ignoreLeases && call.action === 'lease') return { status: 'done' }
    const name = JSON.stringify(target)
    const answer = await exchange<HookAnswer>(name, limits, (back) => {
      if ('routerOf' in target) return back(atRouter(routers.get(target.routerOf), call))
      const member = hosts.members.get(
        'member' in target ? target.member : 'guardOf' in target ? target.guardOf : target.agentOf,
      ) as SimMember
      if (!member.host.reachable || 'guardOf' in target) return
      if ('agentOf' in target) return back(member.host.up ? hosts.agentControl(member, call) : null)
      atMember(
        member,
        () => {
          const process = member.process
          void process?.kit
            .handle(requestOf(ignoreLeases && call.action === 'promote' ? { ...call, body: {} } : call))
            .then((value) => back(value))
        },
        () => back(null),
      )
    })
    const body = JSON.parse(answer.body) as { code?: string } & ControlAnswer
    if (answer.status < 300) return body
    const code = errorCodes.includes(body.code as ErrorCode) && body.code !== 'internal' ? (body.code as ErrorCode) : 'target-failed'
    throw fault(code === 'stale-generation' ? code : 'target-failed', {
      target: name,
      httpStatus: answer.status,
      code: body.code ?? '',
      problem: body.code ?? '',
    })
  }

  async function health(id: string, limits: Limits): Promise<Health> {
    const member = hosts.members.get(id) as SimMember
    return exchange<Health>(id, limits, (back) =>
      atMember(
        member,
        () => void member.process?.kit.health().then((value) => back(value)),
        () => back(null),
      ),
    )
  }

  return {
    control,
    health,
    supervised: (id, limits) =>
      exchange(id, limits, (back) => {
        const member = hosts.members.get(id) as SimMember
        if (member.host.reachable) back(member.host.up ? { state: member.process ? 'running' : 'exited' } : null)
      }).catch(() => null) as ReturnType<World['supervised']>,
    async look(member, limits): Promise<Observation> {
      try {
        const seen = await health(member, { ...limits, timeoutMs: Math.min(limits.timeoutMs, lookTimeoutMs) })
        return {
          outcome: seen.status,
          ...(seen.status === 'fail' ? { signal: 'fail' as const } : {}),
          summary: seen.status,
          health: seen,
          tookMs: 1,
        }
      } catch (error) {
        const refused = (error as { code?: string }).code === 'target-refused'
        return { outcome: 'fail', signal: refused ? 'refused' : 'timeout', summary: (error as Error).message, tookMs: lookTimeoutMs }
      }
    },
    exec: () => Promise.reject(fault('command-failed', { command: 'none', problem: 'the simulated host has no commands' })),
  }
}

function atRouter(router: SimRouter | undefined, call: ControlCall): HookAnswer | null {
  if (!router) return null
  if (call.generation < router.generation) return { status: 409, headers: {}, body: JSON.stringify({ code: 'stale-generation' }) }
  router.generation = call.generation
  router.to = (call.body?.member as string | null) ?? null
  return { status: 200, headers: {}, body: JSON.stringify({ status: 'done' }) }
}
