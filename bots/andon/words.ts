import type { Locale, RangeReading } from './andon.ts'
import type { AndonEntry } from './entries.ts'
import { en } from './words/en.ts'
import { type FormOptions, formOf } from './words/form.ts'
import { ja } from './words/ja.ts'
import { rangeText } from './words/range.ts'
import { tellEn } from './words/tell-en.ts'
import { tellJa } from './words/tell-ja.ts'
import type { Tells } from './words/tells.ts'
import type { Words } from './words/type.ts'

const words = { en, ja }
const tells = { en: tellEn, ja: tellJa }

/** Everything that people read of the Andon, in their language. */
export const wordsOf = (locale: Locale): Words => words[locale]

/** An event of the journal, or an entry that is not there yet. */
export type Tellable = Pick<AndonEntry, 'data'> & { kind: string }

/**
 * One sentence for an entry of the timeline, plain text (escape it for where it goes). Times stand in `zone` (IANA; UTC unless
 * told); `text` shortens or flattens what people wrote. A kind that tells a person nothing, or that we do not know, is its own name.
 */
export function tellEntry({ kind, data }: Tellable, locale: Locale, options: FormOptions = {}): string {
  if (!tellable(kind)) return kind
  const form = formOf(locale, options)
  const tell = tells[locale][kind] as (data: unknown, form: unknown) => string
  const told = typeof data.title === 'string' ? { ...data, title: laneTitle(data.title, locale) } : data
  return tell(told, { ...form, range: (reading: RangeReading) => rangeText(reading, form) })
}

/** A lane of ours is called in the language of the reader, whoever opened it; another one as it was named. */
export function laneTitle(title: string, locale: Locale): string {
  for (const { lanes } of Object.values(words)) {
    const kind = Object.keys(lanes).find((one) => lanes[one] === title)
    if (kind !== undefined) return words[locale].lanes[kind] ?? title
  }
  return title
}

/** Whether there is a sentence for it; others (leases, intents) are no matter for people. */
export const tellable = (kind: string): kind is keyof Tells => Object.hasOwn(tellEn, kind)
