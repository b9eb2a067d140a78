import { customersOf } from '../customers.ts'
import { openItems } from '../kaizen.ts'
import { recurrenceOf } from '../recurrence.ts'
import { type Context, firstLead } from './context.ts'
import { code, md } from './markdown.ts'
import { runStories } from './runs.ts'
import { longestSilence } from './summary.ts'

const slowMs = 5 * 60_000
const silentMs = 30 * 60_000

/** What is not known yet, or went slowly. Asked of all, of nobody in particular. */
export function questionsOf(context: Context): string[] {
  const found = [
    ...endQuestions(context),
    ...peopleQuestions(context),
    ...workQuestions(context),
    ...runQuestions(context),
    ...kaizenQuestions(context),
  ]
  return found.length > 0 ? found.map((question, n) => `${n + 1}. ${question}`) : [context.review.questions.none]
}

function endQuestions({ andon: { state }, review: { questions: ask }, told }: Context): string[] {
  if (state.status !== 'resolved') return [ask.notEnded]
  if (state.mergedInto) return []
  return [
    ...(state.falseAlarm ? [ask.falseAlarm] : []),
    ...(state.cause === null && !state.falseAlarm ? [ask.cause] : []),
    ...(told('andon.reopened').length > 0 ? [ask.reopened] : []),
  ]
}

function peopleQuestions(context: Context): string[] {
  const { andon, review, form, endAt, told } = context
  const ask = review.questions
  const { marks, pulledAt, via } = andon
  const lead = firstLead(context)
  const leaderless = (lead?.at ?? endAt) - pulledAt
  const human = (marks.human ?? endAt) - pulledAt
  const overdue = told('andon.reminder').filter(({ data }) => data.about === 'update').length
  const silent = andon.updates.length === 0 ? longestSilence(context) : null
  return [
    ...(via !== 'engine' && andon.incident === null && !andon.drill && !falseAlarm(context) ? [ask.seen] : []),
    ...(human > slowMs ? [ask.slowHuman(form.span(human))] : []),
    ...(lead === null && marks.red !== null
      ? [ask.noLead]
      : lead !== null && leaderless > slowMs
        ? [ask.slowLead(form.span(leaderless))]
        : []),
    ...(silent !== null && silent > silentMs ? [ask.silent(form.span(silent))] : overdue > 0 ? [ask.updates(overdue)] : []),
  ]
}

const falseAlarm = ({ andon: { state } }: Context) => state.status === 'resolved' && state.falseAlarm

function workQuestions(context: Context): string[] {
  const { andon, review, list } = context
  const ask = review.questions
  const answered = andon.inquiries.some(({ answers }) => answers.length > 0)
  const came = (kind: string) => kind === 'remediation' || (kind === 'carrier' && answered)
  const silent = andon.lanes.filter(({ reports, outcome, kind }) => reports.length === 0 && outcome === null && !came(kind))
  const customers = customersOf(andon)
  const untold = customers.segments.filter(({ told }) => told === null)
  const counted = customers.readings.some(({ count }) => count !== null)
  const waiting = andon.inquiries.filter(({ answers }) => answers.length === 0)
  return [
    ...(silent.length > 0 ? [ask.lanes(list(silent.map(({ title }) => md(title))))] : []),
    ...(andon.marks.red !== null && !counted && !falseAlarm(context) ? [ask.uncounted] : []),
    ...(untold.length > 0 ? [ask.told(list(untold.map(({ name }) => md(name))))] : []),
    ...(waiting.length > 0 ? [ask.inquiries(list([...new Set(waiting.map(({ name }) => md(name)))]))] : []),
    ...(andon.room?.kind === 'thread' ? [ask.thread] : []),
  ]
}

function runQuestions(context: Context): string[] {
  const { review, told, timeline, list } = context
  const ask = review.questions
  const refused = new Set(timeline.filter(({ kind }) => kind === 'incident.refused').map(({ data }) => data.runbook))
  const byHand = new Set(told('andon.ordered').flatMap(({ data }) => (data.what === 'approve' && data.runbook ? [data.runbook] : [])))
  const guarded = [...byHand].filter((runbook) => refused.has(runbook))
  const failed = [
    ...new Set(
      runStories(context)
        .filter(({ status }) => status === 'failed' || status === 'unknown')
        .map(({ runbook }) => code(runbook)),
    ),
  ]
  const undelivered = timeline.some(({ kind }) => kind === 'delivery.failed' || kind === 'page.failed')
  return [
    ...(guarded.length > 0 ? [ask.guard(list(guarded.map(code)))] : []),
    ...(failed.length > 0 ? [ask.failed(list(failed))] : []),
    ...(undelivered ? [ask.delivery] : []),
  ]
}

function kaizenQuestions({ andon, earlier, review: { questions: ask } }: Context): string[] {
  const loose = openItems(andon).filter(({ owner, dueAt }) => owner === null || dueAt === null).length
  const old = recurrenceOf(andon, earlier).open.length
  return [
    ...(andon.kaizen.length === 0 ? [ask.kaizen] : []),
    ...(loose > 0 ? [ask.owners(loose)] : []),
    ...(old > 0 ? [ask.again(old)] : []),
  ]
}
