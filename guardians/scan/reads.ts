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
  /**
   * The item has what it needs of the others (their indexes): rows that nobody waits for are let go. What its own subject was read
   * for is given, if it is small or broken; a large one is read again page by page, because a call costs less than so much memory.
   */
  settle(item: Item): Promise<Whole | null>
}

/** As many rows may stay in memory to spare a second reading. */
const keptRowsMax = 2_000

export function readsFor(items: readonly Item[], sourcesOf: (inventory: Inventory, target: Target) => Sources): Reads {
  const users = new Map<string, Set<Item>>()
  const held = new Map<string, Promise<Whole>>()
  /** Items that may still want the rows of their own subject. */
  const unsettled = new Set(items.map(placeOf))
  for (const item of items) for (const read of item.reads) users.set(placeOf(read), (users.get(placeOf(read)) ?? new Set()).add(item))

  function of(read: Read): Promise<Whole> {
    const place = placeOf(read)
    const known = held.get(place)
    if (known) return known
    const whole = readWhole(read.inventory, sourcesOf(read.inventory, read.target))
    held.set(place, whole)
    return whole
  }

  return {
    of,
    async settle(item) {
      const own = placeOf(item)
      unsettled.delete(own)
      const whole = users.has(own) || held.has(own) ? await of(item) : null
      for (const place of item.reads.map(placeOf)) {
        const waiting = users.get(place)
        if (!waiting?.delete(item) || waiting.size > 0) continue
        users.delete(place)
        const rows = await held.get(place)
        if (!rows || !unsettled.has(place) || !mayStay(rows)) held.delete(place)
      }
      if (!users.has(own)) held.delete(own)
      return whole && mayStay(whole) ? whole : null
    },
  }
}

const mayStay = (whole: Whole): boolean => whole.fault !== undefined || sizeOf(whole) <= keptRowsMax
const sizeOf = ({ pages }: Whole): number => pages.reduce((sum, { rows }) => sum + rows.length, 0)

async function readWhole(inventory: Inventory, sources: Sources): Promise<Whole> {
  const pages: Page[] = []
  const detached = detaching()
  const detachedInventory: Inventory = {
    ...inventory,
    async page(from, token) {
      const page = await inventory.page(from, token)
      return { ...page, rows: detached(page.rows) }
    },
  }
  try {
    for await (const page of pagesOf(detachedInventory, sources)) pages.push(page)
    return { pages }
  } catch (error) {
    if (sources.signal?.aborted) throw error
    return { pages, fault: error }
  }
}

/** Short texts that many rows share (types, states, owners) are kept once; so many different ones, then no more. */
const sharedLengthMax = 32
const sharedMax = 2_000

/** Rows as they may be kept: a field of a parsed answer may be a slice that keeps the whole answer in memory. */
function detaching(): (rows: Resource[]) => Resource[] {
  const shared = new Map<string, string>()
  const once = (text: string): string => {
    const known = shared.get(text)
    if (known !== undefined || text.length > sharedLengthMax || shared.size >= sharedMax) return known ?? text
    shared.set(text, text)
    return text
  }
  return (rows) => {
    const copies = structuredClone(rows)
    for (const row of copies as unknown as Record<string, unknown>[])
      for (const [name, value] of Object.entries(row)) if (typeof value === 'string') row[name] = once(value)
    return copies
  }
}

export const rowsOf = ({ pages }: Whole): Resource[] => pages.flatMap(({ rows }) => rows)
