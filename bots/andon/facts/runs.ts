import { causeChain, JidokaError } from '../../../core/errors.ts'
import type { AndonId, IncidentId } from '../../../core/ids.ts'
import { follow } from '../../../core/journal/follow.ts'
import type { JournalEvent } from '../../../core/journal/journal.ts'
import type { Json, Run } from '../../../core/runs/run.ts'
import { type Andon, ended } from '../andon.ts'
import { type AndonDesk, type AndonPorts, house } from '../ports.ts'
import { endOf, endsByItself, pullOf } from './escalation.ts'

export interface RunsPorts extends Pick<AndonPorts, 'catalog' | 'journal' | 'clock' | 'log'> {
  desk: Pick<AndonDesk, 'command' | 'get' | 'list' | 'pull' | 'timeline'>
}

const openMax = 200
/** Of an incident; a ladder is shorter. */
const runsMax = 50
const timelineMax = 1_000

const beginnings = new Set(['andon.pulled', 'andon.component', 'andon.took-over'])

/**
 * Remediation speaks in the room: runs on what an andon is about report there, an incident that escalates pulls the Andon by itself, and
 * one that ends says so. Durable: what happened while nobody followed is told afterwards, each once.
 */
export function followRuns({ catalog, journal, clock, log, desk }: RunsPorts) {
  async function handle(event: JournalEvent): Promise<void> {
    try {
      await act(event)
    } catch (error) {
      // Only what may succeed later holds up what comes after.
      if (error instanceof JidokaError && error.retryable) throw error
      const expected = error instanceof JidokaError && ['refused', 'not-found'].includes(error.code)
      if (!expected)
        log.error({ seq: event.seq, kind: event.kind, err: causeChain(error) }, 'an andon could not be told of a run or incident')
    }
  }

  async function act(event: JournalEvent): Promise<void> {
    const { kind, run, incident, andon } = event
    if (run !== null && (kind === 'run.started' || kind === 'run.finished')) return tellRun(event, run)
    if (incident !== null && kind === 'incident.escalated') return escalate(incident)
    if (incident !== null && kind === 'incident.recovered') return end(event, incident, 'recovered')
    if (incident !== null && kind === 'incident.resolved') return end(event, incident, 'resolved')
    if (andon !== null && beginnings.has(kind)) return bring(andon)
  }

  /** Open ones that are about it. What is real never speaks in a drill. */
  async function about(component: string | null, incident: string | null): Promise<Andon[]> {
    const open = await desk.list({ open: true }, { limit: openMax })
    return open.filter(
      (andon) =>
        andon.drill === null &&
        ((incident !== null && andon.incident === incident) || (component !== null && andon.component?.id === component)),
    )
  }

  async function tellRun({ kind, component, incident, data }: JournalEvent, id: string): Promise<void> {
    const andons = await about(component, incident)
    const run = andons.length > 0 ? await journal.run(id) : null
    if (!run || run.runbook === 'page') return
    for (const andon of andons)
      if (kind === 'run.started') await tellStart(andon, run)
      else await tellEnd(andon, run, data)
  }

  async function tellStart(andon: Andon, { id, runbook, reason, endedAt }: Run): Promise<void> {
    if (andon.runs.includes(id)) return
    // Of one that has ended meanwhile, the reason tells how.
    const input = { run: id, what: 'started', runbook, status: 'running', reason: endedAt === null ? reason : '' }
    await command(andon.id, 'run', input)
  }

  async function tellEnd(andon: Andon, { id, runbook }: Run, { status, reason }: Record<string, Json>): Promise<void> {
    const before = andon.runs.includes(id) && (await wasTold(andon, 'andon.run', (data) => data.run === id && data.what === 'ended'))
    if (before) return
    await command(andon.id, 'run', { run: id, what: 'ended', runbook, status: String(status), reason: String(reason) })
  }

  /** What was tried before the andon was there, and what is under way now. */
  async function bring(id: AndonId): Promise<void> {
    const andon = await desk.get(id)
    if (!andon || ended(andon) || andon.drill !== null) return
    const [tried, live] = await Promise.all([
      andon.incident === null ? [] : journal.runs({ incident: andon.incident }, { limit: runsMax }),
      andon.component === null ? [] : journal.runs({ component: andon.component.id, live: true }, { limit: 1 }),
    ])
    const runs = new Map([...live, ...tried].map((run) => [run.id, run]))
    for (const run of [...runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      if (run.runbook === 'page' || run.status === 'queued') continue
      if (run.endedAt === null) await tellStart(andon, run)
      else await tellEnd(andon, run, { status: run.status, reason: run.reason })
    }
  }

  async function escalate(id: IncidentId): Promise<void> {
    const incident = await journal.incident(id)
    if (!incident) return
    const runs = await journal.runs({ incident: id }, { limit: runsMax })
    const pull = pullOf(incident, runs, catalog.findComponent(incident.component) !== undefined)
    if (!pull || (await joinedBefore(id))) return
    const { andon } = await desk.pull(pull, house)
    await bring(andon.id)
  }

  /** A pull that joined another andon is not found by its key. */
  async function joinedBefore(incident: IncidentId): Promise<boolean> {
    for (const andon of await about(null, incident))
      if (await wasTold(andon, 'andon.joined', (data) => (data.by as { id?: Json }).id === house.id)) return true
    return false
  }

  async function end({ component, data, seq }: JournalEvent, id: IncidentId, status: 'recovered' | 'resolved'): Promise<void> {
    const andons = (await about(null, id)).filter((andon) => andon.incident === id)
    if (andons.length === 0) return
    const runs = await journal.runs({ incident: id }, { limit: runsMax })
    for (const andon of andons) {
      const { note, how } = endOf(andon, status, component ?? id, String(data.reason ?? ''), runs)
      const ref = `incident/${id}/${seq}`
      // The page of the incident ends with it; nobody is to be called anew for what is over.
      if (andon.pulledBy.id === house.id && andon.call !== null) await command(andon.id, 'call-off', {})
      if (!(await wasTold(andon, 'andon.note', (told) => told.ref === ref))) await command(andon.id, 'note', { text: note, ref })
      if (endsByItself(andon, runs, typeof data.person === 'string')) await command(andon.id, 'resolve', { how })
    }
  }

  /** Each event comes at least once; what stands on the timeline is not told again. */
  async function wasTold(andon: Andon, kind: string, fits: (data: Record<string, Json>) => boolean): Promise<boolean> {
    for (let after = 0; ; ) {
      const events = await desk.timeline(andon, after, timelineMax)
      if (events.some((event) => event.kind === kind && event.andon === andon.id && fits(event.data))) return true
      if (events.length < timelineMax) return false
      after = events.at(-1)?.seq ?? after
    }
  }

  async function command(id: AndonId, name: string, input: unknown): Promise<void> {
    try {
      await desk.command(id, name, input, house)
    } catch (error) {
      // It ended meanwhile; the next andon is to hear of it all the same.
      if (!(error instanceof JidokaError) || error.code !== 'refused') throw error
    }
  }

  const follower = follow({ journal, clock, log, subscriber: 'andon-runs', handle })
  return { stop: () => follower.stop() }
}
