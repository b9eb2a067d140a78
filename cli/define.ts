import type { Command } from 'commander'
import type { Api } from './api.ts'
import { gathered } from './options.ts'

/** What every command gets: where to write, how to ask, and nothing ambient. */
export interface Cli {
  out(text: string): void
  err(text: string): void
  /** Writes a result for scripts. */
  json(value: unknown): void
  /** A person looks at the output: colours and redrawing are welcome. */
  tty: boolean
  columns: number
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** The data folder: `--data`, else `.jidoka` below the working folder. */
  dataOf(options: { data?: string }): string
  /** The controller's API, with the local token. */
  api(options: ApiOptions): Promise<Api>
  /** Aborts at Ctrl-C, TERM, HUP, or when nobody reads the output any more. */
  interrupted: AbortSignal
  /** From now on it serves others: that nobody reads its output is no reason to end. */
  serve(): void
}

export interface ApiOptions {
  /** Several: they share a store; the first that answers is taken. */
  url?: string | readonly string[]
  data?: string
  token?: string
}

/** 0 done, 1 the thing asked about is not well, 2 wrong usage, 3 could not reach. */
export type ExitCode = 0 | 1 | 2 | 3

/** One command of the line: one file, found by the registry. */
export interface CommandUnit {
  name: string
  summary: string
  /** Adds arguments, options, subcommands; actions answer an exit code through `run`. */
  setup(command: Command, cli: Cli, run: Run): void
}

/** Wraps an action: its answer becomes the exit code, its fault a sentence with what to do. */
// biome-ignore lint/suspicious/noExplicitAny: commander hands over arguments untyped; each action names its own
export type Run = (action: (...args: any[]) => Promise<ExitCode>) => (...args: any[]) => Promise<void>

export const defineCommand = (name: string, spec: Omit<CommandUnit, 'name'>): CommandUnit => ({ name, ...spec })

/** Options of every command that asks a controller. */
export const reaching = (command: Command): Command =>
  command
    .option(
      '--url <url>',
      'address of the controller; of several that share a store, once for each (default: JIDOKA_URL, else the one that runs on this data folder)',
      gathered,
    )
    .option('--data <folder>', 'data folder with the local token (default: .jidoka)')
    .option('--token <token>', 'bearer token (default: JIDOKA_TOKEN, else the local one)')

export const forScripts = (command: Command): Command => command.option('--json', 'machine-readable output')
