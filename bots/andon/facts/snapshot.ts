import { createHash } from 'node:crypto'
import { componentStatus } from '../../../core/api/components.ts'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { Incident } from '../../../core/incidents/incident.ts'
import type { MemberStatus } from '../../../core/probes/probe.ts'
import type { Run } from '../../../core/runs/run.ts'
import type { Snapshot } from '../andon.ts'
import { clean } from '../text.ts'
import { relationsOf } from './relations.ts'

export interface SnapshotInput {
  catalog: Catalog
  /** Of all members. */
  status: readonly MemberStatus[]
  /** Those that are open. */
  incidents: readonly Incident[]
  /** Those that go on, and those that began since the matter did; newest first. */
  runs: readonly Run[]
  /** Epoch ms. */
  now: number
  component: string | null
}

/** A card that people read has so many lines; members take what the others leave. */
const most = { lines: 30, components: 10, incidents: 6, runs: 4 }
const summaryChars = 300

type Word = MemberStatus['status']
const worst: Record<Word, number> = { fail: 0, warn: 1, unknown: 2, pass: 3 }

/**
 * How things are: the component with all of its members, and what it depends on or what depends on it; without a component, everything
 * that is not well, the worst first. Pure.
 */
export function snapshotOf({ catalog, status, incidents, runs, now, component }: SnapshotInput): Snapshot {
  const near = component === null ? new Map() : relationsOf(catalog, component)
  const concerns = (id: string) => near.size === 0 || near.has(id)
  const membersOf = Map.groupBy(status, (member) => member.component)
  const states = (near.size > 0 ? [...near.keys()] : catalog.components.map(({ id }) => id)).flatMap((id) => {
    const known = catalog.findComponent(id)
    // What it depends on may be somebody else's.
    return known ? [stateOf(known, membersOf.get(id) ?? [])] : []
  })
  const shown = {
    components: states
      .filter((one) => near.has(one.id) || one.status !== 'pass')
      .sort(first(component, (one) => [one.id, one.status]))
      .slice(0, most.components),
    incidents: incidents
      .filter((one) => one.endedAt === null && concerns(one.component))
      .sort((a, b) => Number(b.component === component) - Number(a.component === component))
      .slice(0, most.incidents)
      .map(({ id, component: of, failure, status: word, openedAt }) => ({ id, component: of, failure, status: word, since: openedAt })),
    runs: runs
      .filter((run) => run.runbook !== 'page' && concerns(run.component))
      .sort((a, b) => Number(b.endedAt === null) - Number(a.endedAt === null))
      .slice(0, most.runs)
      .map(({ id, runbook, component: of, status: word, createdAt }) => ({ id, runbook, component: of, status: word, at: createdAt })),
  }
  const left = most.lines - shown.components.length - shown.incidents.length - shown.runs.length
  const members = status
    .filter((one) => concerns(one.component) && (one.status !== 'pass' || (near.size > 0 && one.component === component)))
    .sort(first(component, (one) => [one.component, one.status]))
    .slice(0, left)
    .map(({ member, component: of, status: word, role, summary }) => ({
      id: member,
      component: of,
      status: word,
      role,
      summary: clean(summary, summaryChars, ''),
    }))
  return { at: now, members, ...shown, digest: digestOf({ members, ...shown }) }
}

function stateOf({ id, topology }: Catalog['components'][number], members: readonly MemberStatus[]) {
  const well = members.filter((member) => member.status === 'pass').length
  return { id, status: componentStatus(topology, members), well, of: members.length }
}

/** The component itself before the others, then the worst; what is equal stays in its order. */
const first =
  <One>(component: string | null, partsOf: (one: One) => [string, Word]) =>
  (a: One, b: One): number => {
    const [[idA, wordA], [idB, wordB]] = [partsOf(a), partsOf(b)]
    return Number(idB === component) - Number(idA === component) || worst[wordA] - worst[wordB]
  }

/** Of what counts: texts and times flicker. */
function digestOf({ members, components, incidents, runs }: Omit<Snapshot, 'at' | 'digest'>): string {
  const counts = [
    members.map(({ id, status, role }) => [id, status, role]),
    components.map(({ id, status, well, of }) => [id, status, well, of]),
    incidents.map(({ id, failure, status }) => [id, failure, status]),
    runs.map(({ id, status }) => [id, status]),
  ]
  const sorted = counts.map((rows) => rows.map((row) => JSON.stringify(row)).sort())
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)
}
