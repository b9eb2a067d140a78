import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configSchema } from '../../core/catalog/schema.ts'
import { loadConfig } from '../../core/config.ts'
import { examineConfig, examineFolder, examineStore } from './house.ts'
import { examinePagers } from './pagers.ts'

let folder: string
const servers: Server[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-doctor-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) server.close()
  await rm(folder, { recursive: true, force: true })
})

async function listening(): Promise<number> {
  const server = createServer((socket) => socket.destroy())
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function closedPort(): Promise<number> {
  const port = await listening()
  await new Promise((resolve) => servers.pop()?.close(resolve))
  return port
}

describe('the house', () => {
  test('a configuration: how much there is, or every mistake by itself', async () => {
    await writeFile(join(folder, 'jidoka.config.json'), JSON.stringify({ components: [{ id: 'a', members: [{ id: 'a-1' }] }] }))
    const good = await examineConfig(() => loadConfig({ cwd: folder }))
    expect(good.findings).toEqual([expect.objectContaining({ level: 'ok', text: expect.stringContaining('1 components, 1 members') })])
    await writeFile(join(folder, 'jidoka.config.json'), JSON.stringify({ components: [{ id: 'A B', members: [] }], slack: {} }))
    const bad = await examineConfig(() => loadConfig({ cwd: folder }))
    expect(bad.config).toBeNull()
    expect(bad.findings.length).toBeGreaterThan(1)
    expect(bad.findings.every(({ level, mend }) => level === 'fail' && mend)).toBe(true)
    expect((await examineConfig(() => loadConfig({ cwd: join(folder, 'nowhere') }))).findings[0]?.level).toBe('fail')
  })

  test('the timings of a pair: how long without an active member at worst, and how long with two', async () => {
    const members = [1, 2].map((at) => ({ id: `a-${at}`, hooks: `http://a-${at}` }))
    const pair = (more: object) => ({ id: 'a', topology: 'active-standby', members, probes: [{ kind: 'hook', jitter: 0 }], ...more })
    const told = async (more: object) => {
      await writeFile(join(folder, 'jidoka.config.json'), JSON.stringify({ components: [pair(more)] }))
      return (await examineConfig(() => loadConfig({ cwd: folder }))).findings.find(({ check }) => check === 'timings of a')?.text
    }
    expect(await told({ roleLease: { ttlMs: 3_000 } })).toBe(
      'a silent active member is found within 4000 ms; worst-case outage 7500 ms and the switch itself ' +
        '(lease 3000 ms, renewed every 1000 ms, margin 500 ms); two active: 0 ms.',
    )
    expect(await told({})).toMatch(/without a roleLease nobody is promoted/)
  })

  test('the data folder: none yet, a file in its place, open to everybody', async () => {
    expect((await examineFolder(join(folder, 'none'))).level).toBe('ok')
    await writeFile(join(folder, 'file'), '')
    expect(await examineFolder(join(folder, 'file'))).toMatchObject({ level: 'fail', mend: expect.any(String) })
    await mkdir(join(folder, 'data'))
    await writeFile(join(folder, 'data', 'token'), 'x')
    await chmod(join(folder, 'data'), 0o755)
    expect(await examineFolder(join(folder, 'data'))).toMatchObject({ level: 'warn', mend: expect.stringContaining('chmod 700') })
    await chmod(join(folder, 'data'), 0o700)
    expect((await examineFolder(join(folder, 'data'))).level).toBe('ok')
  })

  test('the store: none yet, no database, PostgreSQL that answers or does not', async () => {
    expect((await examineStore(undefined, folder)).level).toBe('ok')
    await writeFile(join(folder, 'jidoka.db'), 'this is a letter, not a database')
    expect((await examineStore(undefined, folder)).level).toBe('fail')
    expect((await examineStore(`postgres://u:p@127.0.0.1:${await listening()}/db`, folder)).level).toBe('ok')
    const away = await examineStore(`postgres://user:hunter2@127.0.0.1:${await closedPort()}/db`, folder)
    expect(away).toMatchObject({ level: 'fail', text: expect.stringContaining('ECONNREFUSED') })
    expect(JSON.stringify(away)).not.toContain('hunter2')
  })
})

test('pagers are reached without calling anybody', async () => {
  const [here, away] = [await listening(), await closedPort()]
  const { pagers } = configSchema.parse({
    components: [],
    pagers: [
      { kind: 'smtp', host: '127.0.0.1', port: here, from: 'jidoka@example.com', passwordEnv: 'MAIL_PASSWORD' },
      { kind: 'webhook', url: `http://127.0.0.1:${away}/hook` },
      { kind: 'pagerduty', routingKeyEnv: 'PD_KEY', url: `http://127.0.0.1:${here}` },
      { kind: 'exec', command: ['no-such-program-here'] },
      { kind: 'exec', command: [process.execPath] },
    ],
  })
  const found = await examinePagers(pagers, (name) => ({ PD_KEY: 'k', PATH: '/bin' })[name])
  expect(found.map(({ check, level }) => `${check} ${level}`)).toEqual([
    'pager smtp fail',
    'pager smtp ok',
    'pager webhook fail',
    'pager pagerduty ok',
    'pager exec fail',
    'pager exec ok',
  ])
  expect(found[0]?.text).toBe('MAIL_PASSWORD is not set.')
  expect((await examinePagers([{ kind: 'log' }], () => undefined)).at(-1)).toMatchObject({
    level: 'warn',
    text: expect.stringContaining('nobody is woken'),
  })
})
