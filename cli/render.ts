import { styleText } from 'node:util'
import type { Cli } from './define.ts'
import type { ComponentView, IncidentDetail, MemberView, RunView, StepView } from './views.ts'

/** What a terminal shows of the platform. Pure: text in, text out; colours only when asked for. */
export interface Picture {
  components: readonly ComponentView[]
  incidents: readonly IncidentDetail[]
  held?: Held
}

/** What holds the automatic back, and what waits for a person. */
export interface Held {
  pauses: readonly { scope: string; until: string | null }[]
  maintenance: readonly { component: string | null; until: string; reason: string }[]
  waiting: readonly Pick<RunView, 'id' | 'runbook' | 'component' | 'waitsUntil'>[]
}

const marks = { pass: '●', warn: '◐', fail: '✖', unknown: '○' } as const
const colours = { pass: 'green', warn: 'yellow', fail: 'red', unknown: 'gray' } as const
export const stepMarks = { planned: '·', intent: '…', done: '✓', failed: '✖', unknown: '?' } as const

export type Paint = (colour: 'green' | 'yellow' | 'red' | 'gray' | 'bold' | 'cyan', text: string) => string
export const paints = {
  colour: ((colour, text) => styleText(colour, text, { validateStream: false })) as Paint,
  plain: ((_, text) => text) as Paint,
}
export const paintsOf = ({ tty }: Pick<Cli, 'tty'>): Paint => (tty ? paints.colour : paints.plain)

/** As people say it: `process exited`. */
export const words = (name: string) => name.replaceAll('-', ' ')
const counted = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`

/** One sentence for a person who was asleep. */
export function headline({ components, incidents }: Picture): { level: 'pass' | 'warn' | 'fail'; text: string } {
  const members = components.flatMap((component) => component.members)
  const nameOf = (id: string) => components.find((component) => component.id === id)?.title ?? id
  const calling = incidents.filter((incident) => incident.status === 'escalated')
  if (calling.length > 0)
    return {
      level: 'fail',
      text: `A person is needed: ${calling.map((one) => `${nameOf(one.component)} (${words(one.failure)})`).join('; ')}`,
    }
  const mending = incidents[0]
  if (mending) return { level: 'warn', text: `${nameOf(mending.component)}: ${words(mending.failure)}${progressOf(mending)}` }
  const ill = members.filter((member) => member.status !== 'pass')
  if (ill.length > 0) {
    const named = ill.slice(0, namedMax).map((member) => member.id)
    const more = ill.length > namedMax ? ` and ${ill.length - namedMax} more` : ''
    return {
      level: 'warn',
      text: `${members.length - ill.length} of ${counted(members.length, 'member passes', 'members pass')}; looking at ${named.join(', ')}${more}`,
    }
  }
  const unfit = components.filter((component) => component.status !== 'pass')
  if (unfit.length > 0)
    return {
      level: 'warn',
      text: `All members pass, but ${unfit.map((component) => (component.topology === 'active-standby' ? `${nameOf(component.id)} has no active member` : nameOf(component.id))).join('; ')}`,
    }
  return members.length === 0
    ? { level: 'warn', text: 'Nothing to watch: the configuration names no components' }
    : { level: 'pass', text: `All well: ${counted(members.length, 'member passes', 'members pass')}` }
}

const namedMax = 5

function progressOf({ runs }: IncidentDetail): string {
  const run = runs[0]
  if (!run) return ''
  const at = run.steps.find((step) => step.status === 'intent')
  return `; ${run.runbook}${at ? `: ${at.name}, step ${at.seq + 1} of ${countOf(run.steps)}` : ` ${run.status}`}`
}

const countOf = (steps: readonly StepView[]) => new Set(steps.map((step) => step.seq)).size

export const stepPaint = (status: StepView['status']) =>
  status === 'done' ? 'green' : status === 'failed' || status === 'unknown' ? 'red' : 'gray'

/** How long it took, as people say it; nothing while it goes on. */
export function tookText(from: string | null, to: string | null): string {
  if (from === null || to === null) return ''
  const ms = Date.parse(to) - Date.parse(from)
  return ms < 10_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`
}

/** The cause behind a cause is for those who mend Jidoka itself; it stays in the JSON. */
export const brief = (text: string) => text.replaceAll(/ <- [^;\n]*/g, '')

export function stepLine(step: StepView, paint: Paint = paints.plain): string {
  const why =
    step.status === 'failed' && step.output && typeof step.output === 'object' && 'error' in step.output
      ? `  ${brief(String(step.output.error))}`
      : ''
  return `${paint(stepPaint(step.status), stepMarks[step.status])} ${step.name.padEnd(22)} ${tookText(step.startedAt, step.endedAt).padStart(8)}${why}`
}

