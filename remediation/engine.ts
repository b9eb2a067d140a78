import { keyOf } from '../core/alerts/alert.ts'
import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import { type Clock, every, seconds } from '../core/clock.ts'
import { causeChain, isFault } from '../core/errors.ts'
import type { Journal } from '../core/journal/journal.ts'
import type { Log } from '../core/log.ts'
import type { StatusBoard } from '../core/probes/probe.ts'
import type { Role, Run } from '../core/runs/run.ts'
import type { AnyAction } from './actions/define.ts'
import { appoint, reroute } from './appoint.ts'
import { executor } from './execute.ts'
import { openOverdue } from './overdue.ts'
import { type Planner, plan } from './plan.ts'
import { keepRoles } from './roles.ts'
import type { Runbook } from './runbook.ts'
import { scoreShadows, watchesOnly } from './shadow.ts'
import { keepSync } from './sync.ts'
import { keepWaits } from './waits.ts'
import type { World } from './world.ts'

/** What the engine needs of the house. It sees nothing else, so that the simulator can give it another one. */
export interface EnginePorts {
  catalog: Catalog
  journal: Journal
  world: World
  status: StatusBoard
  clock: Clock
  log: Log
  /** Unique for this life of the controller: names the holder of its leases. */
  holder: string
  runbooks: readonly Runbook[]
  actions: readonly AnyAction[]
  /** Whether an effect may begin now; see `Term` in core/journal/leader.ts. Absent: always. */
  mayAct?(): boolean
  /** Grows with each lead, see `Term`. */
  term?: number
  /** Whether roles may be renewed now, also after `stop`; absent: as long as it may act, and not after that. */
  mayRenew?(): boolean
  /** How long an earlier controller may still renew roles, ms from now. */
  earlierMs?: number
  /** Called when nothing can be recorded: nothing is touched then, but somebody must hear of it. */
  onStoreFailure(error: unknown): void
  /** How often everything open is looked at again, should a wake-up have been lost. */
  sweepMs?: number
}

/** What plans are made with; those who only order need no engine for it. */
export const plannerOf = ({
  catalog,
  status,
  runbooks,
  actions,
}: Pick<EnginePorts, 'catalog' | 'status' | 'runbooks' | 'actions'>): Planner => ({
  catalog,
  runbooks: new Map(runbooks.map((runbook) => [runbook.id, runbook])),
  actions: new Map(actions.map((action) => [action.id, action])),
  observed: (member) => status.of(member),
})

/** More than so many at once are looked at in the next sweeps. */
const sweepLimit = 200

/** What goes on is told again, should an earlier leader have taken it for mended. */
const tellAgainMs = seconds(10)

/** A component that is looked at now. */
interface Tended {
  /** Something happened meanwhile. */
  again: boolean
  /** What is carried out on it. */
  run: Run | null
  done: Promise<void>
}

/**
 * The loop: decide about a component's incident, carry the decision out, decide again, until there is nothing left to do.
 * One loop per component at a time; components do not wait for each other.
 */
