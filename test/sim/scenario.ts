import type { ConfigInput } from '../../core/catalog/schema.ts'
import { minutes, seconds } from '../../core/clock.ts'
import { below, chance, pick, type Random } from '../../core/random.ts'
import { calm, type Weather } from './world.ts'

export const faultKinds = [
  'kill',
  'break',
  'freeze',
  'ill',
  'lose-host',
  'cut-off',
  'kill-agent',
  'freeze-agent',
  'kill-guard',
  'freeze-guard',
  'freeze-host',
  'kill-controller',
  'freeze-controller',
  'lose-session',
  'blind-controller',
  'switch-off',
  'storm',
] as const

/** Something that goes wrong at a time, and (unless it is for good) comes right again. */
export interface SimFault {
  atMs: number
  kind: (typeof faultKinds)[number]
  member: string
  /** Null: for good. */
  forMs: number | null
}

export interface Scenario {
  config: ConfigInput
  hostOf: Record<string, string>
  faults: SimFault[]
  weather: Weather
  /** 1: one that owns its store. 2: two that share one. */
  controllers: number
  /** Places in the first life at which it dies; 0: never. */
  diesAt: number
  /** Frozen there instead, for so long. */
  freezesForMs?: number
  /** How fast the clocks of the hosts and of the controllers go. */
  rates: number[]
}

/** Faults begin by then; what is still broken when the last has ended is broken for good. */
const lastFaultAtMs = seconds(18)
const lastSmallFaultAtMs = seconds(7)
export const settledMs = minutes(4)
/** What the design allows the clocks of two machines to differ: far more than any quartz does. */
const maxDrift = 0.005

const ladders = {
  base: [
    ['failover-active-standby', 'restart-process', 'page'],
    ['restart-process', 'failover-active-standby', 'page'],
    ['failover-active-standby', 'page'],
  ],
  pair: [
    ['restart-process', 'failover-active-standby', 'page'],
    ['failover-active-standby', 'restart-process', 'page'],
    ['failover-active-standby', 'page'],
    ['launch', 'restart-process', 'failover-active-standby', 'page'],
  ],
  pool: [
    ['restart-process', 'page'],
    ['launch', 'restart-process', 'page'],
  ],
}

/** From then on nothing new goes wrong, and the network is calm. */
export const troubledMs = ({ faults }: Pick<Scenario, 'faults'>): number =>
  Math.max(seconds(3), ...faults.map(({ atMs, forMs }) => atMs + (forMs ?? 0))) + 500

/**
 * A platform and its bad day, from a seed. Fault *rates* are drawn per seed: uniform rates find far less. Most days are small: one
 * component and a fault or two, which is where most of what was found needs to look, at a third of the price.
 */
export function drawScenario(random: Random): Scenario {
  const small = chance(random, 0.8)
  const standbys = 1 + below(random, 2)
  // Services that keep their own role, or databases whose role their agents keep.
  const kept = chance(random, 0.5)
  const synchronous = kept && chance(random, 0.6)
  const name = kept ? 'base' : 'pair'
  const pair = Array.from({ length: 1 + standbys }, (_, at) => `${name}-${at + 1}`)
  const pool = Array.from({ length: 1 + below(random, 3) }, (_, at) => `pool-${at + 1}`)
  const alone = !small ? null : chance(random, 0.1) ? 'pool' : name
  const leased = chance(random, 0.8) || kept
  const hostOf: Record<string, string> = {}
  const members = alone === null ? [...pair, ...pool] : alone === 'pool' ? pool : pair
  for (const [at, member] of members.entries()) hostOf[member] = `host-${at % 3}`
  const guards = { attempts: pick(random, [2, 3, 5]), windowMs: minutes(10), cooldownMs: chance(random, 0.2) ? seconds(20) : 0 }
  const member = (id: string) => ({ id, agent: hostOf[id] as string, process: { command: ['simulated'] }, address: 'http://127.0.0.1:1' })
  const database = (id: string, at: number) => ({
    id,
    agent: hostOf[id] as string,
    postgres: { bin: '/simulated', data: `/simulated/${id}`, port: 5432 + at, bootstrap: at === 0 },
  })
  const controllers = chance(random, 0.4) ? 2 : 1
  return {
    config: {
      agents: ['host-0', 'host-1', 'host-2'].map((id) => ({ id, url: 'http://127.0.0.1:1', guard: 'http://127.0.0.1:2' })),
      components: [
        {
          id: name,
          topology: 'active-standby' as const,
          members: kept ? pair.map(database) : pair.map(member),
          probes: [{ kind: 'hook' as const }],
          ladder: pick(random, ladders[name]),
          route: { hooks: 'http://127.0.0.1:1' },
          ...(leased ? { roleLease: { ttlMs: pick(random, [2, 3, 5]) * 1_000, marginMs: 500 } } : {}),
          ...(kept ? { replication: { synchronous: synchronous ? ('on' as const) : ('off' as const) } } : {}),
          guards,
        },
        { id: 'pool', members: pool.map(member), probes: [{ kind: 'hook' as const }], ladder: pick(random, ladders.pool), guards },
      ].filter(({ id }) => alone === null || id === alone),
      guards: { maxFailingShare: pick(random, [0.5, 1]) },
    },
    hostOf,
    faults: drawFaults(random, members, { small, controllers, kept: kept && alone !== 'pool', hostsMayFreeze: synchronous }),
    weather: drawWeather(random),
    controllers,
    ...drawStroke(random),
    rates: Array.from({ length: 5 }, () => 1 + (random.next() * 2 - 1) * maxDrift),
  }
}

