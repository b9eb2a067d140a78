import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { crosscheck } from './catalog/crosscheck.ts'
import { problemLines } from './catalog/problems.ts'
import { configEndings, NotReadable, readDocument } from './catalog/read.ts'
import { type Config, configSchema } from './catalog/schema.ts'
import { fault } from './errors.ts'

export const configNames = configEndings.map((ending) => `jidoka.config${ending}`)

/**
 * Reads and checks the configuration: `file` (relative to `cwd`), or the first of `configNames` that exists in `cwd`.
 * Errors: `config-not-found`; `bad-config` with every problem, one per line in `details.problems` and as a list in `details.lines`.
 */
export async function loadConfig(options: { file?: string; cwd: string }): Promise<{ config: Config; file: string }> {
  const file = await locate(options)
  const document = await readDocument(file).catch((error: unknown) => {
    throw error instanceof NotReadable ? badConfig(file, error.lines, error.cause) : error
  })
  return { config: parseConfig(document, file), file }
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
    const found = await access(path).then(
      () => true,
      () => false,
    )
    if (found) return path
  }
  throw fault('config-not-found', { file: resolve(cwd, file ?? 'jidoka.config.ts') })
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
  const wrong = (name: string, needs: string) =>
    fault('usage', { problem: `${name} must be ${needs}, got "${read(name)}".`, hint: `Set ${name} anew, or unset it.` })
  const url = read('JIDOKA_URL')
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    throw wrong('JIDOKA_URL', 'a URL that begins with http:// or https://')
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
