import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { seededRandom } from '../../core/random.ts'
import type { AnyAction } from '../../remediation/actions/define.ts'
import { actions as builtIn } from '../../remediation/actions/registry.ts'
import { runbooks } from '../../runbooks/registry.ts'
import { virtualClock } from '../virtual-clock.ts'
import { type SimController, startController } from './controller.ts'
import { inflict } from './faults.ts'
import { simMembers } from './host.ts'
import { everythingEnded, neverTwice, neverTwoActives, nothingLost, rolesAgree } from './invariants.ts'
import { launch, launchAction, launching } from './launch.ts'
import { type Life, newLife } from './life.ts'
import { drawScenario, type Scenario, type SimFault, settledMs, troubledMs } from './scenario.ts'
import { watchJournal } from './watched-journal.ts'
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

  const routers = new Map<string, SimRouter>(
    catalog.components.filter((one) => one.route).map((one) => [one.id, { to: null, generation: 0 }]),
  )
  const exits: { member: string; detail: string }[] = []
  const layout = catalog.components.flatMap((component) =>
    component.members.map(({ id }) => ({
      id,
      component: component.id,
      host: scenario.hostOf[id] as string,
      roles: component.topology === 'active-standby',
      on: launching(launches),
    })),
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
    const started = await startController(mine, {
      journal: watched,
      world,
      catalog,
      runbooks: [...runbooks, launch],
      actions: [...(builtIn as readonly AnyAction[]), launchAction],
      holder: `life-${lives}`,
      onError: (error) => violate([`the engine failed: ${JSON.stringify(error)}`]),
    })
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
  const control = { hosts, tell, clock, violate, kill: () => life?.kill(), journal: watched }
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
