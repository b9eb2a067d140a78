import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { virtualClock } from '../../../test/virtual-clock.ts'
import { createStarter } from './starter.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-starter-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Starts a script that writes its arguments, a variable and whether its input is empty. */
function open(script: string, args: string[] = []) {
  const clock = virtualClock()
  const file = join(folder, 'output')
  const outputFd = openSync(file, 'a')
  const starter = createStarter({
    process: { command: [process.execPath, '-e', script, ...args], env: {}, stopGraceMs: 0, cwd: folder },
    env: { ...process.env, MARK: 'set' },
    outputFd,
    clock,
  })
  return { clock, starter, output: () => readFileSync(file, 'utf8') }
}

const says =
  'process.stdin.on("end", () => console.log(process.pid, process.cwd(), process.env.MARK, process.argv.slice(1).join("|"))).resume()'

test('a start from the parked fork runs the same program, with its arguments, environment, folder and an empty input', async () => {
  const { starter, output } = open(says, ['a b', '$HOME', '"'])
  const first = starter.start()
  await once(first, 'exit')
  starter.park()
  const second = starter.start()
  await once(second, 'exit')
  const told = (pid?: number) => `${pid} ${folder} set a b|$HOME|"\n`
  expect(output()).toBe(told(first.pid) + told(second.pid))
  expect(second.spawnfile).toBe('/bin/sh')
  starter.close()
})

test('the fork is made in quiet times, once, and has run nothing of the program', async () => {
  const { clock, starter, output } = open(says)
  await once(starter.start(), 'exit')
  const before = output()
  await clock.advance(999)
  const { spawnfile } = starter.start()
  expect(spawnfile).toBe(process.execPath)
  await clock.advance(1_000)
  await vi.waitFor(() => expect(output().length).toBeGreaterThan(before.length))
  const settled = output()
  const parked = starter.start()
  expect(parked.spawnfile).toBe('/bin/sh')
  await once(parked, 'exit')
  expect(output().length).toBeGreaterThan(settled.length)
  starter.close()
})

test('a parked fork that was killed meanwhile is not used', async () => {
  const { starter } = open('0')
  await once(starter.start(), 'exit')
  starter.park()
  starter.close()
  const child = starter.start()
  expect(child.spawnfile).toBe(process.execPath)
  expect((await once(child, 'exit'))[0]).toBe(0)
})