function memberText(member: MemberView, paint: Paint): string {
  const role = member.role === 'unknown' ? '' : ` ${member.role === 'active' ? paint('bold', 'active') : member.role}`
  const generation = member.generation === null || member.role === 'unknown' ? '' : paint('gray', ` g${member.generation}`)
  const why = member.status === 'pass' ? '' : paint(colours[member.status], ` (${member.summary})`)
  return `${paint(colours[member.status], marks[member.status])} ${member.id}${role}${generation}${why}`
}

/** Of a large pool only those that do not pass are named. */
const shownMax = 8

function membersText({ members }: ComponentView, paint: Paint): string {
  const shown = members.length > shownMax ? members.filter((member) => member.status !== 'pass') : members
  const rest = members.length - shown.length
  return [...(rest > 0 ? [`${rest} of ${members.length} pass`] : []), ...shown.map((member) => memberText(member, paint))].join('   ')
}

export function renderStatus(picture: Picture, paint: Paint): string {
  const { level, text } = headline(picture)
  const lines = [paint(colours[level], text), ...heldLines(picture).map((line) => paint('yellow', line)), '']
  const width = Math.max(10, ...picture.components.map((component) => component.title.length))
  for (const component of picture.components)
    lines.push(
      `${paint(colours[component.status], marks[component.status])} ${component.title.padEnd(width)}  ${membersText(component, paint)}`,
    )
  for (const incident of picture.incidents) lines.push('', ...renderIncident(incident, paint))
  return lines.join('\n')
}

/** Whoever asks at night why nothing is mended finds it here, with the command that changes it. */
function heldLines(picture: Picture): string[] {
  const off = picture.components.filter((component) => component.automation === 'off')
  const { pauses = [], maintenance = [], waiting = [] } = picture.held ?? {}
  // Several pauses may end at several times: those are for `jidoka automation`.
  const until = pauses.length === 1 && pauses[0]?.until ? ` until ${dayTime(pauses[0].until)}` : ''
  return [
    ...waiting.map(
      ({ id, runbook, component, waitsUntil }) =>
        `${runbook} on ${component} waits for an approval${waitsUntil ? ` until ${clockTime(waitsUntil)}` : ''} (jidoka run show ${id})`,
    ),
    ...(off.length > 0
      ? [`Automation is off for ${namesOf(off, picture)}${until}: nothing is mended there by itself (jidoka automation)`]
      : []),
    ...maintenance.map(
      ({ component, until: end, reason }) =>
        `Maintenance of ${component ?? 'everything'} until ${dayTime(end)}: ${reason}; nothing is mended, nobody is called (jidoka maintenance list)`,
    ),
  ]
}

const namesOf = (off: readonly ComponentView[], { components }: Picture) =>
  off.length === components.length ? 'everything' : off.map((component) => component.id).join(', ')

/** The incident with its newest runs and their steps. */
export function renderIncident(incident: IncidentDetail, paint: Paint): string[] {
  const lines = incidentHead(incident, paint)
  for (const run of incident.runs
    .filter(({ runbook }) => runbook !== 'page')
    .slice(0, runsShown)
    .toReversed()) {
    // What failed stands beside its step; what was not begun after it tells nothing.
    const failed = run.status === 'failed' && run.steps.some((step) => step.status === 'failed')
    lines.push(`  ${paint('cyan', run.runbook)} ${run.status}${failed ? '' : `: ${brief(run.reason)}`}`)
    for (const step of run.steps) if (!failed || step.status !== 'planned') lines.push(`    ${stepLine(step, paint)}`)
  }
  return lines
}

/** What it is, why it is as it is, and what ends it. */
export function incidentHead(incident: IncidentDetail, paint: Paint): string[] {
  const { id, component, failure, status, openedAt, endedAt } = incident
  const colour = status === 'escalated' ? 'red' : endedAt ? 'green' : 'yellow'
  const when = `${id}, since ${clockTime(openedAt)}${endedAt ? ` until ${clockTime(endedAt)}` : ''}`
  const lines = [
    `${paint(colour, status.toUpperCase())} ${component}: ${words(failure)}  ${paint('gray', when)}`,
    `  ${brief(whyOf(incident))}`,
  ]
  if (status === 'escalated')
    lines.push(paint('gray', `  It closes by itself when all is clear, or by: jidoka incident resolve ${id} --reason "..."`))
  return lines
}

const runsShown = 4

/** Why a person was called stays the reason, whatever was decided afterwards. */
function whyOf({ status, reason, timeline }: IncidentDetail): string {
  const called = timeline.findLast((entry) => entry.kind === 'incident.escalated')
  return status === 'escalated' && typeof called?.data.reason === 'string' ? called.data.reason : reason
}

const two = (n: number) => String(n).padStart(2, '0')
/** The time where the reader is, whatever the zone of the machine that wrote it. */
export function clockTime(iso: string): string {
  const at = new Date(iso)
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}
export function dayTime(iso: string): string {
  const at = new Date(iso)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clockTime(iso)}`
}
