import { Temporal } from 'temporal-polyfill'

/**
 * Dates and zones. A local time is milliseconds "as the clock on the wall shows them" (`LocalMs`: what epoch milliseconds would be
 * if the wall were in UTC), so that days and hours are added to it by plain arithmetic; only `instantOf` and `localOf` know zones.
 */
export type LocalMs = number
export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'
export type CalendarLocale = 'en' | 'ja'

export const hourMs = 3_600_000
export const dayMs = 86_400_000

export interface Zoned {
  year: number
  /** 1 to 12. */
  month: number
  day: number
  hour: number
  minute: number
  second: number
  weekday: Weekday
  /** East of UTC, minutes. */
  offsetMinutes: number
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const at = (ms: number, zone: string) => Temporal.Instant.fromEpochMilliseconds(Math.floor(ms)).toZonedDateTimeISO(zone)

/** What the wall in `zone` shows at an instant (epoch ms). */
export function zonedOf(ms: number, zone: string): Zoned {
  const { year, month, day, hour, minute, second, dayOfWeek, offsetNanoseconds } = at(ms, zone)
  const weekday = weekdays[dayOfWeek - 1] as Weekday
  return { year, month, day, hour, minute, second, weekday, offsetMinutes: offsetNanoseconds / 60e9 }
}

export const localOf = (ms: number, zone: string): LocalMs => Math.floor(ms) + at(ms, zone).offsetNanoseconds / 1e6

/**
 * The first instant (epoch ms) at which the wall in `zone` shows `local` or later: the first of two when the clock is put back,
 * the end of the gap when it is put forward. So a later local time never comes before an earlier one.
 */
export function instantOf(local: LocalMs | string, zone: string): number {
  const ms = typeof local === 'string' ? parseLocal(local) : local
  const plain = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('UTC').toPlainDateTime()
  const found = plain.toZonedDateTime(zone, { disambiguation: 'earlier' })
  if (found.toPlainDateTime().equals(plain)) return found.epochMilliseconds
  // It does not exist: `earlier` stands before the gap by its length.
  return (found.getTimeZoneTransition('next') ?? found).epochMilliseconds
}

/** `2026-11-02T09:00`, or `2026-11-02` for its beginning. Throws RangeError. */
export function parseLocal(text: string): LocalMs {
  const plain = Temporal.PlainDateTime.from(text)
  return plain.toZonedDateTime('UTC').epochMilliseconds
}

/** An instant with its offset (`2026-11-02T09:00+09:00`, `...Z`), else a local time of `zone`. Throws RangeError. */
export const parseTime = (text: string, zone: string): number =>
  /(?:[zZ]|[+-]\d{2}:?\d{2})$/.test(text.slice(10)) ? Temporal.Instant.from(text).epochMilliseconds : instantOf(text, zone)

/** Beginning of the day, local. */
export const dayOf = (local: LocalMs): LocalMs => Math.floor(local / dayMs) * dayMs
/** 1970-01-01 was a Thursday. */
export const weekdayOf = (local: LocalMs): Weekday => weekdays[(((Math.floor(local / dayMs) + 3) % 7) + 7) % 7] as Weekday
/** `09:30` as milliseconds since midnight. */
export const timeOfDay = (text: string): number => (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000

export interface LocalHours {
  days: readonly Weekday[]
  from: string
  /** Past midnight when it is not after `from`. */
  until: string
}

/** Windows of these hours that touch the days from `from` to `until` (local), as instants (epoch ms), in the order of their days. */
export function windowsOf(hours: readonly LocalHours[], zone: string, from: LocalMs, until: LocalMs): { from: number; until: number }[] {
  const found: { from: number; until: number }[] = []
  // A day before: its hours may reach past midnight. A day after: the clock may be put back across midnight.
  for (let day = dayOf(from) - dayMs; day <= until + dayMs; day += dayMs) {
    for (const one of hours) {
      if (!one.days.includes(weekdayOf(day))) continue
      const begin = timeOfDay(one.from)
      const end = timeOfDay(one.until)
      found.push({ from: instantOf(day + begin, zone), until: instantOf(day + end + (end > begin ? 0 : dayMs), zone) })
    }
  }
  return found
}

/** Within these hours at an instant; always when there are none. */
export function withinHours(hours: readonly LocalHours[], zone: string, ms: number): boolean {
  if (hours.length === 0) return true
  const local = localOf(ms, zone)
  return windowsOf(hours, zone, local, local).some((window) => window.from <= ms && ms < window.until)
}

/** The first instant from `ms` on that lies within these hours; null: none within two weeks. */
export function nextWithinHours(hours: readonly LocalHours[], zone: string, ms: number): number | null {
  if (withinHours(hours, zone, ms)) return ms
  const local = localOf(ms, zone)
  const later = windowsOf(hours, zone, local, local + 14 * dayMs).flatMap((window) =>
    window.from > ms && window.until > window.from ? [window.from] : [],
  )
  return later.length === 0 ? null : Math.min(...later)
}

const two = (n: number) => String(n).padStart(2, '0')
const names = {
  en: {
    days: { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' },
    months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  },
  ja: { days: { mon: '月', tue: '火', wed: '水', thu: '木', fri: '金', sat: '土', sun: '日' } },
} as const

/** `UTC`, `UTC+9`, `UTC-3:30`: says which of two equal times is meant when the clock is put back. */
export function offsetText(minutes: number): string {
  if (minutes === 0) return 'UTC'
  const size = Math.round(Math.abs(minutes))
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${size % 60 === 0 ? '' : `:${two(size % 60)}`}`
}

/** For people: `Sat 21 Nov 09:30 (UTC+9)`, `11月21日(土) 09:30 (UTC+9)`. */
export function formatTime(ms: number, zone: string, locale: CalendarLocale): string {
  const { month, day, hour, minute, weekday, offsetMinutes } = zonedOf(ms, zone)
  const time = `${two(hour)}:${two(minute)} (${offsetText(offsetMinutes)})`
  return locale === 'ja'
    ? `${month}月${day}日(${names.ja.days[weekday]}) ${time}`
    : `${names.en.days[weekday]} ${day} ${names.en.months[month - 1]} ${time}`
}

/** `2026-11-21T09:30`, as the wall shows it. */
export function localText(ms: number, zone: string): string {
  const { year, month, day, hour, minute } = zonedOf(ms, zone)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`
}

/** `20261121T003000Z`, for calendar files. */
export function utcStamp(ms: number): string {
  const { year, month, day, hour, minute, second } = zonedOf(ms, 'UTC')
  return `${String(year).padStart(4, '0')}${two(month)}${two(day)}T${two(hour)}${two(minute)}${two(second)}Z`
}
