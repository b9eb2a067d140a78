import type { AndonView, EntryView } from '../../bots/andon/wire.ts'
import { type Paint, paints } from '../render.ts'
import type { Editing } from './editor.ts'
import type { Labels } from './labels.ts'
import {
  entryLine,
  factLines,
  inquiryLine,
  type Line,
  laneLine,
  laneTitleWidth,
  languageOf,
  leaderLine,
  painted,
  type Reader,
  type Span,
  suspectLines,
  titleLine,
} from './parts.ts'
import { graphemes, plain, tail, widthOf, wrap } from './width.ts'

export interface Size {
  rows: number
  columns: number
}

/** What stands at the bottom: the keys, or a line that somebody types in. */
export interface Bottom {
  prompt: { name: keyof Labels['prompts']; typed: Editing } | null
  /** Told above it: what went wrong, or what was done. */
  said: { text: string; bad: boolean } | null
  connected: boolean
  help: boolean
  /** Lines of the timeline that one has gone back. */
  back: number
}
const idle: Bottom = { prompt: null, said: null, connected: true, help: false, back: 0 }

export interface Frame {
  /** Exactly `rows` of them, none wider than `columns`. */
  lines: string[]
  /** Where the cursor stands, from 0; null: nowhere. */
  cursor: { row: number; column: number } | null
  /** How far back one can go. */
  backMax: number
}

const leastRows = 8
const leastColumns = 24
const timelineLeast = 3

/**
 * The room of an andon on a screen: what it is and who leads, lanes, inquiries, the newest of the timeline, keys. When there is
 * little room, lanes and inquiries that are done go first, then the rest of them; the title and the input always stand. Pure.
 */
export function frame(
  andon: AndonView,
  timeline: readonly EntryView[],
  reader: Reader,
  { rows, columns }: Size,
  bottom: Bottom = idle,
  paint: Paint = paints.plain,
): Frame {
  const { labels } = languageOf(reader)
  if (rows < leastRows || columns < leastColumns)
    return { lines: padded([painted([labels.tooSmall], columns, paint)], rows), cursor: null, backMax: 0 }
  const foot = footLines(bottom, labels, columns, paint)
  const above = bottom.help
    ? { top: labels.help.map((text): Line => [text]), story: [], backMax: 0 }
    : body(andon, timeline, reader, { rows: rows - foot.lines.length, columns }, bottom)
  const lines = padded(
    [...above.top, ...above.story].map((line) => painted(line, columns, paint)).slice(0, rows - foot.lines.length),
    rows - foot.lines.length,
  )
  const cursor = foot.column === null ? null : { row: rows - 1, column: foot.column }
  return { lines: [...lines, ...foot.lines], cursor, backMax: above.backMax }
}

const padded = (lines: string[], rows: number) =>
  [...lines, ...Array.from({ length: Math.max(0, rows - lines.length) }, () => '')].slice(0, rows)

function body(andon: AndonView, timeline: readonly EntryView[], reader: Reader, { rows, columns }: Size, { connected, back }: Bottom) {
  const { labels } = languageOf(reader)
  const head: Line[] = [
    titleLine(andon, reader),
    ...wrap(plain(andon.text), columns, 2).map((text): Line => [['bold', text]]),
    leaderLine(andon, reader),
    ...factLines(andon, reader),
    ...suspectLines(andon, reader),
  ].slice(0, Math.max(2, rows - timelineLeast - 1))
  const left = rows - head.length - timelineLeast - 1
  const work = workLines(andon, reader, Math.max(0, left))
  const room = rows - head.length - work.length - 1
  const story = told(timeline, reader, columns)
  const backMax = Math.max(0, story.length - room)
  const from = Math.min(back, backMax)
  const shown = story.slice(Math.max(0, story.length - room - from), story.length - from)
  const state: Span = connected ? ['green', labels.live] : ['red', labels.lost]
  const rule: Line = [['bold', labels.timeline], '  ', state, ['yellow', from > 0 ? `  ${labels.older(from)}` : '']]
  return { top: [...head, ...work, rule], story: shown, backMax }
}

/** Lanes and inquiries in at most `room` lines: what is not done comes first when there is not room for all. */
function workLines(andon: AndonView, reader: Reader, room: number): Line[] {
  const { words, labels } = languageOf(reader)
  const titles = laneTitleWidth(andon, reader)
  const lanes = andon.lanes.map((lane, n) => ({ done: lane.status === 'done', line: laneLine(lane, n + 1, titles, reader) }))
  const inquiries = andon.inquiries.map((one, n) => ({ done: one.status !== 'sent', line: inquiryLine(one, n + 1, reader) }))
  const [laneRoom, inquiryRoom] = shared(lanes.length, inquiries.length, room)
  const some = (title: string, items: typeof lanes, lines: number): Line[] => {
    if (items.length === 0 || lines < 2) return []
    const kept = items.length < lines ? items : pick(items, lines - 2)
    const more = items.length - kept.length
    return [[['bold', title]], ...kept.map(({ line }) => line), ...(more > 0 ? [[['gray', `    ${words.card.more(more)}`] as const]] : [])]
  }
  return [...some(labels.lanes, lanes, laneRoom), ...some(words.card.inquiries, inquiries, inquiryRoom)]
}

/** Of `room` lines, how many for each of two lists with a title; each gets what it needs when there is enough. */
function shared(a: number, b: number, room: number): [number, number] {
  const [wantA, wantB] = [a > 0 ? a + 1 : 0, b > 0 ? b + 1 : 0]
  if (wantA + wantB <= room) return [wantA, wantB]
  const forB = Math.min(wantB, Math.max(Math.floor(room / 3), room - wantA))
  return [room - forB, forB]
}

function pick<T extends { done: boolean }>(items: readonly T[], count: number): T[] {
  const kept = new Set([...items.filter(({ done }) => !done), ...items.filter(({ done }) => done)].slice(0, count))
  return items.filter((item) => kept.has(item))
}

const indent = 10

function told(timeline: readonly EntryView[], reader: Reader, columns: number): Line[] {
  return timeline.flatMap((entry): Line[] => {
    const line = entryLine(entry, reader)
    if (!line) return []
    const { colour } = line
    return wrap(line.text, Math.max(10, columns - indent)).map(
      (text, n): Line => [n === 0 ? ['gray', `${line.time}  `] : ' '.repeat(indent), colour ? [colour, text] : text],
    )
  })
}

/** One line for what is said, one for the keys or the input. */
function footLines({ prompt, said, help }: Bottom, labels: Labels, columns: number, paint: Paint) {
  const told: Line = said ? [[said.bad ? 'red' : 'green', plain(said.text)]] : []
  if (!prompt) return { lines: [painted(told, columns, paint), painted([['gray', help ? '' : labels.keys]], columns, paint)], column: null }
  const asked = `${labels.prompts[prompt.name]} `
  const room = Math.max(8, columns - widthOf(asked) - 1)
  const before = tail(prompt.typed.before, room)
  // What is behind the cursor is shown as far as it fits.
  let after = ''
  for (const one of graphemes(prompt.typed.after)) {
    if (widthOf(before) + widthOf(after) + widthOf(one) > room) break
    after += one
  }
  const column = Math.min(columns - 1, widthOf(asked) + widthOf(before))
  return { lines: [painted(told, columns, paint), painted([['cyan', asked], before, after], columns, paint)], column }
}
