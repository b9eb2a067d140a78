import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Catalog } from '../catalog/catalog.ts'
import { problemLines } from '../catalog/problems.ts'
import { fault } from '../errors.ts'
import { type AlertInput, keyOf, signals } from './alert.ts'

/**
 * Alerts from outside made ours: the one place that knows their formats and limits. Who speaks our own format is told of a
 * mistake and mends it; Alertmanager would drop what is refused, so all of it is kept: see `unknownComponent`.
 */

export const maxBatch = 1_000
const maxForeignBatch = 10_000
const summaryLimit = 500
const nameLimit = 128

/** What an alert of strangers is filed under when it matches no component of ours; its labels are in the summary then. */
const unknownComponent = 'unknown'

const name = z.string().min(1).max(nameLimit)
const time = z
  .union([z.iso.datetime({ offset: true }), z.int().min(0)])
  .transform((value) => (typeof value === 'string' ? Date.parse(value) : value))
const statusSchema = z.enum(['firing', 'resolved'])

export const ownAlertSchema = z.strictObject({
  component: name,
  member: name.nullish(),
  signal: z.enum(signals).default('external'),
  status: statusSchema.default('firing'),
  summary: z.string().max(10_000).default(''),
  source: name.default('api').describe('Who saw it'),
  key: name.optional().describe('The same fault has the same key; by default one per component, member and source'),
  at: time.optional().describe('When it was seen: ISO 8601 with offset, or ms since 1970; now when absent, and never later than now'),
})
const ownBatchSchema = z.array(ownAlertSchema).min(1).max(maxBatch)

/** Alertmanager's webhook, version 4: only what is read of it. */
export const alertmanagerSchema = z.object({
  alerts: z
    .array(
      z.object({
        status: statusSchema,
        labels: z.record(z.string(), z.string()).default({}),
        annotations: z.record(z.string(), z.string()).default({}),
        startsAt: time.optional(),
        endsAt: time.optional(),
        fingerprint: z.string().max(nameLimit).optional(),
      }),
    )
    .max(maxForeignBatch),
})

interface Where {
  catalog: Catalog
  /** Wall time, ms. */
  now: number
}

/**
 * Our own format, one alert or a batch of up to 1,000: all of it, or nothing. Errors: `bad-request` naming every wrong field,
 * also a component that is not ours, or a member that is not of that component.
 */
export function normaliseOwn(input: unknown, where: Where): AlertInput[] {
  const batch = Array.isArray(input)
  const alerts = batch ? parse(ownBatchSchema, input) : [parse(ownAlertSchema, input)]
  const strange = alerts.flatMap((alert, index) => strangeName(where.catalog, alert, batch ? `[${index}].` : ''))
  if (strange.length > 0) throw refused(strange)
  return alerts.map(({ component, member = null, signal, status, ...alert }) => {
    const source = plainText(alert.source, nameLimit) || 'api'
    return {
      key: plainText(alert.key ?? '', nameLimit) || keyOf(component, member, source),
      component,
      member,
      signal,
      status,
      source,
      summary: plainText(alert.summary, summaryLimit) || `${signal} from ${source}`,
      at: Math.min(alert.at ?? where.now, where.now),
    }
  })
}

function strangeName(catalog: Catalog, { component, member }: z.output<typeof ownAlertSchema>, at: string): string[] {
  if (!catalog.findComponent(component)) return [`${at}component: there is no component "${plainText(component, nameLimit)}"`]
  if (!member || catalog.findMember(member)?.component.id === component) return []
  return [`${at}member: "${plainText(member, nameLimit)}" is not a member of ${component}`]
}

/** What a webhook told: one alert for each of its own, in order. */
interface Foreign {
  alerts: AlertInput[]
  /** Names of those that are filed under `unknown`, each once. */
  unmatched: string[]
}

/**
 * Alertmanager's webhook, version 4. Labels `jidoka_component` or `component` name the component, `jidoka_member`, `member`,
 * `pod` or `instance` the member; where no label names a component, the member does, or `service` or `job`. `jidoka_signal`
 * is the signal. Errors: `bad-request`, for what is not that format.
 */
export function normaliseAlertmanager(input: unknown, { catalog, now }: Where): Foreign {
  const unmatched = new Set<string>()
  const alerts = parse(alertmanagerSchema, input).alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => {
    const { component, member, lost } = placeOf(catalog, labels)
    const name = plainText(labels.alertname ?? '', nameLimit) || 'an alert without a name'
    const words = [annotations.summary, annotations.description].map((text = '') => plainText(text, summaryLimit))
    if (component === null) unmatched.add(name)
    return {
      key: `alertmanager/${plainText(fingerprint ?? '', nameLimit) || labelsHash(labels)}`,
      component: component ?? unknownComponent,
      member,
      signal: signals.find((signal) => signal === labels.jidoka_signal) ?? 'external',
      status,
      source: 'alertmanager',
      summary: summaryOf(words.find(Boolean) ?? name, lost ? labels : {}),
      at: Math.min((status === 'firing' ? startsAt : endsAt) ?? now, now),
    }
  })
  return { alerts, unmatched: [...unmatched] }
}

function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw refused(problemLines(parsed.error, input, schema), parsed.error)
}

function refused(lines: string[], cause?: unknown) {
  const more = lines.length > 10 ? `; and ${lines.length - 10} more` : ''
  return fault('bad-request', { problems: lines.slice(0, 10).join('; ') + more, lines }, cause)
}

interface Place {
  component: string | null
  member: string | null
  /** A name in its labels is not ours: they are to be kept. */
  lost: boolean
}

/** A component that is named and is not ours is not guessed at; a member of another component is not believed. */
function placeOf(catalog: Catalog, labels: Record<string, string>): Place {
  const ours = (ids: (string | undefined)[]) => ids.find((id) => id && catalog.findComponent(id))
  const members = [labels.jidoka_member, labels.member, labels.pod, labels.instance].filter((id) => id !== undefined && id !== '')
  const found = [...members, labels.instance?.replace(/:\d+$/, '')]
    .map((id) => (id ? catalog.findMember(id) : undefined))
    .find((one) => one !== undefined)
  const told = [labels.jidoka_component, labels.component]
  const component = told.some(Boolean) ? ours(told) : (found?.component.id ?? ours([labels.service, labels.job]))
  const fits = found !== undefined && found.component.id === component
  return {
    component: component ?? null,
    member: fits ? found.member.id : null,
    lost: component === undefined || (!fits && members.length > 0),
  }
}

/** One line for people, with the labels that nothing here stands for. */
function summaryOf(said: string, labels: Record<string, string>): string {
  const kept = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
  if (kept.length === 0) return plainText(said, summaryLimit)
  return plainText(`${plainText(said, summaryLimit / 2)} [${kept.join(', ')}]`, summaryLimit)
}

/** Text of strangers ends up in terminals, chats and pages: no control characters, nothing that turns the reading direction. */
export function plainText(text: string, limit: number): string {
  const plain = text
    .slice(0, limit * 4)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .trim()
  const cut = plain.length > limit ? `${plain.slice(0, limit - 1)}…` : plain
  // A cut may have halved a character of two units.
  return cut.replace(/\p{Surrogate}/gu, '')
}

const labelsHash = (labels: Record<string, string>) =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 16)
