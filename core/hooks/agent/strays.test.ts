import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../clock.ts'
import { openOutput } from './output.ts'
import { endStray, identityOf, isAlive, isStopped, stateFile } from './strays.ts'

const ends: (() => unknown)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'jidoka-strays-'))
  ends.push(() => rmSync(path, { recursive: true }))
  return path
}

async function running(script = `setInterval(() => {}, 1000); console.log('up')`): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  ends.push(() => child.kill('SIGKILL'))
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return child as ChildProcess & { pid: number }
}

describe.runIf(process.platform === 'linux')('a process is known by its id and its start time', () => {
  it('is alive, stopped, or gone', async () => {
    const child = await running()
    const identity = identityOf(child.pid)
    expect(isAlive(identity)).toBe('alive')
    expect(isStopped(child.pid)).toBe(false)
    child.kill('SIGSTOP')
    while (!isStopped(child.pid)) await new Promise((resolve) => setImmediate(resolve))
    expect(isAlive(identity)).toBe('alive')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isAlive(identity)).toBe('gone')
  })

  it('is not another process that has the id now', async () => {
    const child = await running()
    const identity = identityOf(child.pid)
    const [boot, ticks] = (identity.startTime as string).split('/')
    expect(isAlive({ ...identity, startTime: `${boot}/${Number(ticks) - 1}` })).toBe('gone')
    expect(isAlive({ ...identity, startTime: `another-boot/${ticks}` })).toBe('gone')
  })

  it('is unproven without a start time, and never ended then', async () => {
    const child = await running()
    const unproven = { pid: child.pid, startTime: null }
    expect(isAlive(unproven)).toBe('unproven')
    const exit = once(child, 'exit')
    await endStray(unproven, 'leo-1', { clock: systemClock, graceMs: 0 })
    expect(isAlive(identityOf(child.pid))).toBe('alive')
    // A KILL would have come before it.
    child.kill('SIGTERM')
    expect(await exit).toEqual([null, 'SIGTERM'])
    expect(isAlive({ pid: 2 ** 22 + 1, startTime: null })).toBe('gone')
  })

  it('is ended by TERM when it hears it, by KILL when it does not or is stopped', async () => {
    const polite = await running()
    const exit = once(polite, 'exit')
    await endStray(identityOf(polite.pid), 'leo-1', { clock: systemClock, graceMs: 10_000 })
    expect(await exit).toEqual([null, 'SIGTERM'])
    const deaf = await running(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')`)
    const killed = once(deaf, 'exit')
    await endStray(identityOf(deaf.pid), 'leo-1', { clock: systemClock, graceMs: 50 })
    expect(await killed).toEqual([null, 'SIGKILL'])
    const stopped = await running()
    stopped.kill('SIGSTOP')
    while (!isStopped(stopped.pid)) await new Promise((resolve) => setImmediate(resolve))
    const ended = once(stopped, 'exit')
    await endStray(identityOf(stopped.pid), 'leo-1', { clock: systemClock, graceMs: 600_000 })
    expect(await ended).toEqual([null, 'SIGKILL'])
  })
})

describe('the state file', () => {
  it('keeps what was written, whole, and is for its owner alone', () => {
    const path = join(folder(), 'members', 'a.json')
    const file = stateFile<{ n: number }>(path)
    const none = () => {
      throw new Error('not damaged')
    }
    expect(file.read(none)).toBeNull()
    file.write({ n: 1 })
    file.write({ n: 2 }, { durable: true })
    expect(file.read(none)).toEqual({ n: 2 })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(path, '..'))).toEqual(['a.json'])
  })

  it('tells when it is damaged', () => {
    const path = join(folder(), 'a.json')
    writeFileSync(path, '{"n":')
    const told: string[] = []
    expect(stateFile(path).read((problem) => told.push(problem))).toBeNull()
    expect(told).toHaveLength(1)
  })
})

describe('the output of a member', () => {
  it('is appended, and above 5 MB what was there is set aside', () => {
    const path = join(folder(), 'logs', 'a.log')
    const output = openOutput(path)
    ends.push(output.close)
    appendFileSync(output.fd, 'first\n')
    output.rotate()
    expect(readFileSync(path, 'utf8')).toBe('first\n')
    appendFileSync(output.fd, 'x'.repeat(5 * 2 ** 20))
    output.rotate()
    expect(statSync(`${path}.1`).size).toBe(5 * 2 ** 20 + 6)
    // The child goes on writing to the same descriptor.
    appendFileSync(output.fd, 'next\n')
    expect(readFileSync(path, 'utf8')).toBe('next\n')
  })
})
