import { spawn } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type FakeDatabase,
  freePort,
  linkOptions,
  openTestGuard,
  openYard,
  root,
  until,
  watchOf,
  type Yard,
} from '../../../test/guard-yard.ts'
import { systemClock } from '../../clock.ts'
import { identityOf, isAlive } from '../agent/strays.ts'
import { type HookClient, hookClient } from '../client.ts'
import { settingsFile } from './files.ts'
import type { GuardLink } from './link.ts'

let yard: Yard
let url: string
let client: HookClient
let links: GuardLink[]
beforeEach(async () => {
  yard = openYard()
  url = `http://127.0.0.1:${await freePort()}`
  client = hookClient({ clock: systemClock, token: () => 'secret' })
  links = []
})
afterEach(async () => {
  client.close()
  const guard = yard.guard()
  if (guard && isAlive(guard) === 'alive') process.kill(guard.pid, 'SIGCONT')
  await Promise.all(links.map((link) => link.close()))
  yard.close()
})

async function guarding(databases: FakeDatabase[], more: Parameters<typeof openTestGuard>[3] = {}): Promise<GuardLink> {
  const link = openTestGuard(yard, url, databases, more)
  links.push(link)
  await until('the guard answers', () => link.alive())
  return link
}

const guardPid = () => yard.guard()?.pid as number
const limits = { timeoutMs: 5_000, signal: new AbortController().signal }
let serial = 0
const fence = (member: string, generation: number) =>
  client.control(`${url}/members/${member}`, { action: 'fence', generation, key: `k${++serial}` }, limits)
const pause = (ms: number) => new Promise((go) => setTimeout(go, ms))

describe('a deadline that nobody moves', () => {
  test('ends the database in order, and tells the agent', async () => {
    const database = await yard.database('db-1')
    const told: string[] = []
    const link = await guarding([database], { onEnding: ({ member }, why) => told.push(`${member}: ${why}`) })
    await link.arm(watchOf(database, 400, 5_000))
    await until('it has ended', () => !database.alive())
    expect(database.interrupted()).toBe(true)
    await until('the agent knows', () => told.length === 1)
    expect(told).toEqual(['db-1: its role was not renewed in time'])
  })

  test('is moved, and only the last one counts; a step down in order takes it away', async () => {
    const database = await yard.database('db-1')
    const link = await guarding([database])
    for (let i = 0; i < 8; i++) {
      await link.arm(watchOf(database, 500))
      await pause(120)
    }
    await link.disarm('db-1')
    await pause(800)
    expect(database.interrupted()).toBe(false)
    expect(database.alive()).toBe(true)
  })

  test('kills what does not hear the soft signal, and what is stopped by one', async () => {
    const [deaf, stopped] = [await yard.database('db-1', { deaf: true }), await yard.database('db-2')]
    const link = await guarding([deaf, stopped])
    for (const { pid } of [stopped.target, stopped.backend]) process.kill(pid, 'SIGSTOP')
    await link.arm(watchOf(deaf, 400, 400))
    await link.arm(watchOf(stopped, 400, 400))
    await until('the soft signal came', () => deaf.interrupted())
    expect(deaf.alive()).toBe(true)
    await until('both have ended', () => !deaf.alive() && !stopped.alive())
  })

  test('leaves a process alone that got the id of the postmaster later', async () => {
    const [database, other] = [await yard.database('db-1'), await yard.database('db-2')]
    const link = await guarding([database])
    const { pid, startTime } = other.target
    await link.arm(watchOf({ ...database, target: { ...database.target, pid, startTime: `${startTime}0` } }, 400, 100))
    await until('the one of the folder has ended', () => isAlive(database.backend) === 'gone')
    expect(other.alive()).toBe(true)
    expect(other.interrupted()).toBe(false)
  })

  test('is refused when it lies in the past, and for a process that the guard has ended', async () => {
    const database = await yard.database('db-1')
    const link = await guarding([database])
    await expect(link.arm(watchOf(database, -1))).rejects.toMatchObject({ code: 'role-refused' })
    expect(database.alive()).toBe(true)
    await link.arm(watchOf(database, 400, 50))
    await until('it has ended', () => !database.alive())
    await expect(link.arm(watchOf(database, 5_000))).rejects.toMatchObject({ code: 'guard-ended' })
    // Until it has its proof it ends whatever is called postgres there, also one that has only just begun.
    const isArmed = async () => (await client.health(`${url}/members/db-1`, limits)).checks?.['guard:armed']?.[0]?.observedValue
    await until('the guard is done with it', async () => (await isArmed()) === false)
    const next = await yard.database('db-1')
    await link.arm(watchOf(next, 5_000))
    expect(next.alive()).toBe(true)
  })

  test('and an order of an older generation moves nothing', async () => {
    const database = await yard.database('db-1')
    const link = await guarding([database])
    await link.arm(watchOf(database, 500, 100, 7))
    await expect(link.arm(watchOf(database, 60_000, 100, 6))).rejects.toMatchObject({ code: 'stale-generation' })
    await until('it has ended', () => !database.alive())
  })
})

