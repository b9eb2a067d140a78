import type { Clock } from '../../core/clock.ts'
import { declared } from '../aws/declared.ts'
import { missingOf } from '../aws/errors.ts'
import { metricData } from '../aws/metrics.ts'
import type { AwsAccess } from '../aws/open.ts'
import type { IamAction, Inventory, Resource, ScanSettings, Sources, Target } from '../define.ts'
import type { Platform } from '../platform.ts'
import type { PriceOverrides } from '../prices.ts'
import { detailsFor } from './details.ts'
import { broke, type Judge, type Judging, judgeRows } from './judge.ts'
import { type Page, pagesOf } from './pages.ts'
import { type Item, inventoriesOf, type Unit } from './plan.ts'
import { type Reads, rowsOf, type Whole } from './reads.ts'
import { chunkRowsOf } from './series.ts'
import { type Tally, tallyOf } from './tally.ts'

/** One inventory of one target, read and judged page by page. */

export interface Around {
  aws: AwsAccess
  platform: Platform | null
  clock: Clock
  settings: ScanSettings
  prices: PriceOverrides
  now: number
  reads: Reads
  signal?: AbortSignal
  /** After some rows were judged. */
  judged(item: Item, tally: Tally): void
  /** Asked between pages: stop here, go on another time? */
  shouldStop(): boolean
}

/** Where an item was left. */
export interface Position {
  token: string
  broken: readonly string[]
  last: readonly string[]
}

/** Arns of the last page that are kept in a checkpoint. */
const lastMax = 1_000
const metricCalls: readonly IamAction[] = ['cloudwatch:GetMetricData']

export function sourcesFor(
  { aws, platform, clock, settings, signal }: Omit<Around, 'reads'>,
  calls: readonly IamAction[],
  target: Target,
): Sources {
  return { target, aws: declared(aws.of(target), calls, signal), platform, clock, settings, signal }
}

/** @returns its tally, and where it was left when it was told to stop */
export async function runItem(item: Item, around: Around, from?: Position): Promise<{ tally: Tally; position?: Position }> {
  const tally = tallyOf(item, from?.broken)
  const judges = await judgesOf(item, tally, around)
  const whole = await around.reads.settle(item)
  const judging = judgingOf(item, around)
  const chunkRows = chunkRowsOf(
    judges.map(({ unit }) => unit),
    around.now,
  )
  if (judges.length === 0) return { tally }
  let rows: Resource[] = []
  const judge = async () => {
    const some = rows
    rows = []
    await judgeRows(some, judges, tally, judging)
    around.judged(item, tally)
  }
  try {
    for await (const page of pagesFor(item, around, whole, from)) {
      rows = rows.length > 0 ? [...rows, ...page.rows] : page.rows
      if (page.next !== undefined && rows.length < chunkRows) continue
      await judge()
      if (page.next !== undefined && around.shouldStop())
        return { tally, position: { token: page.next, broken: tally.broken, last: page.rows.slice(-lastMax).map(({ arn }) => arn) } }
    }
    tally.ended()
  } catch (error) {
    if (around.signal?.aborted) throw error
    tally.missing(
      judges.map(({ unit }) => unit),
      missingOf(error),
    )
    // What came before the refusal is judged all the same.
    await judge()
  }
  return { tally }
}

async function* pagesFor(item: Item, around: Around, whole: Whole | null, from?: Position): AsyncGenerator<Page> {
  const { inventory, target } = item
  if (from || !whole) {
    yield* pagesOf(inventory, sourcesFor(around, inventory.calls, target), from?.token, new Set(from?.last))
    return
  }
  yield* whole.pages
  if (whole.fault !== undefined) throw whole.fault
}

/** The checks that can be judged: their other inventories are there. The others are told as unknown, and are not looked at. */
async function judgesOf(item: Item, tally: Tally, around: Around): Promise<Judge[]> {
  if (item.inventory.scope === 'platform' && !around.platform) {
    tally.missing(item.units, noPlatform)
    return []
  }
  const wholes = new Map<string, Whole[]>()
  for (const read of item.reads) {
    const whole =
      read.inventory.scope === 'platform' && !around.platform ? { pages: [], fault: new Error(noPlatform) } : await around.reads.of(read)
    wholes.set(read.inventory.id, [...(wholes.get(read.inventory.id) ?? []), whole])
  }
  return item.units.flatMap((unit) => {
    const known = knownOf(unit, wholes)
    if (!('missing' in known)) return [{ unit, ...known }]
    tally.missing([unit], known.missing)
    return []
  })
}

const noPlatform = 'no configuration'

function knownOf({ check }: Unit, wholes: ReadonlyMap<string, Whole[]>): { known: unknown } | { missing: string } {
  for (const { id } of inventoriesOf(check)) {
    const broken = wholes.get(id)?.find(({ fault }) => fault !== undefined)
    if (broken)
      return { missing: broken.fault instanceof Error && broken.fault.message === noPlatform ? noPlatform : missingOf(broken.fault) }
  }
  const reads = Object.entries((check.reads ?? {}) as Record<string, Inventory>)
  try {
    return { known: check.prepare?.(Object.fromEntries(reads.map(([name, { id }]) => [name, (wholes.get(id) ?? []).flatMap(rowsOf)]))) }
  } catch (error) {
    return { missing: broke(error).missing }
  }
}

function judgingOf({ target }: Item, around: Around): Judging {
  return {
    ...{ now: around.now, target, prices: around.prices },
    details: detailsFor((detail) => sourcesFor(around, detail.calls, target)),
    metrics: (queries) => metricData(declared(around.aws.of(target), metricCalls, around.signal), queries),
  }
}
