import type { Catalog } from '../../core/catalog/catalog.ts'
import type { DutyConfig } from '../../core/catalog/schema-guardians.ts'
import type { Mint } from '../../core/ids.ts'
import type { Person } from '../andon/andon.ts'
import { type Absence, type Draw, draw, isAway, type Standing } from './draw.ts'
import { type DutyWeek, daysOf, peopleOfWeek, type Replacement } from './duty.ts'
import { type Day, today, type WeekId } from './week.ts'

/** Decisions about weeks. Pure. */
export interface WeekEnv {
  settings: DutyConfig
  zones: ReadonlyMap<string, string>
  /** Of the configuration, and declared. */
  absences: readonly Absence[]
  now: number
  mint: Mint
}

export function zonesOf({ config }: Catalog): Map<string, string> {
  return new Map(config.people.flatMap(({ id, zone }) => (zone === undefined ? [] : [[id, zone] as const])))
}

/** What each has served, after the week before. Counted from what the last draw took for served, so nothing is ever forgotten. */
export function standingAfter(last: DutyWeek | null): Map<string, Standing> {
  const standing = new Map<string, Standing>()
  if (!last) return standing
  for (const { person, shifts, weeks } of last.draw.candidates) standing.set(person, { shifts, weeks })
  for (const person of peopleOfWeek(last)) {
    const before = standing.get(person) ?? { shifts: 0, weeks: 0 }
    standing.set(person, { shifts: before.shifts + daysOf(last, person).length, weeks: before.weeks + 1 })
  }
  return standing
}

/** `last`: the newest week before it that was drawn. */
export function drawOf(week: WeekId, last: DutyWeek | null, lastWeek: readonly string[], env: WeekEnv): Draw {
  return draw({ week, settings: env.settings, absences: env.absences, standing: standingAfter(last), lastWeek, zones: env.zones })
}

/** Days that are over were nobody's: a week that is drawn on its Wednesday begins there. */
export function weekOf(drawn: Draw, by: Person | null, { absences, settings, now, mint }: WeekEnv): DutyWeek {
  const days = drawn.days.filter((day) => day >= today(now, settings.zone))
  const roster = days.map((day) => ({ day, people: drawn.people.filter((person) => !isAway(person, day, absences)) }))
  return { type: 'week', id: mint('duty'), week: drawn.week, drawnAt: now, drawnBy: by, draw: drawn, roster, swaps: [], replacements: [] }
}

/** From these days on somebody else is there instead of them. */
export const handed = (week: DutyWeek, from: string, to: string | null, days: readonly Day[]): DutyWeek => ({
  ...week,
  roster: week.roster.map((one) =>
    days.includes(one.day)
      ? {
          ...one,
          people: one.people.flatMap((person) => (person !== from ? [person] : to === null || one.people.includes(to) ? [] : [to])),
        }
      : one,
  ),
})

/**
 * Somebody on duty is away: who is drawn for these days. Nobody who is on duty in this week already or in the one before or after it,
 * as long as there is anybody else.
 */
export function replaced(
  week: DutyWeek,
  person: string,
  days: readonly Day[],
  { last, neighbours }: { last: DutyWeek | null; neighbours: readonly string[] },
  env: WeekEnv,
): { week: DutyWeek; replacement: Replacement } {
  const drawn = draw({
    ...{ week: week.week, settings: env.settings, absences: env.absences, zones: env.zones },
    standing: standingAfter(last),
    lastWeek: neighbours,
    instead: { days, size: 1, without: [...peopleOfWeek(week), person], times: week.replacements.length + 1 },
  })
  const by = drawn.people[0] ?? null
  const replacement: Replacement = { person, by, days: [...days], at: env.now, draw: drawn }
  const next = handed(week, person, by, days)
  return { replacement, week: { ...next, replacements: [...next.replacements, replacement] } }
}

/** What is to come of a week for somebody, from a day on. */
export const daysLeft = (week: DutyWeek, person: string, from: Day): Day[] => daysOf(week, person).filter((day) => day >= from)
