import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { Change } from '../../../core/changes/change.ts'
import type { Switch } from '../../../core/journal/journal.ts'
import type { Run } from '../../../core/runs/run.ts'
import { type Locale, limits, type Suspect } from '../andon.ts'
import { clean } from '../text.ts'
import { type Relation, relationsOf } from './relations.ts'
import { type Timing, whyOf } from './why.ts'

export interface SuspectsInput {
  catalog: Catalog
  component: string | null
  /** Of the andon: its own runs are an answer to it, not its cause. */
  incident: string | null
  /** When it was pulled, epoch ms: what came later is no cause. */
  pulledAt: number
  /** So long before the pull a change is a suspect. */
  withinMs: number
  changes: readonly Change[]
  runs: readonly Run[]
  switches: readonly Switch[]
  locale?: Locale
}

/** Something that came before the pull, whatever it is. */
export interface Candidate {
  id: string
  what: Change['kind'] | 'run-failed' | 'run' | 'run-active' | 'switch-off' | 'switch-on' | 'maintenance'
  title: string
  component: string | null
  at: number
  until: number | null
  /** Still going on, as far as is known, though nobody said until when. */
  going: boolean
  by: string
  url: string | null
}

const minuteMs = 60_000
/** A pipeline whose clock is ahead a little must not be acquitted. Runs and switches go by our own. */
const skewMs = minuteMs
/** After so long a change is half as suspicious. */
const halfMs = 30 * minuteMs
/** Runs and switches are looked at for so long; a change works for longer. */
const justBeforeMs = 60 * minuteMs
const leastWeight = 0.01
const titleChars = 300

const kindWeight: Record<Candidate['what'], number> = {
  deployment: 1,
  config: 1,
  planned: 0.9,
  maintenance: 0.9,
  other: 0.8,
  'run-failed': 0.9,
  'run-active': 0.85,
  run: 0.6,
  'switch-off': 0.5,
  'switch-on': 0.5,
}

/**
 * What may have to do with it, the likeliest first, at most 10: changes, planned work, runs and switches shortly before the pull, nearer in
 * time and nearer to the component before the others. Pure.
 */
export function suspectsOf(input: SuspectsInput): Suspect[] {
  const { catalog, component, pulledAt, locale = 'en' } = input
  const relations = component === null ? new Map<string, Relation>() : relationsOf(catalog, component)
  return candidatesOf(input)
    .flatMap((candidate) => {
      const timing = timingOf(candidate, pulledAt)
      if (!timing || timing.agoMs > withinOf(candidate, input)) return []
      const relation = candidate.component === null ? 'fleet' : (relations.get(candidate.component) ?? null)
      const near = relations.size === 0 ? 0.6 : nearness(relation)
      const weight = Math.round(kindWeight[candidate.what] * near * nearInTime(timing) * 1_000) / 1_000
      if (weight < leastWeight) return []
      const { id, title, component: of, at, by, url } = candidate
      const why = whyOf(candidate, timing, { relation: relations.size === 0 ? null : (relation ?? 'stranger'), component }, locale)
      return [{ change: id, title: clean(title, titleChars), component: of, at, by, url, weight, why }]
    })
    .sort((a, b) => b.weight - a.weight || b.at - a.at || (a.change < b.change ? -1 : 1))
    .slice(0, limits.suspects)
}

const withinOf = ({ what }: Candidate, { withinMs }: SuspectsInput) => (isOurs(what) ? Math.min(justBeforeMs, withinMs) : withinMs)
const isOurs = (what: Candidate['what']) => /^(run|switch)/.test(what)

/** How long before the pull it ended, or whether it was going on then. Null: it lies ahead. */
function timingOf({ what, at, until, going }: Candidate, pulledAt: number): Timing | null {
  if (at > pulledAt + (isOurs(what) ? 0 : skewMs)) return null
  const sinceMs = Math.max(0, pulledAt - at)
  if (going || (until !== null && until >= pulledAt)) return { underWay: true, sinceMs, agoMs: 0 }
  return { underWay: false, sinceMs, agoMs: Math.max(0, pulledAt - (until ?? at)) }
}

const nearInTime = ({ agoMs }: Timing) => 1 / (1 + agoMs / halfMs)

function nearness(relation: Relation | 'fleet' | null): number {
  if (relation === null) return 0.1
  if (relation === 'fleet') return 0.3
  if (relation.kind === 'same') return 1
  return relation.kind === 'dependency' ? 0.75 - 0.05 * (relation.steps - 1) : 0.5 - 0.05 * (relation.steps - 1)
}

function candidatesOf({ catalog, incident, changes, runs, switches }: SuspectsInput): Candidate[] {
  return [
    ...changes.map(({ id, title, kind, version, component, at, until, by, url }) => ({
      id,
      what: kind,
      title: version === null || title.includes(version) ? title : `${title} (${version})`,
      ...{ component, at, until, going: false, by, url },
    })),
    ...runs
      .filter((run) => run.runbook !== 'page' && (run.incident === null || run.incident !== incident))
      .map((run) => ({
        id: run.id,
        what: runKind(run),
        title: `${run.runbook} (${run.component})`,
        component: run.component,
        at: run.startedAt ?? run.createdAt,
        until: run.endedAt,
        going: run.endedAt === null,
        by: run.by,
        url: null,
      })),
    ...switches.map(({ scope, off, at, by, reason }) => ({
      id: `switch/${scope}/${at}`,
      what: off ? ('switch-off' as const) : ('switch-on' as const),
      title: reason,
      component: scope === 'global' ? null : scope,
      ...{ at, until: null, going: false, by, url: null },
    })),
    ...catalog.config.maintenance.map(({ component = null, from, until, reason }) => ({
      id: `maintenance/${component ?? 'all'}/${from}`,
      what: 'maintenance' as const,
      title: reason,
      ...{ component, at: Date.parse(from), until: Date.parse(until), going: false, by: 'jidoka.config', url: null },
    })),
  ]
}

function runKind({ status, plan }: Run): Candidate['what'] {
  if (status === 'failed' || status === 'unknown') return 'run-failed'
  return plan.some((step) => step.setsActive !== undefined) ? 'run-active' : 'run'
}
