import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatabaseYard, openDatabases, until } from '../../../../test/databases.ts'
import { freePort } from '../../../../test/postgres.ts'
import { isAlive, type ProcessIdentity } from '../strays.ts'

let yard: DatabaseYard
const identityIn = (...path: string[]) => JSON.parse(readFileSync(join(yard.folder, 'agent', ...path), 'utf8'))
const leaseMs = 3_000

beforeAll(async () => {
  yard = await openDatabases({ members: 1, guardPort: await freePort() })
  const command = [process.execPath, join(import.meta.dirname, '../../../../cli/main.ts')]
  await yard.start({ guardLink: undefined, guardCommand: command })
  await until('it answers', async () => (await yard.health('db-1')).status !== 'fail')
}, 60_000)
afterAll(async () => {
  const guard: ProcessIdentity = identityIn('guard.json')
  await yard.close()
  await until('the guard has gone as well', () => isAlive(guard) === 'gone')
}, 60_000)

test('an agent that stands still past its lease finds its database ended by the guard, and promotes nothing late', async () => {
  await until('it is active', async () => (await yard.order('db-1', 'promote', { leaseMs })).role === 'active', 20_000)
  expect(await yard.order('db-1', 'lease', { ttlMs: leaseMs })).toMatchObject({ role: 'active' })
  const { process: before } = identityIn('members', 'db-1.json')
  // This process is the agent.
  for (const endsAt = performance.now() + leaseMs + 500; performance.now() < endsAt; );
  expect(isAlive(before)).toBe('gone')
  expect((await yard.health('db-1')).role).toBe('standby')
  await until('it is a standby', async () => (await yard.health('db-1')).status === 'warn')
  expect(await yard.query('db-1', 'select pg_is_in_recovery() as yes')).toEqual([{ yes: true }])
}, 60_000)
