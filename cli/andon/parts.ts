import type { Locale } from '../../bots/andon/andon.ts'
import type { AndonView, EntryView } from '../../bots/andon/wire.ts'
import { type Form, formOf } from '../../bots/andon/words/form.ts'
import { rangeText } from '../../bots/andon/words/range.ts'
import { laneTitle, tellable, tellEntry, wordsOf } from '../../bots/andon/words.ts'
import type { Paint } from '../render.ts'
import { labelsOf } from './labels.ts'
import { cut, plain, widthOf } from './width.ts'

/** Pieces of an andon as lines of a terminal. Pure. Shared by `show`, `list` and the room. */

type Colour = Parameters<Paint>[0]
export type Span = string | readonly [Colour, string]
export type Line = readonly Span[]

/** Who looks: in which language and zone, and when (epoch ms). */
export interface Reader {
  locale: Locale
  zone: string
  now: number
}

/** Painted, and never wider than `columns`. */
export function painted(line: Line, columns: number, paint: Paint): string {
  let left = columns
  let text = ''
  for (const span of line) {
    const [colour, words] = typeof span === 'string' ? [null, span] : span
    const shown = cut(words, left)
    left -= widthOf(shown)
    if (shown !== '') text += colour ? paint(colour, shown) : shown
    if (shown !== words) break
  }
  return text
}

export const statusColours = { yellow: 'yellow', red: 'red', resolved: 'green' } as const

export function languageOf({ locale, zone }: Reader) {
  const form = formOf(locale, { zone, text: plain })
  return { words: wordsOf(locale), labels: labelsOf(locale), form }
}

const ms = (iso: string) => Date.parse(iso)
/** Seconds count only at first: a line that changes each second draws the eye for nothing. */
const calmFromMs = 120_000
export function spanBetween(form: Form, from: string, to: number): string {
  const span = to - ms(from)
  return form.span(span > calmFromMs ? Math.floor(span / 60_000) * 60_000 : span)
}

/** ` RED  polaris  12 min` and the like; what it is, and for how long. */
export function titleLine(andon: AndonView, reader: Reader): Line {
  const { words, form } = languageOf(reader)
  const until = andon.resolved ? ms(andon.resolved.at) : reader.now
  const marks = [andon.drill ? words.card.drill : '', andon.private ? words.card.private : ''].filter(Boolean).map((mark) => ` ${mark}`)
  return [
    [statusColours[andon.status], `● ${words.status[andon.status].toUpperCase()}`],
    ['cyan', marks.join('')],
    ['bold', `  ${andon.component?.id ?? words.card.unknownComponent}`],
    `  ${spanBetween(form, andon.pulledAt, until)}`,
    ['gray', `  ${andon.id}`],
  ]
}

/** Who leads, or how long until everybody is called. */
export function leaderLine(andon: AndonView, reader: Reader): Line {
  const { words, labels, form } = languageOf(reader)
  if (andon.mergedInto) return [['yellow', words.card.mergedInto(andon.mergedInto)]]
  if (andon.resolved) {
    const { by, how, cause, falseAlarm } = andon.resolved
    return [
      ['green', labels.resolvedBy(form.name(by), plain(how))],
      cause ? `  ${plain(cause)}` : '',
      falseAlarm ? `  ${words.pull.noFault}` : '',
    ]
  }
  const { lead, scribe, comms } = andon.roles
  const others = [['scribe', scribe] as const, ['comms', comms] as const].flatMap(([role, held]) =>
    held ? [`  ${words.roles[role]}: ${form.name(held.person)}`] : [],
  )
  const leads: Span = lead ? words.card.leader(form.name(lead.person)) : (['bold', words.card.noLeader] as const)
  const left = andon.call && !lead ? ms(andon.call.until) - reader.now : null
  const countdown: Span[] =
    left !== null && andon.status === 'yellow' ? [['yellow', `  ${left > 0 ? labels.redIn(clockSpan(left)) : labels.redNow}`]] : []
  return [leads, ...countdown, ...others]
}

