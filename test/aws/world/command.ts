import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

export interface Ended {
  code: number | null
  out: string
  err: string
}

const program = resolve(import.meta.dirname, '../../../cli/main.ts')

/** The real command, as a process, with this environment and nothing else of ours. */
export async function command(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = () => child.kill('SIGKILL')
  process.once('exit', stop)
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  process.removeListener('exit', stop)
  return { code, ...said }
}
