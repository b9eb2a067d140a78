import { closeSync, copyFileSync, fstatSync, ftruncateSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'

const limitBytes = 5 * 2 ** 20

/** The file that a member's output is appended to. The child writes by itself, so that it outlives the agent undisturbed. */
export interface OutputFile {
  fd: number
  /** Above 5 MB: what is there goes to `<file>.1`, in place of the one before. Lines written meanwhile may be lost. */
  rotate(): void
  close(): void
}

export function openOutput(path: string): OutputFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  // Appending: after the file was cut, the child goes on at its new end.
  const fd = openSync(path, 'a', 0o600)
  const output: OutputFile = {
    fd,
    rotate() {
      if (fstatSync(fd).size <= limitBytes) return
      copyFileSync(path, `${path}.1`)
      ftruncateSync(fd)
    },
    close: () => closeSync(fd),
  }
  output.rotate()
  return output
}
