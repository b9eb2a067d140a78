import type { ChildProcess } from 'node:child_process'

/** Ends a child that is the head of its own process group (`detached`), and whatever it began. We hear nothing of it any more. */
export function killGroup(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    // ESRCH: all of them ended by themselves.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
