import type { Locale } from '../andon/andon.ts'
import { wordsOf } from '../andon/words.ts'
import { slackForm } from './blocks/form.ts'

/** What comes so much later than it happened is marked: else people would take it for news. */
const lateAfterMs = 60_000

/** `late: happened 10:32`, in the time of each reader; null: it is not late. */
export function lateText(at: number, now: number, locale: Locale): string | null {
  return now - at > lateAfterMs ? wordsOf(locale).card.late(slackForm(locale).time(at)) : null
}
