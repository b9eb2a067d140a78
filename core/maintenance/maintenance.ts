import type { Config } from '../catalog/schema.ts'
import { fault } from '../errors.ts'
import type { Entry } from '../journal/context.ts'
import type { Journal } from '../journal/journal.ts'
import type { Draft, Stored } from '../records/record.ts'

/**
 * A time in which people work on something: the automatic leaves it alone, and what fires there calls nobody. Opened by a person,
 * or written in the configuration.
 *
 *   ahead --from--> in force --until--> over
 *   ahead, in force --a person ends it--> over
 */
export interface MaintenanceWindow {
  /** Null: of the configuration, where it has no name. */
  id: string | null
  /** Null: everything. */
  component: string | null
  /** Epoch ms. */
  from: number
  until: number
  reason: string
  by: string
}

export type KeptWindow = MaintenanceWindow & { id: string; endedBy: string | null }

export const maintenanceKind = 'maintenance'
/** So many are ahead or in force at once; a decision looks at all of them. */
export const openWindowsMax = 200
/** Whoever opens one for longer has forgotten it. */
export const windowMaxMs = 31 * 86_400_000

export const inForce = ({ from, until }: Pick<MaintenanceWindow, 'from' | 'until'>, now: number) => from <= now && now < until

/** The one in force on a component that lasts longest; null: none. */
export function windowOf(windows: Iterable<MaintenanceWindow>, component: string, now: number): MaintenanceWindow | null {
  const found = [...windows].filter((one) => (one.component === null || one.component === component) && inForce(one, now))
  return found.toSorted((a, b) => b.until - a.until)[0] ?? null
}

export const configured = (config: Pick<Config, 'maintenance'>): MaintenanceWindow[] =>
  config.maintenance.map(({ component, from, until, reason }) => ({
    id: null,
    component: component ?? null,
    from: Date.parse(from),
    until: Date.parse(until),
    reason,
    by: 'the configuration',
  }))

interface Asked {
  component: string | null
  /** Absent: now. */
  from?: number
  until: number
  reason: string
}

/** Errors: `bad-request` for a window that is over, runs backwards, or is too long; `conflict` when there are too many. */
export function openWindow(journal: Pick<Journal, 'records'>, asked: Asked, by: string): Promise<KeptWindow> {
  return journal.records<KeptWindow>(maintenanceKind).change({ open: true }, ({ now, mint, open }) => {
    const { component, from = now, until, reason } = asked
    if (until <= from || until <= now) throw fault('bad-request', { problems: 'until: it must come after from, and after now' })
    if (until - from > windowMaxMs) throw fault('bad-request', { problems: 'until: a window lasts at most 31 days' })
    if (open.length >= openWindowsMax) throw fault('conflict', { problem: `${openWindowsMax} windows of maintenance are open already` })
    const window: KeptWindow = { id: mint('mnt'), component, from, until, reason, by, endedBy: null }
    return { put: [draftOf(window)], tell: [entryOf('maintenance.opened', window, { by, reason, from, until })], answer: window }
  })
}

/** Null: there is no such one. Ending it twice changes nothing. */
export function endWindow(journal: Pick<Journal, 'records'>, id: string, by: string): Promise<KeptWindow | null> {
  return journal.records<KeptWindow>(maintenanceKind).change({ ids: [id] }, ({ records, now }) => {
    const found = records.get(id)
    if (!found?.open) return { answer: found?.data ?? null }
    return over(found, { ...found.data, until: Math.min(found.data.until, now), endedBy: by }, by)
  })
}

/** Puts away what is over by itself, telling each once. Answers their components; null: everything. */
export async function endOverdue(journal: Pick<Journal, 'records'>): Promise<(string | null)[]> {
  const records = journal.records<KeptWindow>(maintenanceKind)
  const ended: (string | null)[] = []
  for (const id of await records.due(openWindowsMax))
    await records.change({ ids: [id] }, ({ records, now }) => {
      const found = records.get(id)
      if (!found?.open || found.data.until > now) return { answer: null }
      ended.push(found.data.component)
      return over(found, { ...found.data, endedBy: 'jidoka' }, 'jidoka')
    })
  return ended
}

function over(found: Stored<KeptWindow>, data: KeptWindow, by: string) {
  const { kind: _, createdAt: __, ...draft } = found
  return {
    put: [{ ...draft, status: 'over', open: false, nextAt: null, data }],
    tell: [entryOf('maintenance.ended', data, { by, reason: data.reason })],
    answer: data,
  }
}

const draftOf = (window: KeptWindow): Draft<KeptWindow> => ({
  id: window.id,
  status: 'open',
  open: true,
  component: window.component,
  topic: null,
  parent: null,
  key: null,
  nextAt: window.until,
  rev: 0,
  data: window,
})

const entryOf = (kind: string, { id, component }: KeptWindow, data: Entry['data']): Entry => ({
  kind,
  component,
  incident: null,
  run: null,
  data: { window: id, ...data },
})
