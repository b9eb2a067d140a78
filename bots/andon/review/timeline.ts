import type { JournalEvent } from '../../../core/journal/journal.ts'
import type { AndonEntries } from '../entries.ts'
import { type Tellable, tellable, tellEntry } from '../words.ts'
import type { Context } from './context.ts'
import { fileLink, md, table } from './markdown.ts'

/** What was written down so much later than it happened is marked. */
const lateMs = 60_000

type Phase = 'yellow' | 'red' | 'resolved'
interface Row {
  at: number
  phase: Phase
  text: string
}

/** Thanks have a place of their own; what a runbook did step by step, too. */
const elsewhere = new Set([
  'andon.thanks',
  'andon.note-changed',
  'run.queued',
  'run.resumed',
  'page.sent',
  'step.done',
  'step.failed',
  'step.unknown',
])

export function timelineOf(context: Context): string[] {
  const { review, form, andon } = context
  const words = review.timeline
  const rows = rowsOf(context)
  const today = form.date(andon.pulledAt)
  const cells = ({ at, text }: Row) => [
    form.date(at) === today ? form.exact(at) : `${form.date(at)} ${form.exact(at)}`,
    sincePull(at - andon.pulledAt),
    text,
  ]
  const groups = grouped(rows).map(({ phase, rows }) => ['', `### ${words.phases[phase]}`, '', ...table(words.heads, rows.map(cells))])
  const steps = context.timeline.filter(({ kind }) => kind === 'step.done' || kind === 'step.failed' || kind === 'step.unknown').length
  return [...groups.flat().slice(1), ...(steps > 0 ? ['', words.automation(steps)] : [])]
}

/** `+04:10`, `+1:04:10`; `−00:30` for what happened before. */
export function sincePull(ms: number): string {
  const total = Math.floor(Math.abs(ms) / 1_000)
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(total / 3_600)
  return `${ms < 0 && total > 0 ? '−' : '+'}${hours > 0 ? `${hours}:` : ''}${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`
}

function rowsOf(context: Context): Row[] {
  const { timeline } = context
  const told = new Set(timeline.filter(({ kind, data }) => kind === 'andon.run' && data.what === 'ended').map(({ data }) => data.run))
  const edits = new Map(
    timeline.filter(({ kind }) => kind === 'andon.note-changed').map(({ data }) => [data.ref, data.text as string | null]),
  )
  const noted = new Set(timeline.filter(({ kind }) => kind === 'andon.note').map(({ data }) => data.ref))
  const rows: Told[] = []
  for (const event of timeline) {
    // A change of what was noted before we looked has no other place than its own.
    const orphan = event.kind === 'andon.note-changed' && !noted.has(event.data.ref)
    if (!tellable(event.kind) || (elsewhere.has(event.kind) && !orphan)) continue
    if (event.kind === 'run.finished' && told.has(event.run)) continue
    rows.push({ ...rowOf(context, event, edits), event, lanes: openedBySelf(event) })
  }
  rows.sort((a, b) => a.at - b.at || a.event.seq - b.event.seq)
  return phased(gathered(context, rows))
}

interface Told extends Omit<Row, 'phase'> {
  event: JournalEvent
  lanes: string[]
}

/** Lanes that open by themselves, all at once, are one line. */
const openedBySelf = ({ kind, data }: JournalEvent): string[] => (kind === 'andon.lane-opened' && data.by === null ? [`${data.title}`] : [])

function gathered({ review, list }: Context, rows: readonly Told[]): Told[] {
  const all: Told[] = []
  for (const row of rows) {
    const last = all.at(-1)
    if (!last || row.lanes.length === 0 || last.lanes.length === 0 || last.at !== row.at) all.push(row)
    else {
      const lanes = [...last.lanes, ...row.lanes]
      all[all.length - 1] = { ...last, lanes, text: review.timeline.lanes(list(lanes.map(md))) }
    }
  }
  return all
}

function phased(rows: readonly Told[]): Row[] {
  let phase: Phase = 'yellow'
  return rows.map(({ at, text, event }) => {
    const before = phase
    phase = phaseAfter(phase, event.kind)
    // The end itself belongs to what it ends.
    return { at, text, phase: phase === 'resolved' ? before : phase }
  })
}

function phaseAfter(phase: Phase, kind: string): Phase {
  if (kind === 'andon.red' || kind === 'andon.reopened') return 'red'
  return kind === 'andon.resolved' || kind === 'andon.merged' ? 'resolved' : phase
}

function rowOf(context: Context, event: JournalEvent, edits: ReadonlyMap<unknown, string | null>): Omit<Row, 'phase'> {
  const { review, form, locale } = context
  const tell = (tellable: Tellable) => md(tellEntry(tellable, locale, { zone: form.zone }))
  if (event.kind !== 'andon.note') return { at: event.at, text: tell(event) }
  const words = review.timeline
  const note = event.data as unknown as AndonEntries['andon.note']
  const edit = note.ref === null ? undefined : edits.get(note.ref)
  const text =
    edit === null
      ? `${context.name(note.by)}: ${words.takenBack}`
      : tell({ kind: event.kind, data: { ...event.data, text: edit ?? note.text, files: [] } })
  const marks = [
    ...(edit === null ? [] : note.files.map(({ name, path }) => fileLink(name, path))),
    ...(typeof edit === 'string' ? [words.edited] : []),
    ...(event.at - note.at > lateMs ? [words.late(form.time(event.at))] : []),
  ]
  return { at: Math.min(note.at, event.at), text: [text, ...marks].join(' ') }
}

/** One table per phase, as it went: reopened, it is red once more. */
function grouped(rows: readonly Row[]): { phase: Phase; rows: Row[] }[] {
  const groups: { phase: Phase; rows: Row[] }[] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last?.phase === row.phase) last.rows.push(row)
    else groups.push({ phase: row.phase, rows: [row] })
  }
  return groups
}
