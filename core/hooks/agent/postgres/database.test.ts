import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type DatabaseYard, openDatabases, until, writing } from '../../../../test/databases.ts'
import { systemClock } from '../../../clock.ts'
import { fallbackLimits } from '../fallback.ts'
import { identityOf, isAlive, type ProcessIdentity } from '../strays.ts'
import { databaseIsGone, killDatabase } from './kill.ts'

let yard: DatabaseYard
let generation = 1
beforeAll(async () => {
  yard = await openDatabases()
  await yard.start({ fallback })
}, 60_000)
afterAll(() => yard.close())
afterEach(async () => {
  yard.guard.refuse = null
  yard.guard.onArm = null
})

const lease = { leaseMs: 600_000 }
/** Long enough to look at what is left of a database before it is started again. */
const fallback = { ...fallbackLimits, firstBackoffMs: 1_500, longestBackoffMs: 1_500 }
const order = (member: string, action: string, body: Record<string, unknown> = {}) => yard.order(member, action, body, generation)
const check = async (member: string, name: string) => (await yard.health(member)).checks?.[name]?.[0]?.observedValue
const ready = (member: string) => until(`${member} answers`, async () => (await yard.health(member)).status !== 'fail')
const inRecovery = async (member: string) => (await yard.query(member, 'select pg_is_in_recovery() as yes'))[0]?.yes
const write = (member: string, text = 'create table if not exists t (a int)') => yard.query(member, text)
const identity = (member: string): ProcessIdentity =>
  JSON.parse(readFileSync(join(yard.folder, 'agent', 'members', `${member}.json`), 'utf8')).process
const gone = (member: string) =>
  databaseIsGone({ member, pid: null, startTime: null, folder: yard.data(member), host: '127.0.0.1', port: yard.ports[member] as number })

