import { customersOf, rangeSentence } from '../customers.ts'
import { peopleIn } from '../here.ts'
import { bare, type Context, firstLead } from './context.ts'
import { code, md, table } from './markdown.ts'
import { runStories } from './runs.ts'

const titleChars = 90

/** The first line of what was said, and below it what it was, at one glance. */
export function headOf({ andon, words, review, form }: Context): string[] {
  const [first = ''] = andon.text.split(/[\r\n]/)
  const points = [...first.trim()]
  const title = points.length > titleChars ? `${points.slice(0, titleChars - 1).join('')}…` : points.join('')
  const { status } = andon.state
  const state = status === 'resolved' ? words.status.resolved : `${review.open} (${words.status[status]})`
  const marks = [
    ...(andon.drill ? [review.drill(md(andon.drill.scenario))] : []),
    ...(andon.private ? [review.private] : []),
    ...(andon.state.status === 'resolved' && andon.state.falseAlarm ? [review.falseAlarm] : []),
  ]
  return [
    `# ${md(title) || code(andon.id)}`,
    '',
    review.head(state, andon.component && code(andon.component.id), form.zone, code(andon.id)),
    ...marks.flatMap((mark) => ['', `> ${mark}`]),
  ]
}

/** One paragraph, of facts only. */
export function summaryOf(context: Context): string {
  const { andon, review, form, name, list, locale } = context
  const words = review.summary
  const { state, pulledAt } = andon
  const lead = firstLead(context)
  const since = (at: number) => form.span(at - pulledAt)
  const red = context.told('andon.red')[0]
  const range = rangeSentence(andon, locale, { zone: form.zone })
  const runbooks = [...new Set(runStories(context).map(({ runbook }) => code(runbook)))]
  const asked = [...new Set(andon.inquiries.map((inquiry) => md(inquiry.name)))]
  const seen = new Set(andon.reporters.map(({ person }) => person.id)).size
  const component = andon.component && code(andon.component.id)
  const sentences = [
    words.pulled(form.date(pulledAt), form.time(pulledAt), name(andon.pulledBy), component, md(bare(andon.text))),
    ...(seen > 1 ? [words.seen(seen)] : []),
    lead ? words.led(name(lead.person), since(lead.at)) : words.notLed,
    red ? words.red(form.time(red.at), md(bare(red.data.reason))) : words.yellow,
    ...(range && customersOf(andon).readings.some(({ count }) => count !== null) ? [words.range(md(range))] : []),
    ...(runbooks.length > 0 ? [words.runs(list(runbooks))] : []),
    ...(asked.length > 0 ? [words.asked(list(asked))] : []),
  ]
  if (state.status !== 'resolved') sentences.push(words.going(form.span(context.endAt - pulledAt)))
  else if (state.mergedInto) sentences.push(words.merged(code(state.mergedInto), since(state.at)))
  else {
    sentences.push(words.resolved(name(state.by), since(state.at), md(bare(state.how))))
    if (state.cause) sentences.push(words.cause(md(bare(state.cause))))
    else if (!state.falseAlarm) sentences.push(words.noCause)
  }
  return sentences.join(review.gap)
}

export function numbersOf(context: Context): string[] {
  const { andon, review, form } = context
  const { marks, pulledAt } = andon
  const words = review.numbers
  const since = (at: number | null, absent: string) => (at === null ? absent : form.span(at - pulledAt))
  const silent = longestSilence(context)
  const spans = table(words.heads, [
    [words.human, since(marks.human, words.never)],
    [words.lead, since(marks.lead, words.never)],
    [words.red, since(marks.red, words.never)],
    [words.room, since(marks.room, words.none)],
    [words.resolved, andon.state.status === 'resolved' ? `**${form.span(andon.state.at - pulledAt)}**` : words.never],
  ])
  const also = table(words.alsoHeads, [
    [words.evidence, form.number(new Set(andon.reporters.map(({ person }) => person.id)).size)],
    [words.updates, form.number(andon.updates.length)],
    ...(silent === null ? [] : [[words.gap, form.span(silent)]]),
  ])
  return [...spans, '', ...also]
}

/** Milliseconds; null when it never was red. */
export function longestSilence({ andon, endAt }: Context): number | null {
  const from = andon.marks.red
  if (from === null) return null
  const points = [from, ...andon.updates.map(({ at }) => at).filter((at) => at > from && at < endAt), endAt]
  return Math.max(0, ...points.slice(1).map((at, n) => at - (points[n] as number)))
}

/** Everybody and their part; thanks are part of the document, not of a footnote. */
export function peopleOf(context: Context): string[] {
  const { andon, review, name, named, list } = context
  const words = review.people
  const people = peopleIn(andon).filter(({ id }) => id !== 'jidoka')
  const lines = people.map((person) => `- **${name(person)}**: ${list(partsOf(context, person.id))}`)
  const thanks = [...new Set(andon.thanks.map(({ by, to }) => words.thanked(name(by), named(to))))]
  return [
    words.thanks(people.length),
    '',
    ...lines,
    ...(thanks.length > 0 ? ['', ...thanks.map((line) => `> ${line}`)].flatMap(spaced) : []),
  ]
}

/** Quotes of their own, not one long one. */
const spaced = (line: string, n: number, all: string[]) => (n > 0 && n < all.length - 1 && line !== '' ? [line, '>'] : [line])

function partsOf(context: Context, id: string): string[] {
  const { andon, review, told } = context
  const words = review.people
  const roles = told('andon.role').filter(({ data }) => data.person?.id === id)
  const has = (role: 'lead' | 'scribe' | 'comms') => andon.roles[role]?.person.id === id || roles.some(({ data }) => data.role === role)
  const updates = andon.updates.filter(({ by }) => by.id === id).length
  const lanes = andon.lanes.filter(({ owner, reports }) => owner?.id === id || reports.some(({ person }) => person.id === id))
  return [
    ...(andon.pulledBy.id === id ? [words.pulled] : andon.reporters.some(({ person }) => person.id === id) ? [words.saw] : []),
    ...(['lead', 'scribe', 'comms'] as const).filter(has).map((role) => words[role]),
    ...lanes.map(({ title }) => words.lane(md(title))),
    ...new Set(andon.inquiries.filter(({ by }) => by.id === id).map((inquiry) => words.asked(md(inquiry.name)))),
    ...andon.told.filter(({ by }) => by.id === id).map(({ segment }) => words.told(md(segment))),
    ...(updates > 0 ? [words.updates(updates)] : []),
    ...(told('andon.ordered').some(({ data }) => data.by.id === id) ? [words.ordered] : []),
    ...(andon.kaizen.some(({ owner }) => owner?.id === id) ? [words.kaizen] : []),
  ]
}
