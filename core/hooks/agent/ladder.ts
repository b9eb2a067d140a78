import type { ChildProcess } from 'node:child_process'
import type { Clock } from '../../clock.ts'
import { isStopped } from './strays.ts'

export interface Ladder {
  /** The exit event: the process is reaped. */
  reaped: Promise<void>
  /** KILL in `graceMs` at the latest; never later than it was to come already. */
  hurry(graceMs: number): void
}

/** TERM, after `graceMs` KILL. TERM does nothing to a process that is stopped, so such a one gets KILL at once. */
export function startLadder(child: ChildProcess, clock: Clock, graceMs: number): Ladder {
  const pid = child.pid as number
  let killAt = Number.POSITIVE_INFINITY
  let cancel = () => {}
  const hurry = (ms: number) => {
    if (ms <= 0 || isStopped(pid)) {
      cancel()
      killAt = 0
      child.kill('SIGKILL')
    } else if (clock.monotonic() + ms < killAt) {
      cancel()
      killAt = clock.monotonic() + ms
      cancel = clock.after(ms, () => child.kill('SIGKILL'))
    }
  }
  const reaped = new Promise<void>((resolve) => {
    child.once('exit', () => {
      cancel()
      resolve()
    })
  })
  if (graceMs > 0 && !isStopped(pid)) child.kill('SIGTERM')
  hurry(graceMs)
  return { reaped, hurry }
}
