import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LineCounter, parseDocument } from 'yaml'

export const configEndings = ['.ts', '.mts', '.js', '.mjs', '.json', '.yaml', '.yml']

/** Why a file could not be read: one line per problem, with line and column where they are known. */
export class NotReadable extends Error {
  readonly lines: string[]
  constructor(lines: string[], cause?: unknown) {
    super(lines.join('; '), { cause })
    this.lines = lines
  }
}

/** What stands in a configuration file, unchecked: the default export (or `config`) of a module, or the JSON or YAML document. */
export async function readDocument(file: string): Promise<unknown> {
  const ending = extname(file)
  if (/^\.m?[jt]s$/.test(ending)) return readModule(file)
  if (ending !== '.json' && ending !== '.yaml' && ending !== '.yml') {
    throw new NotReadable([`(top): a file that ends in "${ending}" cannot be read; known are ${configEndings.join(', ')}`])
  }
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new NotReadable([`(top): cannot be read: ${error.message}`], error)
  })
  // Some editors put a byte order mark in front; no parser wants it.
  const plain = text.replace(/^\uFEFF/, '')
  return ending === '.json' ? readJson(plain) : readYaml(plain)
}

async function readModule(file: string): Promise<unknown> {
  const url = pathToFileURL(file).href
  const module = (await import(url).catch(async (error: unknown) => {
    throw new NotReadable([await whereInModule(error, file, url)], error)
  })) as { default?: unknown; config?: unknown }
  const config = module.default ?? module.config
  if (config === undefined) throw new NotReadable(['(top): exports no configuration; write `export default { components: [ ... ] }`'])
  return config
}

/** A syntax error in TypeScript names its place in the first lines of its stack; one in JavaScript does not, so its text is parsed again. */
async function whereInModule(error: unknown, file: string, url: string): Promise<string> {
  if (!(error instanceof Error)) return `(top): threw ${String(error)}`
  let shown = error
  if (error instanceof SyntaxError && !placeInSource(error, file)) {
    try {
      stripTypeScriptTypes(await readFile(file, 'utf8'), { sourceUrl: file })
    } catch (again) {
      shown = again as Error
    }
  }
  const place = placeInSource(shown, file) ?? placeInStack(shown, url)
  return place ? `line ${place.line}, column ${place.column}: ${shown.message}` : `(top): ${shown.message}`
}

function placeInSource(error: Error, file: string): Place | undefined {
  const lines = (error.stack ?? '').split('\n')
  const line = lines[0]?.startsWith(`${file}:`) ? Number(lines[0].slice(file.length + 1)) : Number.NaN
  const marks = lines.find((text) => /^\s*\^+\s*$/.test(text))
  return Number.isInteger(line) && marks !== undefined ? { line, column: marks.indexOf('^') + 1 } : undefined
}

function placeInStack(error: Error, url: string): Place | undefined {
  const from = (error.stack ?? '').split(`${url}:`)[1]
  const numbers = from?.match(/^(\d+):(\d+)/)
  return numbers ? { line: Number(numbers[1]), column: Number(numbers[2]) } : undefined
}

interface Place {
  line: number
  column: number
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const { line, column } = placeOf(text, jsonOffset(text, message))
    const what = message.replace(/,? (?:"|\.\.\.").*is not valid JSON$/s, '').replace(/ in JSON at position.*$/s, '')
    throw new NotReadable([`line ${line}, column ${column}: ${what}`], error)
  }
}

/**
 * JSON.parse tells the position of most errors, but not of an unexpected token. That token is the last character of the shortest
 * beginning of the text which has this error, so halving finds it.
 */
function jsonOffset(text: string, message: string): number {
  const told = message.match(/at position (\d+)/)
  if (told) return Number(told[1])
  if (!message.startsWith('Unexpected token')) return text.length
  let good = 0
  let bad = text.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (hasUnexpectedToken(text.slice(0, middle))) bad = middle
    else good = middle
  }
  return bad - 1
}

function hasUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text)
    return false
  } catch (error) {
    return (error as Error).message.startsWith('Unexpected token')
  }
}

function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n')
  return { line: before.length, column: (before.at(-1) as string).length + 1 }
}

function readYaml(text: string): unknown {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lines = document.errors.map((error) => {
    const { line, col } = counter.linePos(error.pos[0])
    return `line ${line}, column ${col}: ${error.message}`
  })
  if (lines.length > 0) throw new NotReadable(lines, document.errors[0])
  try {
    return document.toJS()
  } catch (error) {
    // Aliases that would unfold without end are refused only here.
    throw new NotReadable([`(top): ${(error as Error).message}`], error)
  }
}
