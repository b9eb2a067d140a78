import { indexCatalog } from '../core/catalog/catalog.ts'
import { configSchema } from '../core/catalog/schema.ts'
import { silentLog } from '../core/log.ts'
import type { MemberStatus } from '../core/probes/probe.ts'
import { seededRandom } from '../core/random.ts'
import type { ActionContext } from '../remediation/actions/define.ts'
import { keepRoles, type RoleKeeperPorts } from '../remediation/roles.ts'
import type { World } from '../remediation/world.ts'
import { type SimMember, simMembers } from './sim/host.ts'
import { calm, type SimRouter, simWorld } from './sim/world.ts'
import { virtualClock } from './virtual-clock.ts'

/**
 * A pair `polaris` on two hosts: real server kits in a simulated world, in virtual time. For tests of what acts on members and
 * on their roles, without an engine around it.
 */
export interface PairOptions {
  /** `null`: no role lease. */
  lease?: { ttlMs: number; marginMs: number } | null
  /** False: no agent keeps the members; they are reached by their own hooks only. */
  agents?: boolean
}

export interface Sent {
  action: string
  to: string
  at: number
}

const settleMs = 200

export async function openPair({ lease = { ttlMs: 2_000, marginMs: 500 }, agents = true }: PairOptions = {}) {
  const clock = virtualClock()
  const catalog = indexCatalog(
    configSchema.parse({
      agents: [{ id: 'a', url: 'http://127.0.0.1:1' }],
      components: [
        {
          id: 'polaris',
          topology: 'active-standby',
          members: ['polaris-1', 'polaris-2'].map((id) => ({
            id,
            hooks: `http://${id}`,
            address: `http://${id}`,
            ...(agents ? { agent: 'a' } : {}),
          })),
          ladder: ['restart-process', 'failover-active-standby', 'page'],
          route: { hooks: 'http://router' },
          ...(lease ? { roleLease: lease } : {}),
        },
      ],
    }),
  )
  const component = catalog.component('polaris')
  const layout = component.members.map(({ id }) => ({ id, component: 'polaris', host: `host of ${id}`, roles: true, on: {} }))
  const hosts = simMembers(
    clock,
    layout,
    () => 1,
    () => {},
  )
  const routers = new Map<string, SimRouter>([['polaris', { to: null, generation: 0 }]])
  let weather = calm
  const plain = simWorld({ clock, random: seededRandom(1), hosts, routers, weather: () => weather, onOrder: () => {} })(clock)
  const sent: Sent[] = []
  const world: World = {
    ...plain,
    control(target, call, limits) {
      sent.push({ action: call.action, to: Object.entries(target).flat().join(' '), at: clock.monotonic() })
      return plain.control(target, call, limits)
    },
  }
  const member = (id: string) => hosts.members.get(id) as SimMember
  /** What the board would say of a member; a test says otherwise. */
  const seen: Record<string, Partial<MemberStatus>> = {}
  const observed = (id: string): MemberStatus => ({
    ...{
      member: id,
      component: 'polaris',
      status: 'pass',
      role: member(id).process?.kit.role() ?? 'unknown',
      generation: 0,
      summary: '',
      since: 0,
      health: null,
    },
    ...seen[id],
  })
  const lost: string[] = []
  /** One life of a controller's keeper of roles. */
  /** A keeper of another life; `over`: a member that answers otherwise. */
  const newKeeper = (over: Partial<World> = {}, known: Partial<typeof catalog> = {}, more: Partial<RoleKeeperPorts> = {}) =>
    keepRoles({
      catalog: { ...catalog, ...known },
      world: { ...world, ...over },
      clock,
      log: silentLog,
      observed,
      onLost: (id) => lost.push(id),
      ...more,
    })
  const roles = newKeeper()

  for (const one of hosts.members.values()) hosts.spawn(one)
  await clock.advance(settleMs)
  sent.length = 0
  let keys = 0
  return {
    clock,
    catalog,
    component,
    world,
    hosts,
    member,
    routers,
    seen,
    lost,
    sent,
    roles,
    newKeeper,
    observed,
    isActive: (id: string) => member(id).process?.kit.isActive() ?? false,
    cutOff(id: string) {
      member(id).host.reachable = false
    },
    weather(next: Partial<typeof calm>) {
      weather = { ...calm, ...next }
    },
    context: (generation: number, more: Partial<ActionContext> = {}): ActionContext => ({
      ...{ world, clock, component, generation, key: `run_1/0/${++keys}`, roles, timeoutMs: 5_000, signal: new AbortController().signal },
      post: async () => {},
      ...more,
    }),
    /** Lets time pass until the work has ended. */
    async through<T>(work: Promise<T>): Promise<T> {
      let over = false
      const ended = work.finally(() => {
        over = true
      })
      ended.catch(() => {}) // awaited below
      await clock.runUntil(() => over, 600_000)
      return ended
    },
  }
}

export type Pair = Awaited<ReturnType<typeof openPair>>
