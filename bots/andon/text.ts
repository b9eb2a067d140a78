import { scrub } from '../../core/scrub.ts'
import { limits } from './andon.ts'

/** Marks that turn the direction of what follows, and controls: they could make a line read as another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is cut
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** What a person wrote, fit for the record: well-formed, secrets cut, at most `max` characters, never empty. */
export function clean(text: string, max = limits.textChars, empty = '(no words)'): string {
  // Cut first: to look through megabytes for secrets would keep everybody waiting. Cut anew after: a mask is longer than a digit.
  const plain = scrub(text.slice(0, max * 2).toWellFormed().replace(invisible, '')).trim()
  const points = [...plain]
  return points.length === 0 ? empty : points.length > max ? `${points.slice(0, max - 1).join('')}…` : plain
}
