import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatabaseYard, openDatabases, until, writing } from '../../../test/databases.ts'
import { freePort, openTestGuard, openYard, watchOf, type Yard } from '../../../test/guard-yard.ts'
import { systemClock } from '../../clock.ts'
import { isAlive } from '../agent/strays.ts'
import { hookClient } from '../client.ts'
import type { GuardLink } from './link.ts'

/** A real PostgreSQL under load, and a real guard: its agent, in this process, knows nothing of that guard. */
let databases: DatabaseYard
let yard: Yard
let link: GuardLink
let url: string
let generation = 1
const standing = () => until('it answers', async () => (await databases.health('db-1')).status !== 'fail')

beforeAll(async () => {
  databases = await openDatabases({ members: 1, component: { topology: 'active-standby' } })
  await databases.start()
  await standing()
  yard = openYard()
  url = `http://127.0.0.1:${await freePort()}`
}, 60_000)
afterAll(async () => {
  await link?.close()
  yard?.close()
  await databases?.close()
})

async function active(table: string) {
  generation++
  await until('it is promoted', async () => (await databases.order('db-1', 'promote', { leaseMs: 600_000 }, generation)).role === 'active')
  await databases.query('db-1', `create table ${table} (a int)`)
  const target = databases.guard.armed.get('db-1')?.target
  if (!target) throw new Error('the agent armed nothing')
  link ??= openTestGuard(yard, url, [{ member: 'db-1', target }])
  await until('the guard answers', () => link.alive())
  const writer = writing(databases, 'db-1', table)
  await until('some are acknowledged', () => writer.acked.length > 50)
  return { target, writer }
}

const readOnly = async () => {
  const [row] = await databases.query('db-1', 'select pg_is_in_recovery() as standby').catch(() => [])
  return row?.standby === true
}

test('a deadline ends it under load; what it acknowledged is there, and it comes back as a standby', async () => {
  const { target, writer } = await active('soft')
  await link.arm(watchOf({ member: 'db-1', target }, 300, 2_000, generation))
  await writer.ended
  await until('the postmaster is gone', () => isAlive(target) === 'gone')
  await until('it is back, and takes no writes', readOnly)
  const [row] = await databases.query('db-1', 'select count(*)::int as n from soft where a = any($1)', [writer.acked])
  expect(row?.n).toBe(writer.acked.length)
})

test('frozen altogether, a fence by the guard ends it with proof, well below the time of a lease', async () => {
  const { target, writer } = await active('frozen')
  await link.arm(watchOf({ member: 'db-1', target }, 60_000, 100, generation))
  process.kill(target.pid, 'SIGSTOP')
  const client = hookClient({ clock: systemClock, token: () => 'secret' })
  const from = performance.now()
  const answer = await client.control(
    `${url}/members/db-1`,
    { action: 'fence', generation: generation + 1, key: 'k' },
    { timeoutMs: 5_000, signal: new AbortController().signal },
  )
  expect(performance.now() - from).toBeLessThan(1_000)
  client.close()
  expect(answer).toMatchObject({ receipt: 'process-reaped', by: 'guard', pid: target.pid, port: 'refused' })
  expect(isAlive(target)).toBe('gone')
  await writer.ended
})
