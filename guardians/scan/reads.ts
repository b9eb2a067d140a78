import type { Inventory, Resource, Sources, Target } from '../define.ts'
import { type Page, pagesOf } from './pages.ts'
import { type Item, placeOf, type Read } from './plan.ts'

/** An inventory read whole, with the fault that ended it before its end. */
export interface Whole {
  pages: readonly Page[]
  fault?: unknown
}

/**
 * Inventories that are needed whole: read once per target, shared by all items that need them, freed when the last is done. An
 * inventory that is judged as well is judged from here, so that it is not read twice.
 */
export interface Reads {
  of(read: Read): Promise<Whole>
  /** Is it held for some item, so that it can be judged from here? */
  holds(read: Read): boolean
  done(item: Item): void
}

export function readsFor(items: readonly Item[], sourcesOf: (inventory: Inventory, target: Target) => Sources): Reads {
  const users = new Map<string, Set<Item>>()
  const held = new Map<string, Promise<Whole>>()
  for (const item of items) for (const read of item.reads) users.set(placeOf(read), (users.get(placeOf(read)) ?? new Set()).add(item))
  for (const item of items) users.get(placeOf(item))?.add(item)

  return {
    holds: (read) => users.has(placeOf(read)),
    of(read) {
      const place = placeOf(read)
      const known = held.get(place)
      if (known) return known
      const whole = readWhole(read.inventory, sourcesOf(read.inventory, read.target))
      held.set(place, whole)
      return whole
    },
    done(item) {
      for (const place of [placeOf(item), ...item.reads.map(placeOf)]) {
        const waiting = users.get(place)
        if (!waiting?.delete(item) || waiting.size > 0) continue
        users.delete(place)
        held.delete(place)
      }
    },
  }
}

async function readWhole(inventory: Inventory, sources: Sources): Promise<Whole> {
  const pages: Page[] = []
  try {
    for await (const page of pagesOf(inventory, sources)) pages.push({ ...page, rows: detached(page.rows) })
    return { pages }
  } catch (error) {
    if (sources.signal?.aborted) throw error
    return { pages, fault: error }
  }
}

/** A field of a parsed answer may be a slice that keeps the whole answer in memory. */
function detached(rows: Resource[]): Resource[] {
  return structuredClone(rows)
}

export const rowsOf = ({ pages }: Whole): Resource[] => pages.flatMap(({ rows }) => rows)
