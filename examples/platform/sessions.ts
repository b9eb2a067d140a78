/**
 * The session state of Polaris, as a log of counted packets. The active member appends, the standby applies the same
 * entries in the same order, so that both hold the same counters and forget the same idle sessions.
 */
export interface Entry {
  generation: number
  index: number
  session: string
  bytes: number
}
/** The last entry that somebody holds. Two members with the same position hold the same log (as in Raft's log matching). */
export interface Position {
  generation: number
  index: number
}
export interface Counters {
  packets: number
  bytes: number
}
export interface Snapshot {
  position: Position
  sessions: [string, Counters][]
}

export interface Sessions {
  size(): number
  has(session: string): boolean
  position(): Position
  /** The active member counts a packet. */
  append(generation: number, session: string, bytes: number): { entry: Entry; counters: Counters }
  /** The standby takes over entries that follow `after`. False: it is somewhere else, and needs a snapshot. */
  apply(after: Position, entries: readonly Entry[]): boolean
  /** Entries after a position, at most `limit`; null when that position is not, or no longer, in our log. */
  since(position: Position, limit: number): Entry[] | null
  snapshot(): Snapshot
  load(snapshot: Snapshot): void
}

/** Bounded both ways: beyond `maxSessions` the longest idle one is forgotten; `keepEntries` are kept for a standby that is behind. */
export function createSessions({ maxSessions = 10_000, keepEntries = 5_000 } = {}): Sessions {
  let sessions = new Map<string, Counters>()
  let entries: Entry[] = []
  /** Just before `entries[0]`. */
  let base: Position = { generation: 0, index: 0 }

  function take(entry: Entry): Counters {
    const before = sessions.get(entry.session)
    const counters = { packets: (before?.packets ?? 0) + 1, bytes: (before?.bytes ?? 0) + entry.bytes }
    // Deleted first, so that the map's order is by last use and its first key is the longest idle one.
    sessions.delete(entry.session)
    sessions.set(entry.session, counters)
    if (sessions.size > maxSessions) sessions.delete(sessions.keys().next().value as string)
    entries.push(entry)
    if (entries.length > 2 * keepEntries) {
      base = positionOf(entries[keepEntries - 1] as Entry)
      entries = entries.slice(keepEntries)
    }
    return counters
  }

  const position = () => {
    const last = entries.at(-1)
    return last ? positionOf(last) : base
  }

  return {
    size: () => sessions.size,
    has: (session) => sessions.has(session),
    position,
    append(generation, session, bytes) {
      const entry = { generation, index: position().index + 1, session, bytes }
      return { entry, counters: take(entry) }
    },
    apply(after, added) {
      if (!samePosition(after, position())) return false
      for (const entry of added) take(entry)
      return true
    },
    since(from, limit) {
      const offset = from.index - base.index
      const held = offset === 0 ? base : entries[offset - 1]
      return held && samePosition(held, from) ? entries.slice(offset, offset + limit) : null
    },
    snapshot: () => ({ position: position(), sessions: [...sessions] }),
    load(snapshot) {
      sessions = new Map(snapshot.sessions)
      entries = []
      base = snapshot.position
    },
  }
}

const positionOf = ({ generation, index }: Entry): Position => ({ generation, index })
export const samePosition = (a: Position, b: Position) => a.generation === b.generation && a.index === b.index
