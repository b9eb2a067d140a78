import type { z } from 'zod'
import type { absenceSchema, nowSchema, swapSchema, weekSchema } from '../../bots/duty/wire.ts'
import { dutyForm } from '../../bots/duty/words/form.ts'
import { filled, widthOf } from '../andon/width.ts'
import { zoneHere } from '../locale.ts'
import { cliWords, dutyWords } from './words.ts'

/** Who is on duty, as a terminal shows it. Pure. */
export type DutyView = z.infer<typeof nowSchema>
export type WeekView = z.infer<typeof weekSchema>
export type SwapView = z.infer<typeof swapSchema>
export type AbsenceView = z.infer<typeof absenceSchema>
type Locale = 'en' | 'ja'

const labelColumns = 11

export function dutyLines({ day, today, week, next, nextDrawAt, absences }: DutyView, locale: Locale): string[] {
  const [words, form] = [cliWords[locale], dutyForm(locale, { zone: zoneHere() })]
  const names = (people: Parameters<typeof form.names>[0]) => (people.length === 0 ? dutyWords[locale].nobody : form.names(people))
  const row = (label: string, text: string) => `${filled(label, labelColumns)}${text}`
  const swaps = [week, next].flatMap((one) => one?.swaps ?? []).filter(({ status }) => status === 'asked')
  const weekRows = (label: string, one: WeekView) => [
    row(label, `${one.week}  ${names(one.people)}`),
    ...spansOf(one, locale).map((line) => row('', line)),
  ]
  return [
    row(words.today, `${form.day(day)}  ${names(today)}`),
    ...(week ? weekRows(words.week, week) : []),
    ...(next ? weekRows(words.next, next) : nextDrawAt ? [row(words.next, words.drawnAt(form.moment(Date.parse(nextDrawAt))))] : []),
    ...swaps.map(({ id, from, to, days }) => row(words.swap, `${id}  ${words.swapAsked(form.name(from), form.name(to), form.days(days))}`)),
    ...absences.map(({ id, person, from, until, reason }) =>
      row(words.away, `${id}  ${form.name(person)}: ${form.days([from, until])}${reason === null ? '' : `  ${reason}`}`),
    ),
  ]
}

/** Who is there when, where that is not the same all week. */
function spansOf({ roster, people }: WeekView, locale: Locale): string[] {
  const form = dutyForm(locale)
  const named = (ids: readonly string[]) => form.names(ids.map((id) => people.find((one) => one.id === id) ?? { id, name: id }))
  const spans: { days: string[]; names: string }[] = []
  for (const { day, people: ids } of roster) {
    const names = ids.length === 0 ? dutyWords[locale].nobody : named(ids)
    const last = spans.at(-1)
    if (last?.names === names) last.days.push(day)
    else spans.push({ days: [day], names })
  }
  return spans.length < 2 ? [] : spans.map(({ days, names }) => `${form.days(days)}: ${names}`)
}

export const swapLine = ({ id, status, from, to, days }: SwapView, locale: Locale): string => {
  const form = dutyForm(locale)
  return `${id}  ${cliWords[locale].swapStatus[status]}: ${form.name(from)} -> ${form.name(to)}, ${form.days(days)}`
}

/** The audit, below each other; the last column may be as long as it likes. */
export function tableLines(rows: readonly string[][]): string[] {
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))))
  return rows.map((row) =>
    `  ${row.map((cell, i) => (i === 0 ? filled(cell, widths[0] ?? 0) : i === 5 ? cell : ' '.repeat((widths[i] ?? 0) - widthOf(cell)) + cell)).join('  ')}`.trimEnd(),
  )
}
