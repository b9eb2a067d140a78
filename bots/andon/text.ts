import { scrub } from '../../core/scrub.ts'
import { limits } from './andon.ts'

/** Marks that turn the direction of what follows, and controls: they could make a line read as another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is cut
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g
/** Tags: letters that nobody sees, and programs read. */
const tags = /[\u{e0000}-\u{e007f}]/gu

/** What could be the beginning of a secret whose rest was cut off. */
const brokenWord = /[!-~]{1,512}$/

/** What a person wrote, fit for the record: well-formed, secrets cut, at most `max` characters (code points), never empty. */
export function clean(text: string, max = limits.textChars, empty = '(no words)'): string {
  const plain = scrub(looked(text.trimStart(), max)).trim()
  const points = [...plain]
  return points.length === 0 ? empty : points.length > max ? `${points.slice(0, max - 1).join('')}…` : plain
}

/** Beyond what is kept: a mask may be shorter than its secret. */
const spare = 2_000

/**
 * As much as may be needed, without what nobody sees. Cut before secrets are looked for: to look through megabytes would keep
 * everybody waiting. Twice, for UTF-16.
 */
function looked(text: string, max: number): string {
  const some = text.slice(0, (max + spare) * 8)
  const seen = some.toWellFormed().replace(invisible, '').replace(tags, '')
  const enough = seen.slice(0, max * 2 + spare).toWellFormed()
  return enough.length < seen.length || some.length < text.length ? enough.replace(brokenWord, '…') : enough
}
