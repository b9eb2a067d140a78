import { instantOf, localOf, parseLocal, windowsOf } from '../../core/calendar.ts'
import type { ScheduleConfig } from '../../core/catalog/schema-people.ts'

/**
 * Who is on call for a schedule, and when it changes. Pure: the same configuration and overrides give the same answer.
 *
 * Turns are counted on the wall of the schedule's zone: a turn of a day that begins at 09:00 ends at 09:00, also when the clock
 * was put forward in between. A hand-over that falls into the hour that does not exist happens at its end.
 */
export interface Override {
  /** Null: of the configuration. */
  id: string | null
  person: string
  /** Epoch ms, from the first to before the last. */
  from: number
  until: number
}

export interface Duty {
  person: string
  /** The number of the layer, from 0; or the override that stands before all of them. */
  by: { layer: number } | { override: string | null }
}

/** From `from` to before `until` (epoch ms) it is the same; `duty` null: nobody is on call. */
export interface Span {
  from: number
  until: number
  duty: Duty | null
}

type Layer = ScheduleConfig['layers'][number]

const hourMs = 3_600_000
const dayMs = 86_400_000
/** Nobody looks further ahead for the next hand-over. */
const longestMs = 400 * dayMs
const horizonsMs = [2 * dayMs, 16 * dayMs, 100 * dayMs, longestMs]

/** `extra`: overrides that people made; a later one stands before the earlier ones, and all of them before the configuration's. */
export const dutyAt = (schedule: ScheduleConfig, at: number, extra: readonly Override[] = []): Duty | null =>
  lookup(schedule, at, at, extra).at(at)

/** The whole time from `from` to `until`, without gap or overlap; neighbours differ. */
export function spans(schedule: ScheduleConfig, from: number, until: number, extra: readonly Override[] = []): Span[] {
  const { at, edges } = lookup(schedule, from, until, extra)
  const within = [...new Set(edges)].filter((edge) => edge > from && edge < until).sort((a, b) => a - b)
  const found: Span[] = []
  let begin = from
  for (const end of [...within, until]) {
    if (end <= begin) continue
    const duty = at(begin)
    const last = found.at(-1)
    if (last && same(last.duty, duty)) last.until = end
    else found.push({ from: begin, until: end, duty })
    begin = end
  }
  return found
}

/** Those that touch the time from `from` to `until`, from their own beginning to their own end: for those who keep them. */
export function wholeSpans(schedule: ScheduleConfig, from: number, until: number, extra: readonly Override[] = []): Span[] {
  return spans(schedule, beginOfSpan(schedule, from, extra), nextHandOff(schedule, until, extra)?.at ?? until, extra)
}

/** What began longer ago than anybody looks begins at a fixed time all the same, not at another one with each look. */
function beginOfSpan(schedule: ScheduleConfig, at: number, extra: readonly Override[]): number {
  for (const horizonMs of horizonsMs) {
    const found = spans(schedule, at - horizonMs, at + 1, extra)
    if (found.length > 1) return (found.at(-1) as Span).from
  }
  return Math.floor(at / longestMs - 1) * longestMs
}

/** When nobody is on call. */
export const gaps = (schedule: ScheduleConfig, from: number, until: number, extra: readonly Override[] = []): Span[] =>
  spans(schedule, from, until, extra).filter(({ duty }) => duty === null)

/** When another person (or nobody) takes over, and who; null: not within a year. */
export function nextHandOff(
  schedule: ScheduleConfig,
  at: number,
  extra: readonly Override[] = [],
): { at: number; person: string | null } | null {
  const now = dutyAt(schedule, at, extra)?.person ?? null
  for (const horizonMs of horizonsMs) {
    const next = spans(schedule, at, at + horizonMs, extra).find(({ duty }) => (duty?.person ?? null) !== now)
    if (next) return { at: next.from, person: next.duty?.person ?? null }
  }
  return null
}

