import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alert, intentOf, leaseMs, orderOf, outcomeOf, stores, type TestJournal, toRun } from '../../test/journals.ts'
import { startPostgres, type TestPostgres } from '../../test/postgres.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import type { AlertInput } from '../alerts/alert.ts'
import { indexCatalog } from '../catalog/catalog.ts'
import { configSchema } from '../catalog/schema.ts'
import { idMint } from '../ids.ts'
import type { Journal, Situation } from '../journal/journal.ts'
import { openJournal } from '../journal/open.ts'
import { seededRandom } from '../random.ts'
import type { Held, Run, RunOrder } from './run.ts'
import { budgetOf, roomAt } from './spend.ts'

const hour = 3_600_000
const day = 24 * hour

const open = async (journal: Journal, one: AlertInput) => (await journal.ingest([one]))[0]?.incident as string

/** The same without an incident. */
async function quietly(journal: Journal, more: Partial<RunOrder>, status: 'done' | 'failed'): Promise<void> {
  const run = (await journal.order('polaris', () => orderOf(null, more))) as Run
  const claim = await journal.claim(run.id, 'one', leaseMs)
  await journal.finish(claim?.held as Held, run.id, { status, reason: status, verified: [] })
}

/** Lets the automatic do something once more, and brings it to its end. */
async function mend(journal: Journal, more: Partial<RunOrder> = {}, status: 'done' | 'failed' = 'failed'): Promise<Run> {
  const incident = await open(journal, alert('polaris-1'))
  const { run } = await journal.decide(incident, toRun(more))
  const { held } = (await journal.claim((run as Run).id, 'one', leaseMs)) as NonNullable<Awaited<ReturnType<Journal['claim']>>>
  await journal.finish(held, (run as Run).id, { status, reason: status, verified: [] })
  return run as Run
}

async function situation(journal: Journal): Promise<Situation> {
  const incident = await open(journal, alert('polaris-1'))
  const seen: Situation[] = []
  await journal.decide(incident, (found) => {
    seen.push(found)
    return { do: 'wait', failure: 'hung', reason: 'only to look' }
  })
  return seen[0] as Situation
}

const hours = (spent: readonly { scope: string; hour: number }[]) => Object.fromEntries(spent.map((one) => [one.scope, one.hour]))

