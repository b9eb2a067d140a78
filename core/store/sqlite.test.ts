import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alert, intentOf, kinds, outcomeOf, underWay } from '../../test/journals.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { idMint } from '../ids.ts'
import { createJournal } from '../journal/create.ts'
import type { Journal } from '../journal/journal.ts'
import { openJournal, openMemoryJournal } from '../journal/open.ts'
import { silentLog } from '../log.ts'
import { seededRandom, systemRandom } from '../random.ts'
import { readMigrations } from './migrate.ts'
import { openSqlite, type SqliteDriver } from './sqlite.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { compileStatements } from './statements/all.ts'

let folder: string
let path: string
const open: { close(): Promise<void> }[] = []
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-sqlite-'))
  path = join(folder, 'data', 'jidoka.db')
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const one of open.splice(0)) await one.close()
  rmSync(folder, { recursive: true, force: true })
})

const clock = virtualClock()
const mint = idMint(clock, systemRandom)

async function journalAt(where = path): Promise<Journal> {
  const journal = await openJournal({ url: `sqlite:${where}`, clock, mint })
  open.push(journal)
  return journal
}

/** The journal and the driver under it, for what can only be brought about below the journal. */
function driven(grouping: 'turn' | 'none' = 'turn'): { journal: Journal; driver: SqliteDriver } {
  const driver = openSqlite({ path, clock, migrations: readMigrations('sqlite'), grouping })
  const journal = createJournal({ driver, sql: compileStatements(sqliteDialect), clock, mint, log: silentLog })
  open.push(journal)
  return { journal, driver }
}

describe('one controller per file', () => {
  test('a second one is refused at once, and the first goes on', async () => {
    const first = await journalAt()
    await expect(journalAt()).rejects.toMatchObject({ code: 'store-locked', message: expect.stringContaining(path) })
    await first.note('x', {}, {})
    await first.close()
    expect(await (await journalAt()).lastEvent()).toBe(1)
  })

  test('the lock is the kernel’s: it ends with the process, however that dies, and what was committed is there', async () => {
    const child = await controller()
    await expect(journalAt()).rejects.toMatchObject({ code: 'store-locked' })
    child.process.kill('SIGKILL')
    await once(child.process, 'exit')
    const journal = await journalAt()
    const claim = await journal.claim(child.run, 'its heir', 10_000)
    expect(claim?.held, 'the lease of a dead holder is free at once').toMatchObject({ fence: 2 })
    expect(claim?.steps, 'what it had begun is in doubt').toMatchObject([{ seq: 0, status: 'intent', fence: 1 }])
  })

  test('a run left behind is taken up after a restart without waiting for its lease', async () => {
    const first = await journalAt()
    const { run, claim } = await underWay(first)
    await first.intend(claim.held, intentOf(run))
    await first.close()
    const second = await journalAt()
    await expect(second.outcome(claim.held, outcomeOf(run)), 'the old holder').rejects.toMatchObject({ code: 'lease-lost' })
    expect(await second.claim(run.id, 'two', 10_000)).toMatchObject({ held: { fence: 2 }, steps: [{ status: 'intent' }] })
  })
})

