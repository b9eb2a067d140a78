import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { alert, intentOf, onPostgres, underWay } from '../../test/journals.ts'
import { startPostgres, type TestPostgres } from '../../test/postgres.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { systemClock } from '../clock.ts'
import { idMint } from '../ids.ts'
import type { Term } from '../journal/leader.ts'
import { openStore, type Store, type StoreOptions } from '../journal/open.ts'
import { seededRandom, systemRandom } from '../random.ts'

const until = (ask: () => boolean | Promise<boolean>) => vi.waitUntil(ask, { timeout: 20_000, interval: 5 })

const mint = idMint(systemClock, systemRandom)

let server: TestPostgres
let url: string
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())
beforeEach(async () => {
  url = await server.database()
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Controller extends Store {
  id: string
  terms: Term[]
  /** Why its terms ended. */
  ends: string[]
  leads(): boolean
  stop(): Promise<void>
}

async function controller(id: string, more: Partial<StoreOptions> = {}): Promise<Controller> {
  const store = await openStore({ url, clock: systemClock, mint, ...more })
  const terms: Term[] = []
  const ends: string[] = []
  const standing = store.leadership.stand(
    { id, url: `http://${id}`, version: '1' },
    {
      begin: async (term) => void terms.push(term),
      end: async (reason) => void ends.push(reason),
    },
  )
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= standing.stop().then(() => store.journal.close())
    return stopped
  }
  closing.push(stop)
  return { ...store, id, terms, ends, leads: () => terms.length > ends.length, stop }
}

const leading = (one: Controller) => until(() => one.leads())
/** Ends the session of whoever leads, as its death would. */
const endLeader = () =>
  onPostgres(
    url,
    `select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 and l.granted
  and l.database = (select oid from pg_database where datname = current_database())`,
  )
const waiters = async () =>
  Number(
    (
      await onPostgres(
        url,
        `select count(*) as n from pg_locks l where l.locktype = 'advisory' and l.objsubid = 2 and not l.granted
  and l.database = (select oid from pg_database where datname = current_database())`,
      )
    )[0]?.n,
  )
const setLease = (to: string) => onPostgres(url, `update lease set expires_at = ${to} where resource = 'controller'`)
const queued = (n: number) => until(async () => (await waiters()) === n)

describe('controllers that share a PostgreSQL', () => {
  test('have one leader; it gives the lead up when it stops, and the next need not wait', async () => {
    const a = await controller('a')
    await leading(a)
    expect(a.terms[0]).toMatchObject({ fence: 1, earlierMs: 0 })
    const b = await controller('b')
    await queued(1)
    expect(b.leads()).toBe(false)
    await a.stop()
    await leading(b)
    expect(a.ends).toEqual(['it was stopped'])
    expect(a.terms[0]?.mayAct()).toBe(false)
    expect(b.terms[0]).toMatchObject({ fence: 2, earlierMs: 0 })
    expect(b.terms[0]?.mayAct()).toBe(true)
  })

  test('are told of, the leader first, until they close', async () => {
    const [a, b] = [await controller('a'), await controller('b')]
    await until(async () => (await b.leadership.controllers()).length === 2 && (a.leads() || b.leads()))
    const leader = a.leads() ? a : b
    const told = await b.leadership.controllers()
    expect(told.map(({ id, leader }) => [id, leader])).toEqual([
      [leader.id, true],
      [leader === a ? 'b' : 'a', false],
    ])
    expect(told[0]).toMatchObject({ url: `http://${leader.id}`, version: '1' })
    await (leader === a ? b : a).stop()
    expect((await leader.leadership.controllers()).map(({ id }) => id)).toEqual([leader.id])
  })

  test('succeed a leader that dies at once, end its leases, and know how long it may have given roles out', async () => {
    const a = await controller('a')
    await leading(a)
    const { run, claim } = await underWay(a.journal)
    const b = await controller('b')
    await queued(1)
    await endLeader()
    await leading(b)
    expect(b.terms[0]?.fence).toBe(2)
    expect(b.terms[0]?.earlierMs).toBeGreaterThan(5_000)
    expect(b.terms[0]?.earlierMs).toBeLessThanOrEqual(10_000)
    await expect(a.journal.intend(claim.held, intentOf(run))).rejects.toMatchObject({ code: 'lease-lost' })
    expect(await b.journal.claim(run.id, 'two', 60_000)).toMatchObject({ held: { fence: 2 } })
    await until(() => a.ends.length === 1)
    expect(a.ends[0]).toContain('connection to the store broke')
    expect(a.terms[0]?.mayAct()).toBe(false)
  })

  test('a leader that was succeeded does not change any more who is in sync', async () => {
    const a = await controller('a')
    await leading(a)
    const role = { component: 'db', active: 'db-1', generation: 1 }
    await a.journal.adoptRole(role)
    const write = (by: Controller, inSync: string[]) => by.journal.setInSync(role, inSync, by.terms[0]?.fence)
    expect(await write(a, ['db-2', 'db-3'])).toBe(true)
    const b = await controller('b')
    await queued(1)
    await endLeader()
    await leading(b)
    expect(await write(a, ['db-3'])).toBe(false)
    expect((await b.journal.role('db')).inSync).toEqual(['db-2', 'db-3'])
    expect(await write(b, ['db-2'])).toBe(true)
  })

  test('succeed a leader that is frozen when its lease has ended, though its session lives', async () => {
    // Its clock stands still: it renews nothing, and its connection stays.
    const leaderTimes = { ttlMs: 1_000, marginMs: 100, lookMs: 20 }
    const frozen = await controller('frozen', { clock: virtualClock(), leaderTimes })
    await leading(frozen)
    const b = await controller('b', { leaderTimes })
    await queued(1)
    expect(b.leads()).toBe(false)
    await leading(b)
    expect(b.terms[0]?.fence).toBe(2)
    expect(b.terms[0]?.earlierMs).toBeLessThan(500)
  })

  test('do not believe the clock of the database, should it be set forward: how long the leader may still act is seen by their own', async () => {
    const frozen = await controller('frozen', { clock: virtualClock() })
    await leading(frozen)
    await setLease('expires_at - 3600000')
    const b = await controller('b', { leaderTimes: { lookMs: 20 } })
    await leading(b)
    expect(b.terms[0]?.earlierMs).toBeGreaterThan(5_000)
  })

  test('succeed a frozen leader also when the clock of the database was set back, and wait no longer than a lease', async () => {
    const leaderTimes = { ttlMs: 1_000, marginMs: 100, lookMs: 20 }
    const frozen = await controller('frozen', { clock: virtualClock(), leaderTimes })
    await leading(frozen)
    await setLease('expires_at + 3600000')
    const b = await controller('b', { leaderTimes })
    await leading(b)
    expect(b.terms[0]?.earlierMs).toBeLessThanOrEqual(1_000)
  })

  test('count with one that leads no more and perhaps has not heard so, also when another one led in between and stopped', async () => {
    const a = await controller('a')
    await leading(a)
    const b = await controller('b')
    await queued(1)
    await endLeader()
    await leading(b)
    await until(() => a.ends.length === 1)
    await a.stop()
    const c = await controller('c')
    await queued(1)
    await b.stop()
    await leading(c)
    expect(c.terms[0]).toMatchObject({ fence: 3 })
    expect(c.terms[0]?.earlierMs).toBeGreaterThan(5_000)
    await c.stop()
  })

  test('a leader whose connection broke may renew roles until shortly before the end of its lease, and not after it stopped', async () => {
    let passed = 0
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + passed }
    const one = await controller('one', { clock })
    await leading(one)
    const [first] = one.terms as [Term]
    await endLeader()
    await until(() => one.ends.length === 1)
    expect([first.mayAct(), first.mayRenew()]).toEqual([false, true])
    await until(() => one.leads())
    expect(first.mayRenew()).toBe(true)
    passed = 9_000
    expect(first.mayRenew()).toBe(false)
    passed = 0
    expect(first.mayRenew()).toBe(true)
    void one.stop()
    expect(first.mayRenew()).toBe(false)
  })

  test('a leader whose lease could not be renewed in time acts no more, by its own clock', async () => {
    const clock = virtualClock()
    const one = await controller('one', { clock, random: seededRandom(1) })
    await leading(one)
    // The store answers nothing any more.
    const block = new pg.Client(url)
    await block.connect()
    await block.query(`begin; select 1 from lease where resource = 'controller' for update`)
    await clock.advance(8_999)
    expect(one.terms[0]?.mayAct()).toBe(true)
    await clock.advance(1)
    expect(one.terms[0]?.mayAct()).toBe(false)
    await until(() => one.ends.length === 1)
    await block.query('rollback')
    await block.end()
  })

  test('a frozen leader knows when it thaws that its time is over, before it hears anything', async () => {
    let passed = 0
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + passed }
    const one = await controller('one', { clock })
    await leading(one)
    passed = 9_000
    expect(one.terms[0]?.mayAct()).toBe(false)
  })

  test('a lease that somebody else has taken is not taken back', async () => {
    const one = await controller('one', { leaderTimes: { renewMs: 20 } })
    await leading(one)
    await onPostgres(url, `update lease set holder = 'other#1', fence = fence + 1 where resource = 'controller'`)
    await until(() => one.ends.length > 0)
    expect(one.ends[0]).toContain('taken the lead')
  })

  test('one that has the lock and does not take the lead is not waited for', async () => {
    // As a controller would be that froze while it waited.
    const ghost = new pg.Client(url)
    ghost.on('error', () => {})
    const a = await controller('a', { leaderTimes: { lookMs: 20, graceMs: 100 } })
    await leading(a)
    await a.stop()
    await ghost.connect()
    await ghost.query('select pg_advisory_lock(7071071, hashtext(current_schema()))')
    const b = await controller('b', { leaderTimes: { lookMs: 20, graceMs: 100 } })
    await leading(b)
    await ghost.end().catch(() => {})
  })

  test('a controller that cannot begin is asked again, and told that its term is over', async () => {
    const store = await openStore({ url, clock: systemClock, mint })
    let tries = 0
    const ends: string[] = []
    const standing = store.leadership.stand(
      { id: 'x', url: '', version: '1' },
      {
        async begin() {
          if (tries++ === 0) throw new Error('no room')
        },
        end: async (reason) => void ends.push(reason),
      },
    )
    closing.push(async () => {
      await standing.stop()
      await store.journal.close()
    })
    await until(() => tries === 2)
    expect(ends).toEqual(['it could not begin'])
  })

  test('hear at once of what the others append, and not of themselves', async () => {
    const [a, b] = [await controller('a'), await controller('b')]
    const heard = { a: 0, b: 0 }
    a.journal.onCommit(() => heard.a++)
    b.journal.onCommit(() => heard.b++)
    // Each is woken once when it begins to listen.
    await until(() => heard.a === 1 && heard.b === 1)
    await a.journal.note('x', {}, {})
    await until(() => heard.b === 2)
    expect(heard.a).toBe(2)
    // A step is written by one statement that commits by itself.
    const { run, claim } = await underWay(a.journal)
    await until(async () => (await b.journal.lastEvent()) === (await a.journal.lastEvent()))
    await settledHearing(() => heard.b)
    const before = heard.b
    await a.journal.intend(claim.held, intentOf(run))
    await until(() => heard.b > before)
  })

  test('do not hear of what told nothing', async () => {
    const [a, b] = [await controller('a'), await controller('b')]
    let heard = 0
    b.journal.onCommit(() => heard++)
    await until(() => heard === 1)
    await a.journal.ingest([alert('m')])
    await until(() => heard === 2)
    await a.journal.ingest([alert('m')])
    await a.journal.note('last', {}, {})
    await until(() => heard === 3)
    await settledHearing(() => heard)
    expect(heard).toBe(3)
  })

  test('hear again after their connection broke, and are woken for what they missed', async () => {
    const [a, b] = [await controller('a'), await controller('b')]
    let heard = 0
    b.journal.onCommit(() => heard++)
    await until(() => heard === 1)
    await onPostgres(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity where (query like 'listen %' or query = 'select 1') and datname = current_database()`,
    )
    await until(() => heard === 2)
    await a.journal.note('x', {}, {})
    await until(() => heard === 3)
  })
})

/** Until what is under way has been heard: a wake follows within 10 ms. */
async function settledHearing(count: () => number): Promise<void> {
  for (let last = -1; last !== count(); ) {
    last = count()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('a controller on SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-lead-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('leads alone; another one may wait for the file, and takes over when it is free', async () => {
    const own = { url: `sqlite:${join(folder, 'one.db')}` }
    const a = await controller('a', own)
    await leading(a)
    await expect(openStore({ ...own, clock: systemClock, mint })).rejects.toMatchObject({ code: 'store-locked' })
    let waits = 0
    const next = controller('b', { ...own, wait: true, onWait: () => waits++ })
    await until(() => waits === 1)
    await a.journal.note('x', {}, {})
    await a.journal.adoptRole({ component: 'db', active: 'db-1', generation: 1 })
    expect(await a.journal.setInSync({ component: 'db', active: 'db-1', generation: 1 }, [], a.terms[0]?.fence)).toBe(true)
    await a.stop()
    expect(a.terms[0]?.mayAct()).toBe(false)
    const b = await next
    await leading(b)
    expect(b.terms[0]).toMatchObject({ fence: 2, earlierMs: 0 })
    expect(await b.journal.lastEvent()).toBe(3)
    expect(await b.leadership.controllers()).toMatchObject([{ id: 'b', leader: true }])
    expect(waits).toBe(1)
  })

  test('gives up waiting when it is told to', async () => {
    const own = { url: `sqlite:${join(folder, 'two.db')}` }
    await controller('a', own)
    const stop = new AbortController()
    const next = openStore({ ...own, clock: systemClock, mint, wait: true, signal: stop.signal, onWait: () => stop.abort() })
    await expect(next).rejects.toMatchObject({ code: 'store-locked' })
  })
})
