import { createHash } from 'node:crypto'
import { localText, timeOfDay } from '../../core/calendar.ts'
import type { DutyConfig } from '../../core/catalog/schema-guardians.ts'
import { type Day, reviewAt, type WeekId, workingDays } from './week.ts'

/**
 * Who is on duty in a week. Pure: the same input draws the same people, and the answer tells all that it rests on, so that anybody
 * can draw again. The number of a person is the first 48 bits of SHA-256 of `SEED/WEEK/PERSON`, as a share of 2^48:
 *
 *     printf %s jidoka/2026-W48/aki | sha256sum
 *
 * The ticket is `-ln(1 - number) / weight`; the smallest are drawn. A week more served than the one who served least makes it four
 * times less likely. What counts are working shifts (days) served, never days since.
 */
export interface DrawInput {
  week: WeekId
  settings: Pick<DutyConfig, 'people' | 'size' | 'newcomers' | 'days' | 'holidays' | 'seed' | 'zone' | 'at' | 'workday'>
  absences: readonly Absence[]
  /** What each has served until now; absent: never counted. */
  standing: ReadonlyMap<string, Standing>
  /** Who was on duty in the week before. */
  lastWeek: readonly string[]
  /** Of people who work elsewhere; others work in the zone of the duty. */
  zones: ReadonlyMap<string, string>
  /** For somebody who falls out: only these days, only so many people, and nobody of these. */
  instead?: { days: readonly Day[]; size: number; without: readonly string[]; times: number }
}

export interface Absence {
  person: string
  from: Day
  /** The last day away. */
  until: Day
}

export interface Standing {
  /** Working days on duty. */
  shifts: number
  /** Weeks on duty. */
  weeks: number
}

export type Out =
  | { why: 'away'; days: number; of: number }
  | { why: 'twice-running' }
  /** The review would be outside of their working day. */
  | { why: 'zone'; zone: string; time: string }
  /** More than two weeks ahead of the one who served least. */
  | { why: 'ahead'; weeks: number }

export interface Candidate {
  person: string
  /** Counted as served; `credited` of them were not, so that who was away for long, or is new, need not make up for everything. */
  shifts: number
  credited: number
  weeks: number
  newcomer: boolean
  weight: number
  /** In [0, 1). */
  number: number
  ticket: number
  out: Out | null
  /** `newcomer`: as the one newcomer; `filled`: although out, because there were too few. */
  drawn: 'newcomer' | 'experienced' | 'drawn' | 'filled' | null
}

export interface Draw {
  week: WeekId
  days: Day[]
  size: number
  seed: string
  people: string[]
  /** In the order of their tickets. */
  candidates: Candidate[]
  /** How many were missing. */
  missing: number
}

/** After so many weeks nobody is new. */
export const newcomerWeeks = 3
const aheadWeeks = 2

export function draw(input: DrawInput): Draw {
  const { week, settings, instead } = input
  const days = instead ? [...instead.days] : workingDays(week, settings)
  const size = days.length === 0 ? 0 : (instead?.size ?? settings.size)
  const candidates = rate(input, days).toSorted((a, b) => a.ticket - b.ticket || (a.person < b.person ? -1 : 1))
  if (size > 0) choose(candidates, size, instead === undefined)
  const people = candidates.filter(({ drawn }) => drawn !== null).map(({ person }) => person)
  return { week, days, size, seed: settings.seed, people, candidates, missing: Math.max(0, size - people.length) }
}

function rate({ week, settings, absences, standing, lastWeek, zones, instead }: DrawInput, days: readonly Day[]): Candidate[] {
  const shiftsPerWeek = settings.days.length
  const pool = [...new Set(settings.people)].filter((person) => !instead?.without.includes(person))
  const counted = counting(pool, standing, shiftsPerWeek)
  const out = (person: string): Out | null =>
    awayOf(person, days, absences, instead !== undefined) ??
    (lastWeek.includes(person) ? { why: 'twice-running' } : null) ??
    zoneOut(zones.get(person), days[0], settings)
  const outs = new Map(pool.map((person) => [person, out(person)]))
  const least = Math.min(...pool.filter((person) => outs.get(person) === null).map((person) => counted(person).shifts))
  return pool.map((person) => {
    const { shifts, credited, weeks } = counted(person)
    const newcomer = settings.newcomers.includes(person) && weeks < newcomerWeeks
    const ahead = Number.isFinite(least) ? Math.max(0, (shifts - least) / shiftsPerWeek) : 0
    const weight = 4 ** -Math.min(ahead, 20)
    const number = numberOf(`${settings.seed}/${week}${instead ? `/instead-${instead.times}` : ''}/${person}`)
    const tooFarAhead: Out | null = ahead > aheadWeeks && !newcomer ? { why: 'ahead', weeks: Math.round(ahead * 10) / 10 } : null
    return {
      ...{ person, shifts, credited, weeks, newcomer, weight, number },
      ticket: -Math.log1p(-number) / weight,
      out: outs.get(person) ?? tooFarAhead,
      drawn: null,
    }
  })
}

/** Nobody counts as further behind the middle than two weeks: what was not served for years is not asked back at once. */
function counting(pool: readonly string[], standing: ReadonlyMap<string, Standing>, shiftsPerWeek: number) {
  const served = (person: string) => standing.get(person) ?? { shifts: 0, weeks: 0 }
  const sorted = pool.map((person) => served(person).shifts).toSorted((a, b) => a - b)
  const floor = (sorted[Math.floor(sorted.length / 2)] ?? 0) - aheadWeeks * shiftsPerWeek
  return (person: string) => {
    const { shifts, weeks } = served(person)
    const credited = Math.max(0, floor - shifts)
    return { shifts: shifts + credited, credited, weeks }
  }
}

export const isAway = (person: string, day: Day, absences: readonly Absence[]): boolean =>
  absences.some((one) => one.person === person && one.from <= day && day <= one.until)

/** `any`: a single day is too much for somebody who steps in. */
function awayOf(person: string, days: readonly Day[], absences: readonly Absence[], any: boolean): Out | null {
  const away = days.filter((day) => isAway(person, day, absences)).length
  return (any ? away > 0 : away * 2 > days.length) ? { why: 'away', days: away, of: days.length } : null
}

function zoneOut(zone: string | undefined, day: Day | undefined, settings: DrawInput['settings']): Out | null {
  if (zone === undefined || day === undefined) return null
  const time = localText(reviewAt(day, settings), zone).slice(11)
  const { from, until } = settings.workday
  const fits = timeOfDay(from) <= timeOfDay(time) && timeOfDay(time) < timeOfDay(until)
  return fits ? null : { why: 'zone', zone, time }
}

export const numberOf = (text: string): number => createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48

/** Marks who is drawn. `candidates` come in the order of their tickets. */
function choose(candidates: Candidate[], size: number, mixed: boolean): void {
  const able = candidates.filter(({ out }) => out === null)
  const chosen = () => candidates.filter(({ drawn }) => drawn !== null).length
  const take = (one: Candidate | undefined, how: Exclude<Candidate['drawn'], null>) => {
    if (one && one.drawn === null && chosen() < size) one.drawn = how
  }
  if (mixed)
    take(
      able.find(({ newcomer }) => newcomer),
      'newcomer',
    )
  // Nobody learns it from somebody who is new as well.
  if (mixed && size > 1)
    take(
      able.find(({ newcomer }) => !newcomer),
      'experienced',
    )
  for (const one of able) take(one, 'drawn')
  for (const why of ['ahead', 'twice-running', 'zone']) for (const one of candidates) if (one.out?.why === why) take(one, 'filled')
}
