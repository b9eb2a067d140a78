import type { Locale } from '../../andon/andon.ts'
import type { Tellable } from '../../andon/words.ts'
import { sentence } from './form.ts'

/** One entry of the timeline as a line in the room, escaped; null: nothing for people. Times are shown to each reader in their own zone. */
export function lineOf(event: Tellable, { locale }: { locale: Locale }): { text: string } | null {
  const text = sentence(event, locale)
  return text === null ? null : { text }
}
