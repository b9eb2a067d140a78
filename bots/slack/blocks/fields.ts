import type { InputBlock, PlainTextOption } from '@slack/types'
import { z } from 'zod'
import type { Andon, Locale } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { limits } from './limits.ts'
import { label } from './parts.ts'

/** What a field may be chosen from, beyond what the andon itself knows. */
export interface Choices {
  components?: readonly string[]
  carriers?: readonly { id: string; name: string }[]
  runbooks?: readonly string[]
  members?: readonly string[]
  /** Other open andons. */
  andons?: readonly Andon[]
}

/** A field of a command's input, as JSON schema tells it. */
interface Field {
  type?: string | string[]
  format?: string
  enum?: (string | null)[]
  anyOf?: Field[]
  minimum?: number
  maximum?: number
  maxLength?: number
  default?: unknown
}

interface InputSchema {
  properties?: Record<string, Field>
  required?: string[]
}

/** What the chat fills in by itself, or has no field for. */
const hidden = new Set(['ref', 'files', 'at', 'url'])
const people = new Set(['person', 'owner', 'to'])
const long = new Set(['text', 'symptom', 'how', 'cause', 'why', 'reason', 'outcome', 'result', 'note'])

const schemaOf = (input: z.ZodType): InputSchema => z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as InputSchema

/** Names of the fields that a person fills in. `aim`: what the button knows already. */
export const fieldsOf = (input: z.ZodType, aim: object = {}): string[] =>
  Object.keys(schemaOf(input).properties ?? {}).filter((name) => !hidden.has(name) && !Object.hasOwn(aim, name))

/** Without which of them it cannot be done. */
export const requiredOf = (input: z.ZodType, aim: object = {}): string[] => {
  const { required = [] } = schemaOf(input)
  return fieldsOf(input, aim).filter((name) => required.includes(name))
}

/** Of what the button knows, what the command takes. */
export function fitting(input: z.ZodType, aim: object): Record<string, unknown> {
  const { properties = {} } = schemaOf(input)
  return Object.fromEntries(Object.entries(aim).filter(([name]) => Object.hasOwn(properties, name)))
}

interface FieldEnv {
  andon: Andon | null
  locale: Locale
  choices: Choices
  placeholder?: string | undefined
  /** Instead of the common word for this field. */
  title?: string | undefined
  /** What stands in it already. */
  initial?: string | undefined
}

/** One input block; its `block_id` and `action_id` are the name of the field. */
export function inputOf(input: z.ZodType, name: string, env: FieldEnv): InputBlock {
  const { properties = {}, required = [] } = schemaOf(input)
  const field = properties[name] ?? {}
  const words = wordsOf(env.locale)
  const element = elementOf(name, field, env)
  return {
    type: 'input',
    block_id: name,
    label: label(env.title ?? words.fields[name] ?? name, 150),
    element: { ...element, action_id: name } as InputBlock['element'],
    // A box that is not ticked is an answer, too.
    optional: !required.includes(name) || isBoolean(field),
  }
}

const isBoolean = ({ type }: Field) => type === 'boolean'
const formatOf = ({ format, anyOf = [] }: Field): string[] => [...(format ? [format] : []), ...anyOf.flatMap(formatOf)]

function elementOf(name: string, field: Field, env: FieldEnv): object {
  const options = optionsOf(name, field, env)
  if (options.length > 0) {
    const initial = options.find(({ value }) => value === (env.initial ?? String(field.default)))
    return { type: 'static_select', options, ...(initial ? { initial_option: initial } : {}) }
  }
  if (people.has(name)) return { type: 'users_select' }
  if (isBoolean(field)) {
    const option = { text: label(wordsOf(env.locale).fields[name] ?? name, limits.option), value: 'true' }
    return { type: 'checkboxes', options: [option], ...(env.initial === 'true' ? { initial_options: [option] } : {}) }
  }
  const formats = formatOf(field)
  if (formats.includes('date')) return { type: 'datepicker' }
  if (formats.includes('date-time')) return { type: 'datetimepicker' }
  if (field.type === 'integer' || field.type === 'number')
    return {
      type: 'number_input',
      is_decimal_allowed: false,
      ...(field.minimum === undefined ? {} : { min_value: String(field.minimum) }),
      ...(field.maximum === undefined ? {} : { max_value: String(field.maximum) }),
      ...(typeof field.default === 'number' ? { initial_value: String(field.default) } : {}),
    }
  const max = Math.min(field.maxLength ?? limits.initial, limits.initial)
  return {
    type: 'plain_text_input',
    multiline: long.has(name),
    max_length: max,
    ...(env.placeholder ? { placeholder: label(env.placeholder, limits.placeholder) } : {}),
    ...(env.initial ? { initial_value: env.initial.slice(0, max) } : {}),
  }
}

