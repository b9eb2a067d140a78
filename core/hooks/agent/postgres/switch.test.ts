import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatabaseYard, openDatabases, until, writing } from '../../../../test/databases.ts'

let yard: DatabaseYard
let generation = 1
const lease = { leaseMs: 600_000 }
/** An even number, so that the first is the active one again. */
const rounds = process.env.JIDOKA_TESTS === 'all' ? 20 : 6
const order = (member: string, action: string, body: Record<string, unknown> = {}) => yard.order(member, action, body, generation)
const check = async (member: string, name: string) => (await yard.health(member)).checks?.[name]?.[0]?.observedValue
const ready = (member: string) => until(`${member} answers`, async () => (await yard.health(member)).status !== 'fail')

beforeAll(async () => {
  yard = await openDatabases({ members: 2 })
  await yard.start()
  await ready('db-1')
  await order('db-1', 'fence')
  execFileSync('cp', ['-a', yard.data('db-1'), yard.data('db-2')])
  await order('db-1', 'unfence')
  await ready('db-1')
  await order('db-1', 'promote', lease)
  await order('db-2', 'follow', { primary: 'db-1' })
  await until('it streams', async () => (await check('db-1', 'replication:standbys')) === 'db-2')
}, 60_000)
afterAll(() => yard.close())

test('a fast shutdown streams out the last commit: nothing acknowledged is lost', async () => {
  await yard.query('db-1', 'create table if not exists switches (a int)')
  let [active, standby] = ['db-1', 'db-2']
  let lost = 0
  const tookMs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const writer = writing(yard, active, 'switches')
    await until('some are acknowledged', () => writer.acked.length > 20)
    generation++
    const began = performance.now()
    const { walEnd } = await order(active, 'demote')
    await writer.ended
    const end = Number.parseInt(String(walEnd).split('/')[1] as string, 16)
    await until('the standby has it', async () => Number(await check(standby, 'wal:position')) >= end)
    expect(await order(standby, 'promote', lease)).toMatchObject({ role: 'active' })
    tookMs.push(Math.round(performance.now() - began))
    const [row] = await yard.query(standby, 'select count(*)::int as n from switches where a = any($1)', [writer.acked])
    lost += writer.acked.length - Number(row?.n)
    await yard.query(standby, 'truncate switches')
    expect(await order(active, 'rejoin', { primary: standby })).toMatchObject({ how: 'followed' })
    ;[active, standby] = [standby, active]
  }
  expect(lost).toBe(0)
  expect(tookMs.toSorted((a, b) => a - b)[rounds / 2]).toBeLessThan(1_000)
  expect(active).toBe('db-1')
}, 60_000)

test('a standby that is detached copies nobody: what the active one waits for it to have is acknowledged to nobody', async () => {
  await yard.query('db-1', 'create table if not exists switches (a int)')
  expect(await order('db-1', 'sync', { standbys: ['db-2'] })).toMatchObject({ status: 'done' })
  expect(await order('db-2', 'detach')).toMatchObject({ primary: null })
  const writer = writing(yard, 'db-1', 'switches')
  await until('nobody copies it', async () => (await check('db-1', 'replication:standbys')) === '')
  expect(writer.acked.length).toBe(0)
  await order('db-2', 'follow', { primary: 'db-1' })
  await until('it goes on', () => writer.acked.length > 0)
  generation++
  await order('db-1', 'fence')
  await writer.ended
  expect(await order('db-1', 'detach')).toMatchObject({ primary: null })
}, 30_000)
