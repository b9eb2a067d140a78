import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import { type Clock, every, seconds } from '../core/clock.ts'
import { causeChain } from '../core/errors.ts'
import type { Journal } from '../core/journal/journal.ts'
import type { Log } from '../core/log.ts'
import type { StatusBoard } from '../core/probes/probe.ts'
import type { Role } from '../core/runs/run.ts'
import { idsOf, isStreaming, isWell, keepsDatabases } from './databases.ts'
import type { Observed } from './requirements.ts'
import type { World } from './world.ts'

/**
 * Keeps count of the standbys that have every acknowledged commit, where replication is synchronous: `synchronous_standby_names` of
 * the active database, and `inSync` of the journal, by which a successor is chosen.
 *
 * A commit is acknowledged when any one of those that the database waits for has it. So at every moment the journal names all of
 * them, or nobody: whoever has most WAL of all that it names then has every commit.
 *
 *   to others:   journal: old and new, database: new, journal: new
 *   from nobody: database: new (answered when one of them has all), journal: new
 *   to nobody:   journal: nobody, database: nobody
 */
export type SyncStep = { do: 'journal'; inSync: string[] | null } | { do: 'database'; standbys: string[] }

export interface SyncFacts {
  component: Component
  role: Role
  observed: Observed
  /** What the database was last told; what it says of itself may be older than that. */
  told?: readonly string[] | null
}

const same = (a: readonly string[], b: readonly string[]) => a.toSorted().join() === b.toSorted().join()
const union = (a: readonly string[], b: readonly string[]) => [...new Set([...a, ...b])].toSorted()

/** What to do now, in this order; empty: all is as it should be, or nothing can be known. Pure. */
export function syncSteps({ component, role, observed, told = null }: SyncFacts): SyncStep[] {
  const mode = component.replication?.synchronous ?? 'off'
  const { active } = role
  if (!keepsDatabases(component) || active === null) return []
  const counted = role.inSync ?? null
  const now = observed(active)
  const known = isWell(now) && now.role === 'active'
  if (mode === 'off') {
    if (counted === null) return []
    return known
      ? [
          { do: 'journal', inSync: null },
          { do: 'database', standbys: [] },
        ]
      : [{ do: 'journal', inSync: null }]
  }
  // From here on somebody counts, also while nobody can be told: nobody is promoted without.
  if (counted === null) return [{ do: 'journal', inSync: [] }]
  if (!known) return []
  const streaming = idsOf(now.health, 'replication:standbys')
  const copies = (id: string) => streaming.includes(id) && canConfirm(observed(id))
  const wanted = component.members
    .map(({ id }) => id)
    .filter((id) => id !== active && copies(id))
    .toSorted()
  const inForce = told ?? idsOf(now.health, 'replication:sync')
  if (wanted.length === 0) {
    if (mode === 'strict' || (counted.length === 0 && inForce.length === 0)) return []
    return [...steps(counted.length > 0, { do: 'journal', inSync: [] }), { do: 'database', standbys: [] }]
  }
  if (same(counted, wanted) && same(inForce, wanted)) return []
  const both = union(counted, wanted)
  return [
    ...steps(counted.length > 0 && !same(both, counted), { do: 'journal', inSync: both }),
    { do: 'database', standbys: wanted },
    ...steps(!same(counted.length > 0 ? both : [], wanted), { do: 'journal', inSync: wanted }),
  ]
}

/** Somebody who may be promoted may not be any more. */
const takesAway = (steps: readonly SyncStep[], { inSync }: Role) =>
  steps.some((step) => step.do === 'journal' && (inSync ?? []).some((id) => !step.inSync?.includes(id)))

const steps = (needed: boolean, step: SyncStep): SyncStep[] => (needed ? [step] : [])

/** It need not be caught up: the database answers when one of them is. */
const canConfirm = (status: ReturnType<Observed>) => isWell(status) && status.role === 'standby' && isStreaming(status.health)

