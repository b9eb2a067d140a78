import { scrub } from '../../core/scrub.ts'
import type { MetricAnswer, MetricQuery } from '../aws/metrics.ts'
import { type Basis, type Detail, pass, type Resource, type Target, unknown, type Verdict } from '../define.ts'
import { type PriceOverrides, savingsOf } from '../prices.ts'
import type { Details, Known } from './details.ts'
import type { Unit } from './plan.ts'
import { seriesOf, type Wanted, wishesOf } from './series.ts'
import type { Tally } from './tally.ts'

/** A check of an item, with the index over the other inventories. */
export interface Judge {
  unit: Unit
  known: unknown
}

export interface Judging {
  now: number
  target: Target
  prices: PriceOverrides
  details: Details
  metrics(queries: readonly MetricQuery[]): Promise<MetricAnswer[]>
}

interface Case {
  unit: Unit
  row: Resource
  known: unknown
  wanted: Wanted
  series: Basis<unknown, Record<string, unknown>, unknown, unknown>['metrics']
}

/** All checks on some rows: what applies, then metrics for all, then details for all, then the verdicts. */
export async function judgeRows(rows: readonly Resource[], judges: readonly Judge[], tally: Tally, on: Judging): Promise<void> {
  const wishes = wishesOf(on.now)
  const cases = judges.flatMap(({ unit, known }) => rows.flatMap((row) => caseOf(unit, known, row, wishes, tally, on)))
  const answers = wishes.queries.length > 0 ? await on.metrics(wishes.queries) : []
  const measured = cases.filter((each) => {
    const found = seriesOf(each.unit, each.wanted, wishes, answers)
    if ('missing' in found) tally.verdict(each.unit, each.row, unknown(found.missing))
    else each.series = found.series
    return 'series' in found
  })
  const details = await detailsOf(measured, on.details)
  for (const each of measured) tally.verdict(each.unit, each.row, verdictOf(each, details, on))
}

function caseOf(
  unit: Unit,
  known: unknown,
  row: Resource,
  wishes: ReturnType<typeof wishesOf>,
  tally: Tally,
  { now, target }: Judging,
): Case[] {
  try {
    const { check, options } = unit
    if (check.applies?.(row, { now, target, options, known } as never) === false) {
      tally.verdict(unit, row, pass)
      return []
    }
    return [{ unit, row, known, wanted: wishes.of(unit, row), series: {} }]
  } catch (error) {
    tally.verdict(unit, row, broke(error))
    return []
  }
}

type Answers = ReadonlyMap<string, ReadonlyMap<string, Known>>

const detailTable = (unit: Unit) => Object.entries((unit.check.details ?? {}) as Record<string, Detail<Resource, unknown>>)

async function detailsOf(cases: readonly Case[], details: Details): Promise<Answers> {
  const wanted = new Map<string, { detail: Detail<Resource, unknown>; rows: Set<Resource> }>()
  for (const { unit, row } of cases)
    for (const [, detail] of detailTable(unit)) {
      const wish = wanted.get(detail.id) ?? { detail, rows: new Set() }
      wanted.set(detail.id, wish)
      wish.rows.add(row)
    }
  const answers = new Map<string, ReadonlyMap<string, Known>>()
  for (const [id, { detail, rows }] of wanted) answers.set(id, await details.ask(detail, [...rows]))
  return answers
}

function verdictOf({ unit, row, known, series }: Case, answers: Answers, { now, target, prices }: Judging): Verdict {
  const details: Record<string, unknown> = {}
  for (const [name, { id }] of detailTable(unit)) {
    const answer = answers.get(id)?.get(row.arn) ?? { missing: `no answer: ${id}` }
    if ('missing' in answer) return unknown(answer.missing)
    details[name] = answer.value
  }
  const { check, options } = unit
  try {
    return check.judge(row, {
      ...{ now, target, options, known, details, metrics: series },
      savings: (item, quantity) => savingsOf(item, quantity, target, prices),
    })
  } catch (error) {
    return broke(error)
  }
}

/** A check that throws has an error of ours in it: told, and nothing of it is closed. */
export const broke = (error: unknown): Extract<Verdict, { verdict: 'unknown' }> => ({
  verdict: 'unknown',
  missing: `check failed: ${scrub(error instanceof Error ? error.message : String(error)).slice(0, 200)}`,
})