describe.each(stores)('budgets on $name', (store) => {
  let held: TestJournal
  let journal: Journal
  beforeEach(async () => {
    held = await store.open()
    journal = held.journal
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  test('are spent in the transaction that queues the run, by everything that it pays for', async () => {
    const incident = await open(journal, alert('polaris-1'))
    await journal.decide(
      incident,
      toRun({ plan: [...orderOf(null).plan, { ...orderOf(null).plan[0], args: { member: 'polaris-2' } } as never] }),
    )
    const paid = { fleet: 1, 'runbook:restart-process': 1, 'component:polaris': 1, 'member:polaris-1': 1, 'member:polaris-2': 1 }
    expect(hours(await journal.spent())).toEqual(paid)
    expect(hours((await situation(journal)).spent)).toEqual(paid)
  })

  test('a decision that is not carried out costs nothing, nor does one that fails half-way', async () => {
    const incident = await open(journal, alert('polaris-1'))
    await journal.decide(incident, () => ({ do: 'wait', failure: 'hung', reason: 'not now' }))
    const broken = toRun({ plan: undefined as never })
    await expect(journal.decide(incident, broken)).rejects.toThrow()
    expect(await journal.spent()).toEqual([])
    expect(await journal.runs({}, { limit: 10 })).toEqual([])
  })

  test('what people order and who is called cost nothing', async () => {
    await mend(journal, { runbook: 'page' })
    const ordered = await journal.order('polaris', () => orderOf(null, { by: 'aki' }))
    expect(ordered).toMatchObject({ status: 'queued' })
    expect(await journal.spent()).toEqual([])
  })

  test('a decision sees the whole fleet and all runbooks, but of other components only that', async () => {
    await mend(journal)
    const incident = await open(journal, alert('dipper-1', { component: 'dipper' }))
    await journal.decide(incident, toRun({ members: ['dipper-1'], plan: [], runbook: 'failover' }))
    expect(hours((await situation(journal)).spent)).toEqual({
      fleet: 2,
      'runbook:restart-process': 1,
      'runbook:failover': 1,
      'component:polaris': 1,
      'member:polaris-1': 1,
    })
    expect(hours(await journal.spent())).toMatchObject({ 'component:dipper': 1, 'member:dipper-1': 1 })
  })

  test('an hour and a day later they have room again, and old rows go in passing', async () => {
    await mend(journal)
    const from = held.clock.now()
    await held.clock.advance(hour)
    await mend(journal)
    const fleet = async () => (await situation(journal)).spent.find(({ scope }) => scope === 'fleet')
    expect(await fleet()).toEqual({ scope: 'fleet', hour: 1, day: 2, hourFrom: from + hour, dayFrom: from })
    await held.clock.advance(day - hour)
    expect(await fleet()).toEqual({ scope: 'fleet', hour: 0, day: 1, hourFrom: null, dayFrom: from + hour })
    await held.clock.advance(1)
    await mend(journal)
    expect(await held.query("select at from spend where scope = 'fleet' order by at")).toEqual([
      { at: from + hour },
      { at: from + day + 1 },
    ])
  })

  test('a success is remembered however many runs follow, and so are the attempts of a day', async () => {
    await quietly(journal, { runbook: 'failover' }, 'done')
    const succeededAt = held.clock.now()
    await held.clock.advance(1_000)
    for (let n = 0; n < 101; n++) await quietly(journal, {}, 'failed')
    const { history, recent, succeeded } = await situation(journal)
    expect(history).toHaveLength(100)
    expect(history.some(({ runbook }) => runbook === 'failover')).toBe(false)
    expect(succeeded).toEqual(new Map([['failover', succeededAt]]))
    expect(recent).toHaveLength(102)
    expect(recent.find(({ runbook }) => runbook === 'failover')).toMatchObject({ status: 'done', members: ['polaris-1'] })
    await held.clock.advance(day)
    expect((await situation(journal)).recent).toEqual([])
    expect(await journal.successes()).toEqual([{ component: 'polaris', runbook: 'failover', at: succeededAt }])
  })

  test('a long incident forgets none of its own runs', async () => {
    const first = await mend(journal, { runbook: 'page' }, 'done')
    for (let n = 0; n < 101; n++) await mend(journal)
    expect((await situation(journal)).history.map(({ id }) => id)).toContain(first.id)
  })
})

describe('no crash fills a budget again', () => {
  let postgres: TestPostgres | undefined
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-spend-'))
  afterAll(async () => {
    await postgres?.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const urls = {
    SQLite: async (seed: number) => `sqlite:${join(folder, `${seed}.db`)}`,
    PostgreSQL: async () => {
      postgres ??= await startPostgres()
      return postgres.database()
    },
  }

  test.each((['SQLite', 'PostgreSQL'] as const).flatMap((name) => [1, 2, 3].map((seed) => [name, seed] as const)))(
    'on %s, whenever it comes (seed %i)',
    async (name, seed) => {
      const random = seededRandom(seed)
      const clock = virtualClock()
      const mint = idMint(clock, random)
      const url = await urls[name](seed)
      let journal = await openJournal({ url, clock, mint })
      let left: Run | null = null
      const begun: number[] = []
      for (let step = 0; step < 60; step++) {
        const chance = random.next()
        if (chance < 0.3) {
          // It dies here, between a decision and whatever was to follow it.
          await journal.close()
          journal = await openJournal({ url, clock, mint })
        } else if (chance < 0.5) await clock.advance(Math.floor(random.next() * 3 * hour))
        else if (left) {
          const { held } = (await journal.claim(left.id, 'one', leaseMs)) as NonNullable<Awaited<ReturnType<Journal['claim']>>>
          await journal.intend(held, intentOf(left))
          await journal.finish(held, left.id, { status: 'failed', reason: 'no', verified: [] }, outcomeOf(left, 0, { status: 'failed' }))
          left = null
        } else {
          const incident = await open(journal, alert('polaris-1'))
          left = (await journal.decide(incident, toRun())).run
          begun.push(clock.now())
        }
        const within = (ms: number) => begun.filter((at) => at > clock.now() - ms).length
        const fleet = (await journal.spent()).find(({ scope }) => scope === 'fleet') ?? { hour: 0, day: 0 }
        expect(fleet, `after step ${step}`).toMatchObject({ hour: within(hour), day: within(day) })
      }
      await journal.close()
      expect(begun.length).toBeGreaterThan(3)
    },
  )
})

test('a budget has room again when the oldest that counts is an hour, or a day, old', () => {
  const limits = { perHour: 2, perDay: 10 }
  const spent = { scope: 'fleet', hour: 2, day: 3, hourFrom: 5_000, dayFrom: 1_000 }
  expect(roomAt(spent, limits)).toBe(5_000 + hour)
  expect(roomAt({ ...spent, hour: 1 }, limits)).toBeNull()
  expect(roomAt({ ...spent, day: 10 }, limits)).toBe(1_000 + day)
})

test('whose budget it is comes from the configuration; what is not there any more has none', () => {
  const catalog = indexCatalog(
    configSchema.parse({
      components: [
        { id: 'polaris', members: [{ id: 'polaris-1' }], guards: { budgets: { member: { perHour: 3, perDay: 4 } } } },
        { id: 'dipper', members: [{ id: 'dipper-1' }] },
      ],
    }),
  )
  expect(budgetOf('member:polaris-1', catalog)).toEqual({ perHour: 3, perDay: 4 })
  expect(budgetOf('member:dipper-1', catalog)).toEqual({ perHour: 20, perDay: 100 })
  expect(budgetOf('component:polaris', catalog)).toEqual({ perHour: 60, perDay: 300 })
  expect(budgetOf('runbook:anything', catalog)).toEqual({ perHour: 200, perDay: 1_000 })
  expect(budgetOf('fleet', catalog)).toEqual({ perHour: 400, perDay: 2_000 })
  expect(budgetOf('member:gone', catalog)).toBeNull()
  expect(budgetOf('component:gone', catalog)).toBeNull()
})
