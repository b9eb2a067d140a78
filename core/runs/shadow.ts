import type { Incident } from '../incidents/incident.ts'
import { type Context, tell } from '../journal/context.ts'
import type { Refusal } from '../journal/journal.ts'
import { rowOf } from '../records/change.ts'
import type { Records, Stored } from '../records/record.ts'
import { batch } from '../store/kit.ts'
import { change, first, type Tx } from '../store/transaction.ts'

/** What a runbook in shadow mode would have done, as a record of kind `shadow`; its topic is the runbook, its parent the incident. */
export interface ShadowData {
  runbook: string
  members: string[]
  /** Names of the steps. */
  plan: string[]
  /** How it compares with what happened; null: the incident goes on. */
  score: ShadowScore | null
  /** In words: what it was compared with. */
  why: string | null
}

/**
 * `agreed`: people ran the same. `differed`: something else mended it. `needless`: it ended by itself. `unscored`: a person was at it,
 * and what they did is not known here.
 */
export const shadowScores = ['agreed', 'differed', 'needless', 'unscored'] as const
export type ShadowScore = (typeof shadowScores)[number]
export const shadowKind = 'shadow'

/** Keeps and tells what would have been done, once per incident and plan. */
export function* keepShadow(context: Context, { id: incident, component }: Incident, refusal: Refusal): Tx<void> {
  const { sql, now, mint } = context
  const { runbook, shadow } = refusal
  if (!shadow) return
  const key = `${incident}/${runbook}/${shadow.plan.join('/')}`
  if (yield* first(sql.records.byKey, { kind: shadowKind, key })) return
  const data: ShadowData = { runbook, members: shadow.members, plan: shadow.plan, score: null, why: null }
  const draft = {
    id: mint('shw'),
    status: 'open',
    open: true,
    component,
    topic: runbook,
    parent: incident,
    key,
    nextAt: null,
    rev: 0,
    data,
  }
  yield* change(sql.records.put, { records: batch([rowOf(shadowKind, draft, now)]) })
  tell(context, 'incident.refused', { component, incident }, { runbook, code: refusal.code, reason: refusal.reason, plan: shadow.plan })
}

export type Tally = Record<ShadowScore | 'open', number>

export const noTally = (): Tally => ({ agreed: 0, differed: 0, needless: 0, unscored: 0, open: 0 })

/** How often a runbook was right, by component. */
export function tallyOf(found: readonly Stored<ShadowData>[]): Map<string, Tally> {
  const all = new Map<string, Tally>()
  for (const { component, data } of found) {
    const tally = all.get(component ?? '') ?? noTally()
    tally[data.score ?? 'open'] += 1
    all.set(component ?? '', tally)
  }
  return all
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum = noTally()
  for (const tally of tallies) for (const score of Object.keys(sum) as (keyof Tally)[]) sum[score] += tally[score]
  return sum
}

const countedMax = 1_000

/** The newest thousand of a runbook. */
export const shadowsOf = (records: Pick<Records<ShadowData>, 'list'>, runbook: string): Promise<Stored<ShadowData>[]> =>
  records.list({ topic: runbook }, { limit: countedMax })
