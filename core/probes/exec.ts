import { type ChildProcess, spawn } from 'node:child_process'
import { fault } from '../errors.ts'
import { killGroup } from '../process-group.ts'
import { defineProbe, failed, passed, type Target, whenAborted } from './define.ts'

const keptBytes = 4_096
/** How long output may still come after the command has ended: a child that it left behind may hold its pipes open for ever. */
const lastWordsMs = 100

/**
 * Runs a command: 0 passes, anything else fails with the last line of its output. No shell; `{member}`, `{component}` and
 * `{address}` in its arguments are filled in. It is the head of its own process group, which is killed when its time is up.
 */
export const execProbe = defineProbe('exec', {
  look(target, { clock }, { timeoutMs, signal }) {
    const [program, ...args] = commandOf(target) as [string, ...string[]]
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
      const output = keepEnd(child)
      let closed = false
      child.on('close', () => {
        closed = true
      })
      child.on('error', (error) => reject(fault('command-failed', { command: program, problem: error.message }, error)))
      child.on('exit', (code, killedBy) => {
        const settle = () => {
          cancel()
          if (!closed) killGroup(child)
          const problem = killedBy ?? `code ${code}`
          resolve(code === 0 ? passed('ended with 0') : failed('fail', `${program} ended with ${problem}${lastLine(output())}`))
        }
        const cancel = clock.after(lastWordsMs, settle)
        if (code === 0 || closed) settle()
        else child.once('close', settle)
      })
      whenAborted(signal, () => {
        killGroup(child)
        resolve(failed('timeout', `${program} did not end within ${timeoutMs} ms`))
      })
    })
  },
})

function commandOf({ component, member, probe }: Target<'exec'>): string[] {
  const known: Record<string, string> = { member: member.id, component: component.id, address: member.address ?? '' }
  return probe.command.map((word, i) =>
    i === 0 ? word : word.replace(/\{(member|component|address)\}/g, (_, name: string) => known[name] ?? ''),
  )
}

/** The end of both outputs, in the order in which it came. */
function keepEnd(child: ChildProcess): () => string {
  let kept = Buffer.alloc(0)
  const keep = (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-keptBytes)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => kept.toString()
}

function lastLine(output: string): string {
  const line = output.trim().split('\n').at(-1)?.trim() ?? ''
  return line === '' ? '' : `: ${line.slice(0, 300)}`
}
