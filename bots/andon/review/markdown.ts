/**
 * Markdown that people's words cannot break out of: no heading, list, table cell, link, image, HTML, formula or code of theirs
 * becomes one of ours. What they wrote stays readable.
 */

/** Controls, odd ends of lines, and marks that turn the direction of what follows. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu
const special = /[\\`*[\]<>|~#$]/g

/** On one line, wherever ours goes on after it. */
export function md(text: string): string {
  const line = text
    .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' / ')
    .replace(unseen, '')
    .trim()
  // An underscore within a word is one; entities would bring back what was cut.
  return line
    .replace(special, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
}

/** Ids and words of programs. */
export function code(text: string): string {
  const plain = text
    .replace(/[`\\\r\n|]/g, '')
    .replace(unseen, '')
    .trim()
  return plain === '' ? '' : `\`${plain}\``
}

/** As it is, over several lines; the fence is longer than any in it. */
export function fenced(text: string, language = '', indent = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const lines = text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => line.replace(unseen, ''))
  return [`${fence}${language}`, ...lines, fence].map((line) => `${indent}${line}`.trimEnd()).join('\n')
}

/** A link when it leads to the web, else its name. */
export function link(name: string, url: string | null): string {
  const target = url === null ? null : webAddress(url)
  return target === null ? md(name) : `[${md(name)}](${target})`
}

/** A link to a file below the data folder. */
export const fileLink = (name: string, path: string): string =>
  `[${md(name)}](${path
    .toWellFormed()
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replace(/[()*!'~]/g, escaped)})`

const escaped = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

function webAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  return url.href.replace(/[()<>|\\`*_[\]\s]/g, escaped)
}

/** Cells are Markdown already. Nothing for no rows. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [row(heads), row(heads.map(() => '---')), ...rows.map(row)]
}

/** What somebody wrote as an item of a list: one line stays one, several become a block below. */
export function item(lead: string, text: string): string {
  return /[\r\n]/.test(text.trim()) ? `- ${lead}\n\n${fenced(text.trim(), 'text', '  ')}` : `- ${lead} ${md(text)}`
}
