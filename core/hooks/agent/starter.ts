import { type ChildProcess, spawn } from 'node:child_process'
import type { Member } from '../../catalog/schema.ts'
import type { Clock } from '../../clock.ts'

export interface StarterOptions {
  process: NonNullable<Member['process']>
  env: Record<string, string | undefined>
  /** File descriptor that the output goes to. */
  outputFd: number
  clock: Clock
}

/** Starts the same program again and again, as fast as the host allows. */
export interface Starter {
  /** The child of this start; without a pid when the program cannot be started, as `spawn` answers. */
  start(): ChildProcess
  /** Forks what the next start will need. Call it when nothing is urgent. */
  park(): void
  close(): void
}

const shell = '/bin/sh'
/** Waits for one line, then becomes the program. When its pipe is closed instead (we died), it ends. */
const wait = 'read -r _ && exec "$@" </dev/null'
const parkAfterMs = 1_000

/**
 * Forking a process of our size takes 4 to 15 ms, more than all the rest of a restart that is ours. So the fork for the next
 * start is made in quiet times: a shell that waits for a line, and has run nothing of the program. Where there is no such
 * shell, or it has gone, it is an ordinary spawn.
 */
export function createStarter({ process, env, outputFd, clock }: StarterOptions): Starter {
  const { command, cwd } = process
  const [program, ...args] = command as [string, ...string[]]
  let parked: ChildProcess | null = null
  let closed = false
  let cancelPark = () => {}

  function park(): void {
    if (closed || parked) return
    const child = spawn(shell, ['-c', wait, 'jidoka-parked', ...command], {
      cwd,
      env,
      stdio: ['pipe', outputFd, outputFd],
      detached: false,
    })
    parked = child
    const gone = () => {
      if (parked === child) parked = null
    }
    child.once('error', gone)
    child.once('exit', gone)
    child.stdin?.on('error', () => {}) // it has gone: 'exit' follows
  }

  function takeParked(): ChildProcess | null {
    const child = parked
    parked = null
    if (!child || child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return null
    child.stdin?.end('start\n')
    return child
  }

  return {
    start() {
      cancelPark()
      const child = takeParked() ?? spawn(program, args, { cwd, env, stdio: ['ignore', outputFd, outputFd], detached: false })
      if (child.pid !== undefined) cancelPark = clock.after(parkAfterMs, park)
      return child
    },
    park,
    close() {
      closed = true
      cancelPark()
      parked?.stdin?.end()
      parked = null
    },
  }
}
