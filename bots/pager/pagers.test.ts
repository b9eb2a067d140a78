import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import type { Page, Reach } from './define.ts'
import { execPager } from './exec.ts'
import { logPager } from './log.ts'
import { webhookPager } from './webhook.ts'
import { textOf, titleOf } from './words.ts'

const payload = {
  component: 'polaris',
  title: 'Packet transfer',
  owner: 'team-core',
  failure: 'process-exited',
  members: ['polaris-1'],
  urgency: 'high',
  evidence: 'polaris-1: its process ended: signal SIGKILL',
  reason: 'failover-active-standby was refused: no healthy standby',
  tried: [{ runbook: 'restart-process', status: 'failed', reason: '"restart polaris-1" failed' }],
  refused: [{ runbook: 'failover-active-standby', code: 'standby-healthy', reason: 'no healthy standby' }],
}
const page: Page = {
  dedupe: 'inc_1/process-exited/polaris-1',
  incident: 'inc_1',
  title: titleOf(payload),
  text: textOf(payload, 'inc_1'),
  payload,
}
const ben: Reach = { id: 'ben', name: 'Ben', locale: 'en', phone: '+49 30 1', email: 'ben@example.com' }
const aki: Reach = { id: 'aki', name: 'Aki', locale: 'ja', phone: undefined, email: undefined }
const toBen = { ...page, call: { page: 'page_1', n: 1, level: 0, round: 0, people: [ben], locale: 'en' as const } }
const written: string[] = []
const ports = {
  clock: systemClock,
  write: (line: string) => void written.push(line),
  environment: (name: string) => (name === 'PAGE_SECRET' ? 's3cret' : undefined),
}

test('a page tells a tired person what is broken, what was tried, what was not and why, and where to look', () => {
  expect(page.title).toBe('Packet transfer (polaris): process-exited, polaris-1')
  for (const words of ['signal SIGKILL', 'restart-process: failed', 'refused (standby-healthy)', 'team-core', 'jidoka incident show inc_1'])
    expect(page.text).toContain(words)
})

test('in Japanese, with the same facts', () => {
  const text = textOf(payload, 'inc_1', 'ja', { page: 'page_1', everybody: true })
  expect(titleOf({ ...payload, drill: true }, 'ja')).toBe('[訓練] Packet transfer (polaris): プロセス終了、polaris-1')
  for (const words of [
    'signal SIGKILL',
    'restart-process: failed',
    'team-core',
    'jidoka incident show inc_1',
    'jidoka page ack page_1',
    '全員',
  ])
    expect(text).toContain(words)
})

test('a component without a title is called by its id', () => {
  expect(titleOf({ ...payload, title: '' })).toBe('polaris: process-exited, polaris-1')
  expect(titleOf({ ...payload, title: 'polaris' })).toBe('polaris: process-exited, polaris-1')
})

test('a call for a leader tells who pulled and what for, and where', () => {
  const lead = {
    purpose: 'lead',
    andon: 'and_1',
    title: 'andon',
    component: null,
    failure: 'pulled',
    evidence: 'no data\nin Osaka',
    by: 'Ben',
    reason: 'Ben pulled the andon: no data\nin Osaka',
  }
  expect(titleOf(lead)).toBe('Andon: no data in Osaka')
  expect(titleOf({ ...lead, component: 'polaris', title: 'polaris', drill: true }, 'ja')).toBe(
    '[訓練] アンドン (polaris): no data in Osaka',
  )
  expect(titleOf({ ...lead, evidence: 'x'.repeat(500) })).toHaveLength(167)
  const text = textOf(lead, null, 'en', { page: 'page_1', everybody: false })
  for (const words of ['A leader is needed', 'By:      Ben', 'jidoka andon show and_1']) expect(text).toContain(words)
  expect(text.match(/no data/g)).toHaveLength(1)
  expect(text).not.toContain('Tried')
  expect(textOf(lead, null, 'ja')).not.toContain('pulled')
})

test('the pager "log" names who is called, and keeps how they are reached to itself', async () => {
  await logPager({}, ports).deliver(toBen)
  expect(written.at(-1)).toContain('Called:  Ben')
  expect(written.at(-1)).not.toMatch(/example\.com|\+49/)
})

test('the pager "log" writes where people look', async () => {
  await logPager({}, ports).deliver(page)
  expect(written.join()).toContain('PAGE  Packet transfer (polaris)')
})

