import type { z } from 'zod'
import type { reviewSchema } from '../../bots/duty/wire.ts'
import { type DutyForm, dutyForm } from '../../bots/duty/words/form.ts'
import { wrap } from '../andon/width.ts'
import { zoneHere } from '../locale.ts'
import type { Paint } from '../render.ts'
import { cliWords, dutyWords } from './words.ts'

/** A review as a terminal shows it. Pure. */
export type ReviewView = z.infer<typeof reviewSchema>
type Item = ReviewView['items'][number]

interface Look {
  locale: 'en' | 'ja'
  columns: number
  paint: Paint
}

const colours = { high: 'red', medium: 'yellow', low: 'gray' } as const

export function reviewLines(review: ReviewView, look: Look): string[] {
  const { id, day, status, how, people, endsAt, endedAt, openedAt, waiting, items } = review
  const { locale, paint, columns } = look
  const [words, ours] = [dutyWords[locale], cliWords[locale]]
  const form = dutyForm(locale, { zone: zoneHere() })
  const decided = items.filter(({ decision }) => decision !== null).length
  const state =
    status === 'open'
      ? words.review.progress(decided, items.length, form.time(Date.parse(endsAt)))
      : `${words.review.over(decided, items.length - decided, form.span(Date.parse(endedAt ?? endsAt) - Date.parse(openedAt)))} (${how === null ? '' : words.review.how[how]})`
  return [
    `${paint('bold', words.review.title(form.day(day)))}  ${paint('gray', id)}`,
    ...wrap(people.length === 0 ? words.review.nobodyOnDuty : words.review.onDuty(form.names(people)), columns),
    ...wrap(state, columns),
    ...alarmLines(review, form).flatMap((line) => wrap(`! ${line}`, columns).map((part) => paint('red', part))),
    ...items.flatMap((item) => ['', ...itemLines(item, form, look)]),
    ...(items.length === 0 ? ['', words.review.nothing] : []),
    ...(waiting > 0 ? ['', ours.more(waiting)] : []),
    ...(status === 'open' && items.length > 0 ? ['', ...wrap(ours.how, columns).map((line) => paint('gray', line))] : []),
  ]
}

function alarmLines({ facts: { missed, silent, coverage } }: ReviewView, form: DutyForm): string[] {
  const { facts } = dutyWords[form.locale]
  const holes = coverage.holes.length + coverage.moreHoles
  return [
    ...(missed.length > 0 ? [facts.missed(missed.map(form.day).join(', '))] : []),
    ...silent.map((one) => facts.silent(one.guardian, one.lastAt === null ? null : form.moment(Date.parse(one.lastAt)), one.problem)),
    ...(holes > 0 ? [cliWords[form.locale].holes(holes)] : []),
  ]
}

function itemLines(item: Item, form: DutyForm, { locale, columns, paint }: Look): string[] {
  const { n, why, severity, title, name, resource, says, account, region, owner, usdPerMonth, check } = item
  const [words, ours] = [dutyWords[locale], cliWords[locale]]
  const saved = usdPerMonth ? `  ${form.money(usdPerMonth)} ${words.perMonth}` : ''
  const decision = decisionText(item, form)
  const below = (text: string) => wrap(text, Math.max(30, columns - 4)).map((line) => `    ${line}`)
  const [head = '', ...rest] = wrap(`${title}${saved}`, Math.max(30, columns - 20))
  return [
    `${String(n).padStart(2)}. ${paint(colours[severity], `[${words.severity[severity]}, ${words.why[why]}]`)} ${paint('bold', head)}`,
    ...rest.map((line) => `    ${paint('bold', line)}`),
    ...below(`${name ?? resource.split(/[:/]/).at(-1)}: ${says}`),
    ...below(`${check}  ${account} ${region}  ${ours.owner(owner?.name ?? ours.unknown)}`).map((line) => paint('gray', line)),
    ...(decision === null ? [] : below(`=> ${decision}`).map((line) => paint('green', line))),
  ]
}

/** What was decided, in one sentence; null: nothing yet. */
export function decisionText({ decision }: Pick<Item, 'decision'>, form: DutyForm): string | null {
  if (!decision) return null
  const { at, to, dueAt, until, by, ...rest } = decision
  const epoch = (iso: string | null) => (iso === null ? null : Date.parse(iso))
  const made = { ...rest, by, at: Date.parse(at), to: to?.id ?? null, dueAt: epoch(dueAt), until: epoch(until) }
  return dutyWords[form.locale].decided(made, form.name(by), to ? form.name(to) : dutyWords[form.locale].nobody, form)
}
