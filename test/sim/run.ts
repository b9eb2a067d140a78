import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { seededRandom } from '../../core/random.ts'
import { type AnyAction, defineAction } from '../../remediation/actions/define.ts'
import { actions as builtIn } from '../../remediation/actions/registry.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import { defineRunbook, ownStep, step } from '../../runbooks/define.ts'
import { runbooks } from '../../runbooks/registry.ts'
import { type VirtualClock, virtualClock } from '../virtual-clock.ts'
import { type SimController, startController } from './controller.ts'
import { type SimMember, simMembers } from './host.ts'
import { everythingEnded, neverTwice, neverTwoActives, nothingLost, rolesAgree } from './invariants.ts'
import { type Life, newLife } from './life.ts'
import { drawScenario, type Scenario, settledMs, type SimFault, troubledMs } from './scenario.ts'
import { calm, type SimRouter, simWorld } from './world.ts'

/** The real journal in memory. `boot` does what opening its file anew would: leases of the life before have ended. */
export type SimJournal = Journal & { reset(clock: Clock): void; boot(): void }

export interface SimResult {
  violations: string[]
  /** Timers fired. */
  events: number
  incidents: number
  /** What happened, in order; the same seed gives the same. */
  trace: string[]
  /** Places in the first life at which it could have been killed. */
  places: number
}

const bootMs = 200
/** Longer than any pause of the engine between two things that it does, its sweep included. */
const quietMs = 12_000

/** One bad day from a seed, over a journal that is emptied first. */
export const simulate = (seed: number, journal: SimJournal, options: Partial<Scenario> = {}): Promise<SimResult> =>
  play({ ...drawScenario(seededRandom(seed)), ...options }, seed, journal)

export async function play(scenario: Scenario, seed: number, journal: SimJournal, { ignoreLeases = false } = {}): Promise<SimResult> {
  const clock = virtualClock()
  journal.reset(clock)
  const random = seededRandom(seed + 0x5eed)
  const catalog = indexCatalog(configSchema.parse(scenario.config))
  const launches = new Map<string, number>()
  const intended = new Set<string>()
  const violations: string[] = []
  const trace: string[] = []
  const tell = (text: string) => trace.push(`${Math.round(clock.monotonic())} ${text}`)
  const violate = (found: string[]) => {
    for (const one of found) if (!violations.includes(one)) violations.push(one)
    if (found.length > 0) tell(`VIOLATION ${found.join('; ')}`)
  }

  const routers = new Map<string, SimRouter>(catalog.components.filter((one) => one.route).map((one) => [one.id, { to: null, generation: 0 }]))
  const exits: { member: string; detail: string }[] = []
  const layout = catalog.components.flatMap((component) =>
    component.members.map(({ id }) => ({ id, component: component.id, host: scenario.hostOf[id] as string, roles: component.topology === 'active-standby', on: launching(launches) })),
  )
  const hosts = simMembers(clock, layout, (member, detail) => {
    tell(`${member.id} exited: ${detail}`)
    exits.push({ member: member.id, detail })
    void flushExits()
  })
  let weather = scenario.weather
  const world = simWorld({
    clock,
    random,
    hosts,
    routers,
    weather: () => weather,
    ignoreLeases,
    onOrder: ({ key, action }) => {
      if (action !== 'lease') {
        tell(`order ${action} ${key}`)
        lastOrderAt = clock.monotonic()
      }
      if (key.startsWith('run_') && !intended.has(key)) violate([`${action} (${key}) left without a recorded intent`])
    },
  })
  let lastOrderAt = 0
  const watched = watchJournal(journal, intended, tell, () => {
    lastOrderAt = clock.monotonic()
  })

  let life: Life | null = null
  let controller: SimController | null = null
  let lives = 0
  let firstPlaces = 0

  async function boot() {
    const mine = newLife(clock, lives === 0 ? scenario.diesAt : 0, () => {
      tell('controller died')
      controller = null
      clock.after(bootMs + random.next() * 3_000, () => void boot())
    })
    life = mine
    lives++
    journal.boot()
    const started = await startController(mine, { journal: watched, world, catalog, runbooks: [...runbooks, launch], actions: [...(builtIn as readonly AnyAction[]), launchAction], holder: `life-${lives}`, onError: (error) => violate([`the engine failed: ${JSON.stringify(error)}`]) })
    if (mine.dead) return
    controller = started
    tell('controller started')
    await flushExits()
  }

  /** An agent keeps its reports until they are acknowledged. */
  async function flushExits() {
    const [first] = exits
    if (!controller || !first) return
    const { report } = controller
    exits.shift()
    clock.after(2, () => void report(first.member, first.detail))
    await flushExits()
  }

  for (const member of hosts.members.values()) hosts.spawn(member)
  for (const fault of scenario.faults) clock.after(fault.atMs, () => strike(fault))
  clock.after(troubledMs, () => {
    weather = calm
  })
  const control = { hosts, tell, clock, violate, kill: () => life?.kill(), journal: watched, controller: () => controller }
  const strike = (fault: SimFault) => inflict(fault, control)

  void boot()
  let events = 0
  let lookAgainAt = troubledMs
  while (clock.monotonic() < settledMs && violations.length === 0 && (await clock.step())) {
    events++
    if (clock.monotonic() >= lookAgainAt) {
      if (clock.monotonic() - Math.max(lastOrderAt, troubledMs) > quietMs && (await settled(journal))) break
      lookAgainAt = clock.monotonic() + 1_000
    }
    violate(neverTwoActives(hosts))
    if (life) firstPlaces = lives === 1 ? (life as Life).places : firstPlaces
  }
  violate(neverTwice(launches))
  if (violations.length === 0) {
    violate(await everythingEnded(journal, catalog))
    violate(await nothingLost(journal, hosts))
    violate(await rolesAgree(journal, hosts, routers))
  }
  const incidents = (await journal.incidents({}, { limit: 200 })).length
  ;(life as Life | null)?.kill()
  return { violations, events, incidents, trace, places: firstPlaces }
}

