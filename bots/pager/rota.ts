import type { Catalog } from '../../core/catalog/catalog.ts'
import type { PersonConfig, PolicyConfig, ScheduleConfig } from '../../core/catalog/schema-people.ts'
import { fault } from '../../core/errors.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Json } from '../../core/runs/run.ts'
import type { By } from './page.ts'
import { type Duty, dutyAt, nextHandOff, type Override, type Span, spans, wholeSpans } from './schedule.ts'

/** An override that somebody made. */
export interface OverrideData {
  id: string
  schedule: string
  person: string
  /** Epoch ms. */
  from: number
  until: number
  reason: string
  by: By
  at: number
  removed: { by: By; reason: string; at: number } | null
}

export interface OverrideOrder {
  schedule: string
  person: string
  from: number
  until: number
  reason: string
  by: By
}

const pageSize = 1_000
const liveMax = 200

export type Rota = ReturnType<typeof openRota>

/** The people of the configuration, who of them is on call, and the overrides that people make. */
export function openRota({ catalog, journal }: { catalog: Catalog; journal: Pick<Journal, 'records'> }) {
  const { config } = catalog
  const records = journal.records<OverrideData>('override')
  const people = new Map(config.people.map((person) => [person.id, person]))
  const schedules = new Map(config.schedules.map((schedule) => [schedule.id, schedule]))
  const policies = new Map(config.policies.map((policy) => [policy.id, policy]))
  const listeners = new Set<() => void>()
  let made = new Map<string, OverrideData[]>()

  function need<T>(what: string, found: T | undefined, id: string, list: string): T {
    if (found === undefined) throw fault('not-found', { what, id, list })
    return found
  }
  const schedule = (id: string): ScheduleConfig => need('schedule', schedules.get(id), id, 'GET /v1/schedules')
  const person = (id: string): PersonConfig => need('person', people.get(id), id, 'people in the configuration')
  /** Oldest first: the later one stands before the earlier. */
  const extra = (id: string): Override[] => made.get(id) ?? []

  async function refresh(): Promise<void> {
    const found = new Map<string, OverrideData[]>()
    for (let after: string | undefined, more = true; more; ) {
      const page = await records.list({ open: true }, { limit: pageSize, after })
      for (const { data } of page) found.set(data.schedule, [data, ...(found.get(data.schedule) ?? [])])
      after = page.at(-1)?.id
      more = page.length === pageSize
    }
    const changed = JSON.stringify([...found]) !== JSON.stringify([...made])
    made = found
    if (changed) for (const listener of listeners) listener()
  }

  async function add(order: OverrideOrder): Promise<OverrideData> {
    schedule(order.schedule)
    person(order.person)
    if (order.until <= order.from) throw fault('bad-request', { problems: 'until: it must be after `from`' })
    const added = await records.change({ open: { topic: order.schedule } }, ({ now, mint, open }) => {
      if (open.filter(({ data }) => data.until > now).length >= liveMax)
        throw fault('refused', { reason: `there are ${liveMax} overrides of ${order.schedule} to come`, hint: 'Remove some first.' })
      const data: OverrideData = { ...order, id: mint('ovr'), at: now, removed: null }
      return { put: [draft(data, 0)], tell: [told('schedule.override-added', data, order.by, order.reason)], answer: data }
    })
    await refresh()
    return added
  }

  /** Throws `not-found`. */
  async function remove(scheduleId: string, id: string, by: By, reason: string): Promise<OverrideData> {
    schedule(scheduleId)
    const removed = await records.change({ ids: [id] }, ({ now, records: found }) => {
      const stored = found.get(id)
      if (!stored?.open || stored.data.schedule !== scheduleId)
        throw fault('not-found', { what: 'override', id, list: `GET /v1/schedules/${scheduleId}/overrides` })
      const data: OverrideData = { ...stored.data, removed: { by, reason, at: now } }
      return { put: [draft(data, stored.rev)], tell: [told('schedule.override-removed', data, by, reason)], answer: data }
    })
    await refresh()
    return removed
  }

  function idsOf(ref: string, at: number, whole: boolean): string[] {
    const [kind, id = ''] = ref.split(':')
    if (kind === 'person') return people.has(id) ? [id] : []
    if (kind === 'team') return config.people.filter(({ teams }) => teams.includes(id)).map((one) => one.id)
    const found = schedules.get(id)
    if (!found) return []
    const duty = dutyAt(found, at, extra(id))
    return whole ? found.layers.flatMap((layer) => layer.people) : duty ? [duty.person] : []
  }
  const expand = (refs: readonly string[], at: number, whole: boolean) => [
    ...new Set(refs.flatMap((ref) => idsOf(ref, at, whole)).filter((id) => people.has(id))),
  ]

  return {
    schedules: config.schedules as readonly ScheduleConfig[],
    policies: config.policies as readonly PolicyConfig[],
    schedule,
    person,
    findPerson: (id: string): PersonConfig | undefined => people.get(id),
    /** Reads the overrides anew: another controller, or an earlier life of ours, may have made some. */
    refresh,
    add,
    remove,
    /** Those that were not removed, the latest made first. */
    overrides: (id: string): OverrideData[] => (made.get(schedule(id).id) ?? []).toReversed(),
    onCall: (id: string, at: number): Duty | null => dutyAt(schedule(id), at, extra(id)),
    next: (id: string, at: number) => nextHandOff(schedule(id), at, extra(id)),
    spans: (id: string, from: number, until: number): Span[] => spans(schedule(id), from, until, extra(id)),
    wholeSpans: (id: string, from: number, until: number): Span[] => wholeSpans(schedule(id), from, until, extra(id)),
    onDuty: (refs: readonly string[], at: number): string[] => expand(refs, at, false),
    everybody: (refs: readonly string[], at: number): string[] => expand(refs, at, true),
    policy: (id: string): PolicyConfig | null => policies.get(id) ?? null,
    /** The policy that a page names, else that of the owner of its component, else that of the Andon, else none. */
    policyOf(payload: { [key: string]: Json }): PolicyConfig | null {
      const component = catalog.findComponent(String(payload.component))
      const owner = component?.owner ?? payload.owner
      const team = config.teams.find(({ id }) => id === owner)
      for (const id of [payload.policy, team?.policy, config.andon.policy]) {
        const found = typeof id === 'string' ? policies.get(id) : undefined
        if (found) return found
      }
      return null
    },
    /** Called when the overrides are others than before; the answer stops it. */
    onChange(fn: () => void): () => void {
      listeners.add(fn)
      return () => void listeners.delete(fn)
    },
  }
}

const draft = (data: OverrideData, rev: number) => ({
  id: data.id,
  status: data.removed ? 'removed' : 'made',
  open: data.removed === null,
  component: null,
  topic: data.schedule,
  parent: null,
  key: null,
  nextAt: null,
  rev,
  data,
})

const told = (kind: string, { id, schedule, person, from, until }: OverrideData, by: By, reason: string) => ({
  kind,
  component: null,
  incident: null,
  run: null,
  data: { schedule, override: id, person, from, until, reason, by: { ...by } },
})
