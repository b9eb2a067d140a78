import type { Clock } from '../../core/clock.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { seededRandom } from '../../core/random.ts'
import { virtualClock } from '../virtual-clock.ts'
import type { OrderRules } from './canaries.ts'
import { catalogOf, simHouse } from './day.ts'
import { inflict } from './faults.ts'
import { isWell, simMembers } from './host.ts'
import { activesOf, everythingEnded, neverTwice, nothingLost, rolesAgree } from './invariants.ts'
import { keptMembers } from './keeping.ts'
import { type KeptRules, startGuard, startKeeping } from './kept.ts'
import { launching } from './launch.ts'
import type { LeadRules } from './lead.ts'
import { drawScenario, type Scenario, settledMs, troubledMs } from './scenario.ts'
import { watchJournal } from './watched-journal.ts'
import { calm, type SimRouter, simWorld } from './world.ts'

/** A journal that is used again and again. `boot`: whoever held a lease is dead, and that term has begun. */
export type SimJournal = Journal & { reset(clock: Clock): void; boot(term?: number): void }

export interface SimResult {
  violations: string[]
  /** Timers fired. */
  events: number
  incidents: number
  /** What happened, in order; the same seed gives the same. Empty unless asked for. */
  trace: string[]
  /** Places in the first life at which it could have been killed. */
  places: number
}

/** Rules that are broken on purpose, to see that it is found. */
export interface Canaries extends LeadRules, KeptRules, OrderRules {
  /** Members never step down by themselves. */
  ignoreLeases?: boolean
}

export interface PlayOptions extends Canaries {
  trace?: boolean
}

/** Longer than any pause of the engine between two things that it does, its sweep included. */
const quietMs = 12_000
/** Where nothing is wrong with anybody, only a message that is slow could still change something. */
const quietWhenWellMs = 3_500

/** One bad day from a seed, over a journal that is emptied first. */
export const simulate = (seed: number, journal: SimJournal, options: PlayOptions = {}): Promise<SimResult> =>
  play(drawScenario(seededRandom(seed)), seed, journal, options)

export async function play(scenario: Scenario, seed: number, journal: SimJournal, options: PlayOptions = {}): Promise<SimResult> {
  const clock = virtualClock()
  journal.reset(clock)
  const random = seededRandom(seed + 0x5eed)
  const catalog = catalogOf(scenario.config)
  const launches = new Map<string, number>()
  const intended = new Set<string>()
  const violations: string[] = []
  const trace: string[] = []
  const tell = options.trace ? (text: string) => trace.push(`${Math.round(clock.monotonic())} ${text}`) : () => {}
  const violate = (found: string[]) => {
    for (const one of found) if (!violations.includes(one)) violations.push(one)
    if (found.length > 0) tell(`VIOLATION ${found.join('; ')}`)
  }

  const routers = new Map<string, SimRouter>(
    catalog.components.filter((one) => one.route).map((one) => [one.id, { to: null, generation: 0 }]),
  )
  const layout = catalog.components.flatMap((component) =>
    component.members.map(({ id }) => ({
      id,
      component: component.id,
      host: scenario.hostOf[id] as string,
      roles: component.topology === 'active-standby',
      on: launching(launches),
    })),
  )
  const rateOf = (host: string) => scenario.rates[Number(host.slice(-1))] ?? 1
  const hosts = simMembers(
    clock,
    layout,
    rateOf,
    (member, detail) => {
      tell(`${member.id} exited: ${detail}`)
      house.exited(member.id, detail)
    },
    (kept, agent) => startKeeping(kept, agent, keeping.portsOf(kept)),
  )
  const troubledUntil = troubledMs(scenario)
  let weather = scenario.weather
  let lastOrderAt = 0
  const worldOf = simWorld({
    clock,
    random,
    hosts,
    routers,
    weather: () => weather,
    ignoreLeases: options.ignoreLeases,
    onOrder: ({ key, action }) => {
      if (action === 'lease') return
      tell(`order ${action} ${key}`)
      lastOrderAt = clock.monotonic()
      keeping.stir(0)
      if (key.startsWith('run_') && !intended.has(key.split('/', 3).join('/')))
        violate([`${action} (${key}) left without a recorded intent`])
    },
  })
  const watched = Object.assign(
    watchJournal(journal, intended, tell, () => {
      lastOrderAt = clock.monotonic()
    }),
    { boot: journal.boot },
  )
  const house = simHouse({ scenario, clock, random, catalog, journal: watched, worldOf, rules: options, tell, violate })

  const keeping = keptMembers({ clock, random, catalog, hosts, rules: options, tell, violate, exited: house.exited })
  for (const member of hosts.members.values()) if (!member.kept) hosts.spawn(member)
  for (const fault of scenario.faults)
    clock.after(fault.atMs, () => {
      keeping.stir(fault.forMs ?? 0)
      inflict(fault, {
        hosts,
        tell,
        clock,
        controller: house.leader,
        cutSession: house.cutSession,
        cut: house.cut,
        journal: watched,
        guard: (kept) => startGuard(kept, keeping.portsOf(kept)),
      })
    })
  clock.after(troubledUntil, () => {
    weather = calm
  })
  house.start()

  const actives = activesOf(
    hosts,
    scenario.faults.some(({ kind }) => kind === 'freeze-host'),
  )
  let events = 0
  let wasWell = false
  let lookAgainAt = troubledUntil
  /** Between two timers: what must hold always, and whether the day is over. */
  const over = (): boolean => {
    events++
    const found = actives()
    if (found !== null) violate([found])
    house.notePlaces()
    // A controller that thaws has its work before it, though nothing happened for long.
    const well = house.well()
    if (!well || !wasWell) lastOrderAt = clock.monotonic()
    wasWell = well
    return violations.length > 0 || clock.monotonic() >= lookAgainAt
  }
  const allWell = async () =>
    [...hosts.members.values()].every(isWell) &&
    (await journal.incidents({ open: true }, { limit: 1 })).length === 0 &&
    (await journal.runs({ live: true }, { limit: 1 })).length === 0 &&
    (await rolesAgree(journal, hosts, routers)).length === 0
  while (clock.monotonic() < settledMs && (await clock.runUntil(over, settledMs)) && violations.length === 0) {
    const quiet = clock.monotonic() - Math.max(lastOrderAt, troubledUntil)
    if (quiet > quietWhenWellMs && (await allWell())) break
    if (quiet > quietMs && (await settled(journal))) break
    lookAgainAt = clock.monotonic() + 500
  }
  violate(neverTwice(launches))
  if (violations.length === 0) {
    violate(await everythingEnded(journal, catalog))
    violate(await nothingLost(journal, hosts))
    violate(await rolesAgree(journal, hosts, routers))
  }
  const incidents = (await journal.incidents({}, { limit: 200 })).length
  house.stop()
  return { violations, events, incidents, trace, places: house.places() }
}

/** Nothing is under way, and whatever is open has been told to a person. */
async function settled(journal: Journal): Promise<boolean> {
  const [live] = await journal.runs({ live: true }, { limit: 1 })
  return !live && (await journal.incidents({ open: true }, { limit: 50 })).every((incident) => incident.status === 'escalated')
}
