import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freePort } from '../bench/victim.ts'
import { incidents, openStage, roleOf } from './controllers.ts'
import { finished, run, until } from './harness.ts'

const stage = openStage()
const { restarts, renewals, renewers, settled, start, two } = stage

describe('two controllers on one store', () => {
  test('what fails is mended once, and a page goes out once', async () => {
    const [, b] = await two()
    stage.platform.fail()
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
    await until('somebody is called', () => stage.platform.pages.length > 0)
    await until('it is told as sent', async () => (await incidents(b, '&status=open'))[0]?.status === 'escalated')
    expect(restarts()).toHaveLength(1)
    expect(stage.platform.pages).toHaveLength(1)
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
    stage.platform.fail()
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
      await stage.postgres.kill()
      try {
        await until('the API says that it is not well', async () => (await fetch(`${a.url}/health`)).status === 503)
        stage.platform.fail()
        const page = await until(
          'somebody is called',
          () => stage.platform.pages.find(({ text }) => text.includes('Jidoka itself')) ?? false,
          30_000,
        )
        expect(page.text).toContain('nothing is mended')
        const answer = await b.send('GET', '/v1/incidents')
        expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'store-failed'])
        expect((await b.send('GET', '/v1/controllers')).status, 'what needs no store is answered').toBe(200)
        expect(restarts()).toEqual([])
      } finally {
        await stage.postgres.start()
      }
      await until('what fails is mended', () => restarts().length === 1, 30_000)
      await until('the incident is over', async () => (await incidents(b))[0]?.status === 'recovered', 30_000)
      expect(new Set(stage.platform.pages.map(({ key }) => key)).size, 'each page once').toBe(stage.platform.pages.length)
    },
    120_000,
  )
})

describe('a standby on SQLite', () => {
  test('waits for the store, says so, and goes on where the other one died', async () => {
    stage.store = `sqlite:${join(stage.folder, 'jidoka.db')}`
    const a = await start('a')
    await settled()
    const data = join(stage.folder, 'b')
    const port = await freePort()
    const args = ['--config', join(stage.folder, 'config.json'), '--data', data, '--port', String(port), '--store', stage.store]
    expect((await finished(['up', ...args], { JIDOKA_CONTROL_TOKEN: stage.platform.controlToken })).err).toContain(
      'Another controller holds the store',
    )
    const up = run(['up', '--standby', ...args], { JIDOKA_CONTROL_TOKEN: stage.platform.controlToken })
    stage.ends(up)
    await up.says('waits')
    expect(up.output()).not.toContain('is up at')
    stage.platform.fail()
    await until('it was restarted', () => restarts().length === 1)
    a.up.child.kill('SIGKILL')
    await up.says('is up at', 5_000)
    await until('its roles are renewed by the other', () => renewers().length === 2)
  }, 60_000)

  test('that is not needed ends in order', async () => {
    stage.store = `sqlite:${join(stage.folder, 'jidoka.db')}`
    await start('a')
    const args = ['--config', join(stage.folder, 'config.json'), '--data', join(stage.folder, 'b'), '--port', '0', '--store', stage.store]
    const up = run(['up', '--standby', ...args], { JIDOKA_CONTROL_TOKEN: stage.platform.controlToken })
    stage.ends(up)
    await up.says('waits')
    expect(await up.end('SIGINT')).toBe(0)
  }, 60_000)
})
