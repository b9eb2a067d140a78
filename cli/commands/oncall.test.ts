import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from '../../bots/pager/define.ts'
import { openPageDesk, type PageDesk } from '../../bots/pager/desk.ts'
import { openFeeds } from '../../bots/pager/feed.ts'
import { keepRoster } from '../../bots/pager/roster.ts'
import { openRota, type Rota } from '../../bots/pager/rota.ts'
import { pagerRoutes } from '../../bots/pager/routes.ts'
import { type Fixture, openFixture } from '../../core/api/fixture.ts'
import { serve } from '../../core/api/serve.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { systemRandom } from '../../core/random.ts'
import { typeLine } from '../../test/typist.ts'
import { oncall } from './oncall.ts'
import { page } from './page.ts'
import { roster } from './roster.ts'

const catalog = indexCatalog(
  configSchema.parse({
    people: [
      { id: 'ben', name: 'Ben', phone: '+49 30 1' },
      { id: 'chi', name: 'Chi' },
    ],
    schedules: [
      { id: 'core', zone: 'Asia/Tokyo', layers: [{ people: ['ben'], start: '2020-01-01T09:00' }] },
      { id: 'later', layers: [{ people: ['chi'], start: '2999-01-01T09:00' }] },
    ],
    policies: [{ id: 'core', levels: [{ notify: ['schedule:core'] }, { notify: ['person:chi'] }] }],
    andon: { policy: 'core' },
  }),
)
let folder: string
let journal: Journal
let rota: Rota
let desk: PageDesk
let api: Fixture
let served: Awaited<ReturnType<typeof serve>>
let took: Page[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-oncall-'))
  journal = await openJournal({ url: 'sqlite::memory:', clock: systemClock, mint: idMint(systemClock, systemRandom) })
  rota = openRota({ catalog, journal })
  took = []
  const pagers = [{ kind: 'test', deliver: async (one: Page) => void took.push(one) }]
  desk = openPageDesk({ catalog, journal, rota, pagers, clock: systemClock, log: silentLog })
  const feeds = openFeeds({ key: 'key', journal })
  api = await openFixture({
    clock: systemClock,
    options: { features: [pagerRoutes({ desk, rota, feeds, journal, clock: systemClock, secrets: () => [] })] },
  })
  served = await serve(api.api, { host: '127.0.0.1', port: 0, clock: systemClock })
  await desk.start()
})
afterAll(async () => {
  await desk.stop()
  await served.close()
  await journal.close()
  await api.close()
  rmSync(folder, { recursive: true })
})

let out: string[]
let err: string[]
beforeEach(() => {
  out = []
  err = []
})
afterEach(() => {
  process.exitCode = 0
})

/** Types a line, as a person would; answers the exit code. */
const type = (...args: string[]) =>
  typeLine(
    { commands: [oncall, page, roster], controller: () => ({ url: served.url, token: api.tokens.admin }), folder, columns: 100, out, err },
    {},
    args,
  )
const said = () => out.join('\n')

describe('jidoka oncall', () => {
  test('tells who is on call for each schedule; a schedule without anybody is not well', async () => {
    expect(await type('oncall')).toBe(1)
    expect(said()).toMatch(/core {3}Ben\s*\nlater {2}nobody/)
    expect(await type('oncall', '--at', '2999-06-01T00:00Z', '--json')).toBe(0)
    expect(JSON.parse(out.at(-1) as string).items).toMatchObject([{ onCall: { id: 'ben' } }, { onCall: { id: 'chi' } }])
    expect(await type('oncall', '--at', 'tomorrow')).toBe(2)
    expect(err.join()).toContain('--at: no time that we know: "tomorrow"')
  })

  test('an override is added in the zone of the schedule, listed, and removed', async () => {
    const times = ['--from', '2030-01-02T09:00', '--until', '2030-01-02T18:00']
    expect(await type('oncall', 'override', 'add', 'core', 'chi', ...times, '--reason', 'swap', '--json')).toBe(0)
    const made = JSON.parse(said())
    expect(made).toMatchObject({ person: { id: 'chi' }, from: '2030-01-02T00:00:00.000Z', until: '2030-01-02T09:00:00.000Z' })
    await type('oncall', 'override', 'list', 'core')
    expect(out.at(-1)).toContain('Chi  Wed 2 Jan 09:00 (UTC+9) - Wed 2 Jan 18:00 (UTC+9)  swap (admin)')
    expect(await type('oncall', 'override', 'remove', 'core', made.id)).toBe(0)
    expect(await type('oncall', 'override', 'remove', 'core', made.id)).toBe(2)
    expect(await type('oncall', 'override', 'add', 'core', 'eve', ...times, '--reason', 'swap')).toBe(2)
    expect(err.join()).toContain('There is no person "eve"')
  })
})

describe('jidoka page', () => {
  test('lists, shows, calls the next, and acknowledges', async () => {
    await type('page', 'list')
    expect(said()).toBe('No pages.')
    await journal.post({
      channel: 'page',
      dedupe: 'x',
      incident: 'inc_1',
      payload: { component: 'polaris', failure: 'hung', evidence: 'no answer', reason: 'nothing helped' },
    })
    await expect.poll(() => took.length).toBe(1)
    await expect.poll(async () => (await desk.list({}, { limit: 1 }))[0]?.reachedAt ?? null).not.toBeNull()
    const id = took[0]?.call?.page as string
    expect(await type('page', 'show', id)).toBe(1)
    expect(said()).toMatch(/polaris: hung\nfiring, level 1; the next are called at/)
    expect(said()).toMatch(/level 1 {4}test {9}Ben {18}taken/)
    expect(await type('page', 'next', id, '--reason', 'no laptop')).toBe(0)
    expect(out.at(-1)).toBe('Level 2 is called.')
    expect(await type('page', 'ack', id, '--person', 'chi')).toBe(0)
    expect(out.at(-1)).toBe('acknowledged by Chi. Nobody else is called.')
    expect(await type('page', 'show', id)).toBe(0)
    await type('page', 'list', '--open')
    expect(out.at(-1)).toMatch(/acknowledged by Chi\s+page_\w+ {2}polaris: hung/)
    expect(await type('page', 'ack', 'page_9')).toBe(2)
  })
})

describe('jidoka roster', () => {
  test('is read from the file, without asking anybody', async () => {
    const kept = keepRoster({ catalog, rota, folder, clock: systemClock, log: silentLog })
    await kept.stop()
    expect(await type('roster')).toBe(0)
    expect(said()).toContain('Ben  +49 30 1')
    expect(await type('roster', '--data', join(folder, 'elsewhere'))).toBe(2)
    expect(err.join()).toContain('There is no roster')
  })
})
