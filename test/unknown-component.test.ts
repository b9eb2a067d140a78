import { afterEach, beforeEach, expect, test } from 'vitest'
import { textOf } from '../bots/pager/words.ts'
import { createApi } from '../core/api/app.ts'
import type { ApiPorts } from '../core/api/ports.ts'
import { indexCatalog } from '../core/catalog/catalog.ts'
import { configSchema } from '../core/catalog/schema.ts'
import { idMint } from '../core/ids.ts'
import type { Journal } from '../core/journal/journal.ts'
import { openJournal } from '../core/journal/open.ts'
import { silentLog } from '../core/log.ts'
import type { StatusBoard } from '../core/probes/probe.ts'
import { seededRandom } from '../core/random.ts'
import type { AnyAction } from '../remediation/actions/define.ts'
import { actions } from '../remediation/actions/registry.ts'
import { createEngine, type Engine } from '../remediation/engine.ts'
import type { World } from '../remediation/world.ts'
import { runbooks } from '../runbooks/registry.ts'
import { virtualClock } from './virtual-clock.ts'

/** An alert of something that nobody configured: the real API, journal and engine, from Alertmanager's call to the page. */

const clock = virtualClock(Date.UTC(2026, 0, 31, 3), { drain: 'immediates' })
let journal: Journal
let engine: Engine
let api: ReturnType<typeof createApi>
/** What was asked of the world. */
let touched: string[]

beforeEach(async () => {
  touched = []
  const mint = idMint(clock, seededRandom(3))
  const catalog = indexCatalog(configSchema.parse({ components: [{ id: 'leo', title: 'SIM authentication', members: [{ id: 'leo-1' }] }] }))
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint })
  const status = boardOf('leo-1', 'leo')
  const common = { catalog, journal, status, clock, log: silentLog }
  engine = createEngine({
    ...common,
    world: untouched(),
    holder: 'test',
    runbooks,
    actions: actions as readonly AnyAction[],
    onStoreFailure(error) {
      throw error
    },
  })
  api = createApi({
    ...common,
    tokens: onlyAdmin(),
    commands: undefined as unknown as ApiPorts['commands'], // no order by a person is given here
    async ingest(alerts) {
      const results = await journal.ingest(alerts)
      for (const { component } of alerts) engine.consider(component)
      return results
    },
    beat: () => {},
    agentReport: async () => {},
    boardFolder: null,
    version: '0',
  })
  await engine.start()
})
afterEach(async () => {
  await engine.stop()
  await journal.close()
})

const boardOf = (member: string, component: string): StatusBoard => {
  const well = {
    member,
    component,
    status: 'pass',
    role: 'unknown',
    generation: null,
    summary: 'ok',
    since: clock.now(),
    health: null,
  } as const
  return { of: () => well, all: () => [well], onChange: () => () => {} }
}

const onlyAdmin = (): ApiPorts['tokens'] => ({
  check: () => ({ name: 'aki', role: 'admin' }),
  create: async () => '',
  list: async () => [],
  revoke: async () => false,
  stands: () => true,
})

const untouched = () =>
  new Proxy({} as World, {
    get: (_, name) => async () => {
      touched.push(String(name))
    },
  })

async function ask(method: string, path: string, body?: object) {
  const headers = { authorization: 'Bearer any', 'content-type': 'application/json' }
  const answer = await api.request(path, { method, headers, body: body && JSON.stringify(body) })
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into it.
  return (await answer.json()) as any
}

const raid = (host: string, status = 'firing') => ({
  status,
  labels: { alertname: 'RaidDegraded', host },
  annotations: { summary: 'one disk is gone' },
  startsAt: '2026-01-31T02:59:00Z',
  endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-01-31T03:00:00Z',
})
const send = (...alerts: object[]) => ask('POST', '/v1/webhooks/alertmanager', { version: '4', alerts })

/** Lets the engine do all that it does by itself; the sweep comes every five seconds. */
const settle = () => clock.advance(20_000)

test('an alert that matches no component ends in one page, and is seen as an incident of the component unknown', async () => {
  const { items, unmatched } = await send(raid('nas-3'))
  expect(items).toMatchObject([{ result: 'opened' }])
  expect(unmatched).toEqual(['RaidDegraded'])
  await settle()

  const summary = 'one disk is gone [alertname=RaidDegraded, host=nas-3]'
  const pages = await journal.due(10)
  expect(pages).toMatchObject([
    {
      incident: items[0].incident,
      payload: { component: 'unknown', failure: 'unknown', evidence: summary, members: [], tried: [], refused: [] },
    },
  ])
  expect(textOf(pages[0]?.payload ?? {}, items[0].incident)).toContain(`Seen:    ${summary}\n`)

  const { items: listed } = await ask('GET', '/v1/incidents?status=open')
  expect(listed).toMatchObject([
    {
      id: items[0].incident,
      component: 'unknown',
      failure: 'unknown',
      status: 'escalated',
      openedAt: '2026-01-31T03:00:00.000Z',
      endedAt: null,
    },
  ])
  expect(listed[0].reason).toContain('a person has been called')
  const shown = await ask('GET', `/v1/incidents/${items[0].incident}`)
  expect(shown.alerts).toMatchObject([{ member: null, signal: 'external', status: 'firing', source: 'alertmanager', summary }])
  expect(shown.runs).toMatchObject([
    { runbook: 'page', status: 'done', reason: `no runbook answers "unknown": ${summary}`, steps: [{ action: 'page', status: 'done' }] },
  ])
  expect(shown.timeline[0]).toMatchObject({ kind: 'incident.opened', data: { summary } })
  expect(touched).toEqual([])
})

test('more of them join it, and it is over when the last is resolved', async () => {
  const { items } = await send(raid('nas-3'))
  await settle()
  expect((await send(raid('nas-4'), raid('nas-3', 'resolved'))).items.map((one: { result: string }) => one.result)).toEqual([
    'joined',
    'resolved',
  ])
  await settle()
  expect((await send(raid('nas-4', 'resolved'))).items).toMatchObject([{ result: 'resolved', incident: items[0].incident }])
  await settle()
  expect((await ask('GET', '/v1/incidents')).items).toMatchObject([{ component: 'unknown', status: 'resolved' }])
  expect(touched).toEqual([])
})
