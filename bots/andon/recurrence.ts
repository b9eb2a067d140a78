import { type Andon, type KaizenItem, type Locale, topicOf } from './andon.ts'
import { openItems } from './kaizen.ts'
import { formOf } from './words/form.ts'
import { wordsOf } from './words.ts'

export interface Recurrence {
  /** How often before. */
  count: number
  /** Newest before this one. */
  last: Andon | null
  /** Kaizen items of earlier ones that nobody has done yet. */
  open: { andon: Andon; item: KaizenItem }[]
}

/** The same matter before: same component and failure, for real, each counted once. Pure. */
export function recurrenceOf(andon: Andon, earlier: readonly Andon[]): Recurrence {
  const topic = topicOf(andon)
  const same = earlier
    .filter((one) => counts(one) && one.id !== andon.id && one.pulledAt < andon.pulledAt && topic !== null && topicOf(one) === topic)
    .sort((a, b) => b.pulledAt - a.pulledAt)
  return {
    count: same.length,
    last: same[0] ?? null,
    open: same.flatMap((one) => openItems(one).map((item) => ({ andon: one, item }))),
  }
}

/** Practice is no recurrence, and what was merged is counted where it went. */
export const counts = ({ drill, state }: Andon): boolean => drill === null && !(state.status === 'resolved' && state.mergedInto !== null)

/** For the card: `The 3rd time; last 12 d ago. 1 kaizen item of then is still open.` Null: not the same again. */
export function recurrenceSentence({ count, lastAt, kaizenOpen }: Andon['recurrence'], locale: Locale, now: number): string | null {
  if (count === 0 || lastAt === null) return null
  const { recurrence } = wordsOf(locale)
  const sentences = [recurrence.again(ordinalOf(count + 1, locale), formOf(locale).span(now - lastAt))]
  if (kaizenOpen > 0) sentences.push(recurrence.kaizenOpen(kaizenOpen))
  return sentences.join(locale === 'ja' ? '' : ' ')
}

const suffixes: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' }
/** Made when it is needed: it brings two megabytes with it. */
let ordinals: Intl.PluralRules | null = null
function ruleOf(n: number): Intl.LDMLPluralRule {
  ordinals ??= new Intl.PluralRules('en', { type: 'ordinal' })
  return ordinals.select(n)
}

export const ordinalOf = (n: number, locale: Locale): string => (locale === 'ja' ? `${n}回目` : `${n}${suffixes[ruleOf(n)] ?? 'th'}`)
