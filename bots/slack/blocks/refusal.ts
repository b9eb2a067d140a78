import { isFault } from '../../../core/errors.ts'
import type { Locale } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { line, said } from './escape.ts'
import type { Rendered } from './form.ts'
import { section } from './parts.ts'

/**
 * What somebody is told whose wish could not be done: why, what is kept, what to do. `wrote`: their own words, given back so that
 * nothing typed is lost.
 */
export function refusalOf(error: unknown, locale: Locale, wrote?: string): Rendered {
  const text = [...reasonOf(error, locale), ...(wrote?.trim() ? [wordsOf(locale).errors.youWrote(said(wrote, 2_000))] : [])].join('\n')
  return { text, blocks: [section(text)] }
}

function reasonOf(error: unknown, locale: Locale): string[] {
  const { errors, pull } = wordsOf(locale)
  if (isFault(error, 'forbidden')) return [errors.forbidden, errors.nothingChanged]
  if (isFault(error, 'not-found')) return [errors.notFound(line(String(error.details.id ?? ''), 80)), errors.nothingChanged]
  if (isFault(error, 'refused')) {
    const hint = String(error.details.hint ?? '')
    return [errors.refused(line(String(error.details.reason ?? ''), 500)), ...(hint ? [line(hint, 300)] : []), errors.nothingChanged]
  }
  if (isFault(error, 'bad-request')) return [errors.refused(line(String(error.details.problems ?? ''), 800)), errors.nothingChanged]
  if (isFault(error, 'record-changed')) return [errors.tooLate]
  if (isFault(error, 'store-failed', 'store-full', 'store-locked', 'store-corrupt')) return [pull.notRecorded]
  if (isFault(error)) return [errors.refused(line(error.message, 500)), line(error.next, 500)]
  return [errors.failed]
}
