import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openDesk } from '../../bots/andon/desk.ts'
import { openOrders } from '../../bots/andon/orders.ts'
import type { AndonDesk } from '../../bots/andon/ports.ts'
import { andonRoutes } from '../../bots/andon/routes.ts'
import { createApi } from '../../core/api/app.ts'
import { openFixture } from '../../core/api/fixture.ts'
import { type Served, serve } from '../../core/api/serve.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { openApi, tellFailure } from '../api.ts'
import { andon } from '../commands/andon.ts'
import type { Cli, Run } from '../define.ts'

/** The command line against a real controller's API, over HTTP, with a real journal. */
const catalog = indexCatalog(
  configSchema.parse({
    components: [
      { id: 'polaris', members: [{ id: 'polaris-1' }] },
      { id: 'leo', members: [{ id: 'leo-1' }] },
    ],
    people: [{ id: 'aki', name: 'Aki' }],
    carriers: [{ id: 'starlink', name: 'Starlink', contact: 'https://desk.example' }],
  }),
)

let house: Awaited<ReturnType<typeof openFixture>>
let desk: AndonDesk
let served: Served
let folder: string

const start = (port = 0) => {
  const orders = openOrders({ desk, commands: house.commands, journal: house.ports.journal, catalog })
  const api = createApi({ ...house.ports, catalog }, { features: [andonRoutes({ desk, orders, catalog })] })
  return serve(api, { host: '127.0.0.1', port, graceMs: 100 })
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jidoka-line-'))
  house = await openFixture({ clock: systemClock })
  desk = openDesk({ ...house.ports, catalog, environment: () => undefined })
  served = await start()
})
afterEach(async () => {
  await served.close()
  await house.close()
  await rm(folder, { recursive: true })
})

interface Line {
  out: string[]
  err: string[]
  code: number
}

