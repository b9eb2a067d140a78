import type { Side } from './side.ts'
import { below, missingIn } from './sketch.ts'

/** Where two sides disagree, each by its hash, so that two readings can be held against each other. */
export interface Disagreement {
  /** Distinct keys that both samples know about. */
  keysCompared: number
  /** Fields whose values were compared: those that both stores have, without the key. */
  fields: string[]
  onlyLeft: ReadonlyMap<number, string>
  onlyRight: ReadonlyMap<number, string>
  different: ReadonlyMap<number, { key: string; fields: string[] }>
  combinationsCompared: number
  combinationsOnlyLeft: ReadonlyMap<number, string>
  combinationsOnlyRight: ReadonlyMap<number, string>
}

export function compare(left: Side, right: Side, keys: readonly string[]): Disagreement {
  const bound = Math.min(left.sample.bound, right.sample.bound)
  const fields = [...left.fields].filter((field) => right.fields.has(field) && !keys.includes(field)).toSorted()
  const different = new Map<number, { key: string; fields: string[] }>()
  for (const [hash, here] of left.sample.entries) {
    const there = hash < bound ? right.sample.entries.get(hash) : undefined
    const odd = there ? fields.filter((field) => here.values[field] !== there.values[field]) : []
    if (odd.length > 0) different.set(hash, { key: here.key, fields: odd })
  }
  const onlyLeft = named(missingIn(right.sample, left.sample), (hash) => left.sample.entries.get(hash)?.key)
  const onlyRight = named(missingIn(left.sample, right.sample), (hash) => right.sample.entries.get(hash)?.key)
  const combinationBound = Math.min(left.combinations.bound, right.combinations.bound)
  const combinationsOnlyRight = named(
    missingIn(left.combinations, right.combinations),
    (hash) => right.combinations.entries.get(hash)?.text,
  )
  return {
    keysCompared: below(left.sample, bound) + onlyRight.size,
    ...{ fields, onlyLeft, onlyRight, different },
    combinationsCompared: below(left.combinations, combinationBound) + combinationsOnlyRight.size,
    combinationsOnlyLeft: named(missingIn(right.combinations, left.combinations), (hash) => left.combinations.entries.get(hash)?.text),
    combinationsOnlyRight,
  }
}

export const disagree = (found: Disagreement): boolean =>
  [found.onlyLeft, found.onlyRight, found.different, found.combinationsOnlyLeft, found.combinationsOnlyRight].some(({ size }) => size > 0)

/** What two readings say alike: a row that was written between the readings of both stores is no disagreement. */
export const inBoth = (first: Disagreement, second: Disagreement): Disagreement => ({
  ...second,
  onlyLeft: common(first.onlyLeft, second.onlyLeft),
  onlyRight: common(first.onlyRight, second.onlyRight),
  different: common(first.different, second.different),
  combinationsOnlyLeft: common(first.combinationsOnlyLeft, second.combinationsOnlyLeft),
  combinationsOnlyRight: common(first.combinationsOnlyRight, second.combinationsOnlyRight),
})

const common = <Value>(first: ReadonlyMap<number, unknown>, second: ReadonlyMap<number, Value>): ReadonlyMap<number, Value> =>
  new Map([...second].filter(([hash]) => first.has(hash)))

const named = (hashes: Iterable<number>, name: (hash: number) => string | undefined): ReadonlyMap<number, string> =>
  new Map([...hashes].map((hash) => [hash, name(hash) ?? '']))