/** Nothing is under way, and whatever is open has been told to a person. */
async function settled(journal: Journal): Promise<boolean> {
  const [live] = await journal.runs({ live: true }, { limit: 1 })
  return !live && (await journal.incidents({ open: true }, { limit: 50 })).every((incident) => incident.status === 'escalated')
}

/** A service's own irreversible action: it counts, and forgets nothing. */
const launching = (launches: Map<string, number>) => ({
  launch: ({ key }: { key: string }) => {
    launches.set(key, (launches.get(key) ?? 0) + 1)
  },
})

const launchAction = defineAction('launch', {
  title: 'Something that cannot be taken back',
  kind: 'irreversible',
  timeoutMs: 1_000,
  attempts: 1,
  async apply({ member }: { member: string }, { world, generation, key, ...limits }) {
    return { ...(await world.control({ member }, { action: 'launch', generation, key }, limits)) }
  },
  probe: async () => 'unclear',
})

const launch: Runbook = defineRunbook('launch', {
  title: 'Launch, then verify',
  answers: ['failing'],
  requires: [],
  cooldownMs: 0,
  steps: ({ targets }) => targets.flatMap((member) => [ownStep('launch', { member }), step('verify', { member, role: null }, { timeoutMs: 2_000 })]),
})

/** Notes every intent that has been committed, and tells how things go on. */
function watchJournal(journal: Journal, intended: Set<string>, tell: (text: string) => void, onEnd: () => void): Journal {
  return Object.assign(Object.create(journal), {
    async intend(...args: Parameters<Journal['intend']>) {
      await journal.intend(...args)
      intended.add(args[1].key)
    },
    async decide(...args: Parameters<Journal['decide']>) {
      const made = await journal.decide(...args)
      const { decision } = made
      for (const { runbook, code, reason } of decision.do === 'run' ? decision.refusals : []) tell(`${args[0]} refuses ${runbook}: ${code}, ${reason}`)
      return made
    },
    async order(...args: Parameters<Journal['order']>) {
      const made = await journal.order(...args)
      if ('refuse' in made) tell(`no order for ${args[0]}: ${made.refuse}`)
      return made
    },
    async finish(...args: Parameters<Journal['finish']>) {
      await journal.finish(...args)
      onEnd()
      tell(`run ${args[1]} is ${args[2].status}: ${args[2].reason}`)
    },
    async ingest(...args: Parameters<Journal['ingest']>) {
      const results = await journal.ingest(...args)
      for (const { key, result } of results) if (result !== 'repeated' && result !== 'ignored') tell(`alert ${key}: ${result}`)
      return results
    },
  })
}

interface Control {
  hosts: ReturnType<typeof simMembers>
  clock: VirtualClock
  tell(text: string): void
  kill(): void
  journal: Journal
  controller(): SimController | null
}

function inflict({ kind, member: id, forMs }: SimFault, { hosts, clock, tell, kill, journal }: Control): void {
  const member = hosts.members.get(id) as SimMember
  const later = (fn: () => void) => forMs !== null && clock.after(forMs, fn)
  tell(`fault ${kind} ${id} for ${forMs ?? 'good'}`)
  switch (kind) {
    case 'kill':
      return hosts.exit(member, 'signal SIGKILL')
    case 'break':
      member.broken = true
      later(() => {
        member.broken = false
      })
      return hosts.exit(member, 'signal SIGKILL')
    case 'freeze': {
      const process = member.process
      if (!process) return
      member.frozen = true
      later(() => {
        if (member.process !== process) return
        member.frozen = false
        for (const read of member.backlog.splice(0)) read()
      })
      return
    }
    case 'ill':
      member.ill = true
      later(() => {
        member.ill = false
      })
      return
    case 'lose-host': {
      const { host } = member
      host.up = false
      const lost = [...hosts.members.values()].filter((one) => one.host === host)
      for (const one of lost) hosts.exit(one, 'host lost')
      // A host that comes back starts its members anew.
      later(() => {
        host.up = true
        for (const one of lost) if (!one.process && !one.fenced) hosts.spawn(one)
      })
      return
    }
    case 'cut-off': {
      member.host.reachable = false
      later(() => {
        member.host.reachable = true
      })
      return
    }
    case 'kill-controller':
      return kill()
    case 'switch-off':
      void journal.setSwitch('global', true, 'sim', 'a person wants quiet')
      later(() => void journal.setSwitch('global', false, 'sim', 'over'))
      return
    case 'storm':
      void journal.ingest(Array.from({ length: 50 }, (_, at) => ({ key: `storm/${at}`, component: member.component, member: null, signal: 'external' as const, status: 'firing' as const, source: 'sim', summary: 'storm', at: clock.now() })))
      later(() => void journal.ingest(Array.from({ length: 50 }, (_, at) => ({ key: `storm/${at}`, component: member.component, member: null, signal: 'external' as const, status: 'resolved' as const, source: 'sim', summary: 'over', at: clock.now() }))))
      return
  }
}