const same = (a: Duty | null, b: Duty | null) =>
  a?.person === b?.person && ('override' in (a?.by ?? {}) ? overrideOf(a) : null) === ('override' in (b?.by ?? {}) ? overrideOf(b) : null)
const overrideOf = (duty: Duty | null) => (duty && 'override' in duty.by ? (duty.by.override ?? 'configured') : null)

const overridesOf = ({ overrides }: ScheduleConfig, extra: readonly Override[]): Override[] => [
  ...overrides.map(({ person, from, until }) => ({ id: null, person, from: Date.parse(from), until: Date.parse(until) })),
  ...extra,
]

/** Length of a turn on the wall; 0: there is none, the first has it for ever. */
const turnMs = ({ turn }: Layer) => (turn.days ?? 0) * dayMs + (turn.hours ?? 0) * hourMs

const beginOfTurn = (layer: Layer, zone: string, turn: number) => instantOf(parseLocal(layer.start) + turn * turnMs(layer), zone)

/** The number of the turn at an instant, from 0; the instant is not before the first. */
function turnAt(layer: Layer, zone: string, at: number): number {
  const length = turnMs(layer)
  if (length === 0) return 0
  let turn = Math.max(0, Math.floor((localOf(at, zone) - parseLocal(layer.start)) / length))
  // Where the clock was put back, the wall shows less than what has begun already.
  while (beginOfTurn(layer, zone, turn + 1) <= at) turn++
  return turn
}

function lifeOf(layer: Layer, zone: string): { from: number; until: number } {
  return { from: instantOf(layer.start, zone), until: layer.until === undefined ? Number.POSITIVE_INFINITY : instantOf(layer.until, zone) }
}

/** Zones are slow to ask: all that a time needs of them is asked once. `edges`: every instant at which something may change, and some more. */
function lookup(schedule: ScheduleConfig, from: number, until: number, extra: readonly Override[]) {
  const overrides = overridesOf(schedule, extra)
  const layers = schedule.layers.map((layer) => lookupLayer(layer, schedule.zone, from, until))
  return {
    /** Of an instant from `from` to `until`. */
    at(instant: number): Duty | null {
      const override = overrides.findLast((one) => one.from <= instant && instant < one.until)
      if (override) return { person: override.person, by: { override: override.id } }
      for (let layer = layers.length - 1; layer >= 0; layer--) {
        const person = layers[layer]?.at(instant) ?? null
        if (person !== null) return { person, by: { layer } }
      }
      return null
    },
    edges: [...overrides.flatMap((one) => [one.from, one.until]), ...layers.flatMap(({ edges }) => edges)],
  }
}

function lookupLayer(layer: Layer, zone: string, from: number, until: number): { at(instant: number): string | null; edges: number[] } {
  const life = lifeOf(layer, zone)
  const [begin, end] = [Math.max(from, life.from), Math.min(until, life.until)]
  if (begin > end) return { at: () => null, edges: [] }
  const windows = layer.only.length > 0 ? windowsOf(layer.only, zone, localOf(begin, zone), localOf(end, zone)) : null
  const first = turnAt(layer, zone, begin)
  /** Beginnings of the turns after the first. */
  const turns: number[] = []
  if (layer.people.length > 1 && turnMs(layer) > 0)
    for (let next = beginOfTurn(layer, zone, first + 1); next <= end; next = beginOfTurn(layer, zone, first + turns.length + 1))
      turns.push(next)
  return {
    at(instant) {
      if (instant < life.from || instant >= life.until) return null
      if (windows && !windows.some((window) => window.from <= instant && instant < window.until)) return null
      return layer.people[(first + countUpTo(turns, instant)) % layer.people.length] ?? null
    },
    edges: [life.from, life.until, ...turns, ...(windows ?? []).flatMap((window) => [window.from, window.until])],
  }
}

/** How many of them, which grow, are not after `instant`. */
function countUpTo(sorted: readonly number[], instant: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) <= instant) low = middle + 1
    else high = middle
  }
  return low
}