export function createEngine(ports: EnginePorts) {
  const { catalog, journal, world, status, clock, log, mayAct = () => true, earlierMs } = ports
  const planner = plannerOf(ports)
  const roles = keepRoles({
    ...{ catalog, world, clock, log, mayRenew: ports.mayRenew ?? mayAct, earlierMs },
    observed: planner.observed,
    onLost: (component) => consider(component),
  })
  const runs = executor({
    ...{ journal, world, clock, catalog, log, roles, mayAct },
    ...{ actions: planner.actions, holder: ports.holder, term: ports.term },
  })
  const overdue = openOverdue({ catalog, journal, clock })
  const sync = keepSync({ catalog, journal, world, status, clock, log, holder: ports.holder, mayAct, term: ports.term })
  const known = new Map<string, Role>()
  /** What was last told of components without an active member; null: that it is over. */
  const headless = new Map<string, { summary: string | null; at: number }>()
  /** Components whose router may not know the active member: after a start, and after a run that did not come so far. */
  const unrouted = new Set(catalog.components.filter((component) => component.route).map((component) => component.id))
  const tending = new Map<string, Tended>()
  const waits = keepWaits({
    ...{ journal, planner, clock },
    adoptable: (id) => adoptable(catalog.findComponent(id), status),
    consider: (component) => consider(component),
  })
  const scores = watchesOnly(catalog.config)
  let stopped = false

  /** Looks at a component now; while it is being looked at already, once more afterwards. */
  function consider(component: string): void {
    // Without the lead nothing is begun; the next sweep looks whether we have it again.
    if (stopped || !mayAct()) return
    const current = tending.get(component)
    if (current) {
      current.again = true
      if (current.run) makeWay(current.run)
      return
    }
    const entry: Tended = { again: false, run: null, done: Promise.resolve() }
    tending.set(component, entry)
    entry.done = tend(component, entry)
      .catch((error) => {
        log.error({ component, err: causeChain(error) }, 'the engine could not go on with a component; it looks again at the next sweep')
        if (isFault(error, 'store-failed', 'store-full', 'store-corrupt', 'store-locked')) ports.onStoreFailure(error)
      })
      .finally(() => {
        tending.delete(component)
        if (entry.again) consider(component)
      })
  }

  /** What mends a standby must not keep the active member waiting. */
  function makeWay(run: Run): void {
    const active = known.get(run.component)?.active
    if (!active || run.members.includes(active) || !planner.runbooks.get(run.runbook)?.givesWay) return
    if (status.of(active).status === 'fail') runs.giveWay(run.id, `gave way: ${active}, which is active, fails`)
  }

  async function tend(component: string, entry: Tended): Promise<void> {
    do {
      entry.again = false
      const run = (await leftOver(component)) ?? (await decided(component)) ?? (await settled(component))
      if (!run || stopped) return
      if (run.status === 'waiting') {
        // It is for a person to say, and the incident tells so.
        if (!(await waits.over(run))) return void (await decided(component))
        entry.again = true
        continue
      }
      entry.run = run
      const ours = await carryOut(run)
      entry.run = null
      // Another controller has it, or we lost it: to ask at once again would take it from the one that acts. The sweep looks.
      if (!ours || !mayAct()) return
      entry.again = true
    } while (entry.again && !stopped)
  }

  /** A run that is queued, or that an earlier life of ours left behind. */
  async function leftOver(component: string): Promise<Run | null> {
    return (await journal.runs({ component, live: true }, { limit: 1 }))[0] ?? null
  }

  async function decided(component: string): Promise<Run | null> {
    const [incident] = await journal.incidents({ component, open: true }, { limit: 1 })
    if (!incident) return null
    const { run } = await journal.decide(incident.id, (situation) => plan(situation, planner))
    return run
  }

  /** What no incident asks for: nobody is active, or the users are not sent to who is. */
  async function settled(id: string): Promise<Run | null> {
    const component = catalog.findComponent(id)
    if (component?.topology !== 'active-standby') return null
    if (known.get(id)?.active) return unrouted.has(id) ? quietly(id, (situation) => reroute(component, situation, planner)) : null
    const adopted = adoptable(component, status)
    if (!adopted) return quietly(id, (situation) => appoint(component, situation, planner))
    await journal.adoptRole(adopted)
    await refreshRole(id)
    return null
  }

  async function quietly(
    id: string,
    choose: (situation: Parameters<Parameters<Journal['order']>[1]>[0]) => ReturnType<typeof appoint>,
  ): Promise<Run | null> {
    let unheard: string | null = null
    let done = false
    const answer = await journal.order(id, (situation) => {
      const choice = choose(situation)
      if ('tell' in choice && choice.tell) unheard = choice.refuse
      if ('settled' in choice && choice.settled) done = true
      return choice
    })
    if (!('refuse' in answer)) return answer
    const active = known.get(id)?.active
    if (done && unrouted.delete(id)) await leaderless(id, null)
    if (unheard !== null) await leaderless(id, active ? `users may not be sent to ${active}: ${unheard}` : `nobody is active: ${unheard}`)
    return null
  }

  /** Nobody is active, and nobody will be by us: an incident, so that a person hears of it. */
  async function leaderless(component: string, summary: string | null): Promise<void> {
    // Whoever was frozen, and has lost the lead since, knows nothing of who is active now.
    if (!mayAct()) return
    const before = headless.get(component)
    const old = before && summary !== null && clock.monotonic() - before.at > tellAgainMs
    if (before && before.summary === summary && !old) return
    headless.set(component, { summary, at: clock.monotonic() })
    const status = summary === null ? 'resolved' : 'firing'
    const source = 'engine'
    await journal.ingest([
      {
        key: keyOf(component, null, source),
        component,
        member: null,
        signal: 'wrong-role',
        status,
        source,
        summary: summary ?? 'a member is active',
        at: clock.now(),
      },
    ])
    if (summary !== null) consider(component)
  }

  /** False: it is not ours. */
  async function carryOut(run: Run): Promise<boolean> {
    if (run.plan.some((step) => step.action === 'route')) unrouted.add(run.component)
    try {
      return await runs.execute(run)
    } finally {
      await refreshRole(run.component)
    }
  }

  async function refreshRole(component: string): Promise<void> {
    if (catalog.findComponent(component)?.topology !== 'active-standby') return
    const role = await journal.role(component)
    known.set(component, role)
    if (stopped || role.active === null) return
    roles.keep(role)
    sync.consider(component)
    if (!unrouted.has(component)) await leaderless(component, null)
  }

  async function start(): Promise<void> {
    for (const role of await journal.roles()) known.set(role.component, role)
    for (const role of known.values()) if (catalog.findComponent(role.component)) roles.keep(role)
    score()
    sweep()
  }

  /** Everything that could have something to do. Wake-ups are only a short cut to this. */
  function sweep(): void {
    for (const component of catalog.components) if (component.topology === 'active-standby') consider(component.id)
    Promise.all([journal.incidents({ open: true }, { limit: sweepLimit }), journal.runs({ live: true }, { limit: sweepLimit })])
      .then((found) => {
        for (const { component } of found.flat()) consider(component)
      })
      .catch(ports.onStoreFailure)
    if (mayAct()) overdue.sweep().catch(ports.onStoreFailure)
    if (scores) score()
  }

  function score(): void {
    if (!stopped && mayAct())
      scoreShadows(journal).catch((error) => log.error({ err: causeChain(error) }, 'what shadow mode would have done was not scored'))
  }

  const stopSweep = every(clock, ports.sweepMs ?? 5_000, sweep)
  const stopWatching = status.onChange((changed) => consider(changed.component))

  return {
    planner,
    start,
    consider,
    /** Looks at everything that could have something to do. */
    sweep,
    /** As the engine knows it now; what the detector compares roles with. */
    role: (component: string): Role | undefined => known.get(component),
    /**
     * Starts nothing more; a step under way ends or is taken up by the next life. Roles are renewed for as long as they may be: a store
     * that is away for a moment must not cost every member its role. `letGo` ends that too.
     */
    async stop(): Promise<void> {
      stopped = true
      stopSweep()
      stopWatching()
      if (ports.mayRenew) roles.linger()
      else roles.stop()
      sync.stop()
      waits.stop()
      await Promise.allSettled([...tending.values()].map((entry) => entry.done))
    },
    letGo: () => roles.stop(),
  }
}

export type Engine = ReturnType<typeof createEngine>

/** The one member that says it is active, where the journal knows of none; the journal then believes it. All must have been seen. */
function adoptable(component: Component | undefined, status: StatusBoard): Role | null {
  if (!component) return null
  const members = component.members.map((member) => status.of(member.id))
  if (members.some((member) => member.status === 'unknown')) return null
  const actives = members.filter((one) => one.role === 'active')
  const [only] = actives
  return only && actives.length === 1 ? { component: component.id, active: only.member, generation: only.generation ?? 0 } : null
}