/** `2:05`, as a countdown tells it. */
export function clockSpan(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** Who saw it, where it is talked about, how many customers it concerns, when they hear of it. */
export function factLines(andon: AndonView, reader: Reader): Line[] {
  const { words, labels, form } = languageOf(reader)
  const people = new Set(andon.reporters.map(({ person }) => person.id)).size
  const room = andon.room ? [`  ${labels.room}: ${andon.room.name}${andon.room.url ? ` ${andon.room.url}` : ''}`] : []
  const lines: Line[] = [
    [
      words.card.pulledBy(form.name(andon.pulledBy), spanBetween(form, andon.pulledAt, reader.now)),
      `  ${words.card.reporters(people)}`,
      ...room,
    ],
  ]
  if (andon.red) lines.push([['red', words.card.redFor(plain(andon.red.reason))]])
  for (const reading of andon.ranges)
    lines.push([
      `${words.card.range}: ${rangeText({ ...reading, at: ms(reading.at), asOf: reading.asOf === null ? null : ms(reading.asOf) }, form)}`,
    ])
  const ill = andon.snapshot?.components.filter(({ status }) => status !== 'pass') ?? []
  if (ill.length > 0) {
    const named = ill.slice(0, illShown).map(({ id, well, of }) => `${id} ${well}/${of}`)
    const more = ill.length > illShown ? ` ${words.card.more(ill.length - illShown)}` : ''
    lines.push([`${words.card.facts}: `, ['red', named.join(', ') + more]])
  }
  if (andon.updateDueAt !== null && !andon.resolved) {
    const late = reader.now - ms(andon.updateDueAt)
    lines.push([late > 0 ? ['yellow', words.card.updateLate(form.span(late))] : words.card.nextUpdate(form.time(ms(andon.updateDueAt)))])
  }
  return lines
}

const illShown = 5

/** The change that most likely has to do with it. */
export function suspectLines(andon: AndonView, reader: Reader): Line[] {
  const { words } = languageOf(reader)
  const [top, ...more] = andon.suspects
  if (!top || andon.resolved) return []
  return [
    [
      `${words.card.suspects}: ${plain(top.title)}`,
      ['gray', `  ${plain(top.why)}${more.length > 0 ? `  ${words.card.more(more.length)}` : ''}`],
    ],
  ]
}

/** A lane with its number, by which people name it. */
export function laneLine(lane: AndonView['lanes'][number], n: number, titles: number, reader: Reader): Line {
  const { words, labels, form } = languageOf(reader)
  const title = plain(laneTitle(lane.title, reader.locale))
  const last = lane.outcome ?? lane.reports.at(-1)?.text
  const owner = lane.owner ? ` ${form.name(lane.owner)}` : ''
  const said: Span = ['gray', last ? `  ${plain(last)}` : '']
  const room: Span = ['cyan', lane.room?.name ? `  #${plain(lane.room.name)}` : '']
  const head = `${String(n).padStart(2)}  ${title}${' '.repeat(Math.max(0, titles - widthOf(title)))}  `
  if (lane.status === 'done') return [['gray', head], ['green', words.laneStatus.done], ['gray', owner], room, said]
  if (lane.status === 'open' || lane.dueAt === null) return [head, ['yellow', words.laneStatus[lane.status]], owner, room, said]
  const left = ms(lane.dueAt) - reader.now
  const time: Span = left < 0 ? ['red', `  ${words.card.laneLate(form.span(-left))}`] : `  ${labels.left(form.span(coarse(left)))}`
  return [head, words.laneStatus.taken, owner, time, room, said]
}

/** And only at the end. */
const coarse = (left: number) => (left > calmFromMs ? Math.ceil(left / 60_000) * 60_000 : left)

export function inquiryLine(inquiry: AndonView['inquiries'][number], n: number, reader: Reader): Line {
  const { words, labels, form } = languageOf(reader)
  const head = `${String(n).padStart(2)}  ${inquiry.name}${inquiry.ticket ? ` (${inquiry.ticket})` : ''}  `
  const answer = inquiry.answers.at(-1)
  if (answer) return [head, ['green', words.inquiryStatus[inquiry.status]], `  ${plain(answer.text)}`]
  const chase = inquiry.chaseAt === null ? '' : `  ${labels.askAgainAt(form.time(ms(inquiry.chaseAt)))}`
  return [head, ['yellow', words.inquiryStatus[inquiry.status]], `  ${spanBetween(form, inquiry.sentAt, reader.now)}${chase}`]
}

export function kaizenLine(item: AndonView['kaizen'][number], n: number, reader: Reader): Line {
  const { words, form } = languageOf(reader)
  const facts = [item.owner ? form.name(item.owner) : '', item.dueAt ? form.date(ms(item.dueAt)) : ''].filter(Boolean).join(', ')
  return [
    `${String(n).padStart(2)}  `,
    [item.status === 'open' ? 'yellow' : 'green', words.kaizenStatus[item.status]],
    `  ${item.kind === 'runbook' ? `${words.kaizenKind.runbook}: ` : ''}${plain(item.text)}`,
    ['gray', facts ? `  ${facts}` : ''],
    item.result ? `  ${plain(item.result)}` : '',
  ]
}

const loud: Record<string, Colour> = {
  'andon.red': 'red',
  'andon.resolved': 'green',
  'andon.update': 'bold',
  'andon.reminder': 'yellow',
  'andon.inquiry-chase': 'yellow',
  'andon.call': 'yellow',
  'delivery.failed': 'red',
  'page.failed': 'red',
}

/** An entry of the timeline: when, and what in a sentence; null when it tells a person nothing. */
export function entryLine(entry: EntryView, reader: Reader): { time: string; text: string; colour: Colour | null } | null {
  if (!tellable(entry.kind)) return null
  const { form } = languageOf(reader)
  const text = plain(tellEntry(entry, reader.locale, { zone: reader.zone, text: plain })) + lateness(entry, reader)
  return { time: form.exact(ms(entry.at)), text, colour: loud[entry.kind] ?? null }
}

/** Told so long after it happened, the time beside it would mislead. */
const lateFromMs = 60_000

function lateness({ at, data }: EntryView, reader: Reader): string {
  const { words, form } = languageOf(reader)
  const happened = typeof data.at === 'number' ? data.at : null
  return happened !== null && ms(at) - happened >= lateFromMs ? `  (${words.card.late(form.time(happened))})` : ''
}

export const laneTitleWidth = (andon: AndonView, reader: Reader): number =>
  Math.min(28, Math.max(0, ...andon.lanes.map(({ title }) => widthOf(plain(laneTitle(title, reader.locale))))))
