import { isAbsolute, relative, resolve } from 'node:path'
import { mustExist } from './problems.ts'
import type { Component, Config, Member } from './schema.ts'
import {
  detectionMsOf,
  fenceLimitMs,
  fenceSpareMs,
  hardMsOf,
  keepsDatabases,
  longestRenewMs,
  renewMsOf,
  slackMs,
  softMsOf,
  worstCaseOutageMs,
} from './timings.ts'

/** What a switch of roles needs: timings that fit, databases that can be ended, a route that knows its servers. */

type Lease = NonNullable<Component['roleLease']>

/**
 * Timings that would take the role from a healthy member, let two be active, or never let anybody be promoted. Told with the
 * arithmetic, and the value that would do: others accept such, and nobody learns of it before the night it matters.
 */
export function checkLease(component: Component, path: string): string[] {
  const lease = component.roleLease
  if (!lease) return []
  if (component.topology !== 'active-standby') return [`${path}: only an active-standby component has an active role to lease`]
  return [
    ...checkWait(lease, path),
    ...(keepsDatabases(component) ? checkDatabaseLease(component, lease, path) : checkRenewals(component, lease, path)),
  ]
}

function checkRenewals(component: Component, lease: Lease, path: string): string[] {
  const renewMs = renewMsOf(component)
  if (3 * renewMs <= lease.ttlMs) return []
  return [
    `${path}: renewMs ${renewMs} x 3 = ${3 * renewMs} is more than ttlMs ${lease.ttlMs}: two lost renewals would take the role from a healthy member. ` +
      `${arithmetic(component, lease)}; renewMs may be at most ${Math.floor(lease.ttlMs / 3)}`,
  ]
}

/** The lease of a database counts from its last answer, and its sessions are ended before it is over: that is not usable. */
function checkDatabaseLease(component: Component, lease: Lease, path: string): string[] {
  const { ttlMs, marginMs } = lease
  const renewMs = renewMsOf(component)
  const [softMs, hardMs] = [softMsOf(ttlMs), hardMsOf(ttlMs)]
  const usableMs = ttlMs - softMs - renewMs
  const few =
    3 * renewMs > usableMs
      ? [
          `${path}: of ttlMs ${ttlMs}, sessions are ended ${softMs} ms early, and one renewMs ${renewMs} is used up when it is renewed: ${usableMs} ms are left, ` +
            `less than renewMs x 3 = ${3 * renewMs}, so that two lost renewals would take the role from a healthy member. ` +
            `${arithmetic(component, lease)}; renewMs may be at most ${longestRenewMs(ttlMs)}`,
        ]
      : []
  const dualMs = hardMs + slackMs - marginMs
  const two =
    dualMs > 0
      ? [
          `${path}: marginMs ${marginMs} is less than the ${hardMs} ms that the kill of a database is given + ${slackMs} ms of slack: ` +
            `two could be active for ${dualMs} ms. marginMs must be at least ${hardMs + slackMs}`,
        ]
      : []
  return [...few, ...two]
}

/** A lease that is longer than anybody waits for it: nobody would ever be promoted when the active one is cut off. */
function checkWait({ ttlMs, marginMs }: Lease, path: string): string[] {
  const waitMs = ttlMs + marginMs
  const limitMs = fenceLimitMs - fenceSpareMs
  if (waitMs <= limitMs) return []
  return [
    `${path}: ttlMs ${ttlMs} + marginMs ${marginMs} = ${waitMs} is more than the ${limitMs} ms that a fence waits for a lease: ` +
      `while the active member cannot be reached, nobody would ever be promoted. ttlMs may be at most ${Math.max(0, limitMs - marginMs)}`,
  ]
}

function arithmetic(component: Component, lease: Lease): string {
  const detection = detectionMsOf(component)
  if (detection === Infinity) return 'No probe: only an agent would notice that the active member is gone'
  const outage = worstCaseOutageMs(component)
  const lastMs = outage - lease.ttlMs - lease.marginMs
  return `Slowest detection ${detection} ms, worst-case outage: last renewal ${lastMs} + ttlMs ${lease.ttlMs} + marginMs ${lease.marginMs} = ${outage} ms`
}

/** Databases and the route of one component. */
export function checkFailover(component: Component, path: string): string[] {
  return [...checkDatabases(component, path), ...checkRoute(component, path)]
}

