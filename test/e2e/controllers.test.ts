import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { IncidentDetail, IncidentView, RunView } from '../../cli/views.ts'
import { freePort } from '../bench/victim.ts'
import { startPostgres, type TestPostgres } from '../postgres.ts'
import { type WatchedPlatform, watchedPlatform } from '../watched-platform.ts'
import { finished, type Running, run, until } from './harness.ts'

/** Real controllers on a real PostgreSQL, as their users start them; what they do is seen from where it arrives. */
interface Controller {
  url: string
  data: string
  up: Running
  get<T>(path: string): Promise<T>
  send(method: string, path: string, body?: object, token?: string): Promise<Response>
  token(): string
}

let postgres: TestPostgres
let platform: WatchedPlatform
let store: string
let folder: string
const controllers: Controller[] = []

beforeAll(async () => {
  postgres = await startPostgres()
}, 120_000)
afterAll(() => postgres?.stop())
beforeEach(async () => {
  store = await postgres.database()
  platform = await watchedPlatform()
  folder = mkdtempSync(join(tmpdir(), 'jidoka-controllers-'))
  writeFileSync(join(folder, 'config.json'), JSON.stringify(platform.config))
})
afterEach(async () => {
  for (const { up } of controllers.splice(0)) {
    up.child.kill('SIGCONT')
    await up.end('SIGKILL')
  }
  await platform.close()
  rmSync(folder, { recursive: true, force: true })
})

