import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { descendants, isStill, look, signal } from './processes.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

async function start(script: string) {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(child)
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return child.pid as number
}
const idle = 'setInterval(() => {}, 1e6); console.log(1)'

test('a process is known by pid and start time; one that ended is not', async () => {
  const pid = await start(idle)
  const seen = look(pid)
  expect(seen).toMatchObject({ pid, parent: process.pid, command: expect.stringContaining('setInterval') })
  if (!seen) throw new Error('not seen')
  expect(isStill(seen)).toBe(true)
  expect(isStill({ pid, startedAt: 'another time' })).toBe(false)

  const ended = once(children[0] as ChildProcess, 'exit')
  expect(signal(seen, 'SIGKILL')).toBe(true)
  await ended
  expect(look(pid)).toBeNull()
  expect(signal(seen, 'SIGKILL')).toBe(false)
})

test('a pid that was given to another process is not signalled', async () => {
  const pid = await start(idle)
  expect(signal({ pid, startedAt: 'another time' }, 'SIGKILL')).toBe(false)
  expect(look(pid)).not.toBeNull()
})

test('descendants include grandchildren', async () => {
  const pid = await start(`const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(idle)}], { stdio: ['ignore', 'pipe', 'ignore'] })
    child.stdout.once('data', () => console.log(child.pid)); process.once('exit', () => child.kill('SIGKILL')); process.once('SIGTERM', () => process.exit())`)
  const below = descendants(process.pid).map((seen) => seen.pid)
  expect(below).toContain(pid)
  const [grandchild] = descendants(pid)
  expect(below).toContain(grandchild?.pid)
  const ended = once(children[0] as ChildProcess, 'exit')
  process.kill(pid, 'SIGTERM')
  await ended
})
