import type { Locale, Say } from './words.ts'

/** Times and spans as people read them, in the browser's zone. */
export interface Times {
  /** `03:12:44`; with the day when it is not today. */
  at(iso: string | number, now: number): string
  /** `5 minutes ago` */
  ago(iso: string | number, now: number): string
}

const day = 86_400_000
const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', day],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
]

export function timesIn(locale: Locale, say: Say, timeZone?: string): Times {
  const clock = new Intl.DateTimeFormat(locale === 'ja' ? 'ja' : 'en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const dated = new Intl.DateTimeFormat(locale === 'ja' ? 'ja' : 'en-GB', {
    timeZone,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
  const date = new Intl.DateTimeFormat('en-CA', { timeZone })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'always' })
  return {
    at(given, now) {
      const time = new Date(given)
      return date.format(time) === date.format(now) ? clock.format(time) : dated.format(time)
    },
    ago(given, now) {
      const since = now - new Date(given).getTime()
      const [unit, ms] = units.find(([, size]) => since >= size) ?? ['second', 1_000]
      return since < 5_000 ? say('time.now') : relative.format(-Math.floor(since / ms), unit)
    },
  }
}

const spans = [
  ['d', day],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** `12 ms`, `3.2 s`, `2 min 5 s`, `3 h 12 min`, `2 d 4 h`: short enough for a table, the same in all languages. */
export function span(ms: number): string {
  const exact = Math.max(0, Math.round(ms))
  if (exact < 1_000) return `${exact} ms`
  if (exact < 59_950) return `${(exact / 1_000).toFixed(1)} s`
  let rest = Math.round(exact / 1_000) * 1_000
  const parts = spans.map(([unit, size]) => {
    const n = Math.floor(rest / size)
    rest -= n * size
    return { unit, n }
  })
  const first = parts.findIndex((part) => part.n > 0)
  return parts
    .slice(first, first + 2)
    .filter((part) => part.n > 0)
    .map((part) => `${part.n} ${part.unit}`)
    .join(' ')
}

/** From one time to another, or to now while the second is not there yet. */
export const between = (from: string, to: string | null, now: number) => (to === null ? now : Date.parse(to)) - Date.parse(from)
