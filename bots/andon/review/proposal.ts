import { failures } from '../../../core/incidents/incident.ts'
import type { JournalEvent } from '../../../core/journal/journal.ts'
import type { Json } from '../../../core/runs/run.ts'
import type { Andon } from '../andon.ts'
import { type Context, contextOf, type ReviewOptions } from './context.ts'
import { fenced } from './markdown.ts'
import { type RunStory, runStories, type StepStory } from './runs.ts'

/** Actions that call people, or only look; a runbook has its own of these. */
const notMending = new Set(['page'])
const doneMax = 30

/** A draft of a runbook, made of what people did by hand, as Markdown. Null: nothing was done by hand. Pure. */
export function runbookProposal(andon: Andon, timeline: readonly JournalEvent[], options: ReviewOptions): string | null {
  return proposalOf(contextOf(andon, timeline, options))
}

export function proposalOf(context: Context): string | null {
  const byHand = runStories(context).filter((run) => orderedByHand(context, run))
  const done = doneByHand(context, byHand)
  if (done.length === 0) return null
  const { review } = context
  return `${review.proposal.intro}\n\n${fenced(draft(context, done, byHand.flatMap(stepsOf)), 'ts')}`
}

/** A person asked for it: by what the run says itself, or by the order on the timeline. */
const orderedByHand = ({ told }: Context, run: RunStory) =>
  run.by === null ? told('andon.ordered').some(({ data }) => data.runbook === run.runbook) : run.by !== 'engine'

const stepsOf = ({ steps }: RunStory): StepStory[] => {
  const last = new Map(steps.map((step) => [step.seq, step]))
  return [...last.values()].filter(({ action, status }) => status === 'done' && action !== '' && !notMending.has(action))
}

/** In words: orders, and what the lanes of mitigation told. */
function doneByHand({ andon, told, form }: Context, runs: readonly RunStory[]): string[] {
  const orders = told('andon.ordered').filter(
    ({ data }) => data.what !== 'stop' && data.runbook !== null && !data.answer.startsWith('refused'),
  )
  const lanes = andon.lanes.filter(({ kind }) => kind === 'mitigation')
  const lines = [
    ...orders.map(({ at, data }) => ({ at, text: `${data.by.name}: ${data.runbook} (${data.answer})` })),
    ...lanes.flatMap(({ reports }) => reports.map(({ at, person, text }) => ({ at, text: `${person.name}: ${text}` }))),
    ...lanes.flatMap(({ outcome, endedAt, openedAt, owner }) =>
      outcome === null ? [] : [{ at: endedAt ?? openedAt, text: `${owner ? `${owner.name}: ` : ''}${outcome}` }],
    ),
    ...(orders.length > 0 ? [] : runs.map((run) => ({ at: run.steps[0]?.startedAt ?? 0, text: `${run.by}: ${run.runbook}` }))),
  ]
  return lines
    .sort((a, b) => a.at - b.at)
    .slice(0, doneMax)
    .map(({ at, text }) => `${form.time(at)} ${flat(text)}`)
}

function draft({ andon, review }: Context, done: readonly string[], steps: readonly StepStory[]): string {
  const words = review.proposal
  const id = slug(['mend', andon.component?.id ?? '', andon.failure ?? ''].join('-'))
  const known = failures.find((failure) => failure === andon.failure && failure !== 'unknown')
  const how = andon.state.status === 'resolved' ? andon.state.how : andon.text
  return [
    "import { defineRunbook, step } from 'jidoka'",
    '',
    `// ${words.from(flat(andon.id))}`,
    `export const ${camel(id)} = defineRunbook(${text(id)}, {`,
    `  title: ${text(flat(how))},`,
    `  answers: [${text(known ?? 'failing')}],${known ? '' : ` // ${words.failureUnknown}`}`,
    '  requires: [],',
    '  cooldownMs: 600_000,',
    '  steps: () => [',
    `    // ${words.byHand}`,
    ...done.map((line) => `    //   ${line}`),
    ...(steps.length > 0 ? [`    // ${words.members}`, ...steps.map(stepLine)] : [`    // ${words.noSteps}`]),
    '  ],',
    '})',
  ].join('\n')
}

const stepLine = ({ action, args }: StepStory) => `    step(${text(action)}, ${literal(args)}),`

/** On one line, so that it cannot leave its comment. */
const flat = (words: string) =>
  words
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
const text = (value: string) => `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

function literal(value: Json): string {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (value === null || typeof value !== 'object') return String(value)
  const pairs = Object.entries(value).map(([key, inner]) => `${/^[a-zA-Z_]\w*$/.test(key) ? key : text(key)}: ${literal(inner)}`)
  return pairs.length > 0 ? `{ ${pairs.join(', ')} }` : '{}'
}

const slug = (words: string) =>
  words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
const camel = (id: string) => id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