async function start(name: string, ...args: string[]): Promise<Controller> {
  const data = join(folder, name)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const given = ['up', '--config', join(folder, 'config.json'), '--data', data, '--port', String(port), '--store', store, ...args]
  const up = run(given, { JIDOKA_CONTROL_TOKEN: platform.controlToken })
  const token = () => readFileSync(join(data, 'token'), 'utf8').trim()
  const controller: Controller = {
    ...{ url, data, up, token },
    send: (method, path, body, as = token()) =>
      fetch(url + path, {
        ...{ method, headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' }, signal: AbortSignal.timeout(8_000) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      }),
    async get<T>(path: string) {
      const answer = await controller.send('GET', path)
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
      return (await answer.json()) as T
    },
  }
  controllers.push(controller)
  await up.says('is up at')
  return controller
}

const roleOf = async ({ url }: Controller) => ((await (await fetch(`${url}/health`)).json()) as { role: string }).role
const restarts = () => platform.calls.filter(({ action }) => action === 'restart')
const renewals = () => platform.calls.filter(({ action }) => action === 'lease')
/** Each engine names itself in the keys of its renewals. */
const renewers = () => [...new Set(renewals().map(({ key }) => key.split('/').slice(0, 4).join('/')))]
const incidents = async (at: Controller, query = '') => (await at.get<{ items: IncidentView[] }>(`/v1/incidents?limit=50${query}`)).items
const runs = async (at: Controller) => (await at.get<{ items: RunView[] }>('/v1/runs?limit=50')).items
/** Somebody is active, so that there is a lease to renew. */
const settled = () => until('the pair has an active member, whose lease is renewed', () => renewals().length > 2)

async function two(): Promise<[Controller, Controller]> {
  const a = await start('a')
  const b = await start('b')
  expect([await roleOf(a), await roleOf(b)]).toEqual(['leader', 'follower'])
  await settled()
  return [a, b]
}

describe('two controllers on one store', () => {
  test('one acts; both look, answer, and know each other; an order given to the follower is carried out by the leader', async () => {
    const [a, b] = await two()
    const known = async () => (await b.get<{ items: { url: string; leader: boolean }[] }>('/v1/controllers')).items
    const seen = await until('they know each other', async () => (await known()).length === 2 && known())
    expect(seen.map(({ url, leader }) => [url, leader])).toEqual([
      [a.url, true],
      [b.url, false],
    ])
    await until(
      'the follower sees the members as well',
      async () => (await b.get<{ status: string }>('/v1/components/web')).status === 'pass',
    )
    const ordered = await b.send('POST', '/v1/components/web/actions/restart', {})
    expect(ordered.status).toBe(202)
    const { id } = (await ordered.json()) as { id: string }
    await until('it is done', async () => (await b.get<RunView>(`/v1/runs/${id}`)).status === 'done')
    expect(restarts()).toHaveLength(1)
    expect(renewers()).toHaveLength(1)
  }, 60_000)

  test('what fails is mended once, and a page goes out once', async () => {
    const [, b] = await two()
    platform.fail()
    await until('it was restarted', () => restarts().length > 0)
    await until('the incident is over', async () => (await incidents(b))[0]?.status === 'recovered')
    const told = await b.send('POST', '/v1/alerts', {
      component: 'batch',
      status: 'firing',
      signal: 'external',
      source: 'a test',
      summary: 'late',
    })
    expect(told.status, 'an alert is taken by a follower').toBeLessThan(300)
    await until('somebody is called', () => platform.pages.length > 0)
    await until('it is told as sent', async () => (await incidents(b, '&status=open'))[0]?.status === 'escalated')
    expect(restarts()).toHaveLength(1)
    expect(platform.pages).toHaveLength(1)
  }, 60_000)

  test('a token made at one is good at the other at once, and for nothing once it is revoked there', async () => {
    const [a, b] = await two()
    expect((await a.send('GET', '/v1/components', undefined, b.token())).status, 'the local token of the other').toBe(200)
    const made = (await (await a.send('POST', '/v1/tokens', { name: 'eve', role: 'viewer' })).json()) as { token: string }
    const asEve = async () => (await b.send('GET', '/v1/components', undefined, made.token)).status
    await until('the other one knows it', async () => (await asEve()) === 200, 3_000)
    expect((await a.send('DELETE', '/v1/tokens/eve')).status).toBe(204)
    await until('the other one knows that', async () => (await asEve()) === 401, 3_000)
    const again = await b.send('POST', '/v1/tokens', { name: 'eve', role: 'viewer' })
    expect(again.status, 'its name is free again').toBe(201)
  }, 60_000)

  test('a beat that reaches the follower counts at the leader', async () => {
    const [a, b] = await two()
    expect((await b.send('POST', '/v1/members/batch-1/beats')).status).toBeLessThan(300)
    await until('the leader heard it', async () => (await a.get<{ status: string }>('/v1/components/batch')).status === 'pass')
    expect((await b.send('POST', '/v1/members/batch-1/beats', undefined, 'nonsense')).status).toBe(401)
  }, 60_000)
})

describe('a leader that is killed (-9)', () => {
  test('is succeeded at once: what fails is mended by the other, what it had begun is brought to its end, nobody is called twice', async () => {
    const [a, b] = await two()
    // In the middle of a step: its restart was sent, and is not answered.
    platform.hold()
    platform.fail()
    await until('the restart was sent', () => restarts().length === 1)
    const died = performance.now()
    a.up.child.kill('SIGKILL')
    platform.answer()
    await until('the other one leads', async () => (await roleOf(b)) === 'leader')
    await until('the run is done', async () => (await runs(b)).every(({ status }) => status === 'done'))
    const [first] = await incidents(b)
    expect((await b.get<IncidentDetail>(`/v1/incidents/${first?.id}`)).runs).toHaveLength(1)
    expect(new Set(restarts().map(({ key }) => key)).size, 'under the key of the first').toBe(1)
    await until('its roles are renewed by the other', () => renewers().length === 2)
    const took = renewals().find(({ key }) => key.startsWith(renewers()[1] as string))?.at as number
    console.log(`takeover: ${(took - died).toFixed(0)} ms to the first renewal by the other`)
    expect(took - died).toBeLessThan(3_000)
    expect(platform.pages).toEqual([])
    const { items } = await b
      .get<{ items: { role: string }[] }>('/v1/components/db')
      .then((one) => ({ items: (one as unknown as { members: { role: string }[] }).members }))
    expect(items.filter(({ role }) => role === 'active')).toHaveLength(1)
  }, 60_000)
})

describe('a leader that is frozen', () => {
  test('is succeeded when its lease has ended, and does nothing when it goes on', async () => {
    const [a, b] = await two()
    a.up.child.kill('SIGSTOP')
    const frozen = performance.now()
    await until('the other one leads', async () => (await roleOf(b)) === 'leader', 25_000)
    expect(performance.now() - frozen, 'its lease is waited for').toBeGreaterThan(6_000)
    await until('its roles are renewed by the other', () => renewers().length === 2)
    const thawed = performance.now()
    a.up.child.kill('SIGCONT')
    await until('it knows that it does not lead', async () => (await roleOf(a)) === 'follower')
    platform.fail()
    await until('what fails now is mended', () => restarts().length === 1)
    const [first] = renewers()
    expect(
      renewals().filter(({ key, at }) => at > thawed && key.startsWith(first as string)),
      'renewals by the old one',
    ).toEqual([])
    await until('the incident is over', async () => (await incidents(a))[0]?.status === 'recovered')
    expect(restarts()).toHaveLength(1)
  }, 90_000)
})

describe('the store', () => {
  test.runIf(process.env.JIDOKA_TEST_POSTGRES === undefined)(
    'goes away: nothing is done, somebody is called without it, the API says so; back again, it goes on by itself',
    async () => {
      const [a, b] = await two()
      await postgres.kill()
      try {
        await until('the API says that it is not well', async () => (await fetch(`${a.url}/health`)).status === 503)
        platform.fail()
        const page = await until(
          'somebody is called',
          () => platform.pages.find(({ text }) => text.includes('Jidoka itself')) ?? false,
          30_000,
        )
        expect(page.text).toContain('nothing is mended')
        const answer = await b.send('GET', '/v1/incidents')
        expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'store-failed'])
        expect((await b.send('GET', '/v1/controllers')).status, 'what needs no store is answered').toBe(200)
        expect(restarts()).toEqual([])
      } finally {
        await postgres.start()
      }
      await until('what fails is mended', () => restarts().length === 1, 30_000)
      await until('the incident is over', async () => (await incidents(b))[0]?.status === 'recovered', 30_000)
      expect(new Set(platform.pages.map(({ key }) => key)).size, 'each page once').toBe(platform.pages.length)
    },
    120_000,
  )
})

describe('a standby on SQLite', () => {
  test('waits for the store, says so, and goes on where the other one died', async () => {
    store = `sqlite:${join(folder, 'jidoka.db')}`
    const a = await start('a')
    await settled()
    const data = join(folder, 'b')
    const port = await freePort()
    const args = ['--config', join(folder, 'config.json'), '--data', data, '--port', String(port), '--store', store]
    expect((await finished(['up', ...args], { JIDOKA_CONTROL_TOKEN: platform.controlToken })).err).toContain(
      'Another controller holds the store',
    )
    const up = run(['up', '--standby', ...args], { JIDOKA_CONTROL_TOKEN: platform.controlToken })
    controllers.push({ up } as Controller)
    await up.says('waits')
    expect(up.output()).not.toContain('is up at')
    platform.fail()
    await until('it was restarted', () => restarts().length === 1)
    a.up.child.kill('SIGKILL')
    await up.says('is up at', 5_000)
    await until('its roles are renewed by the other', () => renewers().length === 2)
  }, 60_000)

  test('that is not needed ends in order', async () => {
    store = `sqlite:${join(folder, 'jidoka.db')}`
    await start('a')
    const args = ['--config', join(folder, 'config.json'), '--data', join(folder, 'b'), '--port', '0', '--store', store]
    const up = run(['up', '--standby', ...args], { JIDOKA_CONTROL_TOKEN: platform.controlToken })
    controllers.push({ up } as Controller)
    await up.says('waits')
    expect(await up.end('SIGINT')).toBe(0)
  }, 60_000)
})
