import { hash } from 'node:crypto'

/**
 * One text per value, whichever store it comes from: `1`, `'1'` and `1.0` are the same, so are two ways to write one moment. Null: no
 * value; a field that is missing and one that is null are alike, because sparse stores leave fields out.
 */
export function canonical(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return textOf(value)
  if (typeof value !== 'object') return textOf(String(value))
  return JSON.stringify(sorted(value))
}

const moment = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z| UTC|[+-]\d\d(:?\d\d)?)?$/

function textOf(text: string): string {
  if (/^-?\d+\.\d+$/.test(text)) return text.replace(/\.?0+$/, '')
  if (!moment.test(text)) return text
  // A moment without a zone is taken as UTC; the zone of PostgreSQL may be hours alone.
  const zoned = text
    .replace(' UTC', 'Z')
    .replace(' ', 'T')
    .replace(/([+-]\d\d)$/, (zone, _hours, at) => (at > 10 ? `${zone}:00` : zone))
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(zoned.slice(10)) ? zoned : `${zoned}Z`)
  return Number.isNaN(ms) ? text : `@${ms}`
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return canonical(value)
  const entries = Object.entries(value).flatMap(([key, inner]) =>
    inner === null || inner === undefined ? [] : [[key, sorted(inner)] as const],
  )
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** 52 bits: two of a million keys share one with a chance of 1 in 9,000. The same on every machine and on both sides. */
export const hashOf = (parts: readonly (string | null)[]): number =>
  Number.parseInt(hash('sha256', JSON.stringify(parts), 'hex').slice(0, 13), 16)
