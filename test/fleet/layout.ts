import type { ConfigInput } from '../../core/catalog/schema.ts'

/** Where everything of a fleet is: ports from a base, folders below one. */
export interface FleetPlan {
  folder: string
  basePort: number
  /** Folder with PostgreSQL's programs. */
  bin: string
  osUser: string | null
  lease: { ttlMs: number; renewMs: number; marginMs: number }
  synchronous: 'off' | 'on' | 'strict'
  /** Members of the database. */
  members: number
  controllers: number
  /** `sqlite` in the folder of the controller, or the URL of a PostgreSQL. */
  store: string
  probe: { everyMs: number; timeoutMs: number; failAfter: number }
  /** What else the configuration holds, and whether the database's users come through HAProxy. */
  haproxy: boolean
}

export const component = 'db'
export const memberOf = (at: number) => `db-${at + 1}`
const offsets = { controller: 0, agent: 10, guard: 20, database: 30, front: 40, haproxy: 41, store: 42, pad: 43 } as const
export const portOf = (plan: Pick<FleetPlan, 'basePort'>, place: keyof typeof offsets, at = 0) => plan.basePort + offsets[place] + at
const local = (port: number) => `http://127.0.0.1:${port}`
export const urlOf = (plan: Pick<FleetPlan, 'basePort'>, place: keyof typeof offsets, at = 0) => local(portOf(plan, place, at))
export const databaseUrl = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`

/** A trial of machines that break all the time: no budget is to be what stops it. */
const plenty = { perHour: 100_000, perDay: 1_000_000 }

export function fleetConfig(plan: FleetPlan, more: Partial<ConfigInput> = {}): ConfigInput {
  const numbers = Array.from({ length: plan.members }, (_, at) => at)
  return {
    components: [
      {
        id: component,
        title: 'Database',
        topology: 'active-standby',
        members: numbers.map((at) => ({
          id: memberOf(at),
          agent: `node-${at + 1}`,
          site: `node-${at + 1}`,
          postgres: {
            bin: plan.bin,
            data: `${plan.folder}/node-${at + 1}/data`,
            port: portOf(plan, 'database', at),
            ...(plan.osUser === null ? {} : { osUser: plan.osUser }),
            settings: { shared_buffers: '64MB', max_connections: '60', wal_keep_size: '256MB' },
            access: ['host all all 127.0.0.1/32 trust'],
            bootstrap: at === 0,
          },
        })),
        probes: [{ kind: 'hook', ...plan.probe }],
        ladder: ['failover-database', 'restart-process', 'page'],
        replication: { synchronous: plan.synchronous },
        roleLease: plan.lease,
        ...(plan.haproxy ? { route: { haproxy: { socket: `127.0.0.1:${portOf(plan, 'haproxy')}`, backend: component } } } : {}),
        guards: { attempts: 1_000, windowMs: 1_000, cooldownMs: 0, budgets: { member: plenty, component: plenty } },
      },
      ...(more.components ?? []),
    ],
    agents: numbers.map((at) => ({ id: `node-${at + 1}`, url: urlOf(plan, 'agent', at), guard: urlOf(plan, 'guard', at) })),
    guards: { minFleet: 100, budgets: { member: plenty, component: plenty, runbook: plenty, fleet: plenty } },
    flap: { changes: 100, withinMs: 1_000 },
    pagers: [{ kind: 'log' }],
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'components')),
  } as ConfigInput
}

/** The health of each member is asked at its agent, at the path of that member. */
export function haproxyConfig(plan: FleetPlan): string {
  const servers = Array.from(
    { length: plan.members },
    (_, at) => `  server ${memberOf(at)} 127.0.0.1:${portOf(plan, 'database', at)} check port ${portOf(plan, 'agent', at)}`,
  )
  return [
    'global',
    '  maxconn 200',
    `  stats socket ipv4@127.0.0.1:${portOf(plan, 'haproxy')} level admin`,
    'defaults',
    '  mode tcp',
    '  timeout connect 300ms',
    '  retries 0',
    '  timeout client 30m',
    '  timeout server 30m',
    '  timeout check 1s',
    `listen ${component}`,
    `  bind 127.0.0.1:${portOf(plan, 'front')}`,
    '  option httpchk',
    '  http-check send meth GET uri-lf /members/%[srv_name]/health/active',
    '  http-check expect status 200',
    '  default-server inter 200ms fastinter 100ms downinter 100ms fall 2 rise 1 on-marked-down shutdown-sessions',
    ...servers,
    '',
  ].join('\n')
}
