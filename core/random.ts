import { getRandomValues } from 'node:crypto'

/** Randomness, passed in. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
}

/** Unpredictable: ids and tokens depend on it. */
export const systemRandom: Random = {
  next() {
    const words = getRandomValues(new Uint32Array(2))
    return ((words[0] as number) * 2 ** 21 + ((words[1] as number) >>> 11)) / 2 ** 53
  },
}

/** The same numbers for the same seed on every machine (a 32-bit Weyl sequence with a multiplicative mix). */
export function seededRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0
  return {
    next() {
      state = (state + 0x9e3779b9) >>> 0
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
      return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
    },
  }
}

/** A whole number in [0, n). */
export const below = (random: Random, n: number) => Math.floor(random.next() * n)

/** One element; the list must not be empty. */
export const pick = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)] as T

/** True with probability `p`. */
export const chance = (random: Random, p: number) => random.next() < p