/** Types a line; `interrupt` ends what goes on until then. */
async function jidoka(args: string[], { interrupt, line = { out: [], err: [], code: 0 } }: { interrupt?: AbortSignal; line?: Line } = {}) {
  const cli: Cli = {
    out: (text) => void line.out.push(...text.split('\n')),
    err: (text) => void line.err.push(...text.split('\n')),
    json: (value) => void line.out.push(JSON.stringify(value)),
    tty: false,
    columns: 100,
    env: { JIDOKA_URL: served.url, JIDOKA_TOKEN: house.tokens.operator },
    cwd: folder,
    dataOf: () => folder,
    api: (options) => openApi(options, cli.env, folder),
    interrupted: interrupt ?? new AbortController().signal,
    serve: () => undefined,
  }
  const run: Run =
    (action) =>
    async (...given) => {
      try {
        line.code = await action(...given)
      } catch (error) {
        const { text, code } = tellFailure(error)
        cli.err(text)
        line.code = code
      }
    }
  const silent = { writeOut: () => undefined, writeErr: (text: string) => void line.err.push(text) }
  const program = new Command('jidoka').exitOverride().configureOutput(silent)
  const command = program.command('andon').exitOverride().configureOutput(silent)
  andon.setup(command, cli, run)
  try {
    await program.parseAsync(['andon', ...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    line.code = error.exitCode === 0 ? 0 : 2
  }
  return line
}
const asJson = async (args: string[]) => JSON.parse((await jidoka([...args, '--json'])).out.join('\n'))

describe('a pull', () => {
  test('is one line, and tells what to do next in lines that work', async () => {
    const { out, code } = await jidoka(['pull', 'polaris', 'is', 'slow'])
    expect(code).toBe(0)
    const [found] = await desk.list({}, { limit: 1 })
    expect(out[0]).toContain(`YELLOW  polaris  0 s  ${found?.id}`)
    expect(out.join('\n')).toContain('red in ')
    expect(found).toMatchObject({ text: 'polaris is slow', via: 'cli', pulledBy: { name: 'operator' } })
    const join =
      out
        .find((line) => line.includes(' join '))
        ?.trim()
        .split(/\s+/) ?? []
    expect((await jidoka([...join.slice(2, 4), 'in', 'Osaka'])).code).toBe(0)
    expect((await desk.get(found?.id as string))?.reporters.map(({ text }) => text)).toEqual(['polaris is slow', 'in Osaka'])
  })

  test('of what is open already says so, and to whom it went', async () => {
    const first = await asJson(['pull', 'polaris is slow'])
    const { out } = await jidoka(['pull', 'polaris again', '--component', 'polaris'])
    expect(out.join('\n')).toContain(`It is already being looked at (${first.id})`)
  })

  test('waits for a controller that is just starting, and is one pull however often it was sent', async () => {
    const port = Number(new URL(served.url).port)
    await served.close()
    const line: Line = { out: [], err: [], code: 0 }
    const pulled = jidoka(['pull', 'polaris is slow'], { line })
    await vi.waitFor(() => expect(line.err.join()).toContain('trying for'))
    served = await start(port)
    expect((await pulled).code).toBe(0)
    expect(await desk.list({}, { limit: 10 })).toHaveLength(1)
  })

  test('that no controller takes gives the words back, and the telephone numbers', async () => {
    const people = [{ id: 'aki', name: 'Aki', phone: '+81 3 0000 0001' }]
    const roster = { writtenAt: Date.now(), locale: 'en', people, schedules: [], policies: [] }
    await writeFile(join(folder, 'roster.json'), JSON.stringify(roster))
    await served.close()
    const { code, err } = await jidoka(['pull', 'polaris is slow'], { interrupt: AbortSignal.abort() })
    expect(code).toBe(3)
    expect(err.join('\n')).toContain('polaris is slow')
    expect(err.join('\n')).toMatch(/Aki +\+81 3 0000 0001/)
  })

  test.each([
    [['pull', 'x', '--component', 'polariss'], 2],
    [['pull', 'x', '--severity', '1'], 2],
    [['pull'], 2],
    [['pull', 'x', '--token', 'wrong'], 3],
  ])('%j ends with %i', async (args, code) => {
    expect((await jidoka(args)).code).toBe(code)
    expect(await desk.list({}, { limit: 1 })).toEqual([])
  })
})

describe('which andon is meant', () => {
  test('the one that is open needs no name; of two, the end of an id is enough', async () => {
    const leo = await asJson(['pull', 'leo is slow'])
    expect(await asJson(['escalate'])).toMatchObject({ id: leo.id, status: 'red' })
    const polaris = await asJson(['pull', 'polaris is slow'])
    const both = await jidoka(['escalate'])
    expect(both.code).toBe(2)
    expect(both.err.join()).toMatch(/2 andons are open.*polaris.*leo/)
    expect(await asJson(['escalate', polaris.id.slice(-5), 'it', 'grows'])).toMatchObject({
      id: polaris.id,
      red: { reason: expect.stringContaining('it grows') },
    })
    expect(await asJson(['join', polaris.id, 'me', 'too'])).toMatchObject({ id: polaris.id })
  })

  test('words that look like an id are words', async () => {
    await jidoka(['pull', 'polaris is slow'])
    const { reporters } = await asJson(['join', '500s', 'everywhere'])
    expect(reporters.at(-1).text).toBe('500s everywhere')
  })

  test('none is open: usage, with what to do; to reopen, the last one is meant', async () => {
    const none = await jidoka(['escalate'])
    expect([none.code, none.err.join(' ')]).toEqual([2, expect.stringContaining('No andon is open')])
    const { id } = await asJson(['pull', 'polaris is slow'])
    await jidoka(['resolve', '--how', 'rolled back'])
    expect(await asJson(['kaizen', 'add', 'watch the queue'])).toMatchObject({ id })
    expect(await asJson(['reopen', 'it is back'])).toMatchObject({ id, status: 'red' })
  })

  test.each([
    ['show', 'and_zzz9'],
    ['show', 'zzz9'],
    ['review', 'zzz9'],
    ['escalate', 'and_zzz9'],
  ])('%s %s: there is none', async (...args) => {
    await jidoka(['pull', 'polaris is slow'])
    const { code, err } = await jidoka(args)
    expect([code, err[0]]).toEqual([2, expect.stringContaining('No andon ends with')])
  })
})

describe('working in it', () => {
  test('a whole day by lines: lead, lanes, a carrier, updates, the end, the review', async () => {
    const { id } = await asJson(['pull', 'polaris is slow'])
    for (const args of [
      ['lead'],
      ['escalate', 'customers see it'],
      ['lane', 'take', 'logs', '--minutes', '15'],
      ['lane', 'report', '1', 'nothing', 'in', 'the', 'logs'],
      ['lane', 'done', 'logs', 'it is the queue'],
      ['inquiry', 'send', 'starlink', 'no answers', '--from', '00:01'],
      ['inquiry', 'answer', '1', 'they mend it', '--ticket', 'T-1'],
      ['update', 'we know why', '--to', 'customers'],
      ['note', 'the pump is off'],
      ['thank', 'Aki'],
      ['kaizen', 'add', 'watch the queue', '--owner', 'aki', '--due', '2099-01-01', '--runbook'],
    ])
      expect(await jidoka(args), args.join(' ')).toMatchObject({ code: 0, err: [] })
    const shown = await jidoka(['show'])
    expect(shown.code).toBe(1)
    const text = shown.out.join('\n')
    for (const part of [
      'RED',
      'Leader: operator',
      'customers see it',
      'it is the queue',
      'Starlink (T-1)',
      'they mend it',
      'we know why',
      'Make it a runbook: watch the queue',
    ])
      expect(text).toContain(part)
    expect((await jidoka(['resolve', id.slice(-4), '--how', 'emptied the queue', '--cause', 'a leak'])).code).toBe(0)
    expect((await jidoka(['show'])).code).toBe(0)
    expect((await jidoka(['kaizen', 'list'])).out.join()).toContain('watch the queue')
    expect((await jidoka(['kaizen', 'done', '1', 'an alert now'])).code).toBe(0)
    expect((await jidoka(['list'])).out).toEqual(['No andon is open.'])
    expect((await jidoka(['list', '--all'])).out).toEqual([expect.stringContaining(id)])
    const measured = (await jidoka(['measures'])).out
    expect(measured[0]).toMatch(/^1 andon in 90 days, 0 open/)
    expect(measured.join('\n')).toMatch(/somebody leads +\d+ s \(median\)/)
    expect((await jidoka(['review', '--out', 'review.md'])).out).toEqual(['review.md'])
    expect(await readFile(join(folder, 'review.md'), 'utf8')).toContain('emptied the queue')
  })

  test('merged: what is said of the old one is done in the other one', async () => {
    const a = await asJson(['pull', 'leo is slow'])
    const b = await asJson(['pull', 'polaris is slow'])
    expect(await asJson(['merge', a.id.slice(-6), b.id.slice(-6)])).toMatchObject({ id: b.id, mergedFrom: [a.id] })
    await jidoka(['escalate', b.id])
    expect((await jidoka(['lane', 'take', a.id, 'logs'])).code).toBe(0)
    expect((await desk.get(b.id))?.lanes.find(({ kind }) => kind === 'logs')?.status).toBe('taken')
  })

  test('what is refused says why, with 1; an order that the automatic refuses, too', async () => {
    await jidoka(['pull', 'polaris is slow'])
    await jidoka(['escalate'])
    const again = await jidoka(['escalate'])
    expect([again.code, again.err[0]]).toEqual([1, expect.stringContaining('Refused')])
    house.commands.answerWith({ kind: 'refused', code: 'live-run', reason: 'a run is under way' })
    const refused = await jidoka(['approve', 'restart-process'])
    expect([refused.code, refused.out.at(-1)]).toEqual([1, expect.stringContaining('a run is under way')])
  })
})

describe('watch, without a keyboard', () => {
  test('appends what happens, goes on after the controller was away, and ends with the andon', async () => {
    const { id } = await asJson(['pull', 'polaris is slow'])
    const line: Line = { out: [], err: [], code: 0 }
    const watching = jidoka(['watch'], { line })
    await vi.waitFor(() => expect(line.out.join()).toContain('pulled the andon'))
    const port = Number(new URL(served.url).port)
    await served.close()
    await vi.waitFor(() => expect(line.err.join()).toContain('does not answer'), 5_000)
    const by = { id: 'aki', name: 'Aki', via: 'slack' as const, locale: 'en' as const, rank: 'anyone' as const }
    await desk.command(id, 'join', { text: 'while it was away' }, by)
    served = await start(port)
    await vi.waitFor(() => expect(line.err.join()).toContain('answers again'), 5_000)
    await desk.command(id, 'lead', {}, by)
    await desk.command(id, 'resolve', { how: 'rolled back' }, by)
    expect((await watching).code).toBe(0)
    const story = line.out.filter((text) => /^\d\d:\d\d:\d\d {2}/.test(text)).map((text) => text.slice(10))
    expect(story).toEqual([
      'operator pulled the andon: polaris is slow',
      expect.stringContaining('A leader is called'),
      'Aki sees it too (2 people now): while it was away',
      'Aki took the lead',
      expect.stringMatching(/^Resolved by Aki/),
    ])
  })

  test('follows where it was merged into; interrupted, it ends with 1', async () => {
    const a = await asJson(['pull', 'leo is slow'])
    const b = await asJson(['pull', 'polaris is slow'])
    const line: Line = { out: [], err: [], code: 0 }
    const stop = new AbortController()
    const watching = jidoka(['watch', a.id, '--json'], { line, interrupt: stop.signal })
    await vi.waitFor(() => expect(line.out.length).toBeGreaterThan(0))
    await jidoka(['merge', a.id, b.id])
    await vi.waitFor(() => expect(line.out.join()).toContain('andon.took-over'))
    expect(line.err.join()).toContain(b.id)
    stop.abort()
    expect((await watching).code).toBe(1)
    expect(line.out.map((text) => JSON.parse(text).kind)).toContain('andon.merged')
  })
})
