import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { alert, intentOf, kinds, onPostgres, orderOf, outcomeOf, toRun, underWay } from '../../test/journals.ts'
import { startPostgres, type TestPostgres } from '../../test/postgres.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { idMint } from '../ids.ts'
import { createJournal } from '../journal/create.ts'
import type { Claim, Journal } from '../journal/journal.ts'
import { openJournal } from '../journal/open.ts'
import { silentLog } from '../log.ts'
import { systemRandom } from '../random.ts'
import type { Run } from '../runs/run.ts'
import { readMigrations } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { postgresDialect, turnKey } from './postgres-dialect.ts'
import { compileStatements } from './statements/all.ts'

const clock = virtualClock()
const mint = idMint(clock, systemRandom)

let server: TestPostgres
let url: string
const open: Journal[] = []
beforeAll(async () => {
  server = await startPostgres({ own: true })
})
afterAll(() => server?.stop())
beforeEach(async () => {
  url = await server.database()
})
afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close()
})

async function controller(options: { statementTimeoutMs?: number } = {}): Promise<Journal> {
  const driver = await openPostgres({
    url,
    migrations: readMigrations('postgres'),
    log: silentLog,
    clock,
    random: systemRandom,
    ...options,
  })
  const journal = createJournal({ driver, sql: compileStatements(postgresDialect), clock, mint, log: silentLog })
  open.push(journal)
  return journal
}

const tally = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'ok' : result.reason.code))

describe('two controllers on one store', () => {
  test('may be started at the same moment on an empty database', async () => {
    const all = await Promise.all([controller(), controller(), controller()])
    await all[0]?.note('x', {}, {})
    expect(await all[2]?.lastEvent()).toBe(1)
  })

  test('race for a run: exactly one takes it, each time', async () => {
    const [a, b] = [await controller(), await controller()]
    for (let round = 0; round < 25; round++) {
      const component = `c${round}`
      const run = (await a.order(component, () => orderOf(null, { component }))) as Run
      const claims = await Promise.all([a.claim(run.id, 'a', 60_000), b.claim(run.id, 'b', 60_000)])
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
    }
  })

  test('decide at once about one incident: one run, and the other sees it', async () => {
    const [a, b] = [await controller(), await controller()]
    for (let round = 0; round < 20; round++) {
      const [opened] = await a.ingest([alert('m', { component: `c${round}` })])
      const choose = toRun({ takesGeneration: true })
      const decided = await Promise.all([a.decide(opened?.incident as string, choose), b.decide(opened?.incident as string, choose)])
      expect(decided.filter(({ run }) => run !== null)).toHaveLength(1)
      expect(decided.find(({ run }) => run === null)?.decision).toMatchObject({ do: 'wait', reason: 'restart-process is under way' })
      expect(await b.role(`c${round}`)).toMatchObject({ generation: 1 })
    }
  })

  test('take in the same alerts at once: one incident, no alert counted twice or not at all', async () => {
    const [a, b] = [await controller(), await controller()]
    const each = (journal: Journal) => Promise.all(Array.from({ length: 30 }, (_, i) => journal.ingest([alert(`m${i % 5}`)])))
    const taken = (await Promise.all([each(a), each(b)])).flat(2)
    expect(new Set(taken.map(({ incident }) => incident)).size).toBe(1)
    expect((await a.alertsOf(taken[0]?.incident as string)).reduce((sum, { count }) => sum + count, 0)).toBe(60)
    expect(taken.filter(({ result }) => result === 'opened')).toHaveLength(1)
  })

  test('a holder that writes while it is overtaken writes either before that or not at all', async () => {
    const [a, b] = [await controller(), await controller()]
    for (let round = 0; round < 20; round++) {
      const component = `c${round}`
      const run = (await a.order(component, () => orderOf(null, { component }))) as Run
      const old = (await a.claim(run.id, 'a', 60_000)) as Claim
      await onPostgres(url, `update lease set expires_at = expires_at - 59990 where resource = 'component:${component}'`)
      // Some of these come before the lease ends, some while it is taken, some after.
      const writes = Promise.allSettled(
        Array.from({ length: 8 }, (_, seq) => a.intend(old.held, intentOf({ ...run, plan: Array(8).fill(run.plan[0]) }, seq))),
      )
      let taken: Claim | null = null
      for (let tries = 0; !taken && tries < 1_000; tries++) taken = await b.claim(run.id, 'b', 60_000)
      const codes = tally(await writes)
      expect(codes.every((code) => code === 'ok' || code === 'lease-lost')).toBe(true)
      const written = await b.steps(run.id)
      expect(written).toHaveLength(codes.filter((code) => code === 'ok').length)
      const known = new Set(taken?.steps.map(({ seq }) => seq))
      expect(
        written.filter((step) => step.fence === 1 && !known.has(step.seq)),
        'who took it had seen all that the old one wrote',
      ).toEqual([])
    }
  })

  test('a holder that waits for its turn while it is overtaken is refused: it looks again at what it had seen', async () => {
    const journal = await controller()
    const { run, claim } = await underWay(journal)
    const turn = await holdTurn()
    const writing = journal.intend(claim.held, intentOf(run)).catch((error) => error)
    await turn.waitedFor(writing)
    await turn.release("update lease set holder = 'two', fence = fence + 1")
    expect(await writing).toMatchObject({ code: 'lease-lost' })
    expect(await journal.steps(run.id)).toEqual([])
  })

  test('a reader that follows sees every entry once and in order, whoever writes', async () => {
    const [a, b, reader] = [await controller(), await controller(), await controller()]
    const writers = [a, b].map(async (journal, who) => {
      for (let i = 0; i < 60; i++) {
        await (i % 3 === 0
          ? journal.ingest([alert(`m${i}`, { component: `w${who}-${i}` })])
          : Promise.all([journal.note('n', {}, { who, i }), journal.note('n', {}, { who, i })]))
      }
    })
    let writing = true
    const done = Promise.all(writers).then(() => {
      writing = false
    })
    const seen: number[] = []
    for (let last = false; !last; ) {
      last = !writing
      seen.push(...(await reader.events(seen.at(-1) ?? 0, 7)).map(({ seq }) => seq))
      if (last && seen.at(-1) !== (await reader.lastEvent())) last = false
    }
    await done
    const all = await onPostgres(url, 'select seq from event order by seq')
    expect(seen).toEqual(all.map(({ seq }) => seq))
    expect(seen).toHaveLength(200)
  })
})

