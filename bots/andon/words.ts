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
  return tell(data, { ...form, range: (reading: RangeReading) => rangeText(reading, form) })
}

/** Whether there is a sentence for it; others (leases, intents) are no matter for people. */
export const tellable = (kind: string): kind is keyof Tells => Object.hasOwn(tellEn, kind)
