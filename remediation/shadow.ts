import type { Config } from '../core/catalog/schema.ts'
import type { Incident } from '../core/incidents/incident.ts'
import type { Journal, JournalEvent } from '../core/journal/journal.ts'
import type { Run } from '../core/runs/run.ts'
import { type ShadowData, type ShadowScore, shadowKind } from '../core/runs/shadow.ts'

/** What a record of shadow mode is compared with. */
interface Facts {
  /** When it would have acted. */
  at: number
  runbook: string
  incident: Pick<Incident, 'endedAt'> | null
  /** Of the component, any order. */
  runs: readonly Run[]
  /** Of the incident. */
  events: readonly Pick<JournalEvent, 'kind' | 'data'>[]
}

/** How what would have been done compares with what was. Pure. */
export function scoreOf({ at, runbook, incident, runs, events }: Facts): { score: ShadowScore; why: string } {
  const end = incident?.endedAt ?? Number.POSITIVE_INFINITY
  const during = runs.filter((run) => run.createdAt >= at && run.createdAt <= end && run.runbook !== 'page' && run.mode !== 'practice')
  const same = during.find((run) => run.runbook === runbook && run.by !== 'engine')
  if (same) return { score: 'agreed', why: `${same.by} ran it too (${same.id})` }
  const other = during.find((run) => run.runbook !== runbook && run.status === 'done')
  if (other)
    return { score: 'differed', why: `${other.runbook} mended it (${other.by === 'engine' ? 'automatic' : other.by}, ${other.id})` }
  const byHand = events.find(({ kind, data }) => kind === 'incident.resolved' && typeof data.person === 'string')
  const taken = events.some(({ kind }) => kind === 'page.acknowledged')
  if (byHand || taken || !incident) return { score: 'unscored', why: 'a person was at it; what they did is not known here' }
  return { score: 'needless', why: 'it ended by itself' }
}

const openMax = 200
const runsMax = 100
const eventsMax = 1_000

/** Gives their score to all whose incident has ended. Again for the same record changes nothing. */
export async function scoreShadows(journal: Pick<Journal, 'records' | 'incident' | 'runs' | 'events'>): Promise<void> {
  const records = journal.records<ShadowData>(shadowKind)
  for (const { id, component, parent, createdAt, data } of await records.list({ open: true }, { limit: openMax })) {
    const incident = parent === null ? null : await journal.incident(parent)
    if (incident?.endedAt === null) continue
    const runs = component === null ? [] : await journal.runs({ component }, { limit: runsMax })
    const events = parent === null ? [] : await journal.events(0, eventsMax, { incident: parent })
    const { score, why } = scoreOf({ at: createdAt, runbook: data.runbook, incident, runs, events })
    await records.change({ ids: [id] }, ({ records: found }) => {
      const stored = found.get(id)
      if (!stored?.open) return { answer: null }
      const { kind: _kind, createdAt: _at, ...draft } = stored
      const tell = { kind: 'shadow.scored', component, incident: parent, run: null, data: { runbook: data.runbook, score, why } }
      return { put: [{ ...draft, status: score, open: false, data: { ...data, score, why } }], tell: [tell], answer: null }
    })
  }
}

/** Whether anything can come to be scored. */
export const watchesOnly = ({ guards, components }: Config): boolean =>
  [guards, ...components.map((component) => component.guards)].some(({ modes }) => Object.values(modes).includes('shadow'))
