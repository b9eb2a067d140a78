import { z } from 'zod'
import { idSchema, iso, isoOrNull, jsonObjectSchema, timeSchema } from '../../core/api/wire.ts'
import { failures } from '../../core/incidents/incident.ts'
import type { JournalEvent } from '../../core/journal/journal.ts'
import type { Andon } from './andon.ts'

/** An andon as the API tells it: the whole document, its state in plain fields, and ISO 8601 where the record holds epoch ms. */

const person = z.object({ id: z.string(), name: z.string() }).openapi('AndonPerson')
const held = z.object({ person, at: timeSchema }).openapi('AndonHeld')
const via = z.enum(['slack', 'api', 'cli', 'engine', 'pager', 'drill'])
const localeSchema = z.enum(['en', 'ja'])
const time = timeSchema.nullable()

const reportSchema = z.object({ person, text: z.string(), via, at: timeSchema }).openapi('AndonReport')

const laneSchema = z
  .object({
    id: z.string(),
    kind: z.string().openapi({ example: 'logs' }),
    title: z.string(),
    status: z.enum(['open', 'taken', 'done']),
    owner: person.nullable(),
    openedAt: timeSchema,
    dueAt: time.openapi({ description: 'End of its time-box; null until somebody took it' }),
    reports: z.array(z.object({ person, text: z.string(), at: timeSchema })),
    outcome: z.string().nullable(),
    endedAt: time,
    room: z
      .object({ name: z.string().nullable(), url: z.string().nullable() })
      .nullable()
      .openapi({ description: 'A room of its own; without a name it is being made' }),
  })
  .openapi('AndonLane')

const inquirySchema = z
  .object({
    id: z.string(),
    carrier: z.string(),
    name: z.string(),
    status: z.enum(['sent', 'answered', 'closed']),
    text: z.string(),
    ticket: z.string().nullable(),
    by: person,
    sentAt: timeSchema,
    chaseAt: time.openapi({ description: 'They are asked again then' }),
    chased: z.int(),
    answers: z.array(z.object({ text: z.string(), by: person, at: timeSchema })),
  })
  .openapi('AndonInquiry')

const updateSchema = z
  .object({ id: z.string(), at: timeSchema, by: person, text: z.string(), audience: z.enum(['room', 'everyone', 'customers']) })
  .openapi('AndonUpdate')

const kaizenSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    owner: person.nullable(),
    dueAt: time,
    kind: z.enum(['task', 'runbook']),
    status: z.enum(['open', 'done', 'dropped']),
    result: z.string().nullable(),
    openedAt: timeSchema,
    endedAt: time,
    chased: z.int(),
  })
  .openapi('KaizenItem')

const snapshotSchema = z
  .object({
    at: timeSchema,
    members: z.array(z.object({ id: z.string(), component: z.string(), status: z.string(), role: z.string(), summary: z.string() })),
    components: z.array(z.object({ id: z.string(), status: z.string(), well: z.int(), of: z.int() })),
    incidents: z.array(z.object({ id: z.string(), component: z.string(), failure: z.string(), status: z.string(), since: timeSchema })),
    runs: z.array(z.object({ id: z.string(), runbook: z.string(), component: z.string(), status: z.string(), at: timeSchema })),
    digest: z.string(),
  })
  .openapi('AndonSnapshot')

const suspectSchema = z
  .object({
    change: z.string(),
    title: z.string(),
    component: z.string().nullable(),
    at: timeSchema,
    by: z.string(),
    url: z.string().nullable(),
    weight: z.number(),
    why: z.string(),
  })
  .openapi('AndonSuspect')

const rangeSchema = z
  .object({
    meter: z.string(),
    title: z.string(),
    at: timeSchema,
    count: z.number().nullable(),
    of: z.number().nullable(),
    segments: z.array(z.object({ name: z.string(), count: z.number(), owner: z.string().nullable() })),
    confidence: z.enum(['high', 'medium', 'low']),
    asOf: time,
    problem: z.string().nullable(),
  })
  .openapi('AndonRange')

const componentSchema = z.object({ id: z.string(), by: z.enum(['words', 'alerts', 'person', 'incident']) }).openapi('AndonComponent')

export const andonSchema = z
  .object({
    id: z.string(),
    status: z.enum(['yellow', 'red', 'resolved']),
    red: z.object({ since: timeSchema, reason: z.string() }).nullable().openapi({ description: 'While it is red: since when, and why' }),
    resolved: z.object({ at: timeSchema, by: person, how: z.string(), cause: z.string().nullable(), falseAlarm: z.boolean() }).nullable(),
    mergedInto: z.string().nullable().openapi({ description: 'Everything goes on there, also what is sent here' }),
    text: z.string().openapi({ description: 'What the first who pulled said' }),
    component: componentSchema.nullable().openapi({ description: 'And how it is known' }),
    failure: z
      .string()
      .nullable()
      .openapi({ description: `As the automatic has it: ${failures.join(', ')}` }),
    incident: z.string().nullable(),
    drill: z.object({ scenario: z.string() }).nullable(),
    private: z.boolean(),
    severity: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).nullable(),
    locale: localeSchema,
    pulledAt: timeSchema,
    pulledBy: person,
    via,
    reporters: z.array(reportSchema).openapi({ description: 'Everybody who pulled or joined, with what they saw' }),
    roles: z.object({ lead: held.nullable(), scribe: held.nullable(), comms: held.nullable() }),
    call: z
      .object({ page: z.string(), since: timeSchema, until: timeSchema })
      .nullable()
      .openapi({ description: 'A leader is called; nobody until then: it turns red' }),
    lanes: z.array(laneSchema),
    inquiries: z.array(inquirySchema),
    updates: z.array(updateSchema),
    updateDueAt: time,
    snapshot: snapshotSchema.nullable(),
    suspects: z.array(suspectSchema),
    ranges: z.array(rangeSchema),
    told: z.array(z.object({ segment: z.string(), by: person, at: timeSchema })),
    runs: z.array(z.string()),
    room: z.object({ name: z.string(), url: z.string().nullable(), kind: z.enum(['room', 'thread']) }).nullable(),
    kaizen: z.array(kaizenSchema),
    thanks: z.array(z.object({ by: person, to: z.string(), at: timeSchema })),
    mergedFrom: z.array(z.string()),
    splitFrom: z.string().nullable(),
    recurrence: z.object({ count: z.int(), last: z.string().nullable(), lastAt: timeSchema.nullable(), kaizenOpen: z.int() }),
    retention: z.object({ archiveAt: timeSchema, veto: person.nullable(), archivedAt: time }).nullable(),
    marks: z
      .object({ human: time, lead: time, red: time, room: time, resolved: time })
      .openapi({ description: 'When it came so far the first time' }),
  })
  .openapi('Andon')

