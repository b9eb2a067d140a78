import { type Change, recentChanges } from '../../../core/changes/change.ts'
import { every } from '../../../core/clock.ts'
import { causeChain, isFault } from '../../../core/errors.ts'
import type { AndonId } from '../../../core/ids.ts'
import type { Incident } from '../../../core/incidents/incident.ts'
import { follow } from '../../../core/journal/follow.ts'
import type { JournalEvent, Switch } from '../../../core/journal/journal.ts'
import type { Run } from '../../../core/runs/run.ts'
import { type Andon, ended, type Suspect } from '../andon.ts'
import { type AndonDesk, type AndonPorts, house } from '../ports.ts'
import { relationsOf } from './relations.ts'
import { snapshotOf } from './snapshot.ts'
import { suspectsOf } from './suspects.ts'

export interface FactsPorts extends Pick<AndonPorts, 'catalog' | 'journal' | 'status' | 'clock' | 'log'> {
  desk: Pick<AndonDesk, 'command' | 'get' | 'list'>
}

/** Of one tick; the rest has its turn with the next ones. */
const looksPerTick = 50
const openMax = 200
const listMax = { incidents: 200, runs: 200, changes: 500 }
/** After a start, all members have been looked at within it. */
const settleMs = 15_000
/** What comes within it makes one look. */
const gatherMs = 1_000

/** These make facts that are wanted at once. */
const beginnings = new Set(['andon.pulled', 'andon.took-over', 'andon.split', 'andon.reopened', 'andon.component'])
const endings = new Set(['andon.resolved', 'andon.merged'])
/** These bring the next look forward. */
const news = new Set([
  'change.noted',
  'incident.opened',
  'incident.escalated',
  'incident.recovered',
  'incident.resolved',
  'run.started',
  'run.finished',
])

/** What all looks of one moment share. */
interface Facts {
  incidents: Incident[]
  runs: Run[]
  switches: Switch[]
  changes: Change[]
}

/**
 * Gathers how things are and what may have to do with it, at once when an andon begins, and then again and again while it is open; tells
 * it only when it has changed. One timer for all of them; after a restart it goes on with what is open.
 */