/** A controller in a process of its own, in the middle of a step. */
async function controller(): Promise<{ process: ChildProcess; run: string }> {
  const at = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
  const script = `
    const { openJournal } = await import(${at('../journal/open.ts')})
    const { systemClock: clock } = await import(${at('../clock.ts')})
    const { systemRandom } = await import(${at('../random.ts')})
    const { idMint } = await import(${at('../ids.ts')})
    const step = { name: 'restart m', action: 'restart', kind: 'irreversible', args: {}, timeoutMs: 1000, attempts: 1 }
    const journal = await openJournal({ url: 'sqlite:' + process.argv[1], clock, mint: idMint(clock, systemRandom) })
    const run = await journal.order('polaris', () => ({ runbook: 'r', component: 'polaris', incident: null, failure: null, members: [], plan: [step], reason: 'r', takesGeneration: false, by: 'x' }))
    const { held } = await journal.claim(run.id, 'dead soon', 600_000)
    await journal.intend(held, { run: run.id, seq: 0, attempt: 1, planned: step, key: 'k', deadlineAt: 5 })
    console.log(run.id)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [said] = await once(child.stdout, 'data')
  return { process: child, run: String(said).trim() }
}

describe('a damaged store', () => {
  test('that is something else is named and left as it is', async () => {
    const first = await journalAt()
    await first.close()
    writeFileSync(path, 'This is a letter to my grandmother. '.repeat(300))
    await expect(journalAt()).rejects.toMatchObject({ code: 'store-corrupt', message: expect.stringContaining(path) })
    expect(readFileSync(path, 'utf8')).toMatch(/^This is a letter/)
    await expect(journalAt(), 'and its lock is free').rejects.toMatchObject({ code: 'store-corrupt' })
  })

  test('that is broken inside is found at the start', async () => {
    const first = await journalAt()
    await first.ingest(Array.from({ length: 500 }, (_, i) => alert(`m${i}`)))
    await first.close()
    const file = openSync(path, 'r+')
    for (let at = 8_192; at < statSync(path).size; at += 4_096) writeSync(file, 'damage'.repeat(500), at)
    await expect(journalAt()).rejects.toMatchObject({ code: 'store-corrupt', details: { path } })
  })

  test('of a newer version is not touched', async () => {
    const { driver, journal } = driven()
    driver.db.exec("insert into migration (version, name) values (99, 'from the future')")
    await journal.close()
    await expect(journalAt()).rejects.toMatchObject({ code: 'store-failed', message: expect.stringContaining('newer Jidoka') })
  })
})

describe('a store that cannot be written', () => {
  test('says so, keeps what was acknowledged, and goes on when there is room again', async () => {
    const { journal, driver } = driven()
    await journal.note('before', {}, {})
    driver.db.pragma(`max_page_count = ${(driver.db.pragma('page_count', { simple: true }) as number) + 2}`)
    const large = 'x'.repeat(200_000)
    await expect(journal.note('large', {}, { large })).rejects.toMatchObject({ code: 'store-full', retryable: true })
    expect(await kinds(journal)).toEqual(['before'])
    driver.db.pragma('max_page_count = 1000000')
    await journal.note('after', {}, { large })
    expect(await kinds(journal)).toEqual(['before', 'after'])
  })

  test('acknowledges nothing of a commit that the full disk took with it', async () => {
    const { journal, driver } = driven()
    driver.db.pragma(`max_page_count = ${(driver.db.pragma('page_count', { simple: true }) as number) + 20}`)
    const results = await Promise.allSettled([
      ...Array.from({ length: 5 }, (_, i) => journal.note(`small.${i}`, {}, {})),
      journal.note('large', {}, { large: 'x'.repeat(2_000_000) }),
    ])
    const kept = await kinds(journal)
    const acknowledged = results.flatMap((result, i) => (result.status === 'fulfilled' ? [`small.${i}`] : []))
    expect(kept).toEqual(acknowledged)
    expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'store-full' } })
  })

  test('for want of the right to is told the same way', async () => {
    const { journal, driver } = driven()
    driver.db.pragma('query_only = on')
    await expect(journal.note('x', {}, {})).rejects.toMatchObject({ code: 'store-full' })
    expect(await journal.lastEvent()).toBe(0)
  })

  test('while a tool holds it says so, and goes on afterwards', async () => {
    const { journal } = driven()
    const tool = new Database(path)
    tool.exec('begin immediate')
    await expect(journal.note('x', {}, {})).rejects.toMatchObject({ code: 'store-failed', retryable: true })
    tool.exec('rollback')
    tool.close()
    await journal.note('y', {}, {})
    expect(await kinds(journal)).toEqual(['y'])
  })

  test('because its folder cannot be made names the path', async () => {
    writeFileSync(join(folder, 'file'), '')
    const where = join(folder, 'file', 'below', 'jidoka.db')
    await expect(journalAt(where)).rejects.toMatchObject({
      code: expect.stringMatching(/^store-/),
      message: expect.stringContaining(where),
    })
  })
})

describe('transactions that share a commit', () => {
  test('do not fail with a failing one among them, and keep nothing of it', async () => {
    const { journal } = driven()
    const { run, claim, incident } = await underWay(journal)
    const bug = () => {
      throw new Error('a bug of the planner')
    }
    const before = await kinds(journal)
    const results = await Promise.allSettled([
      journal.note('first', {}, {}),
      journal.note('a', {}, {}),
      journal.decide(incident, bug),
      // Has released the lease before it finds that there is no such run.
      journal.finish(claim.held, 'run_none', { status: 'failed', reason: 'no', verified: [] }),
      journal.note('b', {}, {}),
      journal.setSwitch('global', true, 'aki', 'x'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled'])
    expect(await kinds(journal)).toEqual([...before, 'first', 'a', 'b', 'switch.off'])
    await journal.intend(claim.held, intentOf(run))
  })

  test('are one commit for what one turn brings, and each its own commit without grouping', async () => {
    const commits = async (grouping: 'turn' | 'none') => {
      const { journal, driver } = driven(grouping)
      const frames = () => (driver.db.pragma('wal_checkpoint(PASSIVE)') as { log: number }[])[0]?.log as number
      await journal.note('warm', {}, {})
      driver.db.pragma('wal_checkpoint(TRUNCATE)')
      await Promise.all(Array.from({ length: 50 }, (_, i) => journal.note(`n${i}`, {}, {})))
      const written = frames()
      await journal.close()
      rmSync(join(folder, 'data'), { recursive: true })
      return written
    }
    expect(await commits('turn')).toBeLessThan(10)
    expect(await commits('none')).toBeGreaterThan(50)
  })

  test('that wait when the store is closed are still committed', async () => {
    const { journal } = driven()
    const waiting = Promise.all(Array.from({ length: 10 }, (_, i) => journal.note(`n${i}`, {}, {})))
    await journal.close()
    await waiting
    expect(await (await journalAt()).lastEvent()).toBe(10)
  })
})

describe('the store of the simulator', () => {
  test('is empty again after a reset, with another clock and the ids of another seed', async () => {
    const first = virtualClock(1_000_000)
    const journal = await openMemoryJournal({ clock: first, mint: idMint(first, seededRandom(1)) })
    open.push(journal)
    const trace = async () => {
      const { run, claim, incident } = await underWay(journal, { takesGeneration: true })
      await journal.intend(claim.held, intentOf(run))
      await journal.finish(
        claim.held,
        run.id,
        { status: 'done', reason: 'ok', incident: 'recovered', verified: ['polaris-1'] },
        outcomeOf(run),
      )
      await journal.post({ channel: 'page', dedupe: incident, incident, payload: {} })
      return JSON.stringify([await journal.events(0, 100), await journal.due(9), await journal.roles()])
    }
    const before = await trace()
    const second = virtualClock(1_000_000)
    journal.reset({ clock: second, mint: idMint(second, seededRandom(1)) })
    expect(await journal.events(0, 10)).toEqual([])
    expect(await journal.roles()).toEqual([])
    expect(await trace(), 'the same seed, the same trace').toBe(before)
  })

  test('loses its leases as a file does when it is opened anew', async () => {
    const journal = await openMemoryJournal({ clock, mint })
    open.push(journal)
    const { run } = await underWay(journal)
    expect(await journal.claim(run.id, 'two', 1_000)).toBeNull()
    journal.boot()
    expect(await journal.claim(run.id, 'two', 1_000)).not.toBeNull()
    expect(existsSync(path)).toBe(false)
  })
})

test.each(['mysql://x', 'sqlite:', ''])('"%s" is no store, and is refused with what one looks like', async (url) => {
  await expect(openJournal({ url, clock, mint })).rejects.toMatchObject({
    code: 'store-failed',
    message: expect.stringContaining('sqlite:FILE'),
  })
})