function drawStroke(random: Random): Pick<Scenario, 'diesAt' | 'freezesForMs'> {
  if (!chance(random, 0.3)) return { diesAt: 0 }
  const diesAt = 1 + below(random, chance(random, 0.7) ? 120 : 300)
  return chance(random, 0.3) ? { diesAt, freezesForMs: 100 + below(random, seconds(15)) } : { diesAt }
}

function drawFaults(
  random: Random,
  members: string[],
  { small, controllers, kept, hostsMayFreeze }: { small: boolean; controllers: number; kept: boolean; hostsMayFreeze: boolean },
): SimFault[] {
  // An agent and its guard that are gone at the same time protect nothing, and a host that is frozen whole, its guard with it, takes
  // writes for a moment when it thaws: none of them is acknowledged where commits wait for a standby, and no standby copies it any more.
  const unlikely = new Set<SimFault['kind']>([
    ...(controllers > 1 ? [] : (['lose-session', 'blind-controller'] as const)),
    ...(kept ? [] : (['kill-guard', 'freeze-guard', 'freeze-host'] as const)),
    ...(chance(random, 0.5) ? (['kill-agent', 'freeze-agent'] as const) : (['kill-guard', 'freeze-guard'] as const)),
    ...(hostsMayFreeze ? [] : (['freeze-host'] as const)),
  ])
  const possible = faultKinds.filter((kind) => !unlikely.has(kind))
  const likely = possible.filter(() => chance(random, 0.4))
  const kinds = likely.length > 0 ? likely : (['kill'] as const)
  const from = small ? seconds(1.5) : seconds(3)
  const last = small ? lastSmallFaultAtMs : lastFaultAtMs
  return Array.from({ length: 1 + below(random, small ? 3 : 6) }, () => {
    const kind = pick(random, kinds)
    const forMs = chance(random, 0.2) ? null : 100 + below(random, small ? seconds(6) : seconds(10))
    return {
      atMs: from + below(random, last - from),
      kind,
      member: pick(random, members),
      forMs: lasting.has(kind) ? (forMs ?? (small ? seconds(13) : seconds(20))) : forMs,
    }
  }).sort((a, b) => a.atMs - b.atMs)
}

/** What lasts longer than a lease is as good as gone; somebody would end it. */
const lasting = new Set<SimFault['kind']>(['freeze-controller', 'freeze-host', 'blind-controller'])

function drawWeather(random: Random): Weather {
  if (chance(random, 0.4)) return calm
  const rate = () => (chance(random, 0.5) ? random.next() * 0.2 : 0)
  return { loseRequest: rate(), loseAnswer: rate(), repeat: rate(), slow: rate() / 2, minMs: 1, maxMs: 5 + below(random, 60) }
}
