import { fault } from '../../core/errors.ts'

/**
 * A time as a person types it, where they are: `10:32` (the last one, or the next), `2026-11-30` (its end), `2026-11-30T09:00`,
 * or with an offset. Answers epoch ms; throws `usage`.
 */
export function timeOption(text: string, flag: string, now: number, day: 'past' | 'coming'): number {
  const typed = text.trim()
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(typed)
  if (clock) {
    const at = new Date(now)
    at.setHours(Number(clock[1]), Number(clock[2]), 0, 0)
    if (day === 'past' && at.getTime() > now) at.setDate(at.getDate() - 1)
    if (day === 'coming' && at.getTime() < now) at.setDate(at.getDate() + 1)
    return at.getTime()
  }
  const whole = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? `${typed}T${day === 'past' ? '00:00:00' : '23:59:59'}` : typed
  const at = /^\d{4}-\d{2}-\d{2}T/.test(whole) ? Date.parse(whole) : Number.NaN
  if (Number.isFinite(at)) return at
  throw fault('usage', {
    problem: `${flag} must be a time like 10:32, 2026-11-30 or 2026-11-30T09:00+09:00, got "${text}".`,
    hint: 'Nothing was changed.',
  })
}
