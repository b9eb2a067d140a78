import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Catalog } from '../catalog/catalog.ts'
import { problemLines } from '../catalog/problems.ts'
import { fault } from '../errors.ts'
import { type AlertInput, keyOf, signals } from './alert.ts'

/** Alerts from outside, in their own words, made ours. Nothing that is well formed is dropped: see `unknownComponent`. */

export const maxBatch = 1_000
const maxForeignBatch = 10_000
const summaryLimit = 500

/** What an alert is filed under when it names no component of ours; its own words are in the summary then. */
export const unknownComponent = 'unknown'

const name = z.string().min(1).max(128)
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
export const ownBatchSchema = z.array(ownAlertSchema).min(1).max(maxBatch)

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
        fingerprint: z.string().max(128).optional(),
      }),
    )
    .max(maxForeignBatch),
})

interface Where {
  catalog: Catalog
  /** Wall time, ms. */
  now: number
}

/** Our own format, one alert or a batch of up to 1,000. Errors: `bad-request` naming every wrong field. */
export function normaliseOwn(input: unknown, where: Where): AlertInput[] {
  const alerts = Array.isArray(input) ? parse(ownBatchSchema, input) : [parse(ownAlertSchema, input)]
  return alerts.map((alert) => {
    const place = placeOf(where.catalog, [alert.component], [alert.member])
    const source = plainText(alert.source, 128) || 'api'
    const said = plainText(alert.summary, summaryLimit) || `${alert.signal} from ${source}`
    return {
      key: plainText(alert.key ?? '', 128) || keyOf(place.named, place.member ?? alert.member ?? null, source),
      component: place.component,
      member: place.member,
      signal: alert.signal,
      status: alert.status,
      source,
      summary: summaryOf(said, place.lost ? { component: alert.component, ...(alert.member ? { member: alert.member } : {}) } : {}),
      at: Math.min(alert.at ?? where.now, where.now),
    }
  })
}

/**
 * Alertmanager's webhook, version 4. Labels `jidoka_component` or `component` name the component, `jidoka_member`, `member` or
 * `instance` the member, `jidoka_signal` the signal. Errors: `bad-request`.
 */
export function normaliseAlertmanager(input: unknown, where: Where): AlertInput[] {
  return parse(alertmanagerSchema, input).alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => {
    const { component, member, lost } = placeOf(
      where.catalog,
      [labels.jidoka_component, labels.component],
      [labels.jidoka_member, labels.member, labels.instance, labels.instance?.replace(/:\d+$/, '')],
    )
    const words = [annotations.summary, annotations.description, labels.alertname].map((text = '') => plainText(text, summaryLimit))
    const said = words.find(Boolean) ?? 'an alert without a name'
    const at = status === 'firing' ? startsAt : endsAt
    return {
      key: `alertmanager/${plainText(fingerprint ?? '', 128) || labelsHash(labels)}`,
      component,
      member,
      signal: signals.find((signal) => signal === labels.jidoka_signal) ?? 'external',
      status,
      source: 'alertmanager',
      summary: summaryOf(said, lost ? labels : {}),
      at: Math.min(at ?? where.now, where.now),
    }
  })
}

function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const lines = problemLines(parsed.error, input, schema)
  const more = lines.length > 10 ? `; and ${lines.length - 10} more` : ''
  throw fault('bad-request', { problems: lines.slice(0, 10).join('; ') + more, lines }, parsed.error)
}

interface Place {
  component: string
  member: string | null
  /** What it called the component, or `component` when that is one of ours: alerts of two unknown components stay two. */
  named: string
  /** Something that it named is not ours; its own words are to be kept. */
  lost: boolean
}

/** The first that exists of each. A member alone names its component; a member of another component is not believed. */
function placeOf(catalog: Catalog, components: (string | undefined)[], members: (string | null | undefined)[]): Place {
  const found = members.map((id) => (id ? catalog.findMember(id) : undefined)).find((one) => one !== undefined)
  const named = components.find((id) => id !== undefined)
  const component =
    components.find((id) => id !== undefined && catalog.findComponent(id)) ?? (named === undefined ? found?.component.id : undefined)
  const fits = found !== undefined && found.component.id === component
  return {
    component: component ?? unknownComponent,
    member: fits ? found.member.id : null,
    named: component ?? named ?? unknownComponent,
    lost: component === undefined || (!fits && members.some(Boolean)),
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
