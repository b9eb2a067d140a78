import type { RangeConfig } from '../../../core/catalog/schema-andon.ts'
import { limits, type RangeReading } from '../andon.ts'
import { clean } from '../text.ts'

type Meter = Pick<RangeConfig, 'id' | 'title'>
type Fields = ReadonlyMap<string, unknown>

const nameChars = 100
const problemChars = 300
/** More customers than there are people: the meter counts something else. */
const mostCustomers = 1e12
/** A clock that is ahead by less is not a lie. */
const skewMs = 60_000

/**
 * What a meter answered, as a reading. Lenient in form: names in any case, numbers as text, one object, one row, a row for each segment, or
 * the number alone. Strict in truth: what cannot be read, or contradicts itself, is a problem, and counts nothing. Pure.
 */
export function readingOf(answer: unknown, meter: Meter, now: number): RangeReading {
  const problems: string[] = []
  const reading = read(answer, now, (problem) => problems.push(problem))
  if (problems.length > 0) return problemReading(meter, now, problems.slice(0, 3).join('; '))
  return { meter: meter.id, title: meter.title, at: now, ...reading, problem: null }
}

/** Nothing is counted. */
export const problemReading = ({ id, title }: Meter, now: number, problem: string): RangeReading => ({
  meter: id,
  title,
  at: now,
  count: null,
  of: null,
  segments: [],
  confidence: 'low',
  asOf: null,
  problem: clean(problem, problemChars),
})

type Tell = (problem: string) => void
type Read = Pick<RangeReading, 'count' | 'of' | 'segments' | 'confidence' | 'asOf'>
const nothing: Read = { count: null, of: null, segments: [], confidence: 'low', asOf: null }

function read(answer: unknown, now: number, tell: Tell): Read {
  if (Array.isArray(answer)) return readRows(answer, now, tell)
  const fields = typeof answer === 'object' ? fieldsOf(answer) : new Map([['count', answer]])
  const segments = readSegments(fields.get('segments'), tell)
  const given = numberOf(fields.get('count'), 'count', tell)
  const count = given ?? (segments.length > 0 ? total(segments) : null)
  return checked({ count, of: numberOf(fields.get('of'), 'of', tell), segments, ...readCommon(fields, now, tell) }, tell)
}

/** One row is the answer itself; of several, each is a segment. */
function readRows(rows: readonly unknown[], now: number, tell: Tell): Read {
  const [first] = rows
  if (first === undefined) {
    tell('it answers no rows; a row with the count 0 means that nobody is concerned')
    return nothing
  }
  const fields = rows.map(fieldsOf)
  if (rows.length === 1 && nameOf(fields[0] as Fields) === null) return read(first, now, tell)
  const segments = readSegments(rows, tell)
  const wholes = fields.map((row) => numberOf(row.get('of'), 'of', tell))
  const times = fields.map((row) => readCommon(row, now, tell))
  return checked(
    {
      count: total(segments),
      of: wholeOf(wholes),
      segments,
      confidence: times.reduce<Read['confidence']>((low, { confidence }) => lower(low, confidence), 'high'),
      asOf: times.some(({ asOf }) => asOf === null) ? null : Math.min(...times.map(({ asOf }) => asOf ?? now)),
    },
    tell,
  )
}

/** The same in each row is the whole of all; otherwise each row has a whole of its own. Null: one of them is not known. */
function wholeOf(wholes: readonly (number | null)[]): number | null {
  if (wholes.some((one) => one === null)) return null
  return new Set(wholes).size === 1 ? (wholes[0] ?? null) : wholes.reduce<number>((sum, one) => sum + (one ?? 0), 0)
}

function checked(reading: Read, tell: Tell): Read {
  const { count, of, segments } = reading
  if (count === null) tell('it tells no count')
  else if (Math.max(count, of ?? 0) > mostCustomers) tell('it counts more than there can be')
  else if (of !== null && count > of) tell(`it counts ${count} of ${of}`)
  else {
    const large = segments.find((segment) => segment.count > count)
    if (large) tell(`the segment ${large.name} counts ${large.count}, more than the ${count} of all`)
  }
  return { ...reading, segments: [...segments].sort((a, b) => b.count - a.count).slice(0, limits.segments) }
}

