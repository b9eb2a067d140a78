/** A box of the map: a component and what it cannot do without. */
export interface Box {
  id: string
  dependsOn: readonly string[]
  /** Pixels. */
  width?: number
}

/** A place in a row: a component, or the gap through which the line of a longer dependency passes. */
export type Place = { kind: 'box'; id: string } | { kind: 'gap'; key: string; from: string; to: string }

/** A dependency, with the places that its line touches, from the dependent down to what it needs. */
export interface Line {
  from: string
  to: string
  via: string[]
}

export interface Layout {
  rows: Place[][]
  lines: Line[]
  /** So many lines that nobody could follow them: rows without gaps, and a line is only for the card that is looked at. */
  crowded: boolean
}

const linesMax = 24

/** How much room there is, in pixels. A row that does not fit is drawn as two, as if the second lay deeper. */
export interface Field {
  width: number
  gap: number
}

export const keyOfPlace = (place: Place) => (place.kind === 'box' ? place.id : place.key)

/**
 * Rows from what the users meet down to what everything stands on: a component stands below all that depend on it.
 * Unknown ids and circles are drawn as far as they can be, never refused: a map with a flaw beats no map.
 */
export function layout(boxes: readonly Box[], field: Field = { width: Number.POSITIVE_INFINITY, gap: 0 }): Layout {
  const edges = withoutCircles(boxes)
  const crowded = edges.length > linesMax
  const depths = ranks(boxes, edges)
  const rank = crowded ? depths : fitted(boxes, depths, edges, field)
  const rows: Place[][] = []
  const put = (row: number, place: Place) => {
    rows[row] ??= []
    rows[row].push(place)
  }
  for (const box of boxes) put(rank.get(box.id) as number, { kind: 'box', id: box.id })
  if (crowded) return { rows, lines: edges.map(({ from, to }) => ({ from, to, via: [from, to] })), crowded }
  const lines = edges.map(({ from, to }) => {
    const via = [from]
    for (let row = (rank.get(from) as number) + 1; row < (rank.get(to) as number); row++) {
      const key = `${from}>${to}@${row}`
      put(row, { kind: 'gap', key, from, to })
      via.push(key)
    }
    return { from, to, via: [...via, to] }
  })
  return { rows: untangle(rows, lines), lines, crowded }
}

interface Edge {
  from: string
  to: string
}

/** Every dependency that does not lead back to where it came from; the one that closes a circle is left out. */
function withoutCircles(boxes: readonly Box[]): Edge[] {
  const needs = new Map(boxes.map((box) => [box.id, box.dependsOn]))
  const state = new Map<string, 'open' | 'done'>()
  const edges: Edge[] = []
  const visit = (id: string) => {
    state.set(id, 'open')
    for (const to of new Set(needs.get(id))) {
      if (!needs.has(to) || state.get(to) === 'open') continue
      edges.push({ from: id, to })
      if (!state.has(to)) visit(to)
    }
    state.set(id, 'done')
  }
  for (const box of boxes) if (!state.has(box.id)) visit(box.id)
  return edges
}

/** The longest way down to each box; 0 for those that nobody depends on. */
function ranks(boxes: readonly Box[], edges: readonly Edge[]): Map<string, number> {
  const dependents = new Map<string, string[]>(boxes.map((box) => [box.id, []]))
  for (const { from, to } of edges) dependents.get(to)?.push(from)
  const rank = new Map<string, number>()
  const rankOf = (id: string): number => {
    const known = rank.get(id)
    if (known !== undefined) return known
    const found = Math.max(-1, ...(dependents.get(id) ?? []).map(rankOf)) + 1
    rank.set(id, found)
    return found
  }
  for (const box of boxes) rankOf(box.id)
  return rank
}

/**
 * Ranks anew: those of one rank that do not fit beside each other take several, and what has no line at all stands where there
 * is room, as deep as may be.
 */