describe('webhook', () => {
  let server: Server
  let url: string
  let status = 200
  const got: { headers: Record<string, unknown>; body: string }[] = []

  beforeEach(async () => {
    got.length = 0
    status = 200
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (data) => {
        body += data
      })
      request.on('end', () => {
        got.push({ headers: request.headers, body })
        response.writeHead(status).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`
  })
  afterEach(() => new Promise((resolve) => server.close(resolve)))

  const pager = (more = {}) => webhookPager({ kind: 'webhook', url, timeoutMs: 2_000, ...more }, ports)

  test('carries the page, its dedupe key, and a signature that the receiver can check', async () => {
    await pager({ secretEnv: 'PAGE_SECRET' }).deliver(page)
    const { headers, body } = got[0] as (typeof got)[number]
    expect(JSON.parse(body)).toMatchObject({ dedupe: page.dedupe, incident: 'inc_1', failure: 'process-exited' })
    expect(headers['idempotency-key']).toBe(page.dedupe)
    expect(headers['jidoka-signature']).toBe(
      `v1=${createHmac('sha256', 's3cret').update(`${headers['jidoka-timestamp']}.${body}`).digest('hex')}`,
    )
  })

  test('is called once for each person, with the ways to reach them, and hears what became of it, signed', async () => {
    const one = pager({ secretEnv: 'PAGE_SECRET' })
    expect(one.split?.([ben, aki]).map((some) => some.map(({ id }) => id))).toEqual([['ben'], ['aki']])
    expect(one.split?.([])).toEqual([[]])
    await one.deliver(toBen)
    const acknowledged = { by: { id: 'aki', name: 'Aki' }, via: 'slack', at: 5 }
    await one.tell?.({ kind: 'acknowledged', page: toBen, acknowledged, why: null, at: 5, text: 'Aki has it' })
    const [called, told] = got.map(({ body }) => JSON.parse(body))
    expect(called).toMatchObject({
      type: 'page.called',
      page: 'page_1',
      level: 0,
      person: { id: 'ben', locale: 'en', phone: '+49 30 1', email: 'ben@example.com' },
    })
    expect(told).toMatchObject({ type: 'page.acknowledged', page: 'page_1', by: { id: 'aki' }, via: 'slack', person: { id: 'ben' } })
    expect(got.map(({ headers }) => [headers['jidoka-event'], headers['idempotency-key']])).toEqual([
      ['page.called', 'page_1/1'],
      ['page.acknowledged', 'page_1/1/acknowledged/5'],
    ])
    const { headers, body } = got[1] as (typeof got)[number]
    expect(headers['jidoka-signature']).toBe(
      `v1=${createHmac('sha256', 's3cret').update(`${headers['jidoka-timestamp']}.${body}`).digest('hex')}`,
    )
  })

  test('an answer that is not 2xx, and a secret that is not there, are failures', async () => {
    status = 500
    await expect(pager().deliver(page)).rejects.toMatchObject({ code: 'page-not-sent' })
    await expect(pager({ secretEnv: 'NOT_THERE' }).deliver(page)).rejects.toThrow('NOT_THERE')
    expect(got).toHaveLength(1)
  })

  test('nobody there is a failure', async () => {
    await expect(pager({ url: 'http://127.0.0.1:1/' }).deliver(page)).rejects.toMatchObject({ code: 'page-not-sent' })
  })
})

describe('exec', () => {
  const run = (script: string, timeoutMs = 5_000) =>
    execPager({ kind: 'exec', command: [process.execPath, '-e', script], timeoutMs }, ports).deliver(page)

  test('gives the page as JSON on standard input', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jidoka-page-'))
    const file = join(folder, 'page.json')
    await run(`process.stdin.pipe(require('node:fs').createWriteStream(${JSON.stringify(file)}))`)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ dedupe: page.dedupe, title: page.title })
    rmSync(folder, { recursive: true })
  })

  test('and who is called, with the ways to reach them', async () => {
    const script = `let text = ''; process.stdin.on('data', (d) => { text += d }).on('end', () => process.exit(JSON.parse(text).person.phone === '+49 30 1' ? 0 : 1))`
    await execPager({ kind: 'exec', command: [process.execPath, '-e', script], timeoutMs: 5_000 }, ports).deliver(toBen)
  })

  test('a command that fails, is not there, or does not end, is a failure', async () => {
    await expect(run('console.error("no line"); process.exit(3)')).rejects.toThrow('no line')
    await expect(execPager({ kind: 'exec', command: ['/no/such/command'], timeoutMs: 1_000 }, ports).deliver(page)).rejects.toMatchObject({
      code: 'page-not-sent',
    })
    await expect(run('setInterval(() => {}, 1000)', 100)).rejects.toThrow('did not end within 100 ms')
  })
})
