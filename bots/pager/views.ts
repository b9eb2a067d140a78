import { z } from 'zod'
import type { By, PageData } from './page.ts'
import type { OverrideData, Rota } from './rota.ts'
import type { Duty, Span } from './schedule.ts'
import { textOf, titleOf } from './words.ts'

/** How pages, schedules and who is on call are told over HTTP: times in ISO 8601, people by id and name, never how they are reached. */
const time = z.iso.datetime()
const iso = (ms: number) => new Date(ms).toISOString()
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms))

export const personSchema = z.object({ id: z.string(), name: z.string() })
export const pageShape = {
  id: z.string(),
  dedupe: z.string(),
  status: z.enum(['firing', 'acknowledged', 'unanswered', 'closed']),
  component: z.string().nullable(),
  incident: z.string().nullable(),
  andon: z.string().nullable(),
  policy: z.string().nullable(),
  title: z.string(),
  openedAt: time,
  level: z.int().nullable().describe('Of the policy, from 0; null when everybody is called, or it has ended'),
  round: z.int().nullable(),
  nextAt: time.nullable().describe('When the next level is called'),
  reachedAt: time.nullable().describe('When a pager first took a call'),
  acknowledged: z.object({ by: personSchema, via: z.string(), at: time }).nullable(),
  endedAt: time.nullable(),
  why: z.string().nullable().describe('Why it ended'),
}
export const pageDetailShape = {
  text: z.string(),
  calls: z
    .array(
      z.object({
        n: z.int(),
        at: time,
        pager: z.string(),
        level: z.int().nullable(),
        round: z.int(),
        people: z.array(personSchema).describe('Nobody in particular when empty'),
        status: z.enum(['waiting', 'taken', 'failed', 'given-up', 'withdrawn']),
        takenAt: time.nullable(),
        problem: z.string().nullable(),
      }),
    )
    .describe('Oldest first, the newest 200'),
}
export const dutyShape = {
  schedule: z.string(),
  title: z.string(),
  zone: z.string(),
  onCall: personSchema.nullable(),
  by: z.string().nullable().describe('`layer N`, `override`, or the id of an override'),
  until: time.nullable().describe('When another one takes over; null: not within a year'),
  next: personSchema.nullable(),
}
export const spanShape = { from: time, until: time, person: personSchema.nullable(), by: z.string().nullable() }
export const overrideShape = {
  id: z.string(),
  schedule: z.string(),
  person: personSchema,
  from: time,
  until: time,
  reason: z.string(),
  by: personSchema,
  at: time,
}
export type PageView = z.infer<z.ZodObject<typeof pageShape>>
export type DutyView = z.infer<z.ZodObject<typeof dutyShape>>
export type OverrideView = z.infer<z.ZodObject<typeof overrideShape>>

const named = (rota: Rota, id: string): By => ({ id, name: rota.findPerson(id)?.name ?? id })

export function pageView(page: PageData): PageView {
  const { id, dedupe, state, component, incident, andon, policy, openedAt, reachedAt, acknowledged } = page
  const at = state.status === 'firing' ? state : { level: null, round: null }
  return {
    id,
    dedupe,
    status: state.status,
    component,
    incident,
    andon,
    policy,
    title: titleOf(page.payload),
    openedAt: iso(openedAt),
    level: at.level,
    round: at.round,
    nextAt: isoOrNull('nextAt' in state ? state.nextAt : null),
    reachedAt: isoOrNull(reachedAt),
    acknowledged: acknowledged && { by: { ...acknowledged.by }, via: acknowledged.via, at: iso(acknowledged.at) },
    endedAt: isoOrNull(state.status === 'closed' ? state.at : null),
    why: state.status === 'closed' ? state.why : null,
  }
}

export const detailView = (page: PageData, rota: Rota) => ({
  ...pageView(page),
  text: textOf(page.payload, page.incident),
  calls: callsView(page, rota),
})

/** A token speaks for the person whose id it has, or for whom it names; else for itself. */
export function byOf(rota: Rota, who: { name: string }, person?: string): By {
  const found = person === undefined ? rota.findPerson(who.name) : rota.person(person)
  return found ? { id: found.id, name: found.name } : { id: `token:${who.name}`, name: who.name }
}
export const viaOf = (agent: string | undefined) => (agent?.startsWith('jidoka-cli/') ? 'cli' : 'api')

const callsView = (page: PageData, rota: Rota) =>
  page.calls.map(({ n, at, pager, level, round, people, status, takenAt, problem }) => ({
    n,
    at: iso(at),
    pager,
    level,
    round,
    people: people.map((id) => named(rota, id)),
    status,
    takenAt: isoOrNull(takenAt),
    problem,
  }))

const byText = (duty: Duty | null) => {
  if (!duty) return null
  return 'layer' in duty.by ? `layer ${duty.by.layer}` : (duty.by.override ?? 'override')
}

export function dutyView(rota: Rota, id: string, at: number): DutyView {
  const { title, zone } = rota.schedule(id)
  const duty = rota.onCall(id, at)
  const next = rota.next(id, at)
  return {
    schedule: id,
    title,
    zone,
    onCall: duty && named(rota, duty.person),
    by: byText(duty),
    until: isoOrNull(next?.at ?? null),
    next: next?.person ? named(rota, next.person) : null,
  }
}

export const spanView = (rota: Rota, { from, until, duty }: Span) => ({
  from: iso(from),
  until: iso(until),
  person: duty && named(rota, duty.person),
  by: byText(duty),
})

export const overrideView = (rota: Rota, { id, schedule, person, from, until, reason, by, at }: OverrideData): OverrideView => ({
  id,
  schedule,
  person: named(rota, person),
  from: iso(from),
  until: iso(until),
  reason,
  by: { ...by },
  at: iso(at),
})
