import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { seededRandom } from '../random.ts'
import { openTokens } from './tokens.ts'

let parent: string
let folder: string
const clock = virtualClock(Date.UTC(2026, 0, 31))
const open = (seed = 1) => openTokens({ folder, random: seededRandom(seed), clock })
const modeOf = async (path: string) => (await stat(path)).mode & 0o777

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'jidoka-tokens-'))
  folder = join(parent, 'data')
})
afterEach(() => rm(parent, { recursive: true }))

test('the first start makes an admin token that only its owner can read', async () => {
  const tokens = await open()
  expect(tokens.check(tokens.local)).toEqual({ name: 'local', role: 'admin' })
  expect(await readFile(join(folder, 'token'), 'utf8')).toBe(`${tokens.local}\n`)
  expect([await modeOf(folder), await modeOf(join(folder, 'token'))]).toEqual([0o700, 0o600])
})

test('the next start finds the same token, and the same key for sessions', async () => {
  const first = await open(1)
  const second = await open(2)
  expect([second.local, second.sessionKey]).toEqual([first.local, first.sessionKey])
  expect(first.sessionKey).not.toContain(first.local)
})

test('two controllers that start at once agree on one token', async () => {
  const opened = await Promise.all([1, 2, 3, 4].map((seed) => open(seed)))
  expect(new Set(opened.map((tokens) => tokens.local)).size).toBe(1)
})

test('a token file that others can read is refused, with what to do', async () => {
  await open()
  await chmod(join(folder, 'token'), 0o644)
  await expect(open()).rejects.toMatchObject({ code: 'token-file', message: expect.stringContaining('others may read it (mode 644)') })
})

test.each([[''], ['jdk_short'], ['two words']])('a token file with %j in it is refused', async (content) => {
  await mkdir(folder, { mode: 0o700 })
  await writeFile(join(folder, 'token'), content, { mode: 0o600 })
  await expect(open()).rejects.toMatchObject({ code: 'token-file', message: expect.stringContaining('does not hold a token') })
})

test('nobody else may write in the folder, for he could exchange the token', async () => {
  await mkdir(folder)
  await chmod(folder, 0o777)
  await open()
  expect(await modeOf(folder)).toBe(0o755)
})

test('a further token is told once; its hash alone is kept, also over a restart', async () => {
  const tokens = await open()
  const token = await tokens.create('grafana', 'viewer')
  expect(tokens.check(token)).toEqual({ name: 'grafana', role: 'viewer' })
  const file = await readFile(join(folder, 'tokens.json'), 'utf8')
  expect(file).not.toContain(token)
  expect(file).toContain('2026-01-31T00:00:00.000Z')
  expect(await modeOf(join(folder, 'tokens.json'))).toBe(0o600)
  expect((await open()).check(token)).toEqual({ name: 'grafana', role: 'viewer' })
})

test('a name is given once, and never that of the local token', async () => {
  const tokens = await open()
  await tokens.create('grafana', 'viewer')
  await expect(tokens.create('grafana', 'admin')).rejects.toMatchObject({ code: 'conflict' })
  await expect(tokens.create('local', 'admin')).rejects.toMatchObject({ code: 'conflict' })
})

test('tokens made at the same time are all kept', async () => {
  const tokens = await open()
  const made = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => tokens.create(name, 'agent')))
  const again = await open()
  expect(made.map((token) => again.check(token)?.name)).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('all are listed, the local one first', async () => {
  const tokens = await open()
  expect(await tokens.list()).toEqual([{ name: 'local', role: 'admin', createdAt: null }])
  await tokens.create('grafana', 'viewer')
  expect((await tokens.list()).slice(1)).toEqual([{ name: 'grafana', role: 'viewer', createdAt: clock.now() }])
})

test('a revoked token is none any more, also over a restart; the others stay', async () => {
  const tokens = await open()
  const [grafana, pump] = await Promise.all([tokens.create('grafana', 'viewer'), tokens.create('pump', 'agent')])
  expect(await Promise.all([tokens.revoke('grafana'), tokens.revoke('grafana'), tokens.revoke('nobody')])).toEqual([true, false, false])
  for (const each of [tokens, await open()]) {
    expect(each.check(grafana)).toBeNull()
    expect(each.check(pump)?.name).toBe('pump')
  }
})

test('a token that another process revoked is none here either, once somebody asks for it', async () => {
  const [here, there] = [await open(), await open()]
  const token = await here.create('grafana', 'viewer')
  expect(await there.revoke('grafana')).toBe(true)
  expect(await here.revoke('grafana')).toBe(false)
  expect(here.check(token)).toBeNull()
})

test('the local token cannot be revoked', async () => {
  const tokens = await open()
  await expect(tokens.revoke('local')).rejects.toMatchObject({ code: 'conflict' })
  expect(tokens.check(tokens.local)).not.toBeNull()
})

test('what was given for a token stands as long as that token does', async () => {
  const tokens = await open()
  await tokens.create('grafana', 'viewer')
  const since = clock.now()
  const stands = () => tokens.stands('grafana', 'viewer', since)
  expect([stands(), tokens.stands('grafana', 'admin', since), tokens.stands('local', 'admin', since)]).toEqual([true, false, true])
  await tokens.revoke('grafana')
  expect(stands()).toBe(false)
  await clock.advance(1)
  await tokens.create('grafana', 'viewer')
  expect(stands(), 'a later one of that name').toBe(false)
  expect(tokens.stands('grafana', 'viewer', clock.now())).toBe(true)
})

test.each([
  ['nothing', ''],
  ['a part of it', 'jdk_'],
  ['another one', `jdk_${'0'.repeat(40)}`],
  ['a hash', '0'.repeat(64)],
])('%s is no token', async (_, token) => {
  expect((await open()).check(token)).toBeNull()
})

test('a list of tokens that is not understood is refused, not forgotten', async () => {
  await open()
  await writeFile(join(folder, 'tokens.json'), '{"tokens": [{"name": "x"}]}', { mode: 0o600 })
  await expect(open()).rejects.toMatchObject({ code: 'token-file' })
})