export interface SyncPorts {
  catalog: Catalog
  journal: Pick<Journal, 'role' | 'setInSync'>
  world: World
  status: StatusBoard
  clock: Clock
  log: Log
  /** Unique for this life of the controller. */
  holder: string
  mayAct?(): boolean
  /** Of the lead. What a leader wrote, or ordered, that was frozen since must not undo what the next one did. */
  term?: number
}

export interface SyncKeeper {
  /** Looks at a component now; while it is being looked at already, once more afterwards. */
  consider(component: string): void
  stop(): void
}

interface Told {
  by: string
  standbys: readonly string[]
  at: number
}

/** So long after it was told, what a database says of itself is believed again. */
const toldForMs = seconds(5)
const lookMs = 250
const callMs = seconds(5)
const aliveMs = 500
const longestPauseMs = seconds(10)

/** One loop per component, one call at a time; after a failure it pauses, twice as long each time. */
export function keepSync({ catalog, journal, world, status, clock, log, holder, mayAct = () => true, term }: SyncPorts): SyncKeeper {
  const abort = new AbortController()
  const ours = new Map(catalog.components.filter(keepsDatabases).map((component) => [component.id, newLoop(component)]))
  let serial = 0

  function newLoop(component: Component) {
    return { component, busy: false, again: false, failures: 0, notBefore: 0, told: null as Told | null }
  }

  function consider(id: string): void {
    const loop = ours.get(id)
    if (!loop || abort.signal.aborted || clock.monotonic() < loop.notBefore) return
    if (loop.busy) {
      loop.again = true
      return
    }
    loop.busy = true
    keep(loop)
      .then(
        () => {
          loop.failures = 0
        },
        (error) => {
          loop.failures++
          loop.notBefore = clock.monotonic() + Math.min(longestPauseMs, lookMs * 2 ** loop.failures)
          log.warn({ component: id, err: causeChain(error) }, 'which standbys are in sync could not be brought up to date')
        },
      )
      .finally(() => {
        loop.busy = false
        if (loop.again) {
          loop.again = false
          consider(id)
        }
      })
  }

  async function keep(loop: ReturnType<typeof newLoop>): Promise<void> {
    const { component } = loop
    if (!mayAct()) return
    const role = await journal.role(component.id)
    const by = `${role.active}/${role.generation}`
    const told = loop.told?.by === by && clock.monotonic() - loop.told.at < toldForMs ? loop.told.standbys : null
    const steps = syncSteps({ component, role, observed: status.of, told })
    if (takesAway(steps, role) && !(await stillActive(role))) return
    for (const step of steps) {
      if (!mayAct() || abort.signal.aborted) return
      if (step.do === 'journal') {
        // Whoever promotes now chooses by what the journal said: nothing further may be changed.
        if (!(await journal.setInSync(role, step.inSync, term))) return
        continue
      }
      // Not the newest generation: a run that has taken it may still be far from its fence, and the lease is renewed at the one before.
      const generation = status.of(role.active as string).generation ?? role.generation
      const key = `sync/${component.id}/${role.generation}/${holder}/${++serial}`
      const call = {
        action: 'sync',
        generation,
        key,
        body: { standbys: step.standbys, ...(term === undefined ? {} : { turn: [term, serial] }) },
      }
      await world.control({ member: role.active as string }, call, { timeoutMs: callMs, signal: abort.signal })
      loop.told = { by, standbys: step.standbys, at: clock.monotonic() }
    }
  }

  /** A standby is left alone by an active that is gone, too: then it is the one to promote, and must not be struck off. */
  async function stillActive({ active, generation }: Role): Promise<boolean> {
    const health = await world.health(active as string, { timeoutMs: aliveMs, signal: abort.signal }).catch(() => null)
    return health?.role === 'active' && health.status !== 'fail' && (health.generation ?? 0) <= generation
  }

  // What the members say of each other is no change of status: it is looked at, not waited for.
  const all = () => {
    for (const id of ours.keys()) consider(id)
  }
  const stopLooking = ours.size === 0 ? () => {} : every(clock, lookMs, all)
  const stopWatching = status.onChange((changed) => consider(changed.component))

  return {
    consider,
    stop() {
      abort.abort()
      stopLooking()
      stopWatching()
    },
  }
}
