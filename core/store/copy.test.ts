import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { alert, intentOf, onPostgres, underWay } from '../../test/journals.ts'
import { startPostgres, type TestPostgres } from '../../test/postgres.ts'
import { systemClock } from '../clock.ts'
import { idMint } from '../ids.ts'
import type { Journal } from '../journal/journal.ts'
import { openJournal } from '../journal/open.ts'
import { silentLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import { copyStore, storeTables } from './copy.ts'
import { storeInfo } from './info.ts'

const parts = { clock: systemClock, mint: idMint(systemClock, systemRandom) }
let server: TestPostgres
let url: string
let made = 0
const folder = mkdtempSync(join(tmpdir(), 'jidoka-copy-'))
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  url = await server.database()
})

const copy = (from: string) => copyStore({ from, to: url, clock: systemClock, random: systemRandom, log: silentLog })

/** A store in which something of everything happened. */
async function filled(): Promise<{ path: string; run: string }> {
  const path = join(folder, `${made++}.db`)
  const journal = await openJournal({ url: `sqlite:${path}`, ...parts })
  const { run, claim } = await underWay(journal, { takesGeneration: true })
  await journal.intend(claim.held, intentOf(run))
  await journal.setSwitch('polaris', true, 'aki', "a quote ' and ünïcode \u0000 and \ud800")
  await journal.post({ channel: 'page', dedupe: 'd1', incident: null, payload: { text: 'x' }, lane: 'l' })
  await journal.refer({ a: 'b' })
  await journal.advance('chat', 3)
  await journal.records('thing').change({}, () => ({
    put: [
      { id: 'rec_1', status: 'x', open: true, component: null, topic: 't', parent: null, key: 'k', nextAt: 5, rev: 0, data: { a: [1] } },
    ],
    answer: null,
  }))
  // More than one chunk.
  await journal.ingest(Array.from({ length: 1_201 }, (_, n) => alert(`m${n}`, { component: `c${n}` })))
  await journal.close()
  return { path, run: run.id }
}

const reads = async (journal: Journal, run: string) => ({
  events: await journal.events(0, 1_000),
  last: await journal.lastEvent(),
  incidents: await journal.incidents({}, { limit: 1_000 }),
  runs: await journal.runs({}, { limit: 100 }),
  steps: await journal.steps(run),
  roles: await journal.roles(),
  due: await journal.due(10),
  cursor: await journal.cursor('chat'),
  reference: await journal.reference('a'),
  record: await journal.records('thing').get('rec_1'),
  spent: (await journal.spent()).toSorted((a, b) => a.scope.localeCompare(b.scope)),
})

describe('a store is copied from SQLite to PostgreSQL', () => {
  test('whole, and goes on there as it was: the same reads, and numbers after the highest', async () => {
    const { path, run } = await filled()
    const tables = await copy(path)
    expect(tables.map(({ table }) => table)).toEqual(storeTables.map(({ name }) => name))
    expect(tables.find(({ table }) => table === 'alert')?.rows).toBe(1_202)
    const [before, after] = [await openJournal({ url: `sqlite:${path}`, ...parts }), await openJournal({ url, ...parts })]
    try {
      expect(await reads(after, run)).toEqual(await reads(before, run))
      expect((await after.switches())[0]?.reason).toBe("a quote ' and ünïcode \ufffd and \ufffd")
      const last = await before.lastEvent()
      await after.note('next', {}, {})
      expect(await after.lastEvent()).toBe(last + 1)
      const [first] = await after.due(1)
      await after.post({ channel: 'page', dedupe: 'd2', incident: null, payload: {} })
      expect((await after.due(10)).map(({ id }) => id)).toEqual([first?.id, (first?.id ?? 0) + 1])
      // The lease of the dead holder has ended, and its fence goes on.
      expect(await after.claim(run, 'two', 60_000)).toMatchObject({ held: { fence: 2 } })
    } finally {
      await before.close()
      await after.close()
    }
  })

  test('not while a controller uses it, nor from a file that is not there', async () => {
    const { path } = await filled()
    const journal = await openJournal({ url: `sqlite:${path}`, ...parts })
    await expect(copy(path)).rejects.toMatchObject({ code: 'store-locked' })
    await journal.close()
    await expect(copy(join(folder, 'none.db'))).rejects.toMatchObject({ code: 'not-found' })
  })

  test('not into a store that holds something already, which stays as it is', async () => {
    const { path } = await filled()
    const journal = await openJournal({ url, ...parts })
    await journal.note('mine', {}, {})
    await journal.close()
    await expect(copy(path)).rejects.toMatchObject({ code: 'store-not-empty', details: { tables: 'event' } })
    expect((await onPostgres(url, 'select kind from event')).map(({ kind }) => kind)).toEqual(['mine'])
  })

  test('into one where a controller has only stood, but not while it stands', async () => {
    const { path } = await filled()
    await (await openJournal({ url, ...parts })).close()
    await onPostgres(url, "insert into lease values ('controller', '', 4, 0)")
    await onPostgres(url, "insert into controller values ('x', '', '', 0, (extract(epoch from now()) * 1000)::bigint)")
    await expect(copy(path)).rejects.toMatchObject({ code: 'store-not-empty', details: { tables: 'controller' } })
    await onPostgres(url, 'update controller set seen_at = 0')
    expect((await copy(path)).length).toBe(storeTables.length)
    expect(await onPostgres(url, 'select * from controller')).toEqual([])
  })

  test('not at all when what arrived is not what was read', async () => {
    const { path } = await filled()
    await (await openJournal({ url, ...parts })).close()
    await onPostgres(
      url,
      `create function spoil() returns trigger language plpgsql as $$ begin new.reason = 'other'; return new; end $$;
       create trigger spoil before insert on run for each row execute function spoil()`,
    )
    await expect(copy(path)).rejects.toMatchObject({ code: 'copy-differs', details: { table: 'run' } })
    expect(await onPostgres(url, 'select count(*) as n from event')).toEqual([{ n: 0 }])
    expect((await storeInfo(`sqlite:${path}`, systemClock)).controllers).toBe(0)
  })

  test('and both can be looked at without being changed', async () => {
    const { path } = await filled()
    const [was, nothing] = [await storeInfo(`sqlite:${path}`, systemClock), await storeInfo(url, systemClock)]
    expect(nothing).toMatchObject({ kind: 'postgres', version: 0, controllers: 0, tables: [] })
    expect(await onPostgres(url, "select 1 from pg_tables where schemaname = 'public'")).toEqual([])
    await copy(path)
    const now = await storeInfo(url, systemClock)
    expect(now.tables).toEqual(was.tables)
    expect(now.version).toBe(was.version)
    const journal = await openJournal({ url: `sqlite:${path}`, ...parts })
    expect((await storeInfo(`sqlite:${path}`, systemClock)).controllers).toBe(1)
    await journal.close()
  })
})
