import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { descendants, look, type Seen } from '../../examples/platform/processes.ts'

/** One process of the fleet, started again whenever it is wanted. */
export interface Part {
  name: string
  start(): void
  /** Null: it does not run. */
  pid(): number | null
  /** The process itself, and those below it. */
  all(): Seen[]
  /** Kills it, and waits until it is reaped. */
  kill(): Promise<void>
  /** What it wrote. */
  said(): string
}

export interface PartOptions {
  name: string
  command: readonly string[]
  env: Record<string, string>
  cwd: string
  log: string
  user?: { uid: number; gid: number } | null
  /** It is spawned with a channel, and sends messages; `answer` sends back. */
  onMessage?(message: unknown, answer: (value: number) => void): void
}

export function openPart({ name, command, env, cwd, log, user, onMessage }: PartOptions): Part {
  let child: ChildProcess | null = null
  const [program, ...args] = command as [string, ...string[]]
  const lives = () => child !== null && child.exitCode === null && child.signalCode === null
  return {
    name,
    start() {
      if (lives()) return
      const out = openSync(log, 'a')
      const mine = spawn(program, args, {
        cwd,
        env,
        stdio: ['ignore', out, out, ...(onMessage ? (['ipc'] as const) : [])],
        ...(user ? { uid: user.uid, gid: user.gid } : {}),
      })
      child = mine
      closeSync(out)
      mine.on('error', () => {})
      mine.on('message', (message) => onMessage?.(message, (value) => mine.connected && mine.send(value, () => {})))
    },
    pid: () => (lives() ? (child?.pid ?? null) : null),
    all() {
      const seen = lives() && child?.pid !== undefined ? look(child.pid) : null
      return seen ? [seen, ...descendants(seen.pid)] : []
    },
    async kill() {
      const dying = child
      if (!dying || !lives()) return
      const gone = new Promise<void>((resolve) => dying.once('exit', () => resolve()))
      dying.kill('SIGKILL')
      await gone
    },
    said: () => readFileSync(log, 'utf8'),
  }
}
