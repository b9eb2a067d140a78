import type { JournalEvent } from '../../../core/journal/journal.ts'
import type { Json } from '../../../core/runs/run.ts'
import type { Context } from './context.ts'
import { code, md, table } from './markdown.ts'

export interface RunStory {
  id: string
  runbook: string
  /** `engine`, or the id of whoever ordered it; null: not known. */
  by: string | null
  why: string | null
  status: string | null
  reason: string | null
  steps: StepStory[]
}
export interface StepStory {
  seq: number
  name: string
  action: string
  args: Record<string, Json>
  startedAt: number
  endedAt: number | null
  status: 'done' | 'failed' | 'unknown' | null
  error: string | null
}

/** Every run that stands on the timeline, put together from its entries; calls for help are no runs that mend. Pure. */
export function runStories({ timeline }: Pick<Context, 'timeline'>): RunStory[] {
  const runs = new Map<string, RunStory>()
  for (const event of timeline) {
    const id = event.run ?? (event.kind === 'andon.run' ? word(event.data.run) : null)
    if (id === null || id === undefined) continue
    const run = runs.get(id) ?? { id, runbook: '', by: null, why: null, status: null, reason: null, steps: [] }
    runs.set(id, run)
    note(run, event)
  }
  return [...runs.values()].filter(({ runbook }) => runbook !== '' && runbook !== 'page')
}

const word = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null)

function note(run: RunStory, { kind, data, at }: JournalEvent): void {
  if (kind === 'run.queued') Object.assign(run, { runbook: word(data.runbook) ?? run.runbook, by: word(data.by), why: word(data.reason) })
  else if (kind === 'run.finished')
    Object.assign(run, { runbook: word(data.runbook) ?? run.runbook, status: word(data.status), reason: word(data.reason) })
  else if (kind === 'andon.run' && data.what === 'ended')
    Object.assign(run, { runbook: word(data.runbook) ?? run.runbook, status: word(data.status), reason: word(data.reason) })
  else if (kind === 'andon.run') Object.assign(run, { runbook: word(data.runbook) ?? run.runbook, why: run.why ?? word(data.reason) })
  else if (kind === 'step.intent')
    run.steps.push({
      seq: Number(data.seq),
      name: word(data.name) ?? '',
      action: word(data.action) ?? '',
      args: (data.args ?? {}) as Record<string, Json>,
      startedAt: at,
      endedAt: null,
      status: null,
      error: null,
    })
  else if (kind.startsWith('step.')) end(run, kind.slice('step.'.length) as 'done', data, at)
}

function end(run: RunStory, status: 'done' | 'failed' | 'unknown', data: JournalEvent['data'], at: number): void {
  const open = run.steps.findLast((step) => step.seq === Number(data.seq) && step.status === null)
  const output = data.output as { error?: Json } | null
  if (open) Object.assign(open, { status, endedAt: at, error: status === 'done' ? null : word(output?.error) })
}

export function runsOf(context: Context): string[] {
  const { review, timeline, told, form, name, named } = context
  const words = review.runs
  const stories = runStories(context).flatMap((run) => [
    '',
    `### ${code(run.runbook)}`,
    '',
    ...(run.by !== null && run.by !== 'engine' ? [words.by(named(run.by)), ''] : []),
    ...(run.why ? [`${words.why} ${md(run.why)}`, ''] : []),
    words.line(run.status === null ? words.going : (words.status[run.status] ?? md(run.status)), run.reason && md(run.reason)),
    ...(run.steps.length > 0
      ? [
          '',
          ...table(
            words.heads,
            run.steps.map((step) => cellsOf(step, form.span)),
          ),
        ]
      : []),
  ])
  const refusals = timeline
    .filter(({ kind, data }) => kind === 'incident.refused' && data.code !== 'tried')
    .map(({ data }) => `- ${code(`${data.runbook ?? ''}`)}: ${md(`${data.reason ?? ''}`)}`)
  const orders = told('andon.ordered').map(({ at, data }) => {
    const what = `${words.ordered[data.what]}${data.runbook ? ` ${code(data.runbook)}` : ''}`
    return `- ${form.time(at)} ${name(data.by)}: ${what}: ${md(data.answer)}`
  })
  const refused = refusals.length > 0 ? ['', words.refused, '', ...new Set(refusals)] : []
  return [...stories, ...refused, ...(orders.length > 0 ? ['', words.orders, '', ...orders] : [])].slice(1)
}

const marks = { done: '✓', failed: '✗', unknown: '?' }

function cellsOf({ name, status, startedAt, endedAt, error }: StepStory, span: (ms: number) => string): string[] {
  const took = endedAt === null ? '' : endedAt - startedAt < 1_000 ? `${endedAt - startedAt} ms` : span(endedAt - startedAt)
  return [md(name), status === null ? '?' : `${marks[status]}${error ? ` ${md(error)}` : ''}`, took]
}