describe('the guard itself', () => {
  test('is killed: another one is there within a second, and has the same deadline', async () => {
    const database = await yard.database('db-1')
    const link = await guarding([database])
    const watch = watchOf(database, 3_000, 200)
    await link.arm(watch)
    const first = guardPid()
    process.kill(first, 'SIGKILL')
    const killedAt = performance.now()
    await until('it is missed', () => !link.alive())
    await expect(link.arm(watchOf(database, 60_000))).rejects.toMatchObject({ code: 'guard-away' })
    await until('there is another one', () => link.alive() && guardPid() !== first)
    expect(performance.now() - killedAt).toBeLessThan(1_500)
    expect((await client.health(`${url}/members/db-1`, limits)).checks?.['guard:armed']?.[0]?.observedValue).toBe(true)
    await until('the deadline stood', () => !database.alive())
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(watch.softAt)
  })

  test('is killed, and the deadline passes before there is another: that one ends the database at once', async () => {
    const database = await yard.database('db-1')
    const link = await guarding([database])
    await link.arm(watchOf(database, 150, 60_000))
    process.kill(guardPid(), 'SIGKILL')
    await until('there is another one, and it did', () => database.interrupted())
    await expect(link.arm(watchOf(database, 60_000))).rejects.toMatchObject({ code: expect.stringMatching(/guard-(away|ended)/) })
  })

  test('is stopped: it is ended and replaced, and no role is kept longer meanwhile', async () => {
    const database = await yard.database('db-1')
    const link = await guarding([database], { limits: { answerMs: 300 } })
    await link.arm(watchOf(database, 60_000))
    const first = yard.guard() as NonNullable<ReturnType<Yard['guard']>>
    process.kill(first.pid, 'SIGSTOP')
    await expect(link.arm(watchOf(database, 60_000))).rejects.toMatchObject({ code: 'guard-away' })
    await until('there is another one', () => link.alive() && guardPid() !== first.pid)
    expect(isAlive(first)).toBe('gone')
    await link.arm(watchOf(database, 60_000))
  })

  test('is one per folder, and is taken over by the next life of its agent', async () => {
    const database = await yard.database('db-1')
    await guarding([database])
    const first = guardPid()
    const second = spawn(process.execPath, [join(root, 'cli/main.ts'), 'guard', 'a', '--folder', yard.folder], { stdio: 'pipe' })
    let said = ''
    second.stderr.on('data', (text) => {
      said += text
    })
    expect(await new Promise((end) => second.once('exit', end))).not.toBe(0)
    expect(said).toMatch(/has a guard already/)
    await guarding([database])
    expect(guardPid()).toBe(first)
  })

  test('of another configuration is replaced', async () => {
    const elsewhere = `http://127.0.0.1:${await freePort()}`
    settingsFile(yard.folder).write({ agent: 'a', url: elsewhere, members: [], idleMs: 60_000 })
    spawn(process.execPath, [join(root, 'cli/main.ts'), 'guard', 'a', '--folder', yard.folder], { stdio: 'ignore' })
    await until('there is one', () => yard.guard() !== null)
    const first = guardPid()
    const link = await guarding([await yard.database('db-1')])
    expect(link.alive()).toBe(true)
    expect(guardPid()).not.toBe(first)
    expect((await client.health(url, limits)).status).toBe('pass')
  })

  test('ends when its agent said farewell, or nobody came for a while; never while something is armed', async () => {
    const database = await yard.database('db-1')
    const link = await guarding([database], { limits: { idleMs: 400 } })
    const first = yard.guard() as NonNullable<ReturnType<Yard['guard']>>
    await link.arm(watchOf(database, 1_000, 500))
    await link.close()
    process.kill(first.pid, 'SIGTERM')
    await pause(700)
    expect(isAlive(first)).toBe('alive')
    await until('it did what it was there for', () => database.interrupted())
    await until('it ends', () => isAlive(first) === 'gone', 15_000)
  })
})

