import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Api, createApi } from '../../core/api/app.ts'
import { heldToContract } from '../../core/api/contract.ts'
import { documentOf } from '../../core/api/document.ts'
import { openFixture } from '../../core/api/fixture.ts'
import type { ApiRole } from '../../core/api/ports.ts'
import { dayMs } from '../../core/calendar.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { ebs } from '../ebs/guardian.ts'
import { type FindingsHouse, openFindingsDesk } from './desk.ts'
import { cell } from './export.ts'
import { coverage, place, reported, reportOf, savingsOf, smallCatalog } from './fixture.ts'
import { findingRoutes } from './routes.ts'

// The fixture has a token of the name `responder`.
const people = [
  { id: 'responder', name: 'Aki', locale: 'ja' },
  { id: 'chi', name: 'Chi' },
]
const catalog = smallCatalog({}, { people })
const mendable = { ...ebs, checks: ebs.checks.map((check) => ({ ...check, runbook: 'delete-volume' })) }

let clock: ReturnType<typeof virtualClock>
let house: Awaited<ReturnType<typeof openFixture>>
let api: Api
let desk: FindingsHouse

beforeEach(async () => {
  clock = virtualClock()
  house = await openFixture({ clock })
  const fix = { approveFix: async () => ({ run: null, said: 'would delete vol-1' }) }
  desk = openFindingsDesk({ journal: house.ports.journal, catalog, clock, guardians: [mendable], personOf: () => null, fix })
  api = createApi(house.ports, { features: [findingRoutes({ desk, catalog, guardians: [mendable] })] })
})
afterEach(() => house.close())

interface Ask {
  as?: ApiRole
  body?: unknown
}

