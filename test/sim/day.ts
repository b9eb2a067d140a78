import type { Catalog } from '../../core/catalog/catalog.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { type ConfigInput, configSchema } from '../../core/catalog/schema.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { chance, type Random } from '../../core/random.ts'
import type { AnyAction } from '../../remediation/actions/define.ts'
import { actions as builtIn } from '../../remediation/actions/registry.ts'
import type { Runbook } from '../../remediation/runbook.ts'
import { runbooks } from '../../runbooks/registry.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { canaryJournal, canaryRunbook, canaryWorld, type OrderRules } from './canaries.ts'
import { type SimController, startController } from './controller.ts'
import type { SimHost } from './host.ts'
import { launch, launchAction } from './launch.ts'
import { type LeadRules, type SimLeadership, simLeadership } from './lead.ts'
import { type Life, newLife } from './life.ts'
import type { Scenario } from './scenario.ts'
import type { SimWorld } from './world.ts'

/** A copy of a large database may take hours; here none does. */
const copyMs = 20_000

const catalogs = new Map<string, Catalog>()
const mostCatalogs = 20_000

/** Most seeds draw a platform that was drawn before. */
export function catalogOf(config: ConfigInput): Catalog {
  const key = JSON.stringify(config)
  const known = catalogs.get(key)
  if (known) return known
  if (catalogs.size > mostCatalogs) catalogs.clear()
  const made = indexCatalog(configSchema.parse(config))
  catalogs.set(key, made)
  return made
}

const shorter = (runbook: Runbook): Runbook => ({
  ...runbook,
  steps: (facts) => runbook.steps(facts).map((step) => (step.action === 'await-streaming' ? { ...step, timeoutMs: copyMs } : step)),
})
const allRunbooks = (rules: OrderRules) => [...runbooks.map((one) => canaryRunbook(shorter(one), rules)), launch]
const allActions = [...(builtIn as readonly AnyAction[]), launchAction]
/** A process that is started again is there after so long. */
const bootMs = 200

export interface HousePorts {
  scenario: Scenario
  clock: VirtualClock
  random: Random
  catalog: Catalog
  journal: Journal & { boot(term: number): void }
  worldOf(clock: Life['clock'], cutOff: (host: SimHost) => boolean): SimWorld
  rules: LeadRules & OrderRules
  tell(text: string): void
  violate(found: string[]): void
}

/** The controllers: one that owns its store, or some that share one. A dead one is started again. */
export function simHouse(ports: HousePorts) {
  const { scenario, clock, random, catalog, journal, tell, violate } = ports
  const slots: { life: Life | null; controller: SimController | null; rate: number }[] = []
  const exits: { member: string; detail: string }[] = []
  const shared = scenario.controllers > 1
  const leadership: SimLeadership = simLeadership(clock, random, { begin: journal.boot, tell }, ports.rules)
  /** A host that one controller does not reach, while others may. */
  const blind = new Map<number, SimHost>()
  let lives = 0
  let firstPlaces = 0

  function boot(at: number): void {
    const slot = slots[at] as (typeof slots)[number]
    const holder = `life-${++lives}`
    const struck = lives === 1 ? scenario.diesAt : 0
    const life = newLife(clock, { at: struck, freezeMs: scenario.freezesForMs }, slot.rate, () => {
      tell(`${holder} died`)
      slot.controller = null
      leadership.gone(holder)
      clock.after(bootMs + random.next() * 3_000, () => boot(at))
    })
    if (lives === 1) firstPlaces = 0
    slot.life = life
    const controller = startController(life, {
      journal: canaryJournal(journal, clock, ports.rules),
      world: canaryWorld(
        ports.worldOf(life.clock, (host) => blind.get(at) === host),
        clock,
        ports.rules,
      ),
      catalog,
      runbooks: allRunbooks(ports.rules),
      actions: allActions,
      holder,
      onWrite: (component) => wake(slot.controller, component),
      onError: (error) => violate([`the engine failed: ${error instanceof Error ? error.stack : JSON.stringify(error)}`]),
    })
    slot.controller = controller
    tell(`${holder} started`)
    if (shared)
      leadership.stand(life, holder, {
        begin: (term) => void controller.lead(term).then(flushExits),
        end: () => void controller.follow(),
      })
    else {
      journal.boot(lives)
      void controller.lead({ fence: lives, earlierMs: 0, mayAct: () => true, mayRenew: () => true }).then(flushExits)
    }
  }

  /** The others hear of it: late, or not at all. */
  function wake(writer: SimController | null, component: string): void {
    for (const { controller, life } of slots)
      if (controller !== writer && life && chance(random, 0.8))
        clock.after(random.next() * (chance(random, 0.1) ? 2_000 : 5), () => life.post(() => controller?.hear(component)))
  }

  /** An agent keeps its reports until they are acknowledged, and tells them to whom it reaches. */
  function flushExits(): void {
    const able = slots.flatMap(({ controller, life }) =>
      controller && life && !life.frozen && (shared || controller.leads) ? [controller] : [],
    )
    const first = able.length > 0 ? exits.shift() : undefined
    if (!first) return
    const taker = able[able.length > 1 && chance(random, 0.5) ? 1 : 0] as SimController
    clock.after(2, () => void taker.report(first.member, first.detail))
    flushExits()
  }

  return {
    start() {
      for (let at = 0; at < scenario.controllers; at++) {
        slots.push({ life: null, controller: null, rate: scenario.rates[3 + at] ?? 1 })
        if (at === 0) boot(0)
        else clock.after(random.next() * 500, () => boot(at))
      }
    },
    exited(member: string, detail: string) {
      exits.push({ member, detail })
      flushExits()
    },
    /** The one that leads, else the first. */
    leader: (): Life | null => (slots.find(({ controller }) => controller?.leads) ?? slots[0])?.life ?? null,
    cutSession: leadership.cutSession,
    /** The last one loses its way to a host; the answer gives it back. */
    cut(host: SimHost) {
      const at = slots.length - 1
      blind.set(at, host)
      return () => void blind.delete(at)
    },
    notePlaces() {
      if (lives === 1 || slots.length > 1) firstPlaces = Math.max(firstPlaces, lives === 1 ? (slots[0]?.life?.places ?? 0) : 0)
    },
    /** Every controller runs. */
    well: () => slots.every(({ controller, life }) => controller && !life?.frozen),
    places: () => firstPlaces,
    stop() {
      for (const { life } of slots) life?.end()
    },
  }
}