describe('a database that the agent keeps', () => {
  test('is made where that is configured, nowhere else, and holds nothing of anybody', async () => {
    await ready('db-1')
    expect(await check('db-1', 'database:blank')).toBe(true)
    expect(await inRecovery('db-1')).toBe(true)
    expect(await yard.health('db-2')).toMatchObject({ status: 'fail', output: expect.stringContaining('waits for a copy') })
    expect(await check('db-2', 'database:missing')).toBe(true)
    expect(existsSync(yard.data('db-2'))).toBe(false)
    expect(statSync(join(yard.data('db-1'), 'jidoka.conf')).mode & 0o077).toBe(0)
  })

  test('refuses to write until it is promoted, and is active only by a lease that the guard has', async () => {
    await expect(write('db-1')).rejects.toThrow(/read-only/)
    expect(await order('db-1', 'promote')).toMatchObject({ code: 'role-refused' })
    expect(await order('db-1', 'promote', lease)).toMatchObject({ status: 'done', role: 'active' })
    expect(yard.guard.armed.get('db-1')?.target.pid).toBe(identity('db-1').pid)
    await write('db-1')
    expect((await fetch(`${yard.agent().url}/members/db-1/health/active`)).status).toBe(200)
    expect(await check('db-1', 'database:blank')).toBeUndefined()
  })

  test('answers orders that make no sense in words, and is as it was', async () => {
    expect(await order('db-1', 'follow', { primary: 'db-2' })).toMatchObject({ code: 'refused' })
    expect(await order('db-1', 'rejoin', { primary: 'db-2' })).toMatchObject({ code: 'refused' })
    expect(await order('db-1', 'sync', { standbys: ['db-1'] })).toMatchObject({ code: 'bad-request' })
    expect(await order('db-1', 'sync', { standbys: 'db-2' })).toMatchObject({ code: 'bad-request' })
    expect(await order('db-2', 'checkpoint')).toMatchObject({ code: 'not-active' })
    expect(await order('db-2', 'promote', lease)).toMatchObject({ code: 'refused' })
    expect(await order('db-2', 'rejoin', { primary: 'db-9' })).toMatchObject({ code: 'bad-request' })
    expect(await order('db-2', 'rejoin', { primary: 'db-1', rebuild: 'yes' })).toMatchObject({ code: 'bad-request' })
    expect(await order('db-1', 'dance')).toMatchObject({ code: 'unknown-action' })
    expect(await yard.order('db-1', 'demote', {}, 0)).toMatchObject({ code: 'stale-generation' })
    expect(await order('db-1', 'checkpoint')).toMatchObject({ status: 'done' })
    expect(await yard.health('db-1')).toMatchObject({ status: 'pass', role: 'active' })
  })

  test('without pg_basebackup a copy is refused in words', async () => {
    expect(await order('db-2', 'rejoin', { primary: 'db-1' })).toMatchObject({
      code: 'database-unusable',
      title: expect.stringContaining('there is no pg_basebackup'),
    })
  })

  test('is demoted with proof and the end of its WAL, and comes back as a standby that has all of it', async () => {
    const before = identity('db-1')
    const answer = await order('db-1', 'demote')
    expect(answer).toMatchObject({ receipt: 'process-reaped', pid: before.pid, role: 'standby' })
    await ready('db-1')
    const [high = '', low = ''] = String(answer.walEnd).split('/')
    expect(await check('db-1', 'wal:position')).toBe(Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16))
    expect(await inRecovery('db-1')).toBe(true)
    expect(yard.guard.armed.has('db-1')).toBe(false)
  })

  test('is fenced with proof, and not started by anything but unfence', async () => {
    const before = identity('db-1')
    generation++
    expect(await order('db-1', 'fence')).toMatchObject({ receipt: 'process-reaped', pid: before.pid, role: 'fenced' })
    expect([isAlive(before), gone('db-1')]).toEqual(['gone', true])
    expect(await order('db-1', 'start')).toMatchObject({ code: 'refused' })
    expect(await order('db-1', 'restart')).toMatchObject({ code: 'refused' })
    await yard.agent().close()
    await yard.start({ fallback })
    expect(await yard.health('db-1')).toMatchObject({ role: 'fenced', status: 'fail' })
    expect(await order('db-1', 'promote', lease)).toMatchObject({ code: 'role-refused' })
    expect(gone('db-1')).toBe(true)
    for (const member of ['db-2', 'db-3']) execFileSync('cp', ['-a', yard.data('db-1'), yard.data(member)])
    expect(await order('db-1', 'unfence')).toMatchObject({ role: 'standby' })
    await ready('db-1')
  })

  test('is copied by others that follow it, each by a slot of its own', async () => {
    expect(await order('db-1', 'promote', lease)).toMatchObject({ role: 'active' })
    for (const member of ['db-2', 'db-3']) expect(await order(member, 'follow', { primary: 'db-1' })).toMatchObject({ status: 'done' })
    await until('both stream', async () => (await check('db-1', 'replication:standbys')) === 'db-2,db-3')
    expect(await check('db-2', 'replication:state')).toBe('streaming')
    const slots = await yard.query('db-1', 'select slot_name from pg_replication_slots where active order by 1')
    expect(slots.map((row) => row.slot_name)).toEqual(['jidoka_db_2', 'jidoka_db_3'])
  })

  test('waits with a commit for one of the standbys that it was told, and says so when it is so', async () => {
    expect(await order('db-1', 'sync', { standbys: ['db-2'] })).toMatchObject({ standbys: ['db-2'], caughtUp: ['db-2'] })
    expect(await check('db-1', 'replication:sync')).toBe('db-2')
    await write('db-1', 'insert into t values (1)')
    expect(await order('db-1', 'sync', { standbys: [] })).toMatchObject({ standbys: [] })
    expect(await check('db-1', 'replication:sync')).toBe('')
  })

  test('does not go back to what an older order says, whichever leader sent it, and however late it comes', async () => {
    expect(await order('db-1', 'sync', { standbys: ['db-2', 'db-3'], turn: [2, 1] })).toMatchObject({ status: 'done' })
    expect(await order('db-1', 'sync', { standbys: ['db-2'], turn: [1, 9] })).toMatchObject({ code: 'conflict' })
    expect(await check('db-1', 'replication:sync')).toBe('db-2,db-3')
    expect(await order('db-1', 'sync', { standbys: ['db-2'], turn: [2] })).toMatchObject({ code: 'bad-request' })
    expect(await order('db-1', 'sync', { standbys: [], turn: [2, 2] })).toMatchObject({ status: 'done' })
    expect(await check('db-1', 'replication:sync')).toBe('')
  })

  test('tells of a database that stands still, within the patience of who asks, and hangs nobody', async () => {
    const { pid } = identity('db-3')
    process.kill(pid, 'SIGSTOP')
    try {
      const began = performance.now()
      expect(await yard.health('db-3')).toMatchObject({
        status: 'fail',
        output: expect.stringMatching(/stopped by a signal|does not answer/),
      })
      expect(performance.now() - began).toBeLessThan(1_000)
      expect(await yard.health('db-1')).toMatchObject({ status: 'pass' })
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await ready('db-3')
  })

  test('killed under load, it leaves no process that commits, is told of when all are gone, and is no longer active', async () => {
    await ready('db-1')
    expect(await order('db-1', 'promote', lease)).toMatchObject({ role: 'active' })
    await write('db-1', 'create table load (a int)')
    const writer = writing(yard, 'db-1', 'load')
    await until('some are acknowledged', () => writer.acked.length > 50)
    process.kill(identity('db-1').pid, 'SIGKILL')
    await until('it is missed', async () => (await yard.health('db-1')).process?.state === 'exited')
    expect((await fetch(`${yard.agent().url}/members/db-1/health/active`)).status).toBe(503)
    await until('nothing is left of it', () => gone('db-1'), 1_000)
    const acked = writer.acked.length
    await writer.ended
    expect(writer.acked.length).toBe(acked)
    await ready('db-1')
    expect(await inRecovery('db-1')).toBe(true)
    await expect(write('db-1')).rejects.toThrow(/read-only/)
    const [row] = await yard.query('db-1', 'select count(*)::int as n from load where a = any($1)', [writer.acked])
    expect(row?.n).toBe(acked)
  })

  test('a promotion that comes too late does nothing', async () => {
    generation++
    yard.guard.onArm = ({ softAt }) => new Promise((go) => setTimeout(go, softAt - performance.now() + 20))
    expect(await order('db-1', 'promote', { leaseMs: 300 })).toMatchObject({ code: 'role-refused' })
    expect(await inRecovery('db-1')).toBe(true)
    expect(yard.guard.armed.size).toBe(0)
  })

  test('a promotion of a process that the guard has killed does nothing, however late it is sent', async () => {
    generation++
    yard.guard.onArm = async ({ member, target }) => {
      await killDatabase({ member, ...target }, { clock: systemClock })
    }
    expect(await order('db-1', 'promote', lease)).toMatchObject({ code: 'role-refused' })
    yard.guard.onArm = null
    await ready('db-1')
    expect(await inRecovery('db-1')).toBe(true)
  })

  test('ends by itself when its lease does, and is a standby again', async () => {
    generation++
    expect(await order('db-1', 'promote', { leaseMs: 800 })).toMatchObject({ role: 'active' })
    const { pid } = identity('db-1')
    await write('db-1')
    await until('it has stepped down', async () => identity('db-1').pid !== pid)
    await ready('db-1')
    expect(await inRecovery('db-1')).toBe(true)
  })

  test('one that runs and writes when an agent begins is ended before anything else, and comes back as a standby', async () => {
    const data = yard.data('db-1')
    await yard.agent().close()
    rmSync(join(data, 'standby.signal'))
    const { uid, gid } = statSync(data)
    const program = join(yard.bin, 'postgres')
    const left = spawn(program, ['-D', data, '-p', String(yard.ports['db-1'])], {
      ...(process.getuid?.() === 0 ? { uid, gid } : {}),
      cwd: data,
      stdio: 'ignore',
    })
    const earlier = identityOf(left.pid as number)
    await until('it is writable', async () => (await inRecovery('db-1').catch(() => null)) === false)
    await yard.start({ fallback })
    expect(isAlive(earlier)).toBe('gone')
    await ready('db-1')
    expect(await inRecovery('db-1')).toBe(true)
  })
})