export const entrySchema = z
  .object({
    seq: z.int(),
    at: timeSchema,
    kind: z.string().openapi({ example: 'andon.lane-report' }),
    text: z.object({ en: z.string(), ja: z.string() }).openapi({ description: 'In a sentence, ready to be shown' }),
    incident: z.string().nullable(),
    run: z.string().nullable(),
    data: jsonObjectSchema,
  })
  .openapi('AndonEntry')

/** More of a timeline is in its own pages. */
export const timelineMax = 1_000

export const detailSchema = andonSchema
  .extend({ timeline: z.array(entrySchema).openapi({ description: `Oldest first, at most ${timelineMax}; the rest in /timeline` }) })
  .openapi('AndonDetail')

export const pullSchema = z
  .strictObject({
    text: z.string().openapi({ description: 'What is wrong, in your words', example: 'Sessions drop in Tokyo' }),
    component: idSchema.optional().openapi({ description: 'Guessed from the words and from what fires when absent' }),
    drill: z
      .union([z.boolean(), z.string().min(1).max(64)])
      .optional()
      .openapi({ description: 'Practice; or the name of a scenario' }),
    private: z.boolean().optional(),
  })
  .openapi('Pull')

export const pulledSchema = andonSchema
  .extend({ joined: z.boolean().openapi({ description: 'One was open for the same; this pull is evidence there' }) })
  .openapi('PulledAndon')

export const orderedSchema = andonSchema
  .extend({
    answer: z.string().openapi({ description: 'What came of it, in a sentence; also on the timeline' }),
    acted: z.boolean().openapi({ description: 'false: it was refused, or it is a drill, which only says what it would do' }),
  })
  .openapi('OrderedAndon')

const spread = z.object({ count: z.int(), medianMs: z.int().nullable(), p90Ms: z.int().nullable() }).openapi('AndonSpread')
const spans = z
  .object({ human: spread, lead: spread, red: spread, room: spread, resolve: spread })
  .openapi('AndonSpans', { description: 'From the pull to the first other human, the leader, red, the room, the end' })

export const measuresSchema = z
  .object({
    andons: z.int(),
    open: z.int(),
    spans,
    practice: z.int().openapi({ description: 'Nothing was wrong: never held against anybody' }),
    people: z.array(z.object({ person, pulls: z.int() })),
    surfaces: z.array(z.object({ via, pulls: z.int() })),
    thanks: z.int(),
    recurring: z.array(z.object({ topic: z.string(), count: z.int(), last: z.string() })),
    drills: z.object({ andons: z.int(), spans }),
  })
  .openapi('AndonMeasures')

export type AndonView = z.infer<typeof andonSchema>
export type MeasuresView = z.infer<typeof measuresSchema>
export type EntryView = z.infer<typeof entrySchema>

/** Fields that hold epoch ms, wherever they stand; `marks` holds nothing else. */
const times = new Set(
  'at since until pulledAt updateDueAt openedAt dueAt endedAt sentAt chaseAt archiveAt archivedAt asOf lastAt'.split(' '),
)

export function andonView({ state, marks, reminded: _, ...rest }: Andon): AndonView {
  const resolved = state.status === 'resolved' ? state : null
  const view = {
    ...rest,
    // Written before lanes could have rooms: they have none.
    lanes: rest.lanes.map((lane) => ({ ...lane, room: lane.room ?? null })),
    status: state.status,
    red: state.status === 'red' ? { since: state.since, reason: state.reason } : null,
    resolved: resolved && { at: resolved.at, by: resolved.by, how: resolved.how, cause: resolved.cause, falseAlarm: resolved.falseAlarm },
    mergedInto: resolved?.mergedInto ?? null,
  }
  return { ...(withTimes(view) as AndonView), marks: marksView(marks) }
}

const marksView = ({ human, lead, red, room, resolved }: Andon['marks']): AndonView['marks'] => ({
  human: isoOrNull(human),
  lead: isoOrNull(lead),
  red: isoOrNull(red),
  room: isoOrNull(room),
  resolved: isoOrNull(resolved),
})

function withTimes(value: unknown, key = ''): unknown {
  if (typeof value === 'number') return times.has(key) ? iso(value) : value
  if (Array.isArray(value)) return value.map((one) => withTimes(one))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withTimes(inner, name)]))
}

/** `sentence` tells an entry in a language. */
export const entryView = (event: JournalEvent, sentence: (event: JournalEvent, locale: 'en' | 'ja') => string): EntryView => ({
  seq: event.seq,
  at: iso(event.at),
  kind: event.kind,
  text: { en: sentence(event, 'en'), ja: sentence(event, 'ja') },
  incident: event.incident,
  run: event.run,
  data: event.data,
})