describe('a fence by the guard', () => {
  test('ends the database, armed or not, and proves it', async () => {
    const [active, standby] = [await yard.database('db-1'), await yard.database('db-2')]
    const link = await guarding([active, standby])
    await link.arm(watchOf(active, 60_000))
    expect(await fence('db-1', 3)).toMatchObject({ receipt: 'process-reaped', by: 'guard', pid: active.target.pid, port: 'refused' })
    expect(active.alive()).toBe(false)
    expect(await fence('db-2', 3)).toMatchObject({ receipt: 'process-reaped', by: 'guard' })
    expect(standby.alive()).toBe(false)
    await expect(link.arm(watchOf(active, 60_000, 100, 9))).rejects.toMatchObject({ code: 'guard-ended' })
  })

  test('is remembered: an older role is armed no more, also not by another guard', async () => {
    const database = await yard.database('db-1')
    const link = await guarding([database])
    await fence('db-1', 5)
    const next = await yard.database('db-1')
    await expect(link.arm(watchOf(next, 60_000, 100, 4))).rejects.toMatchObject({ code: 'stale-generation' })
    const first = guardPid()
    process.kill(first, 'SIGKILL')
    await until('there is another one', () => link.alive() && guardPid() !== first)
    await expect(link.arm(watchOf(next, 60_000, 100, 4))).rejects.toMatchObject({ code: 'stale-generation' })
    await expect(fence('db-1', 4)).rejects.toMatchObject({ code: 'stale-generation' })
    expect(next.alive()).toBe(true)
    await link.arm(watchOf(next, 60_000, 100, 6))
  })

  test('is refused without the token; other actions and members are not known', async () => {
    const database = await yard.database('db-1')
    await guarding([database])
    const post = (path: string, token: string) =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'x', 'jidoka-generation': '9' },
      }).then(({ status }) => status)
    expect(await post('/members/db-1/control/fence', 'wrong')).toBe(401)
    expect(await post('/members/db-1/control/promote', 'secret')).toBe(404)
    expect(await post('/members/db-9/control/fence', 'secret')).toBe(404)
    expect(database.alive()).toBe(true)
  })
})

describe('an agent that is away', () => {
  /** A process of its own that keeps one role, as an agent does. */
  async function agentProcess(database: FakeDatabase, softMs: number) {
    const { log, clock, hostClock, ...plain } = linkOptions(yard, url, [database])
    const file = join(yard.folder, 'agent.ts')
    writeFileSync(
      file,
      `
      import { openGuard } from '${root}/core/hooks/guard/link.ts'
      import { hostClock, systemClock } from '${root}/core/clock.ts'
      import { silentLog } from '${root}/core/log.ts'
      const { options, target, softMs } = JSON.parse(process.argv[2])
      const link = openGuard({ ...options, env: process.env, clock: systemClock, hostClock, log: silentLog })
      const renew = async () => {
        const softAt = systemClock.monotonic() + softMs
        if (link.alive()) await link.arm({ member: 'db-1', generation: 1, softAt, hardAt: softAt + 200, target }).then(() => console.log('armed'), (error) => console.log(error.code))
        setTimeout(renew, 50)
      }
      renew()
      `,
    )
    const child = spawn(
      process.execPath,
      [file, JSON.stringify({ options: { ...plain, env: undefined }, target: database.target, softMs })],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    yard.mine(identityOf(child.pid as number))
    const said: string[] = []
    child.stdout.on('data', (text) => said.push(...String(text).trim().split('\n')))
    await until('it keeps the role', () => said.includes('armed'))
    return { pid: child.pid as number, said }
  }

  test('killed: its database is ended', async () => {
    const database = await yard.database('db-1', { deaf: true })
    const agent = await agentProcess(database, 600)
    await pause(800)
    expect(database.interrupted()).toBe(false)
    process.kill(agent.pid, 'SIGKILL')
    await until('it has ended', () => !database.alive())
    expect(database.interrupted()).toBe(true)
  })

  test('frozen: its database is ended, and when it thaws it learns of it', async () => {
    const database = await yard.database('db-1', { deaf: true })
    const agent = await agentProcess(database, 600)
    process.kill(agent.pid, 'SIGSTOP')
    await until('it has ended', () => !database.alive())
    agent.said.length = 0
    const guard = guardPid()
    process.kill(agent.pid, 'SIGCONT')
    await until('it knows', () => agent.said.includes('guard-ended'))
    expect(agent.said).not.toContain('armed')
    expect(guardPid()).toBe(guard)
  })

  test('frozen, and a controller cannot wait: a fence over HTTP proves the end', async () => {
    const database = await yard.database('db-1', { deaf: true })
    const agent = await agentProcess(database, 60_000)
    process.kill(agent.pid, 'SIGSTOP')
    const from = performance.now()
    expect(await fence('db-1', 2)).toMatchObject({ receipt: 'process-reaped', by: 'guard', ended: 2 })
    expect(performance.now() - from).toBeLessThan(1_000)
    expect(database.alive()).toBe(false)
    process.kill(agent.pid, 'SIGCONT')
    await until('it knows', () => agent.said.some((code) => code === 'guard-ended' || code === 'stale-generation'))
  })
})

test('what it keeps in the folder is for its user alone', async () => {
  await guarding([await yard.database('db-1')])
  expect(statSync(settingsFile(yard.folder).path).mode & 0o077).toBe(0)
  expect(readFileSync(settingsFile(yard.folder).path, 'utf8')).not.toContain('secret')
})
