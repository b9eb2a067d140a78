import type { Clock } from '../../core/clock.ts'
import { type ErrorCode, errorCodes, fault } from '../../core/errors.ts'
import type { ControlAnswer, ControlCall, Health } from '../../core/hooks/contract.ts'
import type { HookAnswer } from '../../core/hooks/kit/http.ts'
import type { Observation } from '../../core/probes/probe.ts'
import { chance, type Random } from '../../core/random.ts'
import type { Limits, World } from '../../remediation/world.ts'
import { requestOf, type SimHost, type SimHosts, type SimMember } from './host.ts'
import { describe, fenceByGuard, type Kept } from './kept.ts'

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
  /** True time, by which messages travel. */
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

/** The world of one controller, whose patience runs by its own clock. */
export interface SimWorld extends World {
  /** A look that nothing would delay or lose, without its messages; null: this one has to travel. Most looks see nothing new. */
  glance(member: string): Observation | null
}

const lookTimeoutMs = 300
/** Of whoever never gives up by himself: to listen to it costs more than the message. */
export const neverAborted = new AbortController().signal
/** From the birth of a process until it listens. */
const startMs = 80

const refusedLook: Observation = { outcome: 'fail', signal: 'refused', summary: 'refused', tookMs: 1 }

/** The world that loses, delays and repeats messages, and whose processes freeze and die. */
export function simWorld(ports: SimWorldPorts): (mine: Clock, cutOff?: (host: SimHost) => boolean) => SimWorld {
  const { clock, random, hosts, routers, weather, onOrder, ignoreLeases } = ports
  const travel = () => {
    const { minMs, maxMs, slow } = weather()
    const ms = minMs + random.next() * (maxMs - minMs)
    return slow > 0 && chance(random, slow) ? ms * 50 : ms
  }

  /** One exchange: over there `arrive` is called when and if the request does; null as its answer means that the kernel refused. */
  function exchange<T>(
    mine: Clock,
    target: string,
    { timeoutMs, signal }: Limits,
    arrive: (answer: (value: T | null) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      let over = false
      const end = (work: () => void) => {
        if (over) return
        over = true
        cancel()
        if (signal !== neverAborted) signal.removeEventListener('abort', aborted)
        work()
      }
      const aborted = () => end(() => reject(fault('deadline-passed', { what: target, timeoutMs })))
      const cancel = mine.after(timeoutMs, () => end(() => reject(fault('target-timeout', { target, timeoutMs }))))
      if (signal.aborted) return aborted()
      if (signal !== neverAborted) signal.addEventListener('abort', aborted)
      const { loseRequest, loseAnswer, repeat } = weather()
      const back = (value: T | null) => {
        if (loseAnswer > 0 && chance(random, loseAnswer)) return
        clock.after(travel(), () => end(() => (value === null ? reject(fault('target-refused', { target })) : resolve(value))))
      }
      const copies = repeat > 0 && chance(random, repeat) ? 2 : 1
      for (let copy = 0; copy < copies; copy++)
        if (loseRequest === 0 || !chance(random, loseRequest)) clock.after(travel(), () => arrive(back))
    })
  }

  /** A member reads a request: now, when it thaws, or never. */
  function atMember({ host, process }: SimMember, read: () => void, refuse: () => void) {
    if (!host.reachable) return
    if (!host.up || !process || clock.monotonic() < process.bornAt + startMs) return refuse()
    process.actor.post(read)
  }

  function atAgent({ host }: SimMember, read: () => void, refuse: () => void) {
    if (!host.reachable) return
    if (!host.up || !host.agent) return refuse()
    host.agent.post(read)
  }

  function atGuard({ host }: SimMember, { guard }: Kept, read: () => void, refuse: () => void) {
    if (!host.reachable) return
    if (!host.up || !guard || guard.actor.ended) return refuse()
    guard.actor.post(read)
  }

  function deliver(target: Parameters<World['control']>[0], call: ControlCall, back: (value: HookAnswer | null) => void) {
    if ('routerOf' in target) return back(atRouter(routers.get(target.routerOf), call))
    const member = hosts.members.get(
      'member' in target ? target.member : 'guardOf' in target ? target.guardOf : target.agentOf,
    ) as SimMember
    const refuse = () => back(null)
    const { kept } = member
    if ('guardOf' in target) return kept ? atGuard(member, kept, () => fenceByGuard(kept, call, back), refuse) : undefined
    if (kept) return atAgent(member, () => void kept.kit?.handle(requestOf(call, `/members/${member.id}`)).then(back), refuse)
    if ('agentOf' in target) return atAgent(member, () => back(hosts.agentControl(member, call)), refuse)
    const order = ignoreLeases && call.action === 'promote' ? { ...call, body: {} } : call
    atMember(member, () => void member.process?.kit.handle(requestOf(order)).then(back), refuse)
  }

  return (mine, cutOff = () => false) => {
    const away = (id: string) => cutOff((hosts.members.get(id) as SimMember).host)
    async function control(target: Parameters<World['control']>[0], call: ControlCall, limits: Limits): Promise<ControlAnswer> {
      onOrder(call)
      if (ignoreLeases && call.action === 'lease') return { status: 'done' }
      const name = JSON.stringify(target)
      const answer = await exchange<HookAnswer>(mine, name, limits, (back) => {
        if ('routerOf' in target || !away(Object.values(target)[0] ?? '')) deliver(target, call, back)
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
      const { kept } = member
      if (cutOff(member.host)) return exchange<Health>(mine, id, limits, () => {})
      if (kept)
        return exchange<Health>(mine, id, limits, (back) =>
          atAgent(
            member,
            () => void kept.kit?.health().then(back),
            () => back(null),
          ),
        )
      return exchange<Health>(mine, id, limits, (back) =>
        atMember(
          member,
          () => void member.process?.kit.health().then(back),
          () => back(null),
        ),
      )
    }

    /** The same document as before is the same look: nothing is to be judged anew. */
    const looks = new Map<string, Observation>()
    function seen(id: string, health: Pick<Health, 'status' | 'role' | 'generation' | 'checks'>): Observation {
      const before = health.checks ? undefined : looks.get(id)
      const known = before?.health
      if (before && known && known.role === health.role && known.generation === health.generation && known.status === health.status)
        return before
      const look: Observation = {
        outcome: health.status,
        ...(health.status === 'fail' ? { signal: 'fail' as const } : {}),
        summary: health.status,
        health: health as Health,
        tookMs: 1,
      }
      looks.set(id, look)
      return look
    }

    return {
      control,
      health,
      glance(id) {
        const { loseRequest, loseAnswer, slow } = weather()
        const member = hosts.members.get(id) as SimMember
        const { host, process, kept } = member
        if (cutOff(host)) return null
        if (
          !host.reachable ||
          process?.actor.frozen ||
          host.agent?.frozen ||
          random.next() < (loseRequest + loseAnswer + slow > 0 ? 0.2 : 0.04)
        )
          return null
        if (kept) {
          if (!host.up || !kept.kit) return refusedLook
          const role = kept.kit.role()
          return seen(id, { ...describe(kept.db, role, kept.databases), role, generation: kept.kit.generation() })
        }
        if (!host.up || !process || clock.monotonic() < process.bornAt + startMs) return refusedLook
        const { kit } = process
        return seen(id, { status: member.ill ? 'fail' : 'pass', role: kit.role(), generation: kit.generation() })
      },
      supervised: (id, limits) =>
        exchange(mine, id, limits, (back) => {
          const member = hosts.members.get(id) as SimMember
          if (cutOff(member.host)) return
          atAgent(
            member,
            () => back({ state: (member.kept ? member.kept.db.process : member.process) ? 'running' : 'exited' }),
            () => back(null),
          )
        }).catch(() => null) as ReturnType<World['supervised']>,
      async look(member, limits): Promise<Observation> {
        try {
          return seen(member, await health(member, { ...limits, timeoutMs: Math.min(limits.timeoutMs, lookTimeoutMs) }))
        } catch (error) {
          const refused = (error as { code?: string }).code === 'target-refused'
          return { outcome: 'fail', signal: refused ? 'refused' : 'timeout', summary: (error as Error).message, tookMs: lookTimeoutMs }
        }
      },
      exec: () => Promise.reject(fault('command-failed', { command: 'none', problem: 'the simulated host has no commands' })),
    }
  }
}

function atRouter(router: SimRouter | undefined, call: ControlCall): HookAnswer | null {
  if (!router) return null
  if (call.generation < router.generation) return { status: 409, headers: {}, body: JSON.stringify({ code: 'stale-generation' }) }
  router.generation = call.generation
  router.to = (call.body?.member as string | null) ?? null
  return { status: 200, headers: {}, body: JSON.stringify({ status: 'done' }) }
}
