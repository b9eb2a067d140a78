import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Fixture, openFixture } from '../../core/api/fixture.ts'
import { serve } from '../../core/api/serve.ts'
import { systemClock } from '../../core/clock.ts'
import { ebs } from '../../guardians/ebs/guardian.ts'
import { type FindingsHouse, openFindingsDesk } from '../../guardians/findings/desk.ts'
import { coverage, place, reported, reportOf, savingsOf, smallCatalog } from '../../guardians/findings/fixture.ts'
import { findingRoutes } from '../../guardians/findings/routes.ts'
import { typeLine } from '../../test/typist.ts'
import { finding } from './finding.ts'

const catalog = smallCatalog()
let folder: string
let api: Fixture
let desk: FindingsHouse
let served: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-finding-'))
  const base = await openFixture({ clock: systemClock })
  desk = openFindingsDesk({ journal: base.ports.journal, catalog, clock: systemClock, guardians: [ebs], personOf: () => null })
  await base.close()
  api = await openFixture({ clock: systemClock, options: { features: [findingRoutes({ desk, catalog, guardians: [ebs] })] } })
  served = await serve(api.api, { host: '127.0.0.1', port: 0, clock: systemClock })
})
afterAll(async () => {
  await served.close()
  await api.close()
  rmSync(folder, { recursive: true })
})

let out: string[]
let err: string[]
let runs = 0
beforeEach(async () => {
  out = []
  err = []
})
afterEach(() => {
  process.exitCode = 0
})

/** Types a line, as a person would; answers the exit code. */
const type = (...args: string[]) =>
  typeLine({ commands: [finding], controller: () => ({ url: served.url, token: api.tokens.admin }), folder, columns: 80, out, err }, {}, [
    'finding',
    ...args,
  ])
const said = () => out.join('\n')

/** A scan that sees these and nothing else; answers the id of the last one. */
async function seen(...names: string[]): Promise<string> {
  const findings = names.map((name) => reported(name, { owner: 'Data Platform', savings: savingsOf(8) }))
  await desk.ingest(reportOf(`run-${++runs}`, systemClock.now(), findings))
  const found = await desk.list({ status: 'all' }, { limit: 100 })
  return found.find(({ resource }) => resource.endsWith(`/${names.at(-1)}`))?.id as string
}

describe('jidoka finding', () => {
  test('lists what there is in lines of 80 columns', async () => {
    expect(await type('list')).toBe(0)
    expect(said()).toBe('No findings.')
    const id = await seen('vol-0a1b2c3d4e5f67890')
    await type('list')
    const lines = out.slice(1)
    expect(lines[0]).toMatch(/^medium {2}vol-0a1b2c3d4e5f67890 {3}Volume attached to nothing: gp3, 100 GiB/)
    expect(lines[1]).toContain(`${id}  open (Data Platform)  $8.00/month`)
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
    await type('list', '--severity', 'high', '--json')
    expect(JSON.parse(out.at(-1) as string)).toEqual({ items: [], next: null })
    expect(await type('list', '--severity', 'worst')).toBe(2)
  })

  test('shows one with its evidence, its reckoning and its owner; what is open is not well', async () => {
    const id = await seen('vol-1')
    expect(await type('show', id)).toBe(1)
    expect(said()).toContain('MEDIUM Volume attached to nothing')
    expect(said()).toContain('sizeGiB 100')
    expect(said()).toContain('$8.00/month (100 GiB at $0.08')
    expect(said()).toContain('Data Platform (by its tag; nobody of that name is configured)')
    for (const line of out) expect(line.length).toBeLessThanOrEqual(110)
    expect(await type('show', 'fnd_0')).toBe(2)
    expect(err.join()).toContain('There is no finding "fnd_0".')
  })

  test('asks, is answered, takes it back, mutes and votes', async () => {
    const id = await seen('vol-2')
    expect(await type('ask', id, '--due', '3d', '--words', 'please')).toBe(0)
    expect(said()).toContain('asked chi, due ')
    expect(out.at(-1)).toBe('chi is asked because nobody else was found.')
    expect(await type('answer', id, 'not-mine', '--to', 'Ben', '--words', 'his', '--json')).toBe(0)
    expect(JSON.parse(out.at(-1) as string)).toMatchObject({ status: 'asked', ask: { to: 'ben', words: 'his', by: 'token:admin' } })
    expect(await type('reopen', id, '--reason', 'later')).toBe(0)
    expect(await type('mute', id, '--until', '30d', '--reason', 'migration')).toBe(0)
    expect(out.at(-1)).toContain('muted until ')
    expect(await type('wrong', id, '--reason', 'no')).toBe(1)
    expect(err.join()).toContain('is muted: it cannot be voted wrong.')
    await type('reopen', id, '--reason', 'again')
    expect(await type('wrong', id, '--reason', 'used by hand')).toBe(0)
    expect(await type('fix', await seen('vol-3'))).toBe(1)
    expect(err.at(-1)).toContain('its check names no runbook')
    expect(await type('mute', id, '--until', 'someday', '--reason', 'x')).toBe(2)
    expect(err.at(-1)).toContain('--until: no time that we know: "someday"')
  })

  test('exports a file that appears when it is whole, or onto the output', async () => {
    await seen('vol-4', 'vol-5')
    expect(await type('export', '--check', place.check, '--out', 'all.csv')).toBe(0)
    expect(readFileSync(join(folder, 'all.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(3)
    await type('export')
    expect(out.filter((line) => line.startsWith('fnd_'))).toHaveLength(2)
    await type('export', '--format', 'json', '--status', 'all')
    expect(JSON.parse(out.at(-1) as string).items.length).toBeGreaterThan(2)
    expect(await type('export', '--format', 'xml')).toBe(2)
  })

  test('sums up, and says what was not looked at', async () => {
    const hole = { ...place, missing: 'ec2:DescribeVolumes', resources: null, examples: [] }
    await desk.ingest(reportOf(`run-${++runs}`, systemClock.now(), [], { unknown: [hole], coverage: [coverage(0, { complete: false })] }))
    expect(await type('summary')).toBe(0)
    expect(said()).toMatch(/^2 open: 0 high, 2 medium, 0 low; \$16\.00 a month/)
    expect(said()).toContain(
      'Not all was looked at: 0 of 1 places to their end.\n  ebs-unattached  123456789012 us-east-1  ec2:DescribeVolumes',
    )
    for (const line of out) expect(line.length).toBeLessThanOrEqual(80)
  })
})