const option = (value: string, text: string): PlainTextOption => ({ value, text: label(text, limits.option) })
const fits = ({ value }: PlainTextOption) => (value ?? '').length <= limits.optionValue

/** What is chosen from a list; empty: it is written. At most a hundred; of more, the first. */
function optionsOf(name: string, field: Field, { andon, locale, choices }: FieldEnv): PlainTextOption[] {
  const words = wordsOf(locale)
  const named: Record<string, () => PlainTextOption[]> = {
    component: () => (choices.components ?? []).map((id) => option(id, id)),
    carrier: () => (choices.carriers ?? []).map(({ id, name }) => option(id, name)),
    runbook: () => (choices.runbooks ?? []).map((id) => option(id, id)),
    member: () => (choices.members ?? []).map((id) => option(id, id)),
    into: () => (choices.andons ?? []).filter(({ id }) => id !== andon?.id).map(({ id, text }) => option(id, text)),
    lane: () => (andon?.lanes ?? []).filter(({ status }) => status !== 'done').map(({ id, title }) => option(id, title)),
    inquiry: () =>
      (andon?.inquiries ?? []).filter(({ status }) => status !== 'closed').map(({ id, name, text }) => option(id, `${name}: ${text}`)),
    item: () => (andon?.kaizen ?? []).filter(({ status }) => status === 'open').map(({ id, text }) => option(id, text)),
    // Kinds of lanes are open-ended; those that have a name are offered.
    ...(field.enum ? {} : { kind: () => Object.entries(words.lanes).map(([id, text]) => option(id, text)) }),
    segment: () =>
      [...new Set((andon?.ranges ?? []).flatMap(({ segments }) => segments.map(({ name }) => name)))].map((one) => option(one, one)),
  }
  const labels: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = {
    audience: words.audience,
    kind: words.kaizenKind,
    role: words.roles,
  }
  const listed =
    named[name]?.() ?? (field.enum ?? []).flatMap((value) => (value === null ? [] : [option(value, labels[name]?.[value] ?? value)]))
  return listed.length > 0 ? listed.filter(fits).slice(0, limits.options) : levels(field)
}

/** A few whole numbers are chosen. */
function levels({ type, minimum, maximum }: Field): PlainTextOption[] {
  if (type !== 'integer' || minimum === undefined || maximum === undefined || maximum - minimum > 9) return []
  return Array.from({ length: maximum - minimum + 1 }, (_, index) => option(String(minimum + index), String(minimum + index)))
}

/** What Slack tells of one element of a submitted view. */
interface Told {
  type?: string
  value?: string | null
  selected_option?: { value: string } | null
  selected_options?: { value: string }[]
  selected_user?: string | null
  selected_date?: string | null
  selected_date_time?: number | null
}

/** The input of a command as it was filled in; what stayed empty is left out. `person` names somebody by their Slack id. */
export function filledIn(
  input: z.ZodType,
  values: Readonly<Record<string, Readonly<Record<string, Told>>>>,
  person: (slack: string, field: string) => string,
): Record<string, unknown> {
  const { properties = {} } = schemaOf(input)
  const filled: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(properties)) {
    const told = values[name]?.[name]
    if (!told) continue
    const value = readValue(told, field, (slack) => person(slack, name))
    if (value !== undefined) filled[name] = value
  }
  return filled
}

function readValue(told: Told, field: Field, person: (slack: string) => string): unknown {
  if (isBoolean(field)) return (told.selected_options ?? []).length > 0
  if (told.selected_user) return person(told.selected_user)
  if (told.selected_date_time) return new Date(told.selected_date_time * 1_000).toISOString()
  const text = told.selected_date ?? told.selected_option?.value ?? told.value ?? undefined
  if (text === undefined || text.trim() === '') return undefined
  return field.type === 'integer' || field.type === 'number' ? Number(text) : text
}
