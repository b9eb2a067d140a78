/** How wide text stands in a terminal: Japanese letters and emoji take two columns, marks that join others none. */

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]/u
const emoji = /\p{Emoji_Presentation}|\ufe0f/u
const nothing = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u
const ascii = /^[\x20-\x7e]*$/

/** Half-width kana carry their voice mark in a column of its own. */
const halfVoiced = /^.[\uff9e\uff9f]/u

const widthOfOne = (grapheme: string) =>
  nothing.test(grapheme) ? 0 : wide.test(grapheme) || emoji.test(grapheme) || halfVoiced.test(grapheme) ? 2 : 1

export const graphemes = (text: string): string[] =>
  ascii.test(text) ? [...text] : Array.from(segments.segment(text), ({ segment }) => segment)

export function widthOf(text: string): number {
  if (ascii.test(text)) return text.length
  let width = 0
  for (const one of graphemes(text)) width += widthOfOne(one)
  return width
}

/** What a person wrote, on one line and without anything that moves the cursor. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\s*\n\s*/g, ' / ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is cut
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, ' ')

/** Cut to at most `columns`, with `…` where something is missing. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns <= 0) return ''
  let kept = ''
  let width = 1
  for (const one of graphemes(text)) {
    width += widthOfOne(one)
    if (width > columns) break
    kept += one
  }
  return `${kept}…`
}

/** Cut and filled to exactly `columns`. */
export function filled(text: string, columns: number): string {
  const short = cut(text, columns)
  return short + ' '.repeat(Math.max(0, columns - widthOf(short)))
}

/** In lines of at most `columns`, at most `lines` of them; broken at spaces where there are some, else anywhere, as Japanese is. */
export function wrap(text: string, columns: number, lines = Number.POSITIVE_INFINITY): string[] {
  const broken: string[] = []
  let line = ''
  let width = 0
  let space = -1
  for (const one of graphemes(text)) {
    const more = widthOfOne(one)
    if (width + more > columns && line !== '') {
      const at = space > 0 && one !== ' ' ? space : line.length
      broken.push(line.slice(0, at).trimEnd())
      line = line.slice(at).trimStart()
      width = widthOf(line)
      space = -1
    }
    if (one === ' ') space = line.length
    if (line !== '' || one !== ' ') {
      line += one
      width += more
    }
  }
  broken.push(line)
  if (broken.length <= lines) return broken
  return [...broken.slice(0, lines - 1), cut(broken.slice(lines - 1).join(' '), columns)]
}

/** The last `columns` of it: where somebody types, the end is what counts. */
export function tail(text: string, columns: number): string {
  const all = graphemes(text)
  let width = 0
  let from = all.length
  while (from > 0 && width + widthOfOne(all[from - 1] as string) <= columns) width += widthOfOne(all[--from] as string)
  return all.slice(from).join('')
}