export function followFacts({ catalog, journal, status, clock, log, desk }: FactsPorts) {
  const settings = catalog.config.andon
  /** Open ones, with the components that concern them; null: all do. */
  const open = new Map<AndonId, ReadonlySet<string> | null>()
  const looked = new Map<AndonId, number>()
  const urgent = new Set<AndonId>()
  const hurried = new Set<AndonId>()
  let ordinary: Andon[] = []
  let cancelHurry: (() => void) | null = null
  let busy: Promise<void> | null = null
  let stopped = false
  const begunAt = clock.monotonic()
  /** We have just been started, and have not looked at everything yet: that is no news of the platform. */
  const isBlind = () => clock.monotonic() - begunAt < settleMs && status.all().some((one) => one.status === 'unknown')

  function wake(): void {
    if (stopped || busy) return
    busy = work()
      .catch((error: unknown) =>
        log.error({ err: causeChain(error) }, 'facts for the andons could not be gathered; they are looked at again'),
      )
      .finally(() => {
        busy = null
        if (urgent.size > 0 || ordinary.length > 0) wake()
      })
  }

  /** What just began goes before what is looked at every few seconds. */
  async function work(): Promise<void> {
    while (!stopped) {
      const ids = [...urgent].slice(0, looksPerTick)
      for (const id of ids) urgent.delete(id)
      const batch = ids.length > 0 ? await openOf(ids) : ordinary.splice(0, looksPerTick)
      if (ids.length === 0 && batch.length === 0) return
      if (batch.length === 0) continue
      const facts = await gather(batch)
      for (const andon of batch) await look(andon, facts)
    }
  }

  async function openOf(ids: readonly AndonId[]): Promise<Andon[]> {
    const found = await Promise.all(ids.map((id) => desk.get(id)))
    return found.flatMap((andon) => {
      if (andon && !ended(andon)) return [andon]
      if (andon) forget(andon.id)
      return []
    })
  }

  async function gather(batch: readonly Andon[]): Promise<Facts> {
    const components = batch.flatMap(({ component }) => (component ? [component.id] : []))
    const [incidents, runs, switches, changes] = await Promise.all([
      journal.incidents({ open: true }, { limit: listMax.incidents }),
      journal.runs({}, { limit: listMax.runs }),
      journal.switches(),
      recentChanges(journal, components, listMax.changes),
    ])
    return { incidents, runs, switches, changes }
  }

  async function look(andon: Andon, { incidents, runs, switches, changes }: Facts): Promise<void> {
    remember(andon)
    const component = andon.component?.id ?? null
    const now = clock.now()
    looked.set(andon.id, clock.monotonic())
    const mine = runs.filter((run) => run.endedAt === null || run.createdAt >= andon.pulledAt)
    const taken = snapshotOf({ catalog, status: status.all(), incidents, runs: mine, now, component })
    if (taken.digest !== andon.snapshot?.digest && !(andon.snapshot && isBlind())) await tell(andon.id, 'snapshot', taken)
    const suspects = suspectsOf({
      catalog,
      component,
      incident: andon.incident,
      pulledAt: beganAt(andon),
      withinMs: settings.changesWithinMs,
      changes,
      runs,
      switches,
      locale: andon.locale,
    })
    if (idsOf(suspects) !== idsOf(andon.suspects)) await tell(andon.id, 'suspects', { suspects })
  }

  async function tell(id: AndonId, command: 'snapshot' | 'suspects', input: unknown): Promise<void> {
    try {
      await desk.command(id, command, input, house)
    } catch (error) {
      // It ended meanwhile.
      if (isFault(error, 'refused', 'not-found')) return
      log.warn({ andon: id, command, err: causeChain(error) }, 'a fact could not be told to an andon; it is looked at again')
    }
  }

  function remember({ id, component }: Andon): void {
    const near = component === null ? null : new Set(relationsOf(catalog, component.id).keys())
    open.set(id, near === null || near.size === 0 ? null : near)
  }

  function forget(id: AndonId): void {
    open.delete(id)
    looked.delete(id)
    hurried.delete(id)
  }

  async function tick(): Promise<void> {
    const all = await desk.list({ open: true }, { limit: openMax })
    const ids = new Set(all.map(({ id }) => id))
    for (const id of [...open.keys()]) if (!ids.has(id)) forget(id)
    for (const andon of all) if (!open.has(andon.id)) remember(andon)
    ordinary = [...all].sort((a, b) => (looked.get(a.id) ?? -1) - (looked.get(b.id) ?? -1)).slice(0, looksPerTick)
    wake()
  }

  const stalk = () => {
    tick().catch((error: unknown) => log.error({ err: causeChain(error) }, 'open andons could not be listed; tried again'))
  }

  /** Something happened to a component (null: to all of them). */
  function hurry(component: string | null): void {
    for (const [id, near] of open) if (component === null || near === null || near.has(component)) hurried.add(id)
    if (hurried.size === 0 || cancelHurry) return
    cancelHurry = clock.after(gatherMs, () => {
      cancelHurry = null
      for (const id of hurried) urgent.add(id)
      hurried.clear()
      wake()
    })
  }

  function hear({ kind, andon, component, data }: JournalEvent): void {
    if (news.has(kind)) hurry(component)
    if (andon === null) return
    if (endings.has(kind)) forget(andon)
    if (!beginnings.has(kind)) return
    urgent.add(andon)
    if (kind === 'andon.split') urgent.add(String(data.into))
    wake()
  }

  const cancelEvery = every(clock, settings.stalkEveryMs, stalk)
  const cancelStatus = status.onChange(({ component }) => hurry(component))
  const follower = follow({ journal, clock, log, subscriber: 'andon-facts', handle: hear })
  stalk()

  return {
    async stop(): Promise<void> {
      stopped = true
      cancelEvery()
      cancelStatus()
      cancelHurry?.()
      await follower.stop()
      await busy
    },
  }
}

/** When it began, or came back. */
const beganAt = ({ state, marks, pulledAt }: Andon): number =>
  state.status === 'red' && marks.red !== null && state.since > marks.red ? state.since : pulledAt

const idsOf = (suspects: readonly Suspect[]) => JSON.stringify(suspects.map(({ change }) => change).sort())
