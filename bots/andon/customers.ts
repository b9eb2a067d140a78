import type { Andon, Locale, Person, RangeReading } from './andon.ts'
import { type FormOptions, formOf } from './words/form.ts'
import { rangeText } from './words/range.ts'

export interface Segment {
  name: string
  count: number
  /** Whoever answers for them, as the meter names them. */
  owner: string | null
  told: { by: Person; at: number } | null
}

export interface Customers {
  /** The newest of each meter, the widest first. */
  readings: RangeReading[]
  /** Of all meters, the largest first; then those that were told though no meter counts them. */
  segments: Segment[]
  told: number
}

/** The newest reading of each meter, the widest first; those that know nothing last. Pure. */
export function latestReadings(ranges: readonly RangeReading[]): RangeReading[] {
  const newest = new Map<string, RangeReading>()
  for (const reading of ranges) if ((newest.get(reading.meter)?.at ?? 0) <= reading.at) newest.set(reading.meter, reading)
  return [...newest.values()].sort((a, b) => (b.count ?? -1) - (a.count ?? -1))
}

/** Who is concerned, and who of them knows it. Pure. */
export function customersOf({ ranges, told }: Pick<Andon, 'ranges' | 'told'>): Customers {
  const readings = latestReadings(ranges)
  const byName = new Map<string, Segment>()
  for (const { name, count, owner } of readings.flatMap(({ segments }) => segments)) {
    const known = byName.get(key(name))
    // Two meters may count the same customers: they are not added up.
    if (!known) byName.set(key(name), { name, count, owner, told: null })
    else byName.set(key(name), { ...known, count: Math.max(known.count, count), owner: known.owner ?? owner })
  }
  for (const { segment, by, at } of told) {
    const known = byName.get(key(segment))
    byName.set(key(segment), { name: segment, count: 0, owner: null, ...known, told: known?.told ?? { by, at } })
  }
  const segments = [...byName.values()].sort((a, b) => b.count - a.count)
  return { readings, segments, told: segments.filter((segment) => segment.told).length }
}

const key = (name: string) => name.trim().toLowerCase().normalize('NFKC')

/** The name as the meters write it, when it is one of theirs. */
export const segmentNamed = (andon: Pick<Andon, 'ranges' | 'told'>, name: string): string =>
  customersOf(andon).segments.find((segment) => key(segment.name) === key(name))?.name ?? name.trim()

/** Account owners who belong into the room: those that `person` knows, each once. */
export function ownersToInvite(andon: Pick<Andon, 'ranges' | 'told'>, person: (ref: string) => Person | null): Person[] {
  const owners = new Map<string, Person>()
  for (const { owner } of customersOf(andon).segments) {
    const found = owner ? person(owner) : null
    if (found) owners.set(found.id, found)
  }
  return [...owners.values()]
}

/** One sentence for an update: `about 1,240 of 52,000 lines in 3 segments, medium confidence, as of 10:32`. Null: nobody has counted. */
export function rangeSentence(andon: Pick<Andon, 'ranges'>, locale: Locale, options: FormOptions = {}): string | null {
  const readings = latestReadings(andon.ranges)
  const counted = readings.filter(({ count }) => count !== null)
  const told = counted.length > 0 ? counted : readings.slice(0, 1)
  if (told.length === 0) return null
  const form = formOf(locale, options)
  if (told.length === 1) return rangeText(told[0] as RangeReading, form)
  return told.map((reading) => `${reading.title}: ${rangeText(reading, form)}`).join(locale === 'ja' ? '。' : '; ')
}