describe('transactions that share a commit', () => {
  test('do not fail with a failing one among them, and keep nothing of it', async () => {
    const journal = await controller()
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

  test('a refused fence among them refuses only itself', async () => {
    const journal = await controller()
    const { run, claim } = await underWay(journal)
    const results = await Promise.allSettled([
      journal.note('first', {}, {}),
      journal.intend({ ...claim.held, fence: 0 }, intentOf(run)),
      journal.intend(claim.held, intentOf(run)),
      journal.outcome(claim.held, outcomeOf(run)),
      journal.intend(claim.held, intentOf(run)),
    ])
    expect(tally(results)).toEqual(['ok', 'lease-lost', 'ok', 'ok', 'conflict'])
    expect(await journal.steps(run.id)).toMatchObject([{ status: 'done' }])
  })
})

describe('a transaction that met another one', () => {
  /** The server refuses the first `times` runs, as it would after a deadlock. */
  const refuseRuns = (times: number) =>
    onPostgres(
      url,
      `create sequence met;
       create function refuse() returns trigger language plpgsql as $$
       begin if nextval('met') <= ${times} then raise exception 'deadlock detected' using errcode = '40P01'; end if; return new; end $$;
       create trigger refuse before insert on run for each row execute function refuse()`,
    )

  test('is tried again from its first look on', async () => {
    const journal = await controller()
    await refuseRuns(2)
    let looks = 0
    const run = await journal.order('polaris', () => {
      looks++
      return orderOf(null, { takesGeneration: true })
    })
    expect(run).toMatchObject({ status: 'queued', generation: 1 })
    expect(looks).toBe(3)
    expect(await kinds(journal)).toEqual(['run.queued'])
  })

  test('is given up after a few times, and takes none of its company with it', async () => {
    const journal = await controller()
    await refuseRuns(1_000)
    const results = await Promise.allSettled([
      journal.note('a', {}, {}),
      journal.note('b', {}, {}),
      journal.order('polaris', () => orderOf(null)),
      journal.note('c', {}, {}),
    ])
    expect(tally(results)).toEqual(['ok', 'ok', 'store-failed', 'ok'])
    expect(await kinds(journal)).toEqual(['a', 'b', 'c'])
  })
})

describe('a failure of the store', () => {
  test('that cannot be reached at all is told without the password', async () => {
    const nobody = 'postgres://jidoka:hush@127.0.0.1:1/jidoka'
    const error = await openJournal({ url: nobody, clock, mint }).catch((error) => error)
    expect(error).toMatchObject({ code: 'store-failed', details: { outcome: 'refused' } })
    expect(error.message).toContain('postgres://127.0.0.1:1/jidoka')
    expect(error.message).not.toContain('hush')
  })

  test('and so is a URL that cannot be read', async () => {
    await expect(openJournal({ url: 'postgres://a b:c', clock, mint })).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('HOST'),
    })
  })

  test('a database that does not exist is told by its name', async () => {
    const missing = url.replace(/[^/]+$/, 'nowhere')
    await expect(openJournal({ url: missing, clock, mint })).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('nowhere'),
    })
  })

  test('a newer version is not touched', async () => {
    const first = await controller()
    await first.note('x', {}, {})
    await onPostgres(url, "insert into migration (version, name) values (99, 'from the future')")
    await expect(openJournal({ url, clock, mint })).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining('newer Jidoka'),
    })
  })

  test('a writer that waits too long for its turn is told that it timed out, and nothing is written', async () => {
    const [patient, hasty] = [await controller(), await controller({ statementTimeoutMs: 200 })]
    // As a controller would that is frozen in the middle of its transaction.
    const turn = await holdTurn()
    await expect(hasty.note('late', {}, {})).rejects.toMatchObject({ code: 'store-failed', details: { outcome: 'timed out' } })
    await turn.release()
    await hasty.note('again', {}, {})
    expect(await kinds(patient)).toEqual(['again'])
  })

  test.runIf(process.env.JIDOKA_TEST_POSTGRES === undefined)(
    'what was acknowledged survives a server that dies, and the journal goes on by itself',
    async () => {
      const journal = await controller()
      const { run, claim } = await underWay(journal)
      await journal.intend(claim.held, intentOf(run))
      const before = await kinds(journal)
      await server.kill()
      await expect(journal.note('lost', {}, {})).rejects.toMatchObject({
        code: 'store-failed',
        details: { outcome: expect.stringMatching(/refused|unknown/) },
      })
      await expect(journal.lastEvent()).rejects.toMatchObject({ code: 'store-failed' })
      await server.start()
      await journal.outcome(claim.held, outcomeOf(run))
      expect(await kinds(journal)).toEqual([...before, 'step.done'])
    },
  )

  test('a connection that breaks in the middle leaves it unknown whether a lone write arrived', async () => {
    const journal = await controller()
    const { run, claim } = await underWay(journal)
    const turn = await holdTurn()
    const writing = journal.intend(claim.held, intentOf(run)).catch((error) => error)
    await turn.waitedFor(writing)
    await onPostgres(
      url,
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'jidoka' and datname = current_database()",
    )
    expect(await writing).toMatchObject({ code: 'store-failed', details: { outcome: 'unknown' } })
    await turn.release()
    expect(await journal.steps(run.id)).toEqual([])
    await journal.intend(claim.held, intentOf(run))
  })
})

/** Takes the turn among all writers of the database, and keeps it. */
async function holdTurn() {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`begin; select pg_advisory_xact_lock(${turnKey})`)
  return {
    /** Until `writing` stands behind us. */
    async waitedFor(writing: Promise<unknown>) {
      let over = false
      void writing.then(() => {
        over = true
      })
      const waiting =
        "select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())"
      while ((await onPostgres(url, waiting)).length === 0) if (over) throw new Error('it did not wait for its turn')
    },
    async release(last = 'select 1') {
      await client.query(`${last}; commit`)
      await client.end()
    },
  }
}
