import { hash } from 'node:crypto'
import * as z from 'zod/mini'
import type { PairConfig } from '../../core/catalog/schema-guardians.ts'
import { dayMs } from '../resource.ts'
import { keysKept, type Side } from './side.ts'
import { below, type Known, missingIn, type Sketch } from './sketch.ts'

/** What the scan before kept, and what is gone or new since. */

/** Hashes only: no value of a store is ever kept. */
const sketch = z.strictObject({ hashes: z.array(z.number()), bound: z.nullable(z.number()) })
const sideSchema = z.strictObject({ rows: z.int(), keys: sketch, combinations: sketch, singles: z.array(sketch) })
const keptSchema = z.strictObject({ version: z.literal(1), pair: z.string(), at: z.number(), left: sideSchema, right: sideSchema })
export type Kept = z.infer<typeof keptSchema>
type KeptSide = z.infer<typeof sideSchema>

export interface SideHistory {
  rowsBefore: number
  /** Keys of then that were looked for, and how many of them are gone. */
  keysCompared: number
  deleted: number
  /** Combinations of values of which each was there before, and never together. */
  unusual: ReadonlyMap<number, string>
}

export interface History {
  /** Epoch ms of the scan that is compared with. */
  since: number
  left: SideHistory
  right: SideHistory
}

/** A deletion that was found is told until the rows are back, or so long: then what is there is the new state. */
const baselineMs = 7 * dayMs

/** Another question is another pair: nothing can be compared with what was kept for it. */
const nameOf = ({ id, left, right, keys, combination }: PairConfig): string =>
  hash('sha256', JSON.stringify([id, left, right, keys, combination]), 'hex').slice(0, 16)

/** What was kept of this very pair; null: nothing that can be used. */
export function keptOf(value: unknown, pair: PairConfig): Kept | null {
  const { success, data } = keptSchema.safeParse(value)
  return success && data.pair === nameOf(pair) ? data : null
}

export const keep = (pair: PairConfig, at: number, left: Side, right: Side): Kept => ({
  ...{ version: 1, pair: nameOf(pair), at, left: sideKept(left), right: sideKept(right) },
})

const sideKept = ({ rows, keys, combinations, singles }: Side): KeptSide => ({
  rows,
  keys: hashesOf(keys),
  combinations: hashesOf(combinations),
  singles: singles.map(hashesOf),
})

function hashesOf({ entries, bound }: Sketch<unknown>): z.infer<typeof sketch> {
  const hashes = [...entries.keys()].toSorted((a, b) => a - b)
  if (hashes.length <= keysKept) return { hashes, bound: Number.isFinite(bound) ? bound : null }
  return { hashes: hashes.slice(0, keysKept), bound: hashes[keysKept] as number }
}

export const historyOf = (kept: Kept, left: Side, right: Side): History => ({
  since: kept.at,
  left: sideHistory(kept.left, left),
  right: sideHistory(kept.right, right),
})

function sideHistory(kept: KeptSide, now: Side): SideHistory {
  const keys = knownOf(kept.keys)
  const combinations = knownOf(kept.combinations)
  const singles = kept.singles.map(knownOf)
  const unusual = new Map<number, string>()
  for (const hash of missingIn(combinations, now.combinations)) {
    const found = now.combinations.entries.get(hash)
    if (found?.parts.every((part, at) => singles[at]?.entries.has(part))) unusual.set(hash, found.text)
  }
  return {
    rowsBefore: kept.rows,
    keysCompared: below(keys, Math.min(keys.bound, now.keys.bound)),
    deleted: [...missingIn(now.keys, keys)].length,
    unusual,
  }
}

const knownOf = ({ hashes, bound }: z.infer<typeof sketch>): Known => ({
  entries: new Set(hashes),
  bound: bound ?? Number.POSITIVE_INFINITY,
})

export const deletedShare = ({ keysCompared, deleted }: SideHistory): number => (keysCompared === 0 ? 0 : deleted / keysCompared)

/** Is there something in it that a person should see? */
export const alarming = ({ left, right }: History, { deletionTolerance }: Pick<PairConfig, 'deletionTolerance'>): boolean =>
  [left, right].some((side) => deletedShare(side) > deletionTolerance || side.unusual.size > 0)

/** As long as it is told, the state from before stays what is compared with. */
export const mayReplace = (kept: Kept, history: History, pair: PairConfig, now: number): boolean =>
  !alarming(history, pair) || now - kept.at >= baselineMs
