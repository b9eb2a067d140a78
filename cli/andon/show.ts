import type { AndonView, EntryView } from '../../bots/andon/wire.ts'
import type { Paint } from '../render.ts'
import {
  entryLine,
  factLines,
  inquiryLine,
  kaizenLine,
  type Line,
  laneLine,
  laneTitleWidth,
  languageOf,
  leaderLine,
  painted,
  type Reader,
  spanBetween,
  statusColours,
  titleLine,
} from './parts.ts'
import { filled, plain } from './width.ts'

export type AndonDetail = AndonView & { timeline: EntryView[] }

/** Wider than any terminal: what is printed once may be wrapped by it. */
const endless = 10_000

export function listLine(andon: AndonView, reader: Reader, paint: Paint): string {
  const { words, form } = languageOf(reader)
  const until = andon.resolved ? Date.parse(andon.resolved.at) : reader.now
  const lead = andon.roles.lead ? form.name(andon.roles.lead.person) : andon.status === 'resolved' ? '' : words.card.noLeader
  return painted(
    [
      `${form.moment(Date.parse(andon.pulledAt))}  `,
      [statusColours[andon.status], filled(words.status[andon.status], 8)],
      `  ${filled(andon.component?.id ?? '-', 14)}  ${filled(spanBetween(form, andon.pulledAt, until), 12)}  ${filled(lead, 16)}  `,
      ['gray', andon.id],
      `  ${andon.drill ? `${words.card.drill} ` : ''}${plain(andon.text)}`,
    ],
    endless,
    paint,
  ).trimEnd()
}

/** All of it, for somebody who comes later. */
export function showLines(andon: AndonDetail, reader: Reader, paint: Paint): string[] {
  const { words, labels } = languageOf(reader)
  const titles = laneTitleWidth(andon, reader)
  const part = (title: string, lines: Line[]): Line[] => (lines.length === 0 ? [] : [[''], [['bold', title]], ...lines])
  const lines: Line[] = [
    titleLine(andon, reader),
    [plain(andon.text)],
    leaderLine(andon, reader),
    ...factLines(andon, reader),
    ...part(
      labels.lanes,
      andon.lanes.map((lane, n) => laneLine(lane, n + 1, titles, reader)),
    ),
    ...part(
      words.card.inquiries,
      andon.inquiries.map((inquiry, n) => inquiryLine(inquiry, n + 1, reader)),
    ),
    ...part(
      words.card.suspects,
      andon.suspects.map((one): Line => [`    ${plain(one.title)}`, ['gray', `  ${plain(one.why)}${one.url ? `  ${one.url}` : ''}`]]),
    ),
    ...part(
      labels.kaizen,
      andon.kaizen.map((item, n) => kaizenLine(item, n + 1, reader)),
    ),
    ...part(labels.timeline, storyOf(andon.timeline, reader)),
  ]
  return lines.map((line) => painted(line, endless, paint))
}

export const storyOf = (timeline: readonly EntryView[], reader: Reader): Line[] =>
  timeline.flatMap((entry): Line[] => {
    const told = entryLine(entry, reader)
    return told ? [[['gray', told.time], '  ', told.colour ? ([told.colour, told.text] as const) : told.text]] : []
  })
