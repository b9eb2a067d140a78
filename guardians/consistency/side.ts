import type { PairConfig } from '../../core/catalog/schema-guardians.ts'
import { canonical, hashOf } from './canonical.ts'
import { type Sketch, sketchOf } from './sketch.ts'

/** What is kept of a store while its rows go by: never more than the sketches, however many rows there are. */
export interface Side {
  rows: number
  /** Rows without a value in a key field: they cannot be found on the other side. */
  keyless: number
  fields: Set<string>
  /** By the hash of the key. */
  sample: Sketch<Sampled>
  /** Keys alone, for the next scan. */
  keys: Sketch<true>
  /** Distinct values of the combination. */
  combinations: Sketch<Combination>
  /** Distinct values of each of its fields. */
  singles: Sketch<true>[]
}

export interface Sampled {
  key: string
  /** Hash of each field that has a value. */
  values: Readonly<Record<string, number>>
}

export interface Combination {
  text: string
  parts: readonly number[]
}

export type Row = Readonly<Record<string, unknown>>
export type PairKeys = Pick<PairConfig, 'keys' | 'combination' | 'sampleRows'>

export const keysKept = 10_000
const combinationsKept = 20_000
const fieldsMax = 200

export function sideOf({ keys, combination, sampleRows }: PairKeys): { add(row: Row): void; done(): Side } {
  const side: Side = {
    ...{ rows: 0, keyless: 0, fields: new Set<string>() },
    sample: sketchOf<Sampled>(sampleRows),
    keys: sketchOf<true>(keysKept),
    combinations: sketchOf<Combination>(combinationsKept),
    singles: combination.map(() => sketchOf<true>(combinationsKept)),
  }

  function addCombination(row: Row): void {
    const values = combination.map((field) => canonical(row[field]))
    if (values.every((value) => value === null)) return
    const parts = values.map((value) => hashOf([value]))
    side.combinations.add(hashOf(values), (before) => before ?? { text: told(values), parts })
    for (const [at, part] of parts.entries()) side.singles[at]?.add(part, () => true)
  }

  return {
    add(row) {
      side.rows += 1
      if (side.fields.size < fieldsMax) for (const field of Object.keys(row)) side.fields.add(field)
      if (combination.length > 1) addCombination(row)
      const key = keys.map((field) => canonical(row[field]))
      if (key.includes(null)) {
        side.keyless += 1
        return
      }
      const hash = hashOf(key)
      side.keys.add(hash, () => true)
      side.sample.add(hash, (before) => before ?? { key: told(key), values: valuesOf(row) })
    },
    done() {
      for (const sketch of [side.sample, side.keys, side.combinations, ...side.singles]) sketch.seal()
      return side
    },
  }
}

const told = (values: readonly (string | null)[]) =>
  values
    .map((value) => value ?? '-')
    .join('/')
    .slice(0, 100)

function valuesOf(row: Row): Record<string, number> {
  const values: Record<string, number> = {}
  for (const [field, value] of Object.entries(row).slice(0, fieldsMax)) {
    const text = canonical(value)
    if (text !== null) values[field] = hashOf([text])
  }
  return values
}
