import { spawn } from 'node:child_process'
import { killGroup } from '../process-group.ts'
import { type Asking, answerLimitBytes, deadline, failed, tookTooLong } from './problem.ts'

interface Program {
  /** The program and its arguments; no shell. */
  command: readonly string[]
  stdin?: string
  /** Its environment; ours when absent. */
  env?: Record<string, string>
  limitBytes?: number
}

/** How long output may still come after it has ended: a child that it left behind may hold its pipes open for ever. */
const lastWordsMs = 100
const keptErrorChars = 4_096

/**
 * Runs a program and answers what it wrote to stdout. It is the head of its own process group, which is killed when its time is up or
 * when it says too much. Errors: `query-failed`.
 */
export function outputOf({ command, stdin, env, limitBytes = answerLimitBytes }: Program, asking: Asking): Promise<string> {
  const [program, ...args] = command as [string, ...string[]]
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env })
    const parts: Buffer[] = []
    let bytes = 0
    let said = ''
    let closed = false
    const end = (settle: () => void) => {
      cancelTimer()
      settle()
    }
    const stop = (error: Error) => {
      killGroup(child)
      end(() => reject(error))
    }
    const cancelTimer = deadline(asking, () => stop(tookTooLong(asking)))
    child.stdin.on('error', () => {
      // It ended without reading; its exit code tells.
    })
    child.stdin.end(stdin ?? '')
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limitBytes) stop(failed(asking, `it answers more than ${limitBytes} bytes`))
      else parts.push(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-keptErrorChars)
    })
    child.on('error', (error) => end(() => reject(failed(asking, error.message))))
    child.on('close', () => {
      closed = true
    })
    child.on('exit', (code, signal) => {
      const settle = () => {
        cancelWait()
        if (!closed) killGroup(child)
        if (code === 0) return end(() => resolve(Buffer.concat(parts, bytes).toString()))
        const last = said.trim().split('\n').at(-1)?.trim() ?? ''
        end(() => reject(failed(asking, `it ended with ${signal ?? `code ${code}`}${last === '' ? '' : `: ${last}`}`)))
      }
      const cancelWait = asking.clock.after(lastWordsMs, settle)
      if (closed) settle()
      else child.once('close', settle)
    })
  })
}
