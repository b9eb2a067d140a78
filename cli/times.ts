import { parseTime } from '../core/calendar.ts'
import { systemClock } from '../core/clock.ts'
import { fault } from '../core/errors.ts'
import { zoneHere } from './locale.ts'

const units: Record<string, number> = { h: 3_600_000, d: 86_400_000 }

/** `7d`, `2026-12-01T09:00` or a day, as an instant. A day is its noon in UTC: nearly everywhere on earth that is the same day. */
export function timeOf(text: string, flag: string): string {
  const [, count, unit] = /^(\d{1,4})([hd])$/.exec(text) ?? []
  try {
    const noon = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T12:00:00Z` : text
    const at = count === undefined ? parseTime(noon, zoneHere()) : systemClock.now() + Number(count) * (units[unit as string] as number)
    return new Date(at).toISOString()
  } catch (cause) {
    const problem = `${flag}: no time that we know: "${text}".`
    throw fault('usage', { problem, hint: 'Write 7d, 2026-12-01, or 2026-12-01T09:00.' }, cause)
  }
}
