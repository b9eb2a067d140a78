import { formatTime, parseLocal } from '../../../core/calendar.ts'
import type { Locale } from '../../andon/andon.ts'
import { type Form, type FormOptions, formOf } from '../../andon/words/form.ts'
import type { Day } from '../week.ts'

/** How times, days, money and names are written; one for each place where they are read. */
export interface DutyForm extends Form {
  /** `Mon 23 Nov`. */
  day(day: Day): string
  days(days: readonly Day[]): string
  /** Of a month, USD. */
  money(usd: number): string
  share(share: number): string
  names(people: readonly { id: string; name: string }[]): string
}

export const dutyForm = (locale: Locale, options: FormOptions = {}): DutyForm => withDays(formOf(locale, options))

export function withDays(form: Form): DutyForm {
  const { locale } = form
  const day = (text: Day) => formatTime(parseLocal(text), 'UTC', locale).replace(/ 00:00.*$/, '')
  return {
    ...form,
    day,
    days: (days) => {
      const [first, last] = [days[0], days.at(-1)]
      if (first === undefined || last === undefined) return '–'
      return first === last ? day(first) : `${day(first)} – ${day(last)}`
    },
    money: (usd) => `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`,
    share: (share) => `${Math.round(share * 100)}%`,
    names: (people) => people.map((person) => form.name(person)).join(locale === 'ja' ? '、' : ', '),
  }
}
