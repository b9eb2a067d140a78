import { dayMs, instantOf, type LocalMs, localOf, localText, parseLocal, timeOfDay, weekdayOf, zonedOf } from '../../core/calendar.ts'
import type { DutyConfig } from '../../core/catalog/schema-guardians.ts'
import { fault } from '../../core/errors.ts'

/** A week as ISO 8601 counts it: `2026-W48`, from Monday. */
export type WeekId = string
/** `2026-11-23`, in the zone of the duty. */
export type Day = string

export type CalendarSettings = Pick<DutyConfig, 'days' | 'holidays' | 'zone' | 'at'>

const weekMs = 7 * dayMs
const mondayOf = (local: LocalMs): LocalMs => {
  const day = Math.floor(local / dayMs)
  // 1970-01-01 was a Thursday.
  return (day - ((((day + 3) % 7) + 7) % 7)) * dayMs
}
/** Monday of the first week of a year: the one with the fourth of January in it. */
const firstMonday = (year: number): LocalMs => mondayOf(parseLocal(`${String(year).padStart(4, '0')}-01-04`))

export const dayText = (local: LocalMs): Day => localText(local, 'UTC').slice(0, 10)
export const today = (now: number, zone: string): Day => dayText(localOf(now, zone))

function weekAt(local: LocalMs): WeekId {
  const monday = mondayOf(local)
  const { year } = zonedOf(monday + 3 * dayMs, 'UTC')
  return `${year}-W${String(Math.round((monday - firstMonday(year)) / weekMs) + 1).padStart(2, '0')}`
}
export const weekOfDay = (day: Day): WeekId => weekAt(parseLocal(day))
export const weekNow = (now: number, zone: string): WeekId => weekAt(localOf(now, zone))

/** Throws `bad-request` when there is no such week. */
export function mondayOfWeek(week: WeekId): LocalMs {
  const [, year, number] = /^(\d{4})-W(\d{2})$/.exec(week) ?? []
  const monday = year && number && number !== '00' ? firstMonday(Number(year)) + (Number(number) - 1) * weekMs : null
  if (monday === null || weekAt(monday) !== week)
    throw fault('bad-request', { problems: `week: there is no week "${week}"; write 2026-W48` })
  return monday
}

export const weekAfter = (week: WeekId, by = 1): WeekId => weekAt(mondayOfWeek(week) + by * weekMs)

/** The days of a week on which there is a review. */
export function workingDays(week: WeekId, { days, holidays }: Pick<CalendarSettings, 'days' | 'holidays'>): Day[] {
  const monday = mondayOfWeek(week)
  return [0, 1, 2, 3, 4, 5, 6]
    .map((n) => monday + n * dayMs)
    .filter((local) => days.includes(weekdayOf(local)))
    .map(dayText)
    .filter((day) => !holidays.includes(day))
}

/** When the review of a day begins, epoch ms. */
export const reviewAt = (day: Day, { zone, at }: Pick<CalendarSettings, 'zone' | 'at'>): number =>
  instantOf(parseLocal(day) + timeOfDay(at), zone)

/** When a week is drawn: with the last review of the week before; where that has none, at the hour of its Friday. Epoch ms. */
export function drawAt(week: WeekId, settings: CalendarSettings): number {
  const before = weekAfter(week, -1)
  return reviewAt(workingDays(before, settings).at(-1) ?? dayText(mondayOfWeek(before) + 4 * dayMs), settings)
}

/** A controller that was down at the hour still opens the review, for so long. */
export const catchUpMs = 4 * 3_600_000

/** Days of this week and the last one on which a review can begin by itself no more, oldest first. */
export function pastReviewDays(now: number, settings: CalendarSettings): Day[] {
  const week = weekNow(now, settings.zone)
  return [weekAfter(week, -1), week]
    .flatMap((one) => workingDays(one, settings))
    .filter((day) => Math.min(reviewAt(day, settings) + catchUpMs + 1, endOfDay(day, settings.zone)) <= now)
}

/** The end of a day, epoch ms. */
export const endOfDay = (day: Day, zone: string): number => instantOf(parseLocal(day) + dayMs, zone)
