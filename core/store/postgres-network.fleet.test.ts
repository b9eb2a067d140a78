import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { intentOf, kinds, onPostgres, underWay } from '../../test/journals.ts'
import { startPostgres, type TestPostgres } from '../../test/postgres.ts'
import { openTcpProxy, type TcpProxy } from '../../test/tcp-proxy.ts'
import { systemClock } from '../clock.ts'
import { idMint } from '../ids.ts'
import type { Journal } from '../journal/journal.ts'
import { openStore, type Store } from '../journal/open.ts'
import { systemRandom } from '../random.ts'

const parts = { clock: systemClock, mint: idMint(systemClock, systemRandom) }
const until = (ask: () => boolean | Promise<boolean>) => vi.waitUntil(ask, { timeout: 20_000, interval: 10 })
/** With room for a machine that is busy with other tests. */
const withinMs = (ms: number) => ms * 2 + 500

let server: TestPostgres
let url: string
let way: TcpProxy
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  server = await startPostgres({ own: true })
})
afterAll(() => server?.stop())
beforeEach(async () => {
  url = await server.database()
  way = await openTcpProxy(url)
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  await way.close()
})

async function store(at = way.through(url)): Promise<Store> {
  const opened = await openStore({ url: at, ...parts })
  closing.push(() => opened.journal.close())
  return opened
}

/** Tries until it is taken; how long that took. */
async function writesAgain(journal: Journal): Promise<number> {
  const from = systemClock.monotonic()
  await until(() =>
    journal.note('again', {}, {}).then(
      () => true,
      () => false,
    ),
  )
  return systemClock.monotonic() - from
}

const outcomeOfWrite = (writing: Promise<unknown>) =>
  writing.then(
    () => 'written',
    (error) => `${error.code}: ${error.details?.outcome}`,
  )

describe('the way to the store', () => {
  test('cut in the middle of a commit: nobody is told that it was written, or that it was not', async () => {
    const uncaught: unknown[] = []
    const note = (error: unknown) => uncaught.push(error)
    process.on('uncaughtException', note)
    for (const when of ['before', 'after'] as const) {
      const { journal } = await store()
      const before = (await kinds(journal)).length
      way.cutAt('commit', when)
      expect(await outcomeOfWrite(journal.note('x', {}, {}))).toBe('store-failed: unknown')
      const written = (await kinds(journal)).length - before
      expect(written, when).toBe(when === 'before' ? 0 : 1)
    }
    process.off('uncaughtException', note)
    expect(uncaught, 'a connection that breaks ends nobody').toEqual([])
  })

  test('cut: what is asked again goes through at once, on new connections', async () => {
    const { journal } = await store()
    const { run, claim } = await underWay(journal)
    for (let round = 0; round < 5; round++) {
      // In the middle of many reads and writes.
      const asked = Promise.allSettled(
        Array.from({ length: 6 }, (_, n) => (n % 2 ? journal.lastEvent() : journal.firstSeen(`${round}/${n}`))),
      )
      way.cut()
      await asked
      expect(await writesAgain(journal)).toBeLessThan(withinMs(500))
    }
    await journal.intend(claim.held, intentOf(run))
    expect(await onPostgres(url, `select count(*) as n from event where kind = 'again'`)).toEqual([{ n: 5 }])
  })

  test('a store that vanishes without a word is missed within seconds by all who wait for it', async () => {
    const { journal } = await store()
    closing.push(async () => way.restore())
    let woken = 0
    journal.onCommit(() => woken++)
    await until(() => woken === 1)
    await journal.note('x', {}, {})
    way.silence()
    const from = systemClock.monotonic()
    const told = await Promise.all([outcomeOfWrite(journal.note('y', {}, {})), outcomeOfWrite(journal.lastEvent())])
    // A look at most every second, and three for the answer.
    expect(systemClock.monotonic() - from).toBeLessThan(withinMs(4_000))
    expect(told.every((one) => one.startsWith('store-failed'))).toBe(true)
    // A new connection is not waited for any longer.
    const again = systemClock.monotonic()
    await expect(journal.lastEvent()).rejects.toMatchObject({ code: 'store-failed', details: { outcome: 'timed out' } })
    expect(systemClock.monotonic() - again).toBeLessThan(withinMs(3_000))
    way.restore()
    expect(await writesAgain(journal)).toBeLessThan(withinMs(1_000))
  }, 40_000)

  test('silent for the leader alone: it ends its term in time, and another one leads', async () => {
    const { leadership } = await store()
    const other = await store(url)
    const times: Record<string, number> = {}
    const ends: string[] = []
    const standing = leadership.stand(
      { id: 'cut-off', url: '', version: '1' },
      {
        begin: async ({ mayAct }) => {
          times.began = systemClock.monotonic()
          mayActOf = mayAct
        },
        async end(reason) {
          times.ended ??= systemClock.monotonic()
          ends.push(reason)
        },
      },
    )
    let mayActOf: () => boolean = () => false
    await until(() => times.began !== undefined)
    closing.push(() => standing.stop())
    way.silence()
    const next = other.leadership.stand(
      { id: 'other', url: '', version: '1' },
      {
        begin: async ({ earlierMs }) => {
          times.taken = systemClock.monotonic()
          times.earlierMs = earlierMs
          // Whatever the clocks: the old one may not act any more, or its time is still counted.
          expect(!mayActOf() || earlierMs > 0).toBe(true)
        },
        end: async () => {},
      },
    )
    closing.push(() => next.stop())
    await until(() => times.taken !== undefined)
    await until(() => ends.length > 0)
    expect((times.ended as number) - (times.began as number)).toBeLessThan(withinMs(10_000))
    way.restore()
  }, 60_000)
})

describe('a server', () => {
  test.runIf(process.env.JIDOKA_TEST_POSTGRES === undefined)(
    'that dies and comes back is used again within a second, and those who listen hear what they missed',
    async () => {
      const { journal } = await store()
      const writer = await store(url)
      let woken = 0
      journal.onCommit(() => woken++)
      await until(() => woken === 1)
      await server.kill()
      const told = await outcomeOfWrite(journal.note('lost', {}, {}))
      expect(told).toMatch(/store-failed: (refused|unknown)/)
      const from = systemClock.monotonic()
      expect(await outcomeOfWrite(journal.note('lost', {}, {}))).toBe('store-failed: refused')
      expect(systemClock.monotonic() - from, 'that nobody is there is known at once').toBeLessThan(withinMs(500))
      await server.start()
      expect(await writesAgain(journal)).toBeLessThan(withinMs(1_000))
      const before = woken
      await writer.journal.note('news', {}, {})
      await until(() => woken > before)
    },
    60_000,
  )

  test('without room refuses, and says so; nothing of it is kept', async () => {
    const { journal } = await store()
    await journal.note('x', {}, {})
    await onPostgres(
      url,
      `create function full_disk() returns trigger language plpgsql as $$
       begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
       create trigger full_disk before insert on event for each row execute function full_disk()`,
    )
    await expect(journal.note('y', {}, {})).rejects.toMatchObject({ code: 'store-full', details: { outcome: 'refused' } })
    await onPostgres(url, 'drop trigger full_disk on event')
    await journal.note('z', {}, {})
    expect(await kinds(journal)).toEqual(['x', 'z'])
  })
})
