import { access, readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { LineCounter, parseDocument } from 'yaml'
import { crosscheck } from './catalog/crosscheck.ts'
import { problemLines } from './catalog/problems.ts'
import { type Config, configSchema } from './catalog/schema.ts'
import { fault } from './errors.ts'

export const configNames = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'].map((ending) => `jidoka.config.${ending}`)

/**
 * Reads and checks the configuration: `file` (relative to `cwd`), or the first of `configNames` that exists in `cwd`.
 * Errors: `config-not-found`; `bad-config` with every problem, one per line in `details.problems` and as a list in `details.lines`.
 */
export async function loadConfig(options: { file?: string; cwd: string }): Promise<{ config: Config; file: string }> {
  const file = await locate(options)
  return { config: parseConfig(await read(file), file), file }
}

/** Checks a configuration that is in memory already; `file` is its name in errors. */
export function parseConfig(input: unknown, file: string): Config {
  const parsed = configSchema.safeParse(input)
  if (!parsed.success) throw badConfig(file, problemLines(parsed.error, input, configSchema), parsed.error)
  const problems = crosscheck(parsed.data)
  if (problems.length > 0) throw badConfig(file, problems)
  return parsed.data
}

const badConfig = (file: string, lines: string[], cause?: unknown) =>
  fault('bad-config', { file, problems: lines.length === 1 ? lines[0] : lines.map((line) => `\n  ${line}`).join(''), lines }, cause)

async function locate({ file, cwd }: { file?: string; cwd: string }): Promise<string> {
  for (const candidate of file === undefined ? configNames : [file]) {
    const path = resolve(cwd, candidate)
    const found = await access(path).then(() => true, () => false)
    if (found) return path
  }
  throw fault('config-not-found', { file: resolve(cwd, file ?? 'jidoka.config.ts') })
}

async function read(file: string): Promise<unknown> {
  const ending = extname(file)
  if (/^\.m?[jt]s$/.test(ending)) return readModule(file)
  if (ending !== '.json' && ending !== '.yaml' && ending !== '.yml') {
    throw badConfig(file, [`(top): a file that ends in "${ending}" cannot be read; known are ${configNames.map(extname).join(', ')}`])
  }
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw badConfig(file, [`(top): cannot be read: ${error.message}`], error)
  })
  // Some editors put a byte order mark in front; no parser wants it.
  const plain = text.replace(/^\uFEFF/, '')
  return ending === '.json' ? readJson(file, plain) : readYaml(file, plain)
}

async function readModule(file: string): Promise<unknown> {
  const url = pathToFileURL(file).href
  const module = (await import(url).catch(async (error: unknown) => {
    throw badConfig(file, [await whereInModule(error, file, url)], error)
  })) as { default?: unknown; config?: unknown }
  const config = module.default ?? module.config
  if (config === undefined) throw badConfig(file, ['(top): exports no configuration; write `export default { components: [ ... ] }`'])
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

interface Place { line: number; column: number }

function readJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    const { line, column } = placeOf(text, jsonOffset(text, message))
    const what = message.replace(/,? (?:"|\.\.\.").*is not valid JSON$/s, '').replace(/ in JSON at position.*$/s, '')
    throw badConfig(file, [`line ${line}, column ${column}: ${what}`], error)
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

function readYaml(file: string, text: string): unknown {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lines = document.errors.map((error) => {
    const { line, col } = counter.linePos(error.pos[0])
    return `line ${line}, column ${col}: ${error.message}`
  })
  if (lines.length > 0) throw badConfig(file, lines, document.errors[0])
  try {
    return document.toJS()
  } catch (error) {
    // Aliases that would unfold without end are refused only here.
    throw badConfig(file, [`(top): ${(error as Error).message}`], error)
  }
}

/** What the environment says; a variable that is not set, or empty, is absent. */
export interface Environment {
  /** JIDOKA_URL: where the CLI and the agents find the controller. */
  url?: string
  /** JIDOKA_TOKEN: bearer token towards the controller. */
  token?: string
  /** JIDOKA_CONTROL_TOKEN: bearer token of the control hooks. */
  controlToken?: string
  /** JIDOKA_DATA: the data folder. */
  data?: string
  /** JIDOKA_CONFIG: the configuration file. */
  config?: string
  /** JIDOKA_HOST, JIDOKA_PORT: where the controller listens. */
  host?: string
  port?: number
  /** LOG_LEVEL; `info` unless set. */
  logLevel: (typeof logLevels)[number]
  /** A secret that the configuration names (`secretEnv`). */
  secret(name: string): string | undefined
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** The one place that reads environment variables. Errors: `usage`, naming the variable. */
export function environment(env: Readonly<Record<string, string | undefined>>): Environment {
  const read = (name: string) => env[name]?.trim() || undefined
  const wrong = (name: string, needs: string) => fault('usage', { problem: `${name} must be ${needs}, got "${read(name)}".`, hint: `Set ${name} anew, or unset it.` })
  const url = read('JIDOKA_URL')
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) throw wrong('JIDOKA_URL', 'a URL that begins with http:// or https://')
  const port = read('JIDOKA_PORT')
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) throw wrong('JIDOKA_PORT', 'a port number from 0 to 65535')
  const level = read('LOG_LEVEL')?.toLowerCase() ?? 'info'
  const logLevel = logLevels.find((known) => known === level)
  if (logLevel === undefined) throw wrong('LOG_LEVEL', `one of ${logLevels.join(', ')}`)
  return {
    url: url?.replace(/\/+$/, ''),
    token: read('JIDOKA_TOKEN'),
    controlToken: read('JIDOKA_CONTROL_TOKEN'),
    data: read('JIDOKA_DATA'),
    config: read('JIDOKA_CONFIG'),
    host: read('JIDOKA_HOST'),
    port: port === undefined ? undefined : Number(port),
    logLevel,
    secret: read,
  }
}