/** Customers may be in one segment under several owners; each segment is told once. */
function readSegments(given: unknown, tell: Tell): Read['segments'] {
  const list = typeof given === 'string' ? parsed(given) : given
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) {
    tell('its segments are no list')
    return []
  }
  const segments = new Map<string, Read['segments'][number]>()
  for (const one of list) {
    const fields = fieldsOf(one)
    const name = nameOf(fields)
    if (name === null) {
      tell('a segment has no name')
      return []
    }
    const count = numberOf(fields.get('count'), `count of ${name}`, tell)
    if (count === null) tell(`the segment ${name} has no count`)
    const known = segments.get(name)
    const owner = textOf(fields.get('owner'))
    segments.set(name, { name, count: (known?.count ?? 0) + (count ?? 0), owner: known?.owner ?? owner })
  }
  return [...segments.values()]
}

const total = (segments: Read['segments']) => segments.reduce((sum, { count }) => sum + count, 0)

function readCommon(fields: Fields, now: number, tell: Tell): Pick<Read, 'confidence' | 'asOf'> {
  return { confidence: confidenceOf(fields.get('confidence'), tell), asOf: timeOf(fields.get('asof'), now, tell) }
}

const levels = ['low', 'medium', 'high'] as const
const lower = (a: Read['confidence'], b: Read['confidence']) => (levels.indexOf(a) < levels.indexOf(b) ? a : b)

function confidenceOf(given: unknown, tell: Tell): Read['confidence'] {
  if (given === undefined || given === null || given === '') return 'medium'
  const level = levels.find((one) => one === String(given).trim().toLowerCase())
  if (!level) tell('its confidence is neither high, medium nor low')
  return level ?? 'low'
}

/** A whole number from 0; null: none is told, or (with a problem) it is none. */
function numberOf(given: unknown, name: string, tell: Tell): number | null {
  if (given === undefined || given === null) return null
  const value = typeof given === 'string' ? numberIn(given) : given
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= mostCustomers) return value
  tell(`its ${name} is no whole number of customers`)
  return null
}

/** `1240` or `1,240`. */
function numberIn(text: string): number {
  const plain = text.trim()
  return /^\d{1,15}$|^\d{1,3}(,\d{3}){1,4}$/.test(plain) ? Number(plain.replaceAll(',', '')) : Number.NaN
}

/** ISO 8601 with an offset, a database's own form (which is UTC), or epoch seconds or milliseconds. */
function timeOf(given: unknown, now: number, tell: Tell): number | null {
  if (given === undefined || given === null || given === '') return null
  const at = typeof given === 'number' ? epochOf(given) : typeof given === 'string' ? instantIn(given.trim()) : Number.NaN
  if (!(at >= 0)) tell('its asOf is no time with an offset')
  else if (at > now + skewMs) tell('its asOf lies ahead')
  else return Math.min(at, now)
  return null
}

/** Seconds have ten digits until the year 2286. */
const epochOf = (value: number) => Math.floor(value < 1e11 ? value * 1_000 : value)

function instantIn(text: string): number {
  if (/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d+)?$/.test(text)) return Date.parse(`${text.replace(' ', 'T')}Z`)
  return /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? Date.parse(text.replace(' ', 'T')) : Number.NaN
}

/** Names in any case, `as_of` like `asOf`. */
function fieldsOf(given: unknown): Fields {
  if (typeof given !== 'object' || given === null) return new Map()
  return new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase().replaceAll(/[_\s-]/g, ''), value]))
}

const nameOf = (fields: Fields): string | null => textOf(fields.get('name') ?? fields.get('segment'))

function textOf(given: unknown): string | null {
  if (typeof given !== 'string' && typeof given !== 'number') return null
  return clean(String(given), nameChars, '') || null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
