import { spawn } from 'node:child_process'
import type { PagerConfig } from '../../core/catalog/schema-people.ts'
import { fault } from '../../core/errors.ts'
import { documentOf, oneByOne, type Pager, type PagerPorts } from './define.ts'

/**
 * Runs a command with the page as JSON on its standard input, once for each person who is called, with the ways to reach them
 * (`person.phone`, `person.email`); exit 0 means that it was taken. No shell.
 */
export const execPager = (config: Extract<PagerConfig, { kind: 'exec' }>, { clock }: PagerPorts): Pager => ({
  kind: 'exec',
  split: oneByOne,
  deliver: (page) =>
    new Promise((resolve, reject) => {
      const [program, ...args] = config.command as [string, ...string[]]
      const refuse = (problem: string, cause?: unknown) => reject(fault('page-not-sent', { kind: 'exec', problem }, cause))
      const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
      let said = ''
      const cancel = clock.after(config.timeoutMs, () => {
        child.kill('SIGKILL')
        refuse(`${program} did not end within ${config.timeoutMs} ms`)
      })
      child.stderr.on('data', (data) => {
        said = (said + data).slice(-500)
      })
      child.stdin.on('error', () => {}) // a command that does not read its input is still a command
      child.on('error', (cause) => refuse(cause.message, cause))
      child.on('close', (code, signal) => {
        cancel()
        if (code === 0) resolve()
        else refuse(`${program} ended with ${signal ?? code}${said ? `: ${said.trim()}` : ''}`)
      })
      child.stdin.end(documentOf(page))
    }),
})
