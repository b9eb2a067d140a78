import { dayMs } from '../../../guardians/resource.ts'

/**
 * moto makes everything just now. What was made between two moments (`fromMs`, `untilMs`: the first part of the seeding) is told as
 * made between `oldestDays` and `youngestDays` ago, in the same order: that stretch of seconds is spread over those months, wherever
 * a moment of it stands in an answer.
 */
export interface Era {
  fromMs: number
  untilMs: number
  oldestDays: number
  youngestDays: number
}

/** `2026-11-21T07:03:35.123Z`, `2026-11-21 07:03:35 UTC`, `…T07:03:35+00:00`, `…T07:03:35.000+0000`. */
const written = /\b(20\d\d-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)(\.\d+)?/g
/** Values of JSON: seconds with or without a fraction, or milliseconds. */
const counted = /(:\s*"?)(\d{10}\.\d+|\d{10}|\d{13})(?=\s*["},])/g

export function aged(text: string, era: Era): string {
  const told = (ms: number): number | null => {
    // Moments are often cut to whole seconds.
    if (ms < Math.floor(era.fromMs / 1_000) * 1_000 || ms > era.untilMs) return null
    const share = Math.max(0, Math.min(1, (ms - era.fromMs) / (era.untilMs - era.fromMs)))
    return Math.round(era.untilMs - (era.oldestDays - share * (era.oldestDays - era.youngestDays)) * dayMs)
  }
  return text
    .replaceAll(written, (all, date: string, between: string, time: string, fraction: string | undefined) => {
      const at = told(Date.parse(`${date}T${time}${fraction?.slice(0, 4) ?? ''}Z`))
      if (at === null) return all
      const iso = new Date(at).toISOString()
      return `${iso.slice(0, 10)}${between}${iso.slice(11, 19)}${fraction ? iso.slice(19, 23).padEnd(fraction.length, '0').slice(0, fraction.length) : ''}`
    })
    .replaceAll(counted, (all, before: string, digits: string) => {
      const ms = digits.length === 13 && !digits.includes('.')
      const at = told(ms ? Number(digits) : Number(digits) * 1_000)
      return at === null ? all : `${before}${ms ? at : digits.includes('.') ? at / 1_000 : Math.floor(at / 1_000)}`
    })
}

/** The same within what is encoded in an answer, as the credential report is. */
export const agedInside = (text: string, tag: string, era: Era): string =>
  text.replace(new RegExp(`(<${tag}>)([^<]*)(</${tag}>)`), (_, open: string, content: string, close: string) => {
    const inside = Buffer.from(content, 'base64').toString()
    return `${open}${Buffer.from(aged(inside, era)).toString('base64')}${close}`
  })
