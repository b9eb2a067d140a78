import { styleText } from 'node:util'
import type { Cli } from './define.ts'
import type { ComponentView, IncidentDetail, MemberView, StepView } from './views.ts'

/** What a terminal shows of the platform. Pure: text in, text out; colours only when asked for. */
export interface Picture {
  components: readonly ComponentView[]
  incidents: readonly IncidentDetail[]
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

/** One sentence for a person who was asleep. */
export function headline({ components, incidents }: Picture): { level: 'pass' | 'warn' | 'fail'; text: string } {
  const members = components.flatMap((component) => component.members)
  const calling = incidents.filter((incident) => incident.status === 'escalated')
  if (calling[0])
    return { level: 'fail', text: `A person is needed: ${calling.map((one) => `${one.component} is ${one.failure}`).join('; ')}` }
  const mending = incidents[0]
  if (mending) {
    const run = mending.runs[0]
    const at = run?.steps.find((step) => step.status === 'intent')
    return {
      level: 'warn',
      text: `${mending.component}: ${mending.failure}${run ? `, ${run.runbook}${at ? `, ${at.name} (step ${at.seq + 1} of ${countOf(run.steps)})` : ''}` : ''}`,
    }
  }
  const ill = members.filter((member) => member.status !== 'pass')
  if (ill.length > 0)
    return {
      level: 'warn',
      text: `${members.length - ill.length} of ${members.length} members pass; looking at ${ill.map((member) => member.id).join(', ')}`,
    }
  const unfit = components.filter((component) => component.status !== 'pass')
  if (unfit.length > 0)
    return {
      level: 'warn',
      text: `All members pass, but ${unfit.map((component) => (component.topology === 'active-standby' ? `${component.title} has no active member` : component.title)).join('; ')}`,
    }
  return members.length === 0
    ? { level: 'warn', text: 'No components are configured' }
    : { level: 'pass', text: `All well: ${members.length} members pass` }
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

export function stepLine(step: StepView, paint: Paint = paints.plain): string {
  const why =
    step.status === 'failed' && step.output && typeof step.output === 'object' && 'error' in step.output
      ? `  ${String(step.output.error)}`
      : ''
  return `${paint(stepPaint(step.status), stepMarks[step.status])} ${step.name.padEnd(22)} ${tookText(step.startedAt, step.endedAt).padStart(8)}${why}`
}

function memberText(member: MemberView, paint: Paint): string {
  const role = member.role === 'unknown' ? '' : ` ${member.role === 'active' ? paint('bold', 'active') : member.role}`
  const generation = member.generation === null || member.role === 'unknown' ? '' : paint('gray', ` g${member.generation}`)
  const why = member.status === 'pass' ? '' : paint(colours[member.status], ` (${member.summary})`)
  return `${paint(colours[member.status], marks[member.status])} ${member.id}${role}${generation}${why}`
}

export function renderStatus(picture: Picture, paint: Paint): string {
  const { level, text } = headline(picture)
  const width = Math.max(10, ...picture.components.map((component) => component.title.length))
  const lines = [paint(colours[level], text), '']
  for (const component of picture.components) {
    const off = component.automation === 'off' ? paint('yellow', '  [automation off]') : ''
    lines.push(
      `${paint(colours[component.status], marks[component.status])} ${component.title.padEnd(width)}  ${component.members.map((member) => memberText(member, paint)).join('   ')}${off}`,
    )
  }
  for (const incident of picture.incidents) lines.push('', ...renderIncident(incident, paint))
  return lines.join('\n')
}

/** The incident with its newest runs and their steps. */
export function renderIncident(incident: IncidentDetail, paint: Paint): string[] {
  const colour = incident.status === 'escalated' ? 'red' : incident.endedAt ? 'green' : 'yellow'
  const lines = [
    `${paint(colour, incident.status.toUpperCase())} ${incident.component}: ${incident.failure}  ${paint('gray', `${incident.id} since ${clockTime(incident.openedAt)}`)}`,
    `  ${incident.reason}`,
  ]
  for (const run of incident.runs.slice(0, 4).toReversed()) {
    lines.push(`  ${paint('cyan', run.runbook)} ${run.status}: ${run.reason}`)
    for (const step of run.steps) lines.push(`    ${stepLine(step, paint)}`)
  }
  return lines
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