/** Asks as somebody with that role, and holds the answer to its schema. */
async function ask(method: string, path: string, { as = 'responder', body }: Ask = {}) {
  const headers = { authorization: `Bearer ${house.tokens[as]}`, 'content-type': 'application/json' }
  const response = await api.request(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  // biome-ignore lint/suspicious/noExplicitAny: held to the schema of its route; the tests look into it.
  const answer = (await heldToContract(api, method, path, response.clone())) as any
  return { status: response.status, body: answer }
}
const scan = (run: string, findings: Parameters<typeof reportOf>[2], over = {}) => desk.ingest(reportOf(run, clock.now(), findings, over))
const one = async () => (await scan('r1', [reported('vol-1', { owner: 'Chi', savings: savingsOf(8) })])).opened[0] as string

describe('the routes of findings', () => {
  test('take in a report of elsewhere, also from an agent, and again', async () => {
    const report = reportOf('lambda-1', clock.now(), [reported('vol-1')])
    for (const as of ['agent', 'responder'] as const) {
      const { status, body } = await ask('POST', '/v1/scans', { as, body: report })
      expect([status, body]).toEqual([200, { run: 'lambda-1', seen: 1, opened: 1, regressed: 0, fixed: 0, silent: 0, uncovered: 0 }])
    }
    expect((await ask('POST', '/v1/scans', { as: 'viewer', body: report })).status).toBe(403)
    expect((await ask('POST', '/v1/scans', { body: { ...report, checkpoint: {} } })).body.title).toContain('checkpoint')
    expect((await ask('POST', '/v1/scans', { body: { ...report, schema: 2 } })).status).toBe(422)
    expect((await ask('GET', '/v1/scans', { as: 'viewer' })).body).toMatchObject({
      items: [{ run: 'lambda-1', findings: 1, opened: 1, looked: 11, places: 1, complete: 1, unknownCount: 0 }],
      next: null,
    })
  })

  test('tell a finding in words, in the language that is asked for', async () => {
    const id = await one()
    const { body } = await ask('GET', `/v1/findings/${id}?locale=en`, { as: 'viewer' })
    expect(body).toMatchObject({
      told: { title: 'Volume attached to nothing', says: 'gp3, 100 GiB, attached to nothing; made 8 days ago' },
      owner: { name: 'chi', kind: 'person', by: 'tag' },
      savings: { usdPerMonth: 8 },
      firstSeenAt: new Date(clock.now()).toISOString(),
    })
    expect((await ask('GET', `/v1/findings/${id}?locale=ja`)).body.told.title).toBe('どこにもアタッチされていないボリューム')
    expect((await ask('GET', '/v1/findings/fnd_0')).body).toMatchObject({ status: 404, code: 'finding-not-found' })
  })

  test('list page by page, and only what fits', async () => {
    await scan('r1', [reported('a', { severity: 'high' }), reported('b'), reported('c', { severity: 'low' })])
    const first = (await ask('GET', '/v1/findings?limit=2')).body
    expect(first.items.map(({ severity }: { severity: string }) => severity)).toEqual(['high', 'medium'])
    expect((await ask('GET', `/v1/findings?limit=2&after=${first.next}`)).body).toMatchObject({ items: [{ severity: 'low' }], next: null })
    expect((await ask('GET', '/v1/findings?severity=high')).body.items).toHaveLength(1)
    const later = new Date(clock.now() + 1).toISOString()
    expect((await ask('GET', `/v1/findings?newSince=${later}`)).body.items).toEqual([])
    expect((await ask('GET', '/v1/findings?owner=chi&status=all')).body.items).toHaveLength(3)
    expect((await ask('GET', '/v1/findings?colour=red')).status).toBe(422)
  })

  test('let responders decide, in the name of the person of the token', async () => {
    const id = await one()
    expect((await ask('POST', `/v1/findings/${id}/ask`, { as: 'viewer', body: {} })).status).toBe(403)
    const asked = (await ask('POST', `/v1/findings/${id}/ask`, { body: { words: 'please' } })).body
    expect(asked).toMatchObject({ status: 'asked', ask: { to: 'chi', by: 'responder', words: 'please' } })
    const done = (await ask('POST', `/v1/findings/${id}/answer`, { as: 'admin', body: { answer: 'done' } })).body
    expect(done).toMatchObject({ ask: { answer: { kind: 'done', by: 'token:admin' } } })
    const until = new Date(clock.now() + dayMs).toISOString()
    expect((await ask('POST', `/v1/findings/${id}/mute`, { body: { reason: 'later', until } })).body).toMatchObject({ mute: { until } })
    expect((await ask('POST', `/v1/findings/${id}/wrong`, { body: { reason: 'no' } })).body).toMatchObject({
      status: 409,
      code: 'finding-decided',
    })
    expect((await ask('POST', `/v1/findings/${id}/reopen`, { body: { reason: 'now' } })).body).toMatchObject({ status: 'open' })
    expect((await ask('POST', `/v1/findings/${id}/wrong`, { body: { reason: 'no' } })).body).toMatchObject({ status: 'wrong' })
    expect((await ask('POST', `/v1/findings/${id}/ask`, { body: { to: 'eve' } })).status).toBe(409)
  })

  test('refuse an ask of nobody, and a mute for ever', async () => {
    const id = await one()
    expect((await ask('POST', `/v1/findings/${id}/ask`, { body: { to: 'eve' } })).body).toMatchObject({
      status: 422,
      code: 'owner-unknown',
    })
    const until = new Date(clock.now() + 9_999 * dayMs).toISOString()
    expect((await ask('POST', `/v1/findings/${id}/mute`, { body: { reason: 'x', until } })).body).toMatchObject({ code: 'bad-request' })
  })

  test('let its owner, or an operator, approve a fix; first told what it would do', async () => {
    const id = await one()
    expect((await ask('POST', `/v1/findings/${id}/fix`, { body: {} })).body).toMatchObject({ code: 'forbidden' })
    const dry = (await ask('POST', `/v1/findings/${id}/fix`, { as: 'operator', body: { dryRun: true } })).body
    expect(dry).toMatchObject({ status: 'open', fix: { dryRun: true, said: 'would delete vol-1', by: 'token:operator' } })
  })

  test('sum up how it stands, and say what was not looked at', async () => {
    await scan('r1', [reported('a', { savings: savingsOf(8) }), reported('b', { severity: 'high' })], {
      unknown: [{ ...place, region: 'eu-west-1', missing: 'ec2:DescribeVolumes', resources: null, examples: [] }],
      coverage: [coverage(2), coverage(0, { region: 'eu-west-1', complete: false })],
    })
    await scan('r2', [], { guardians: ['logs'], coverage: [], cost: { calls: 5, usd: 0, byCall: [] } })
    const { body } = await ask('GET', '/v1/findings/summary', { as: 'viewer' })
    expect(body).toMatchObject({
      ...{ open: 2, high: 1, medium: 1, low: 0, usdPerMonth: 8 },
      guardians: [{ guardian: 'ebs', open: 2, usdPerMonth: 8 }],
      // Two in the same millisecond may stand either way.
      lastScan: {
        runs: expect.arrayContaining(['r1', 'r2']),
        places: 2,
        complete: 1,
        unknown: [{ missing: 'ec2:DescribeVolumes' }],
        cost: { calls: 8 },
      },
    })
    expect(body.trend).toHaveLength(30)
    expect(body.trend.at(-1)).toMatchObject({ open: 2, opened: 2, usdPerMonth: 8 })
  })

  test('stream all of them, more than a page, as JSON or as a table', async () => {
    await scan(
      'r1',
      Array.from({ length: 450 }, (_, n) => reported(`v${n}`, { name: n === 0 ? '=cmd()' : 'a "b", c' })),
    )
    const { body } = await ask('GET', '/v1/findings/export?locale=en')
    expect(new Set(body.items.map(({ id }: { id: string }) => id)).size).toBe(450)
    const lines = (await ask('GET', '/v1/findings/export?format=csv&locale=en')).body.trimEnd().split('\r\n')
    expect(lines).toHaveLength(451)
    expect(lines[0]).toMatch(/^id,status,severity,guardian,check,title,/)
    expect(lines.filter((line: string) => line.includes(",'=cmd(),"))).toHaveLength(1)
    expect(lines.at(-1)).toContain(',"a ""b"", c",')
    expect((await ask('GET', '/v1/findings/export?check=other')).body).toEqual({ items: [] })
  })

  test('a cell is never a formula, and keeps what breaks a line', () => {
    expect(['+1', '-1', '@x', '\tx', 'x=1'].map(cell)).toEqual(["'+1", "'-1", "'@x", "'\tx", 'x=1'])
    expect(cell('a\nb')).toBe('"a\nb"')
    expect(cell(-1)).toBe('-1')
  })

  test('are in the OpenAPI document', () => {
    const { paths } = documentOf(api) as { paths: object }
    expect(Object.keys(paths).filter((path) => /findings|scans/.test(path))).toEqual([
      ...['/v1/findings', '/v1/findings/summary', '/v1/findings/export', '/v1/findings/{id}'],
      ...['ask', 'mute', 'wrong', 'answer', 'reopen', 'fix'].map((word) => `/v1/findings/{id}/${word}`),
      '/v1/scans',
    ])
  })
})
