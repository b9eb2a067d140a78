import type { GuardiansConfig } from '../../core/catalog/schema-guardians.ts'
import type { Clock } from '../../core/clock.ts'
import type { AwsAccess } from '../aws/open.ts'
import type { Guardian, ScanSettings, Target } from '../define.ts'
import type { Platform } from '../platform.ts'
import type { PriceOverrides } from '../prices.ts'
import type { Report } from '../report.ts'
import { type Checkpoint, checkpointOf } from './checkpoint.ts'
import { inOrder } from './merge.ts'
import { type Item, type Plan, planOf } from './plan.ts'
import { readsFor } from './reads.ts'
import { type Around, type Position, runItem, sourcesFor } from './run-item.ts'
import type { Tally } from './tally.ts'

export interface ScanOptions {
  /** Shared by all shards and guardians of one run. */
  run: string
  guardians: readonly Guardian[]
  targets: readonly Target[]
  settings: ScanSettings
  /** `guardians.checks` of the configuration. */
  overrides: GuardiansConfig['checks']
  prices: PriceOverrides
  /** Check ids; absent: all. */
  only?: readonly string[]
  /** Of the report before: goes on there. */
  checkpoint?: unknown
  /** How much time is left; under a minute the scan stops between two pages and gives a checkpoint. Absent: it never stops. */
  remainingMs?(): number
  onProgress?(progress: Progress): void
  signal?: AbortSignal
  /** Epoch ms; default: the clock's. */
  now?: number
}

export interface ScanPorts {
  aws: AwsAccess
  platform: Platform | null
  clock: Clock
}

export interface Progress {
  /** Inventories of targets: done, and in all. */
  done: number
  total: number
  /** Verdicts and findings so far. */
  looked: number
  findings: number
  /** What is read just now. */
  inventory: string
  account: string
  region: string
}

/** Inventories read side by side. Each holds a page. */
const itemsAtOnce = 6
const stopBeforeMs = 60_000
/** An answer of a Lambda takes 6 MB at most. */
const reportBytesMax = 4_000_000

interface Done {
  item: Item
  tally: Tally
  position?: Position
}

/**
 * One scan, or one shard of it. A unit that fails does not stop the others: it is told as unknown, and what it did not cover is
 * not complete.
 * @throws fault `usage` for options or a checkpoint that do not fit; the reason of `signal` when it aborts; nothing else
 */
export async function scan(options: ScanOptions, ports: ScanPorts): Promise<Report> {
  const plan = planOf(options)
  const { clock, aws } = ports
  const checkpoint = checkpointOf(options.checkpoint, options.run, plan)
  const startedAt = clock.now()
  const before = aws.tally()
  const now = checkpoint?.now ?? options.now ?? startedAt
  const done = await runPlan(plan, checkpoint, options, ports, now)
  const endedAt = clock.now()
  const parts = done.results.map(({ tally }) => tally.parts())
  return inOrder({
    ...{ schema: 1, run: options.run, guardians: options.guardians.map(({ id }) => id), startedAt, endedAt },
    findings: parts.flatMap(({ findings }) => findings),
    unknown: parts.flatMap(({ unknown }) => unknown),
    coverage: parts.flatMap(({ coverage }) => coverage),
    undecided: parts.flatMap(({ undecided }) => undecided),
    cost: aws.cost(startedAt, before),
    ...(done.next < plan.items.length || done.results.some(({ position }) => position)
      ? { checkpoint: leaving(options.run, plan, now, done) }
      : {}),
  })
}

interface Outcome {
  results: Done[]
  /** First item that was not begun. */
  next: number
  /** Open before, and not begun again. */
  waiting: Checkpoint['open']
}

async function runPlan(plan: Plan, from: Checkpoint | null, options: ScanOptions, ports: ScanPorts, now: number): Promise<Outcome> {
  const { items } = plan
  let next = from?.next ?? 0
  const waiting = [...(from?.open ?? [])]
  const results: Done[] = []
  const left = [...waiting.map(({ item }) => items[item] as Item), ...items.slice(next)]
  const watch = watching(options, items.length, next - waiting.length, ports.aws, left)
  const around: Around = {
    ...{ ...ports, settings: options.settings, prices: options.prices, now, signal: options.signal, ...watch },
    reads: readsFor(left, (inventory, target) => sourcesFor(around, inventory.calls, target)),
  }
  const begin = (): { item: Item; position?: Position } | undefined => {
    if (results.length > 0 && watch.shouldStop()) return undefined
    const open = waiting.shift()
    if (open) return { item: items[open.item] as Item, position: open }
    const item = items[next]
    if (item) next += 1
    return item && { item }
  }
  const work = async () => {
    for (let job = begin(); job; job = begin()) {
      const outcome = await runItem(job.item, around, job.position)
      results.push({ item: job.item, ...outcome })
      watch.finished(job.item, outcome.tally)
    }
  }
  await Promise.all(Array.from({ length: itemsAtOnce }, work))
  options.signal?.throwIfAborted()
  return { results, next, waiting }
}

/** Progress, size and time of a shard. */
function watching({ remainingMs, onProgress }: ScanOptions, total: number, before: number, aws: AwsAccess, left: readonly Item[]) {
  const open = Map.groupBy(left, ({ target }) => `${target.account}|${target.region}`)
  const live = new Map<Item, Tally>()
  const past = { done: before, looked: 0, findings: 0, bytes: 0 }
  const sum = (figure: (tally: Tally) => number) => [...live.values()].reduce((all, tally) => all + figure(tally), 0)

  function tell({ inventory, target: { account, region } }: Item) {
    const { done, looked, findings } = past
    onProgress?.({
      ...{ done, total, inventory: inventory.id, account, region },
      looked: looked + sum((tally) => tally.looked),
      findings: findings + sum((tally) => tally.found),
    })
  }
  return {
    shouldStop: () =>
      remainingMs !== undefined && (remainingMs() < stopBeforeMs || past.bytes + sum(({ bytes }) => bytes) > reportBytesMax),
    judged(item: Item, tally: Tally) {
      live.set(item, tally)
      tell(item)
    },
    finished(item: Item, tally: Tally) {
      live.delete(item)
      past.done += 1
      past.looked += tally.looked
      past.findings += tally.found
      past.bytes += tally.bytes
      const { account, region } = item.target
      const others = open.get(`${account}|${region}`)?.filter((each) => each !== item) ?? []
      open.set(`${account}|${region}`, others)
      if (others.length === 0) aws.release(item.target)
      tell(item)
    },
  }
}

function leaving(run: string, { items, digest }: Plan, now: number, { results, next, waiting }: Outcome): Checkpoint {
  const open = results.flatMap(({ item, position }) =>
    position ? [{ item: items.indexOf(item), token: position.token, broken: [...position.broken], last: [...position.last] }] : [],
  )
  return { version: 1, run, plan: digest, now, next, open: [...waiting, ...open] }
}
