import type { Inquiry, Lane } from '../andon.ts'
import { openItems } from '../kaizen.ts'
import { ordinalOf, recurrenceOf } from '../recurrence.ts'
import type { Context } from './context.ts'
import { code, fenced, item, md, table } from './markdown.ts'

export const lanesOf = (context: Context): string[] => context.andon.lanes.flatMap((lane) => laneOf(context, lane)).slice(1)

function laneOf({ andon, review, form, name }: Context, { kind, title, owner, status, reports, outcome }: Lane): string[] {
  const words = review.lanes
  // What the end of the andon ended has no outcome, and was not finished.
  const reached = status === 'done' && outcome === null ? (owner ? 'taken' : 'open') : status
  const told = reports.map(({ at, person, text }) => item(`${form.time(at)} ${name(person)}:`, text))
  const end = outcome === null ? [] : [item(`**${words.outcome}**`, outcome)]
  return [
    '',
    `### ${md(title)}`,
    '',
    words.line(owner && name(owner), reached),
    '',
    ...(told.length + end.length > 0
      ? [...told, ...end]
      : [kind === 'carrier' && andon.inquiries.length > 0 ? words.asked : words.noReport]),
  ]
}

export const inquiriesOf = (context: Context): string[] =>
  context.andon.inquiries.flatMap((inquiry) => inquiryOf(context, inquiry)).slice(1)

function inquiryOf({ review, form, name }: Context, { name: carrier, by, sentAt, ticket, chased, text, answers }: Inquiry): string[] {
  const words = review.inquiries
  const facts = [
    words.line(form.time(sentAt), name(by)),
    ...(ticket === null ? [] : [words.ticket(md(ticket))]),
    ...(chased > 0 ? [words.chased(chased)] : []),
  ]
  const told = answers.flatMap((answer) => [
    '',
    words.answer(form.time(answer.at), name(answer.by), form.span(answer.at - sentAt)),
    '',
    quoted(answer.text),
  ])
  return [
    '',
    `### ${md(carrier)}`,
    '',
    facts.join(review.gap),
    '',
    fenced(text, 'text'),
    ...(told.length > 0 ? told : ['', words.noAnswer]),
  ]
}

/** Each line in the quote, and none of them a Markdown of its own. */
const quoted = (text: string) =>
  text
    .split(/[\r\n]+/)
    .map((line) => `> ${md(line)}`.trimEnd())
    .join('\n>\n')

/** The times before, and what was to get better since. */
export function beforeOf(context: Context, draft: boolean): string[] {
  const { andon, review, form, earlier, locale } = context
  const words = review.before
  const known = recurrenceOf(andon, earlier)
  const count = Math.max(known.count, andon.recurrence.count)
  if (count === 0) return [words.none]
  const rows = earlier
    .filter((one) => one.id !== andon.id && one.pulledAt < andon.pulledAt)
    .sort((a, b) => b.pulledAt - a.pulledAt)
    .slice(0, 10)
    .map((one) => [
      form.date(one.pulledAt),
      code(one.id),
      one.state.status === 'resolved' ? md(one.state.how) : '',
      openItems(one)
        .map(({ text }) => md(text))
        .join('; '),
    ])
  const list = rows.length > 0 ? ['', ...table(words.heads, rows)] : []
  return [words.count(ordinalOf(count + 1, locale)), ...list, '', `> ${draft ? words.runbookFirst : words.runbookFirstBare}`]
}

export function kaizenOf({ andon, review, words: general, form, name }: Context): string[] {
  const words = review.kaizen
  if (andon.kaizen.length === 0) return [words.none]
  const rows = andon.kaizen.map(({ text, kind, owner, dueAt, status, result }) => [
    `${md(text)}${kind === 'runbook' ? ` ${words.runbook}` : ''}`,
    owner ? name(owner) : words.nobody,
    dueAt === null ? words.noDay : form.date(dueAt),
    `${general.kaizenStatus[status]}${result === null ? '' : `: ${md(result)}`}`,
  ])
  return table(words.heads, rows)
}
