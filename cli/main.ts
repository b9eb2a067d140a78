#!/usr/bin/env node
import { join, resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import { openApi, tellFailure } from './api.ts'
import { commands } from './commands/registry.ts'
import type { Cli, Run } from './define.ts'
import { version } from './version.ts'

const interrupt = new AbortController()
// HUP: the terminal was closed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second one does not wait for a tidy end.
    if (interrupt.signal.aborted) process.exit(1)
    interrupt.abort()
  })
}
let serving = false
// Nobody reads any more (`| head`): what only tells something ends; what serves others goes on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => serving || interrupt.abort())

const cli: Cli = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  json: (value) => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
  tty: process.stdout.isTTY === true,
  columns: process.stdout.columns ?? 100,
  env: process.env,
  cwd: process.cwd(),
  dataOf: (options) => resolve(options.data ?? process.env.JIDOKA_DATA ?? join(process.cwd(), '.jidoka')),
  api: (options) => openApi(options, process.env, cli.dataOf(options)),
  interrupted: interrupt.signal,
  serve() {
    serving = true
  },
}

const run: Run =
  (action) =>
  async (...args) => {
    try {
      process.exitCode = await action(...args)
    } catch (error) {
      const { text, code } = tellFailure(error)
      cli.err(`jidoka: ${text}`)
      process.exitCode = code
    }
  }

const program = new Command('jidoka')
  .description('Detects what is wrong on a platform, mends it by itself, verifies, and calls a person only when that fails.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(see jidoka --help)')
  .enablePositionalOptions()

for (const unit of commands) {
  const command = program.command(unit.name).description(unit.summary).exitOverride().showHelpAfterError(`(see jidoka ${unit.name} --help)`)
  unit.setup(command, cli, run)
}

try {
  await program.parseAsync(process.argv)
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
