/**
 * The entries with the smallest hashes among all that were added, each once. Two stores with the same rows keep the same ones, however
 * they are ordered, so a sample can be compared without either store knowing of the other. `bound`: every hash below it that was added
 * is kept; infinite: all are.
 */
export interface Sketch<Value> {
  add(hash: number, value: (before: Value | undefined) => Value): void
  readonly bound: number
  readonly entries: ReadonlyMap<number, Value>
  /** Lets go of what is beyond the size; nothing is added after it. */
  seal(): void
}

export function sketchOf<Value>(size: number): Sketch<Value> {
  const entries = new Map<number, Value>()
  let bound = Number.POSITIVE_INFINITY

  function prune(): void {
    if (entries.size <= size) return
    const hashes = Float64Array.from(entries.keys()).sort()
    bound = hashes[size] as number
    for (const hash of entries.keys()) if (hash >= bound) entries.delete(hash)
  }

  return {
    add(hash, value) {
      if (hash >= bound) return
      entries.set(hash, value(entries.get(hash)))
      // Sorting each time would cost more than keeping some too many for a while.
      if (entries.size > 2 * size + 64) prune()
    },
    get bound() {
      return bound
    },
    entries,
    seal: prune,
  }
}

/** Hashes of the one that are not in the other, below what both know. */
export function* missingIn(other: Known, from: Known): Generator<number> {
  const bound = Math.min(from.bound, other.bound)
  for (const hash of from.entries.keys()) if (hash < bound && !other.entries.has(hash)) yield hash
}

export interface Known {
  readonly bound: number
  readonly entries: { has(hash: number): boolean; keys(): Iterable<number> }
}

export const below = ({ entries }: Known, bound: number): number => {
  let count = 0
  for (const hash of entries.keys()) if (hash < bound) count += 1
  return count
}
