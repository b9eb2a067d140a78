import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeDatabase, openYard, until, type Yard } from '../../../../test/guard-yard.ts'
import { systemClock as clock } from '../../../clock.ts'
import { identityOf, isAlive } from '../strays.ts'
import { databaseIsGone, killDatabase } from './kill.ts'

let yard: Yard
beforeEach(() => {
  yard = openYard()
})
afterEach(() => yard.close())

const targetOf = ({ member, target }: FakeDatabase) => ({ member, ...target })

/** Another process of the yard's user, with a name and a folder of its own. */
async function bystander(name: string, cwd: string) {
  const child = spawn(process.execPath, ['-e', `process.title = '${name}'; setInterval(() => {}, 1000); process.stdout.write('.')`], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(child.stdout, 'data')
  const identity = identityOf(child.pid as number)
  yard.mine(identity)
  return identity
}

describe('a database is ended with proof', () => {
  test('the postmaster, its backends, and the port', async () => {
    const database = await yard.database('db-1')
    expect(databaseIsGone(targetOf(database))).toBe(false)
    const ended = await killDatabase(targetOf(database), { clock })
    expect(ended).toMatchObject({ receipt: 'process-reaped', pid: database.target.pid, ended: 2, port: 'refused' })
    expect(database.alive()).toBe(false)
    expect(databaseIsGone(targetOf(database))).toBe(true)
  })

  test('also when all of it is stopped by a signal, and hears nothing', async () => {
    const database = await yard.database('db-1', { deaf: true })
    for (const { pid } of [database.target, database.backend]) process.kill(pid, 'SIGSTOP')
    await killDatabase(targetOf(database), { clock })
    expect(database.alive()).toBe(false)
  })

  test('a backend whose postmaster has died can still commit: it is found by its folder', async () => {
    const database = await yard.database('db-1')
    process.kill(database.target.pid, 'SIGKILL')
    await once(database.child, 'exit')
    expect(isAlive(database.backend)).toBe('alive')
    expect(databaseIsGone(targetOf(database))).toBe(false)
    expect(await killDatabase(targetOf(database), { clock })).toMatchObject({ ended: 1 })
    expect(isAlive(database.backend)).toBe('gone')
  })

  test('whoever works in the folder, when nobody knows the postmaster', async () => {
    const database = await yard.database('db-1')
    await killDatabase({ ...targetOf(database), pid: null, startTime: null }, { clock })
    expect(database.alive()).toBe(false)
  })
})

describe('nothing else is ended', () => {
  test('not a process that got the id of the postmaster later', async () => {
    const database = await yard.database('db-1')
    const other = await bystander('someone', yard.folder)
    const past = { ...targetOf(database), pid: other.pid, startTime: `${other.startTime}0` }
    await killDatabase(past, { clock })
    expect(isAlive(other)).toBe('alive')
  })

  test('not the database next door, and not a person who looks into the folder', async () => {
    const [database, neighbour] = [await yard.database('db-1'), await yard.database('db-2')]
    const visitor = await bystander('sh', database.target.folder)
    await killDatabase(targetOf(database), { clock })
    expect(neighbour.alive()).toBe(true)
    expect(isAlive(visitor)).toBe('alive')
  })

  test('not a newer life in the same folder, if only the old one is to end; its orphans are', async () => {
    const old = await yard.database('db-1')
    process.kill(old.target.pid, 'SIGKILL')
    await once(old.child, 'exit')
    const newer = await yard.database('db-1')
    writeFileSync(join(newer.target.folder, 'postmaster.pid'), `${newer.target.pid}\n`)
    expect(await killDatabase({ ...targetOf(old) }, { clock, scope: 'life' })).toMatchObject({ ended: 1, port: 'of a newer life' })
    expect(isAlive(old.backend)).toBe('gone')
    expect([isAlive(newer.target), isAlive(newer.backend)]).toEqual(['alive', 'alive'])
    await killDatabase({ ...targetOf(old) }, { clock })
    expect(newer.alive()).toBe(false)
  })
})

test('no proof, no receipt: somebody else still answers at its port', async () => {
  const database = await yard.database('db-1')
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(killDatabase({ ...targetOf(database), port }, { clock, limitMs: 200 })).rejects.toMatchObject({ code: 'end-unproven' })
  expect(database.alive()).toBe(false)
  other.close()
  await until('the port refuses', async () => (await killDatabase({ ...targetOf(database), port }, { clock })).port === 'refused')
})
