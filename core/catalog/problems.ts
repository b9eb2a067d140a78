import type { z } from 'zod'

/**
 * Says what is wrong with a document, one line per problem: `components[0].members[1].sitee: unknown key (did you mean "site"?)`.
 * `input` is the document as it came in: zod's issues do not carry it.
 */
export function problemLines(error: z.ZodError, input: unknown, schema: z.ZodType): string[] {
  return error.issues.flatMap((issue) => linesOf(issue, input, schema))
}

/** `['components', 0, 'id']` -> `components[0].id`; the document itself is `(top)`. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')
  return text === '' ? '(top)' : text.replace(/^\./, '')
}

/** The known word that was probably meant, as ` (did you mean "x"?)`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const limit = Math.max(1, Math.floor(word.length / 3))
  const best = known.map((candidate) => ({ candidate, steps: editSteps(word, candidate) })).sort((a, b) => a.steps - b.steps)[0]
  return best && best.steps <= limit ? ` (did you mean "${best.candidate}"?)` : ''
}

type Issue = z.core.$ZodIssue

function linesOf(issue: Issue, input: unknown, schema: z.ZodType): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path, input)
    return issue.keys.map((key) => `${pathText([...issue.path, key])}: unknown key${didYouMean(key, known)}`)
  }
  return [`${pathText(issue.path)}: ${whatIsWrong(issue, at(input, issue.path))}`]
}

function whatIsWrong(issue: Issue, value: unknown): string {
  const got = show(issue.path, value)
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined ? `missing (expected ${noun(issue.expected)})` : `expected ${noun(issue.expected)}, got ${got}`
    case 'invalid_value':
      return `expected one of ${issue.values.join(', ')}; got ${got}${meant(value, issue.values.map(String))}`
    case 'invalid_union': {
      const { options = [] } = issue as { options?: unknown[] }
      return `expected one of ${options.join(', ')}; got ${got}${meant(value, options.map(String))}`
    }
    case 'too_small':
    case 'too_big':
      return outOfBounds(issue, value, got)
    case 'invalid_format':
      return `expected ${formatOf(issue)}, got ${got}`
    default:
      return issue.message === 'Invalid input' ? `not a valid value: ${got}` : `${issue.message}, got ${got}`
  }
}

const meant = (value: unknown, known: string[]) => (typeof value === 'string' ? didYouMean(value, known) : '')

const formats: Record<string, string> = {
  url: 'a URL that begins with http:// or https://',
  datetime: 'a time with its offset, like 2026-01-31T09:00:00+09:00',
}

function formatOf(issue: z.core.$ZodIssueInvalidStringFormat): string {
  return 'prefix' in issue ? `text that starts with "${issue.prefix}"` : (formats[issue.format] ?? issue.message)
}

const nouns: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
}
const noun = (expected: string) => nouns[expected] ?? expected

function outOfBounds(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, value: unknown, got: string): string {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum
  const side = issue.code === 'too_small' ? 'at least' : 'at most'
  if (Array.isArray(value)) return `expected ${side} ${bound} ${bound === 1 ? 'entry' : 'entries'}, got ${value.length}`
  if (typeof value === 'string') return `expected ${side} ${bound} ${bound === 1 ? 'character' : 'characters'}, got ${value.length}`
  return `expected ${issue.inclusive === false ? (issue.code === 'too_small' ? 'more than' : 'less than') : side} ${bound}, got ${got}`
}

/** The value as it was written, short; never where a secret may stand. */
function show(path: readonly PropertyKey[], value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  if (path.some((part) => /token|secret|password|^env$/i.test(String(part)))) return `a ${typeof value}`
  if (typeof value !== 'string') return String(value)
  const plain = value.replace(/\/\/[^/@]*@/, '//(cut)@')
  return JSON.stringify(plain.length > 60 ? `${plain.slice(0, 60)}…` : plain)
}

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const part of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[part]
  return value
}

/** The keys that the schema knows at this place. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], input: unknown): string[] {
  let type = choose(schema as unknown as z.core.$ZodTypes, input)
  let value = input
  for (const part of path) {
    value = (value as Record<PropertyKey, unknown> | null | undefined)?.[part]
    const { def } = type._zod
    const inner = def.type === 'object' ? def.shape[String(part)] : def.type === 'array' ? def.element : undefined
    if (inner === undefined) return []
    type = choose(inner as z.core.$ZodTypes, value)
  }
  return type._zod.def.type === 'object' ? Object.keys(type._zod.def.shape) : []
}

/** Looks through defaults and optionals, and picks the member of a union whose literal key matches the value. */
function choose(schema: z.core.$ZodTypes, value: unknown): z.core.$ZodTypes {
  const { def } = schema._zod
  if (def.type === 'default' || def.type === 'prefault' || def.type === 'optional') return choose(def.innerType as z.core.$ZodTypes, value)
  if (def.type !== 'union' || !('discriminator' in def)) return schema
  const key = String(def.discriminator)
  const given = (value as Record<string, unknown> | null | undefined)?.[key]
  const fits = def.options.find((option) => (option as z.core.$ZodObject)._zod.def.shape[key]?._zod.values?.has(given as string))
  return (fits as z.core.$ZodTypes | undefined) ?? schema
}

/** Letters to add, drop or change (Levenshtein); both words are short. */
function editSteps(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** One line when a name is not there, with what was probably meant. */
export const mustExist = (path: string, what: string, id: string, ids: ReadonlySet<string>): string[] =>
  ids.has(id) ? [] : [`${path}: no ${what} "${id}"${didYouMean(id, [...ids])}`]