function checkDatabases(component: Component, path: string): string[] {
  const { members, replication, topology, roleLease } = component
  if (!keepsDatabases(component))
    return [
      ...(replication ? [`${path}.replication: it is for members of kind "postgres", and there is none`] : []),
      ...wrongRungs(component, databaseRunbooks, 'it is for members of kind "postgres"', path),
    ]
  const first = members.findIndex(({ postgres }) => postgres?.bootstrap)
  return [
    ...(topology === 'active-standby' ? [] : [`${path}.topology: members of kind "postgres" need active-standby`]),
    ...(roleLease || topology !== 'active-standby'
      ? []
      : [`${path}.roleLease: missing; a database is active only as long as its role is renewed, or two could take writes`]),
    ...members.flatMap((member, i) => checkDatabase(member, `${path}.members[${i}]`)),
    ...members.flatMap(({ postgres }, i) =>
      postgres?.bootstrap && i !== first
        ? [
            `${path}.members[${i}].postgres.bootstrap: ${path}.members[${first}] makes the database already; two would be strangers to each other`,
          ]
        : [],
    ),
    ...wrongRungs(component, ['failover-active-standby'], 'it does not compare the WAL of databases; use failover-database', path),
  ]
}

const databaseRunbooks = ['failover-database', 'rejoin-database', 'rebuild-database']

const wrongRungs = ({ ladder }: Component, runbooks: readonly string[], why: string, path: string): string[] =>
  ladder.flatMap((id, i) => (runbooks.includes(id) ? [`${path}.ladder[${i}]: ${id}: ${why}`] : []))

function checkDatabase({ id, agent, hooks, process, postgres }: Member, path: string): string[] {
  if (!postgres) return [`${path}: ${id} is no database, and others of its component are; they cannot take each other's place`]
  return [
    ...(agent === undefined ? [`${path}.postgres: nobody keeps it; name the agent in ${path}.agent`] : []),
    ...(process ? [`${path}.process: a member has either a process or a postgres`] : []),
    ...(hooks === undefined ? [] : [`${path}.hooks: its agent answers for a database; leave them out`]),
    ...(postgres.osUser === 'root' ? [`${path}.postgres.osUser: PostgreSQL does not run as root; name another user`] : []),
  ]
}

/** What two databases, agents or guards cannot share. */
export function checkHosts({ components, agents }: Config): string[] {
  const kept = components.flatMap((component, i) =>
    component.members.flatMap(({ agent, postgres }, j) =>
      agent !== undefined && postgres ? [{ agent, postgres, path: `components[${i}].members[${j}]` }] : [],
    ),
  )
  const byAgent = Map.groupBy(kept, ({ agent }) => agent)
  const guardless = agents.flatMap(({ id, guard }, i) =>
    byAgent.has(id) && guard === undefined
      ? [`agents[${i}].guard: missing; ${id} keeps databases (${byAgent.get(id)?.[0]?.path}), and nobody would end them while it is frozen`]
      : [],
  )
  const places = new Map<string, string>()
  const taken = agents.flatMap(({ url, guard }, i) =>
    [[url, `agents[${i}].url`] as const, ...(guard === undefined ? [] : [[guard, `agents[${i}].guard`] as const])].flatMap(([at, path]) => {
      const { host } = new URL(at)
      const earlier = places.get(host)
      if (earlier === undefined) places.set(host, path)
      // Two agents at one url were accepted always; a guard of its own place is new.
      return earlier !== undefined && (path.endsWith('.guard') || earlier.endsWith('.guard'))
        ? [`${path}: ${host} is taken already by ${earlier}`]
        : []
    }),
  )
  return [...guardless, ...taken, ...[...byAgent.values()].flatMap(shared)]
}

interface Kept {
  postgres: NonNullable<Member['postgres']>
  path: string
}

function shared(kept: readonly Kept[]): string[] {
  return kept.flatMap(({ postgres, path }, at) =>
    kept
      .slice(0, at)
      .flatMap((earlier) => [
        ...(earlier.postgres.port === postgres.port
          ? [`${path}.postgres.port: ${postgres.port} is taken already by ${earlier.path}, of the same agent`]
          : []),
        ...(within(earlier.postgres.data, postgres.data) || within(postgres.data, earlier.postgres.data)
          ? [`${path}.postgres.data: ${postgres.data} and that of ${earlier.path} (${earlier.postgres.data}) are one in the other`]
          : []),
      ]),
  )
}

function within(outer: string, inner: string): boolean {
  const way = relative(resolve(outer), resolve(inner))
  return way === '' || (!way.startsWith('..') && !isAbsolute(way))
}

function checkRoute({ route, members }: Component, path: string): string[] {
  if (!route || 'hooks' in route) return []
  const { socket, servers } = route.haproxy
  const ids = new Set(members.map(({ id }) => id))
  const names = new Map<string, string>()
  return [
    ...(isAbsolute(socket) || /^(\[[^\]]+\]|[^/:]+):\d{1,5}$/.test(socket)
      ? []
      : [`${path}.route.haproxy.socket: expected an absolute path or HOST:PORT, got "${socket}"`]),
    ...Object.keys(servers).flatMap((id) => mustExist(`${path}.route.haproxy.servers`, 'member', id, ids)),
    ...members.flatMap(({ id }) => {
      const name = servers[id] ?? id
      const earlier = names.get(name)
      names.set(name, id)
      return earlier === undefined ? [] : [`${path}.route.haproxy.servers: ${earlier} and ${id} are both the server "${name}"`]
    }),
  ]
}
