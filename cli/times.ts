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

const spans: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `--for 2h` from now (or from `from`) on, or `--until TIME`, as an instant. Throws `usage` unless exactly one is given. */
export function laterOf(options: { for?: string; until?: string }, command: string, flag = '--until', from?: string): string {
  if ((options.for === undefined) === (options.until === undefined))
    throw fault('usage', { problem: `${command}: say how long.`, hint: 'Write --for 2h, or --until 2026-12-01T09:00; one of them.' })
  if (options.until !== undefined) return timeOf(options.until, flag)
  const [, count, unit] = /^(\d{1,5})([smhd])$/.exec(options.for as string) ?? []
  if (count === undefined)
    throw fault('usage', { problem: `--for: no span that we know: "${options.for}".`, hint: 'Write 90s, 30m, 2h or 1d.' })
  const begin = from === undefined ? systemClock.now() : Date.parse(from)
  return new Date(begin + Number(count) * (spans[unit as string] as number)).toISOString()
}
