import { Command } from 'commander'
import { openApi, tellFailure } from '../cli/api.ts'
import type { Cli, CommandUnit, Run } from '../cli/define.ts'

export interface Typing {
  commands: readonly CommandUnit[]
  /** Address and token of the controller that is asked. */
  controller(env: Cli['env']): { url: string; token: string }
  /** Working folder, and data folder. */
  folder: string
  columns: number
  out: string[]
  err: string[]
}

/** Types a line of `jidoka`, as a person would; answers the exit code. */
export async function typeLine(
  { commands, controller, folder, columns, out, err }: Typing,
  env: Cli['env'],
  args: readonly string[],
): Promise<number> {
  const cli: Cli = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    json: (value) => void out.push(JSON.stringify(value)),
    ...{ tty: false, columns, env, cwd: folder },
    dataOf: (options) => options.data ?? folder,
    api: () => openApi(controller(env), env, folder),
    interrupted: new AbortController().signal,
    serve() {},
  }
  let code = 0
  const run: Run =
    (action) =>
    async (...given) => {
      try {
        code = await action(...given)
      } catch (error) {
        const told = tellFailure(error)
        err.push(told.text)
        code = told.code
      }
    }
  const program = new Command('jidoka').exitOverride().enablePositionalOptions()
  for (const unit of commands) unit.setup(program.command(unit.name).exitOverride(), cli, run)
  await program.parseAsync(['node', 'jidoka', ...args])
  return code
}
