import { afterEach, beforeEach, expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { hours, minutes } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { defineCheck, defineGuardian, defineInventory, fail, type Guardian, type Resource } from '../../guardians/define.ts'
import { openFindingsDesk } from '../../guardians/findings/desk.ts'
import type { Platform } from '../../guardians/platform.ts'
import type { Report } from '../../guardians/report.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { openKeeper } from './guardians.ts'
import type { Invoker } from './invoke.ts'
import type { Job, Schedule } from './schedule.ts'

const words = { en: 'x', ja: 'x' }
const guardianOf = (id: string): Guardian => {
  const things = defineInventory<Resource>(`${id}-things`, {
    title: words,
    scope: 'region',
    calls: [],
    page: async () => ({ rows: [] }),
  })
  const check = defineCheck(`${id}-thing`, {
    ...{ number: 1, severity: 'medium', title: words, why: words, fix: words, peers: [], says: { bad: words }, subject: things },
    judge: () => fail('bad', {}),
  })
  return defineGuardian(id, { title: words, checks: [check] })
}
const guardians = [guardianOf('ebs'), guardianOf('lambda')]

const platform: Platform = { components: async () => [], pairs: () => [], tlsEndpoints: () => [], environment: () => undefined }
const due = Date.parse('2026-11-23T05:00:00Z')

let journal: Journal
let clock: ReturnType<typeof virtualClock>
const ends: (() => Promise<void>)[] = []
beforeEach(async () => {
  clock = virtualClock(due, { drain: 'immediates' })
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await journal.close()
})

/** A controller whose Lambdas answer as `answers` says; a string is what they failed with. */
async function house(answers: Record<string, Report['findings'] | string>) {
  const catalog = indexCatalog(
    configSchema.parse({ guardians: { run: 'lambda', accounts: [{ account: '123456789012', regions: ['eu-central-1'] }] } }),
  )
  const asked: { guardian: string; event: object }[] = []
  const invoker: Invoker = {
    async invoke(guardian, event) {
      asked.push({ guardian, event })
      const answer = answers[guardian] ?? []
      if (typeof answer === 'string') throw fault('guardian-failed', { guardian, problem: answer })
      const place = { guardian, check: `${guardian}-thing`, account: '123456789012', region: 'eu-central-1' }
      const coverage = [{ ...place, looked: 5, passed: 5 - answer.length, failed: answer.length, unknown: 0, complete: true }]
      const at = { startedAt: clock.now(), endedAt: clock.now() }
      return {
        schema: 1,
        run: event.run ?? '',
        guardians: [guardian],
        ...at,
        findings: answer,
        unknown: [],
        coverage,
        undecided: [],
        cost: { calls: 1, usd: 0, byCall: [] },
      }
    },
    close: () => {},
  }
  const jobs: Job[] = []
  const schedule: Schedule = { add: async (job) => void jobs.push(job), nextAt: () => null, stop: async () => {} }
  const desk = openFindingsDesk({ journal, catalog, clock, guardians, personOf: () => null })
  const keeper = openKeeper({
    ...{
      catalog,
      journal,
      desk,
      guardians,
      platform,
      schedule,
      clock,
      random: seededRandom(2),
      mint: idMint(clock, seededRandom(3)),
      log: silentLog,
    },
    ...{ environment: () => undefined, invoker },
    load: async () => guardians,
    guardians: guardians.map(({ id, checks }) => ({ id, checks: checks.map((check) => ({ id: check.id, scope: check.subject.scope })) })),
  })
  await keeper.begin()
  ends.push(keeper.stop)
  return { asked, desk, keeper, answers, runAt: (at: number) => jobs[0]?.run(at) as Promise<void> }
}

const finding = (guardian: string): Report['findings'][number] => ({
  ...{ guardian, check: `${guardian}-thing`, resource: 'arn:aws:x:::y', name: null, account: '123456789012', region: 'eu-central-1' },
  ...{ severity: 'medium', reason: 'bad', evidence: {}, savings: null, owner: null },
})
const pages = () => journal.due(10, 'page')

test('every guardian is invoked with what it is to look at, and what all of them say is one run', async () => {
  const { asked, desk, runAt, keeper } = await house({ ebs: [finding('ebs')], lambda: [finding('lambda')] })
  await runAt(due)
  expect(asked.map(({ guardian }) => guardian).toSorted()).toEqual(['ebs', 'lambda'])
  expect(asked[0]?.event).toMatchObject({ accounts: [{ account: '123456789012', regions: ['eu-central-1'] }], only: ['ebs-thing'] })
  expect((await desk.list({}, { limit: 10 })).map(({ check }) => check).toSorted()).toEqual(['ebs-thing', 'lambda-thing'])
  expect(await desk.scans({ limit: 10 })).toHaveLength(1)
  expect((await keeper.state()).get('ebs')).toMatchObject({ problem: null, lastAt: due, looking: false })
})

test('one that does not report is a finding, takes no other with it, closes none of its own, and is a page after its second try', async () => {
  const answers: Record<string, Report['findings'] | string> = { ebs: [finding('ebs')], lambda: [] }
  const { desk, runAt, asked } = await house(answers)
  await runAt(due)
  answers.ebs = 'Task timed out'
  await clock.advance(hours(24))
  await runAt(due + hours(24))
  const open = await desk.list({}, { limit: 10 })
  expect(open.map(({ check, name, severity }) => [check, name, severity])).toEqual([
    ['guardians-silent', 'ebs', 'high'],
    ['ebs-thing', null, 'medium'],
  ])
  expect(await pages()).toEqual([])

  const before = asked.length
  await clock.advance(hours(2) + minutes(1))
  expect(asked.slice(before).map(({ guardian }) => guardian)).toEqual(['ebs'])
  const [page, ...more] = await pages()
  expect(more).toEqual([])
  expect(page?.payload).toMatchObject({ title: 'Guardians', members: ['ebs'], evidence: expect.stringContaining('Task timed out') })

  answers.ebs = []
  await clock.advance(hours(22))
  await runAt(due + hours(48))
  expect(await desk.list({}, { limit: 10 })).toEqual([])
})

test('a second try that is answered calls nobody', async () => {
  const answers: Record<string, Report['findings'] | string> = { ebs: 'cold', lambda: [] }
  const { desk, runAt } = await house(answers)
  await runAt(due)
  answers.ebs = []
  await clock.advance(hours(3))
  expect(await pages()).toEqual([])
  expect(await desk.list({}, { limit: 10 })).toEqual([])
})

test('a controller that ended before the second try makes it when it is back', async () => {
  const first = await house({ ebs: 'Task timed out', lambda: [] })
  await first.runAt(due)
  await first.keeper.stop()
  const { asked } = await house({ ebs: 'Task timed out', lambda: [] })
  await clock.advance(hours(2) + minutes(1))
  expect(asked.map(({ guardian }) => guardian)).toEqual(['ebs'])
  expect(await pages()).toMatchObject([{ payload: { members: ['ebs'] } }])
})

test('one that reports by hand takes back its own silence, and no other', async () => {
  const answers: Record<string, Report['findings'] | string> = { ebs: 'cold', lambda: 'cold' }
  const { desk, runAt, keeper } = await house(answers)
  await runAt(due)
  await clock.advance(minutes(1))
  answers.lambda = []
  await keeper.start(['lambda'], 'aki')
  await clock.advance(1)
  await expect.poll(async () => (await keeper.state()).get('lambda')?.looking).toBe(false)
  expect((await desk.list({}, { limit: 10 })).map(({ check, name }) => [check, name])).toEqual([['guardians-silent', 'ebs']])
})

test('asked by hand it looks at once, and not twice at the same time', async () => {
  const { keeper, asked, desk } = await house({ ebs: [finding('ebs')] })
  const { run } = await keeper.start(['ebs'], 'aki')
  await expect(keeper.start(['ebs'], 'ben')).rejects.toMatchObject({ code: 'conflict' })
  await clock.advance(1)
  await expect.poll(async () => (await keeper.state()).get('ebs')?.looking).toBe(false)
  expect(asked.map(({ guardian }) => guardian)).toEqual(['ebs'])
  expect((await desk.list({}, { limit: 10 }))[0]?.lastRun).toBe(run)
})
