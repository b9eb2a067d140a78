/**
 * What people wrote, made harmless for Slack: no mention, no link, no markup comes out of it, and it stays readable. The rest of the
 * defence: every text of ours is `verbatim` (parts.ts), and messages are posted with `parse: none` and `link_names: false`.
 */

/** Slack reads `<…>` as a command and `&` as the begin of an entity; a word joiner keeps `@here` from being one, and cannot be seen. */
const harmless = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/@(?=here|channel|everyone|group)/gi, '@\u2060')

const twins: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' }

/** Marks at the edge of a word would make it bold, struck or code; within a word (`a_b`) and alone (`2 * 3`) they do nothing. */
const unmarked = (text: string): string =>
  text.replace(/(?<![\p{L}\p{N}])[*_~`](?=\S)|(?<=\S)[*_~`](?![\p{L}\p{N}])/gu, (mark) => twins[mark] as string)

/** A text of several lines, at most `max` characters when escaped. What is longer ends with `…`. */
export function said(text: string, max = 2_800): string {
  const plain = unmarked(text.toWellFormed())
  const whole = harmless(plain)
  if (whole.length <= max) return whole
  let kept = ''
  for (const char of plain) {
    // An `@` is measured as if it had to be disarmed.
    const width = harmless(char).length + (char === '@' ? 1 : 0)
    if (lengthOf(kept) + width > max - 1) break
    kept += char
  }
  return `${harmless(kept)}…`
}

/** Words of a check: commands between backticks stay code, so that they can be copied; nothing else of them becomes markup. */
export function advice(text: string, max = 1_500): string {
  const parts = text.toWellFormed().split(/`([^`\n]+)`/)
  const whole = parts.map((part, i) => (i % 2 === 1 ? `\`${harmless(part)}\`` : said(part, max))).join('')
  return whole.length <= max ? whole : said(text, max)
}

const lengthOf = (text: string) => harmless(text).length

/** The same in one line. */
export const line = (text: string, max = 300): string => said(text.replace(/\s+/g, ' ').trim() || '–', max)

/** As Slack shows what somebody said. */
export const quote = (text: string, max = 2_500): string => {
  const room = max - 2 * Math.min(linesMax, text.split('\n').length)
  const lines = said(text, room).split('\n')
  return [...lines.slice(0, linesMax), ...(lines.length > linesMax ? ['…'] : [])].map((part) => `> ${part}`).join('\n')
}

/** A pasted log must not push the buttons off a telephone. */
const linesMax = 12

/** For plain text objects (headers, buttons, options), where nothing is read as markup. Not escaped: Slack would show the escapes. */
export function plain(text: string, max: number): string {
  const flat = text.toWellFormed().replace(/\s+/g, ' ').trim() || '–'
  if (flat.length <= max) return flat
  let kept = ''
  for (const char of flat) {
    if (kept.length + char.length > max - 1) break
    kept += char
  }
  return `${kept}…`
}

/** A link of ours; an address that is not https is shown as its words alone. */
export const link = (url: string | null, label: string): string =>
  url !== null && /^https?:\/\/[^\s<>|]{1,500}$/.test(url) ? `<${url}|${line(label.replaceAll('|', '∣'), 200)}>` : line(label, 200)
