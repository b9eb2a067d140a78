import type { JournalEvent } from '../../../core/journal/journal.ts'
import type { Andon, Locale, Person } from '../andon.ts'
import { type AndonEntries, type AndonEntryKind, personOf } from '../entries.ts'
import { peopleIn } from '../here.ts'
import { formOf } from '../words/form.ts'
import { reviewEn } from '../words/review-en.ts'
import { reviewJa } from '../words/review-ja.ts'
import { wordsOf } from '../words.ts'
import { md } from './markdown.ts'

export interface ReviewOptions {
  /** IANA; of all times in it. */
  zone: string
  locale: Locale
  /** Andons of the same topic before this one, as far as they are known. */
  earlier?: readonly Andon[]
}

export type Context = ReturnType<typeof contextOf>

/** What every section needs. */
export function contextOf(andon: Andon, timeline: readonly JournalEvent[], { zone, locale, earlier = [] }: ReviewOptions) {
  const form = formOf(locale, { zone })
  const names = new Map(peopleIn(andon).map((person) => [person.id, person]))
  const { state } = andon
  return {
    andon,
    timeline,
    earlier,
    locale,
    form,
    review: locale === 'ja' ? reviewJa : reviewEn,
    words: wordsOf(locale),
    /** When it ended, or the last that is known of it. */
    endAt: state.status === 'resolved' ? state.at : Math.max(andon.pulledAt, ...timeline.map(({ at }) => at)),
    name: (person: Person) => md(form.name(person)),
    /** Of somebody of whom we know the id, or the name already. */
    named(ref: string): string {
      const known = names.get(ref)
      return md(form.name(known ?? { id: ref, name: ref }))
    },
    list: (parts: readonly string[]) => parts.join(locale === 'ja' ? '、' : ', '),
    told: <Kind extends AndonEntryKind>(kind: Kind) =>
      timeline.filter((event) => event.kind === kind).map((event) => ({ at: event.at, data: event.data as unknown as AndonEntries[Kind] })),
  }
}

/** The first who led, and when. */
export function firstLead({ told, andon }: Context): { person: Person; at: number } | null {
  const taken = told('andon.role').find(({ data }) => data.role === 'lead' && data.person !== null)
  if (taken?.data.person) return { person: taken.data.person, at: taken.at }
  return andon.roles.lead && { person: personOf(andon.roles.lead.person), at: andon.marks.lead ?? andon.roles.lead.at }
}

/** Without its last full stop, to stand within a sentence. */
export const bare = (text: string): string => text.trim().replace(/[.。]+$/, '')
