import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asker, type House, openHouse, type Running, until } from './harness.ts'

/** A platform of one's own: a process that knows nothing of us, under `jidoka agent`, with a runbook, an action and a pager of one's own. */
let house: House
let up: Running
let agent: Running
let ask: ReturnType<typeof asker>
const noted = () => join(house.data, 'noted')
const paged = () => join(house.data, 'paged')

const config = ({ data, basePort }: House) => `
import { appendFileSync } from 'node:fs'
import { defineAction, defineConfig, defineRunbook, ownStep, step } from '${pathToFileURL(resolve(import.meta.dirname, '../../infra/main/public.ts')).href}'

const note = defineAction('note', {
  title: 'Write a note', kind: 'idempotent', timeoutMs: 1_000, attempts: 1,
  async apply({ member }: { member: string }, { key }) {
    appendFileSync('${data}/noted', member + ' ' + key + '\\n')
    return { noted: member }
  },
})
const noteAndRestart = defineRunbook('note-and-restart', {
  title: 'Note it, then restart', answers: ['process-exited'], requires: [], cooldownMs: 0,
  steps: ({ targets, graceMs }) => targets.flatMap((member) => [ownStep('note', { member }), step('restart', { member, graceMs }), step('verify', { member, role: null })]),
})
export default defineConfig({
  agents: [{ id: 'here', url: 'http://127.0.0.1:${basePort + 101}' }],
  components: [{
    id: 'clock', title: 'Clock',
    members: [{ id: 'clock-1', agent: 'here', address: 'http://127.0.0.1:${basePort + 1}', process: { command: [process.execPath, '-e', "require('node:http').createServer((q, s) => s.end('now')).listen(${basePort + 1}, '127.0.0.1') // ${data}"] } }],
    // The agent is started after the controller, and tells itself when its process ends.
    probes: ['http', 'hook'].map((kind) => ({ kind, everyMs: 100, timeoutMs: 500, failAfter: 100 })),
    ladder: ['note-and-restart', 'page'],
    guards: { attempts: 1 },
  }],
  pagers: [{ kind: 'exec', command: [process.execPath, '-e', "process.stdin.pipe(require('node:fs').createWriteStream('${data}/paged'))"] }],
  runbooks: [noteAndRestart],
  actions: [note],
})
`

beforeAll(async () => {
  house = await openHouse()
  ask = asker(house)
  const file = join(house.data, 'jidoka.config.ts')
  writeFileSync(file, config(house))
  up = house.up('--config', file)
  await up.says('is up at')
  agent = house.start(['agent', 'here', '--config', file, '--controller', `http://127.0.0.1:${house.port}`])
  await agent.says('agent here listens at')
}, 300_000)
afterAll(() => house?.close())

const clock = () => house.processes().find((seen) => /createServer/.test(seen.command) && !/jidoka-parked/.test(seen.command))
const healthy = () => until('the clock is well', ask.healthy)

test('its process is started, and looked at from outside', async () => {
  await healthy()
  expect(clock()).toBeDefined()
  expect((await house.jidoka('status')).out).toContain('All well: 1 member passes')
  expect((await house.jidoka('runbook', 'list')).out).toMatch(/^note-and-restart +Note it, then restart +process-exited$/m)
})

test('its own runbook mends it, and its own action is recorded like any other', async () => {
  const before = clock()?.pid as number
  process.kill(before, 'SIGKILL')
  const incident = await until(
    'an incident that has recovered',
    async () => (await ask.incidents()).find((one) => one.status === 'recovered') ?? false,
  )
  const [run] = (await ask.incident(incident.id)).runs
  expect(run).toMatchObject({ runbook: 'note-and-restart', status: 'done' })
  expect(run?.steps[0]).toMatchObject({ name: 'note clock-1', status: 'done', output: { noted: 'clock-1' } })
  expect(readFileSync(noted(), 'utf8')).toBe(`clock-1 ${run?.id}/0/1\n`)
  expect(clock()?.pid).not.toBe(before)
  await healthy()
})

test('when its budget is spent, its own pager gets the page, as JSON', async () => {
  expect(existsSync(paged())).toBe(false)
  process.kill(clock()?.pid as number, 'SIGKILL')
  const page = await until('a page', () => (existsSync(paged()) ? JSON.parse(readFileSync(paged(), 'utf8')) : false))
  expect(page).toMatchObject({
    component: 'clock',
    failure: 'process-exited',
    members: ['clock-1'],
    refused: [{ runbook: 'note-and-restart', code: 'attempt-budget' }],
  })
  expect(await house.jidoka('status')).toMatchObject({
    code: 1,
    out: expect.stringContaining('A person is needed: Clock (process exited)'),
  })
})

test('a person may do what the automatic may not, and the incident closes by itself', async () => {
  expect(clock()).toBeUndefined()
  const { code, out } = await house.jidoka('restart', 'clock', '--reason', 'I looked at it')
  expect(code, out).toBe(0)
  await healthy()
  expect((await ask.incidents())[0]?.status).toBe('resolved')
})

test('the agent ends its process with it, the controller after Ctrl-C', async () => {
  expect(await agent.end()).toBe(0)
  expect(await up.end()).toBe(0)
  expect(house.processes()).toEqual([])
})
