import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Clock, sleep } from '../../clock.ts'
import { fault } from '../../errors.ts'

/** A process that cannot be mistaken for another one: ids are used again, a start time of one boot of the host is not. */
export interface ProcessIdentity {
  pid: number
  /** Boot of the host and clock ticks since then; null where there is no /proc (macOS): then nothing can be proven. */
  startTime: string | null
}

export function identityOf(pid: number): ProcessIdentity {
  const seen = readStat(pid)
  const boot = readText('/proc/sys/kernel/random/boot_id')
  return { pid, startTime: seen && boot ? `${boot.trim()}/${seen.startTime}` : null }
}

/** `unproven`: a process with this id may be there, but whether it is the same one cannot be told. */
export function isAlive(identity: ProcessIdentity): 'alive' | 'gone' | 'unproven' {
  if (identity.startTime === null) return signalable(identity.pid) ? 'unproven' : 'gone'
  if (identityOf(identity.pid).startTime !== identity.startTime) return 'gone'
  // A zombie does nothing any more; whoever is its parent has yet to take note of it.
  return /[ZX]/.test(readStat(identity.pid)?.state ?? 'X') ? 'gone' : 'alive'
}

/** True for a process that was stopped (SIGSTOP, a debugger). Always false where there is no /proc. */
export const isStopped = (pid: number) => /[Tt]/.test(readStat(pid)?.state ?? '')

/** The state is one letter; see proc(5). The name before it may hold anything, closing brackets too. */
function readStat(pid: number): { state: string; startTime: string } | null {
  const text = readText(`/proc/${pid}/stat`)
  if (text === null) return null
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function signalable(pid: number): boolean {
  return signal(pid, 0)
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

const lookEveryMs = 20
const killLimitMs = 5_000

/**
 * Ends a process that an earlier life of the agent left behind: TERM, after `graceMs` KILL, then the proof that it is gone.
 * Not our child, so there is no exit event: /proc is looked at. `process-alive` when it does not end.
 */
export async function endStray(
  identity: ProcessIdentity,
  member: string,
  { clock, graceMs }: { clock: Clock; graceMs: number },
): Promise<void> {
  const { pid } = identity
  const goneWithin = async (ms: number) => {
    for (const endsAt = clock.monotonic() + ms; ; ) {
      if (isAlive(identity) !== 'alive') return true
      if (clock.monotonic() >= endsAt) return false
      await sleep(clock, lookEveryMs)
    }
  }
  if (graceMs > 0 && !isStopped(pid)) {
    signal(pid, 'SIGTERM')
    if (await goneWithin(graceMs)) return
  }
  if (isAlive(identity) === 'alive') signal(pid, 'SIGKILL')
  if (!(await goneWithin(killLimitMs))) throw fault('process-alive', { pid, member, timeoutMs: killLimitMs })
}

/** What must be known of a member after the agent itself was killed. */
export interface MemberState {
  process: ProcessIdentity | null
  /** The newest generation seen. */
  generation: number
  fenced: boolean
}

/** A small JSON file that is never half written. `durable` also outlives the host's loss of power. */
export function stateFile<T>(path: string) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return {
    path,
    /** Null: there is none, or it is damaged (`damaged` is then told). */
    read(damaged: (problem: string) => void): T | null {
      const text = readText(path)
      if (text === null) return null
      try {
        return JSON.parse(text) as T
      } catch (error) {
        damaged(String(error))
        return null
      }
    },
    write(state: T, { durable = false } = {}): void {
      const next = `${path}.next`
      const fd = openSync(next, 'w', 0o600)
      try {
        writeSync(fd, JSON.stringify(state))
        if (durable) fsyncSync(fd)
      } finally {
        closeSync(fd)
      }
      renameSync(next, path)
    },
  }
}
