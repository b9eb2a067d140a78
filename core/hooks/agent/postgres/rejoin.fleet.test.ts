import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DatabaseYard, openDatabases, until } from '../../../../test/databases.ts'
import { postgresBin } from '../../../../test/fleet/host.ts'

const bin = postgresBin()
if (!bin) console.warn('Left out: no PostgreSQL with pg_rewind and pg_basebackup here; JIDOKA_POSTGRES_BIN names its folder.')

let yard: DatabaseYard
let generation = 1
const lease = { leaseMs: 600_000 }
const order = (member: string, action: string, body: Record<string, unknown> = {}) => yard.order(member, action, body, generation)
const check = async (member: string, name: string) => (await yard.health(member)).checks?.[name]?.[0]?.observedValue
const rows = async (member: string) => (await yard.query(member, 'select a from t order by a')).map(({ a }) => a)
const insert = (member: string, value: number) => yard.query(member, 'insert into t values ($1)', [value])
const same = (member: string, other: string) =>
  until(`${member} has what ${other} has`, async () => String(await rows(member).catch(() => '?')) === String(await rows(other)))

/** The standby that was cut off does not get the last writes, and is promoted: the old active has more than it, of another history. */
async function part(active: string, standby: string, value: number) {
  await yard.query(active, 'select pg_terminate_backend(pid) from pg_stat_replication')
  await yard.query(standby, 'select 1')
  expect(await order(standby, 'promote', lease)).toMatchObject({ role: 'active' })
  await insert(active, value)
  generation++
  expect(await order(active, 'fence')).toMatchObject({ receipt: 'process-reaped' })
  await insert(standby, value + 1)
  expect(await order(active, 'unfence')).toMatchObject({ role: 'standby' })
}

describe.skipIf(!bin)('a database that comes back', () => {
  beforeAll(async () => {
    yard = await openDatabases({ bin: bin as string, osUser: 'postgres', members: 2 })
    await yard.start()
    await until('it answers', async () => (await yard.health('db-1')).status !== 'fail')
    await order('db-1', 'promote', lease)
    await yard.query('db-1', 'create table t (a int)')
  }, 60_000)
  afterAll(() => yard?.close())

  test('is copied where there is none yet', async () => {
    await insert('db-1', 1)
    expect(await order('db-2', 'rejoin', { primary: 'db-1' })).toMatchObject({ how: 'copied' })
    expect(await check('db-2', 'replication:state')).toBe('streaming')
    await same('db-2', 'db-1')
    expect(existsSync(`${yard.data('db-2')}.copy`)).toBe(false)
  }, 60_000)

  test('just follows when its history fits', async () => {
    expect(await order('db-2', 'restart')).toMatchObject({ answers: true })
    expect(await order('db-2', 'rejoin', { primary: 'db-1' })).toMatchObject({ how: 'followed' })
  }, 60_000)

  test('is rewound when it has writes that the other never had, and they are gone', async () => {
    await part('db-1', 'db-2', 10)
    expect(await order('db-1', 'rejoin', { primary: 'db-2' })).toMatchObject({ how: 'rewound' })
    await same('db-1', 'db-2')
    expect(await rows('db-1')).toEqual([1, 11])
    expect(await yard.health('db-1')).toMatchObject({ role: 'standby' })
  }, 60_000)

  test('is copied anew when it is told to, and when the rewind fails; a rewind that was not finished is never started', async () => {
    expect(await order('db-1', 'rejoin', { primary: 'db-2', rebuild: true })).toMatchObject({ how: 'copied' })
    await same('db-1', 'db-2')
    await part('db-2', 'db-1', 20)
    const file = join(yard.folder, 'agent', 'members', 'db-2.json')
    await yard.agent().close()
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), torn: true }))
    await yard.start()
    expect(await yard.health('db-2')).toMatchObject({ status: 'fail', output: expect.stringContaining('was not finished') })
    await until('db-1 answers', async () => (await yard.health('db-1')).status !== 'fail')
    await order('db-1', 'promote', lease)
    expect(await order('db-2', 'rejoin', { primary: 'db-1' })).toMatchObject({ how: 'copied' })
    await same('db-2', 'db-1')
  }, 60_000)

  test('copies nobody but the member that it was told, and only one that is writable', async () => {
    expect(await order('db-2', 'rejoin', { primary: 'db-2' })).toMatchObject({ code: 'bad-request' })
    generation++
    await order('db-1', 'fence')
    expect(await order('db-2', 'rejoin', { primary: 'db-1' })).toMatchObject({ code: 'target-refused' })
    await order('db-1', 'unfence')
    await until('db-1 answers', async () => (await yard.health('db-1')).status !== 'fail')
    expect(await order('db-2', 'follow', { primary: 'db-1' })).toMatchObject({ code: 'rejoin-failed' })
    expect(await check('db-2', 'replication:state')).toBeDefined()
  }, 60_000)
})

describe.skipIf(!bin)('an agent that could never keep its database', () => {
  test('says so before anything is started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jidoka-bin-'))
    symlinkSync(bin as string, join(folder, 'bin'))
    const root = process.getuid?.() === 0
    const refused = async (database: Record<string, unknown>, osUser = 'postgres') => {
      const wrong = await openDatabases({ bin: join(folder, 'bin'), osUser, members: 1, database })
      const error = await wrong.start().then(
        () => null,
        (thrown) => thrown,
      )
      expect(existsSync(wrong.data('db-1'))).toBe(false)
      rmSync(wrong.folder, { recursive: true, force: true })
      return String(error?.message)
    }
    expect(await refused({ settings: { 'a b': '1' } })).toContain('is no name of a setting')
    expect(await refused({ host: '10.0.0.1' })).toContain('is not loopback')
    expect(await refused({ passwordEnv: 'NOT_THERE' })).toContain('NOT_THERE is not set')
    if (root) expect(await refused({}, 'root')).toContain('does not run as root')
    if (root) expect(await refused({}, 'nobody-of-this-name')).toContain('osUser')
    rmSync(folder, { recursive: true, force: true })
  }, 60_000)
})
