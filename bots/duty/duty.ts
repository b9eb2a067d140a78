import type { Person } from '../andon/andon.ts'
import type { Absence, Draw } from './draw.ts'
import type { Day, WeekId } from './week.ts'

/** What is kept of the duty. A week is drawn once; swaps, absences and replacements change its roster, never its draw. */
export type DutyData = DutyWeek | DeclaredAbsence

export interface DutyWeek {
  type: 'week'
  id: string
  week: WeekId
  /** Epoch ms, as all times here. */
  drawnAt: number
  /** Null: the house, at its hour. */
  drawnBy: Person | null
  draw: Draw
  /** Who is on duty on which working day. Who is away on one of them is not there on that day. */
  roster: { day: Day; people: string[] }[]
  swaps: Swap[]
  replacements: Replacement[]
}

/**
 * Somebody asks somebody else to take over, from a day to the end of the week.
 *
 *     asked --the other says yes--> swapped
 *       |---the other says no---> declined
 *       |---taken back----------> withdrawn
 *       |---its day has come, or one of the two is away--> expired
 */
export interface Swap {
  id: string
  week: WeekId
  /** Person ids. */
  from: string
  to: string
  days: Day[]
  status: 'asked' | 'swapped' | 'declined' | 'withdrawn' | 'expired'
  askedAt: number
  endedAt: number | null
}

export interface Replacement {
  person: string
  /** Null: there was nobody left. */
  by: string | null
  days: Day[]
  at: number
  draw: Draw
}

/** Told while the house runs; what is planned long before stands in the configuration. */
export interface DeclaredAbsence extends Absence {
  type: 'absence'
  id: string
  reason: string | null
  by: Person
  at: number
}

export const isWeek = (data: DutyData): data is DutyWeek => data.type === 'week'
export const isAbsence = (data: DutyData): data is DeclaredAbsence => data.type === 'absence'

export const onDutyOn = ({ roster }: DutyWeek, day: Day): string[] => roster.find((one) => one.day === day)?.people ?? []
/** Everybody with at least one day, in the order in which they come. */
export const peopleOfWeek = ({ roster }: DutyWeek): string[] => [...new Set(roster.flatMap(({ people }) => people))]
export const daysOf = ({ roster }: DutyWeek, person: string): Day[] =>
  roster.flatMap(({ day, people }) => (people.includes(person) ? [day] : []))
