import { type Andon, type Person, topicOf, type Via } from './andon.ts'

/** Of one andon: milliseconds from the pull; null: it never came. */
export interface Measured {
  id: string
  pulledAt: number
  drill: boolean
  /** Null while it goes on. */
  resolveMs: number | null
  humanMs: number | null
  leadMs: number | null
  redMs: number | null
  roomMs: number | null
  /** Nothing was wrong: practice, and welcome. */
  falseAlarm: boolean
  thanks: number
  topic: string | null
}

/** Over those to which it came; null when it came to none. */
export interface Spread {
  count: number
  medianMs: number | null
  p90Ms: number | null
}

export interface Spans {
  human: Spread
  lead: Spread
  red: Spread
  room: Spread
  resolve: Spread
}

export interface Measures {
  andons: number
  open: number
  spans: Spans
  /** Pulls where nothing was wrong; never held against anybody. */
  practice: number
  /** Pulls and joins; the most first. The house itself is no person. */
  people: { person: Person; pulls: number }[]
  surfaces: { via: Via; pulls: number }[]
  thanks: number
  /** What came more than once; the most often first. */
  recurring: { topic: string; count: number; last: string }[]
  /** Practice on purpose, apart from all above. */
  drills: { andons: number; spans: Spans }
}

/** Pure. */
export function measure(andon: Andon): Measured {
  const { id, pulledAt, marks, state, drill, thanks } = andon
  const since = (at: number | null) => (at === null ? null : Math.max(0, at - pulledAt))
  return {
    id,
    pulledAt,
    drill: drill !== null,
    resolveMs: state.status === 'resolved' ? since(state.at) : null,
    humanMs: since(marks.human),
    leadMs: since(marks.lead),
    redMs: since(marks.red),
    roomMs: since(marks.room),
    falseAlarm: state.status === 'resolved' && state.falseAlarm,
    thanks: thanks.length,
    topic: topicOf(andon),
  }
}

/** Of all of them; what was merged is counted where it went. Pure. */
export function measuresOf(andons: readonly Andon[]): Measures {
  const whole = andons.filter(({ state }) => !(state.status === 'resolved' && state.mergedInto !== null))
  const real = whole.filter(({ drill }) => drill === null)
  const measured = real.map(measure)
  const drills = whole.filter(({ drill }) => drill !== null).map(measure)
  const reports = real.flatMap(({ reporters }) => reporters)
  return {
    andons: real.length,
    open: measured.filter(({ resolveMs }) => resolveMs === null).length,
    spans: spansOf(measured),
    practice: measured.filter(({ falseAlarm }) => falseAlarm).length,
    people: counted(
      reports.filter(({ via }) => via !== 'engine'),
      ({ person }) => person.id,
    ).map(([{ person }, pulls]) => ({ person, pulls })),
    surfaces: counted(reports, ({ via }) => via).map(([{ via }, pulls]) => ({ via, pulls })),
    thanks: measured.reduce((sum, { thanks }) => sum + thanks, 0),
    recurring: recurring(measured),
    drills: { andons: drills.length, spans: spansOf(drills) },
  }
}

const spansOf = (all: readonly Measured[]): Spans => ({
  human: spread(all.map(({ humanMs }) => humanMs)),
  lead: spread(all.map(({ leadMs }) => leadMs)),
  red: spread(all.map(({ redMs }) => redMs)),
  room: spread(all.map(({ roomMs }) => roomMs)),
  resolve: spread(all.map(({ resolveMs }) => resolveMs)),
})

/** By nearest rank: each figure is one that really happened. */
export function spread(values: readonly (number | null)[]): Spread {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  const rank = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? null
  return { count: sorted.length, medianMs: rank(0.5), p90Ms: rank(0.9) }
}

function recurring(measured: readonly Measured[]): Measures['recurring'] {
  const newestFirst = measured.filter(({ topic }) => topic !== null).sort((a, b) => b.pulledAt - a.pulledAt)
  return counted(newestFirst, ({ topic }) => topic as string)
    .filter(([, count]) => count > 1)
    .map(([{ id, topic }, count]) => ({ topic: topic as string, count, last: id }))
}

/** The first of each key and how many there are, the most first. */
function counted<T>(items: readonly T[], keyOf: (item: T) => string): [T, number][] {
  const groups = Map.groupBy(items, keyOf)
  return [...groups.values()].map((group): [T, number] => [group[0] as T, group.length]).sort((a, b) => b[1] - a[1])
}
