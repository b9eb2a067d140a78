import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { idMint } from '../ids.ts'
import type { Journal } from '../journal/journal.ts'
import { openJournal } from '../journal/open.ts'
import { seededRandom } from '../random.ts'
import { openTokens } from './tokens.ts'
import { openSharedTokens } from './tokens-shared.ts'

let folder: string
let journal: Journal
const clock = virtualClock()
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-tokens-'))
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
})
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true, force: true })
})

let seed = 0
/** The tokens of a controller with a data folder of its own. */
async function controller(name: string) {
  const data = join(folder, name)
  const random = seededRandom(++seed)
  const own = await openTokens({ folder: data, random, clock })
  return openSharedTokens({ journal, own, folder: data, place: `host:${data}`, random, clock })
}

test('the local token of each is good at all, and is called local in what people do', async () => {
  const [a, b] = [await controller('a'), await controller('b')]
  await a.refresh()
  const local = { name: 'local', role: 'admin' }
  expect([a.check(b.local), b.check(a.local)]).toEqual([local, local])
  expect((await a.list()).map(({ name }) => name.replace(/-.*/, ''))).toEqual(['local', 'local'])
  expect(a.check(a.local.replace(/.$/, '!'))).toBeNull()
})

test('a token that is exchanged in one data folder is good for nothing at the others', async () => {
  const a = await controller('a')
  const old = (await controller('b')).local
  rmSync(join(folder, 'b', 'token'))
  const b = await controller('b')
  await a.refresh()
  expect([a.check(old), a.check(b.local)]).toEqual([null, { name: 'local', role: 'admin' }])
})

test('what is made at one is good at the other, until it is revoked at either; then its name is free, and old cookies end', async () => {
  const [a, b] = [await controller('a'), await controller('b')]
  const token = await a.create('eve', 'viewer')
  await b.refresh()
  expect(b.check(token)).toEqual({ name: 'eve', role: 'viewer' })
  expect(b.stands('eve', 'viewer', clock.now())).toBe(true)
  await expect(b.create('eve', 'admin')).rejects.toMatchObject({ code: 'conflict' })
  expect(await b.revoke('eve')).toBe(true)
  await a.refresh()
  expect([a.check(token), a.stands('eve', 'viewer', clock.now())]).toEqual([null, false])
  expect(await a.revoke('eve')).toBe(false)
  await clock.advance(1_000)
  const since = clock.now()
  await clock.advance(1_000)
  expect(a.check(await a.create('eve', 'viewer'))).toEqual({ name: 'eve', role: 'viewer' })
  expect(a.stands('eve', 'viewer', since)).toBe(false)
  await expect(a.revoke('local')).rejects.toMatchObject({ code: 'conflict' })
})

test('tokens from before the store was shared move into it once', async () => {
  const before = await openTokens({ folder: join(folder, 'a'), random: seededRandom(99), clock })
  const token = await before.create('eve', 'operator')
  const a = await controller('a')
  expect(a.check(token)).toEqual({ name: 'eve', role: 'operator' })
  expect(existsSync(join(folder, 'a', 'tokens.json'))).toBe(false)
  await a.revoke('eve')
  expect((await controller('a')).check(token)).toBeNull()
})

test('no token lies in the store, nor on its timeline', async () => {
  const a = await controller('a')
  const token = await a.create('eve', 'viewer')
  const all = JSON.stringify([await journal.events(0, 100), await journal.records('token').list({}, { limit: 100 })])
  for (const secret of [token, a.local]) expect(all).not.toContain(secret)
})