function fitted(
  boxes: readonly Box[],
  rank: ReadonlyMap<string, number>,
  edges: readonly Edge[],
  { width, gap }: Field,
): Map<string, number> {
  const lined = new Set(edges.flatMap(({ from, to }) => [from, to]))
  const next = new Map<string, number>()
  const used: number[] = []
  const sizeOf = (box: Box) => (box.width ?? 0) + gap
  const put = (box: Box, row: number) => {
    next.set(box.id, row)
    used[row] = (used[row] ?? -gap) + sizeOf(box)
  }
  for (let depth = 0; depth <= Math.max(0, ...rank.values()); depth++) {
    const all = boxes.filter((box) => lined.has(box.id) && rank.get(box.id) === depth)
    const total = all.reduce((sum, box) => sum + sizeOf(box), -gap)
    // Evenly filled, rather than one left over below a full row.
    const share = total / Math.max(1, Math.ceil(total / width))
    let row = used.length
    for (const box of all) {
      const so = used[row]
      if (so !== undefined && (so + sizeOf(box) > width || so + sizeOf(box) / 2 > share)) row++
      put(box, row)
    }
  }
  for (const box of boxes) {
    if (lined.has(box.id)) continue
    const room = used.findLastIndex((so) => so + sizeOf(box) <= width)
    put(box, room === -1 ? used.length : room)
  }
  return next
}

const sweeps = 4

/** Orders each row by the middle of its neighbours above, then below, a few times; keeps the sweep with the fewest crossings. */
function untangle(rows: Place[][], lines: readonly Line[]): Place[][] {
  let best = rows
  let fewest = crossings(rows, lines)
  let current = rows
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    current = sweep % 2 === 0 ? settle(current, lines, -1) : settle(current, lines, 1)
    const found = crossings(current, lines)
    if (found < fewest) [best, fewest] = [current, found]
  }
  return best
}

function settle(rows: Place[][], lines: readonly Line[], towards: -1 | 1): Place[][] {
  const next = rows.slice()
  const order = towards === -1 ? rows.keys() : [...rows.keys()].reverse()
  for (const row of order) {
    const neighbours = next[row + towards]
    if (!neighbours) continue
    const at = middles(neighbours)
    const weight = (place: Place, index: number) => {
      const linked = neighbourKeys(lines, keyOfPlace(place), towards).flatMap((key) => at.get(key) ?? [])
      const own = (index + 0.5) / (next[row] as Place[]).length
      return linked.length > 0 ? linked.reduce((sum, each) => sum + each, 0) / linked.length : own
    }
    const weighed = (next[row] as Place[]).map((place, index) => ({ place, weight: weight(place, index) }))
    next[row] = weighed.sort((a, b) => a.weight - b.weight).map((each) => each.place)
  }
  return next
}

const middles = (row: readonly Place[]) => new Map(row.map((place, index) => [keyOfPlace(place), (index + 0.5) / row.length]))

function neighbourKeys(lines: readonly Line[], key: string, towards: -1 | 1): string[] {
  return lines.flatMap((line) => {
    const at = line.via.indexOf(key)
    return at === -1 ? [] : (line.via[at + towards] ?? [])
  })
}

/** How often lines cross between neighbouring rows. */
export function crossings(rows: readonly Place[][], lines: readonly Line[]): number {
  const position = new Map(rows.flatMap((row, y) => row.map((place, x) => [keyOfPlace(place), { x, y }] as const)))
  const parts = lines.flatMap((line) =>
    line.via.slice(1).flatMap((key, index) => {
      const from = position.get(line.via[index] as string)
      const to = position.get(key)
      return from && to ? [{ row: from.y, from: from.x, to: to.x }] : []
    }),
  )
  let count = 0
  for (const [index, a] of parts.entries()) {
    for (const b of parts.slice(index + 1)) if (a.row === b.row && (a.from - b.from) * (a.to - b.to) < 0) count++
  }
  return count
}
