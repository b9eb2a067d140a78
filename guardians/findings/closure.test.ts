import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fault } from '../../core/errors.ts'
import { idMint } from '../../core/ids.ts'
import { type MemoryJournal, openMemoryJournal } from '../../core/journal/open.ts'
import { seededRandom } from '../../core/random.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import type { Report } from '../report.ts'
import { type FindingsHouse, openFindingsDesk } from './desk.ts'
import { coverage, place, reported, smallCatalog } from './fixture.ts'

/**
 * A world of resources in two regions, and scans of it that are denied, throttled, cut, late, repeated, in parts, or interrupted.
 * Whatever comes: what is there is never closed, and a whole, newest scan leaves open exactly what is there.
 */
const regions = ['us-east-1', 'eu-west-1']
const resources = ['a', 'b', 'c', 'd', 'e', 'f']

/** What one region answers to a scan. */
type Answers = 'all' | 'denied' | 'cut' | { throttled: string[] }

interface Step {
  /** Present after this step; names with their region. */
  world: string[]
  answers: Answers[]
  /** Arrives only after the one that follows. */
  late: boolean
  twice: boolean
  inParts: boolean
  /** The store fails at the transaction of this number; then it is sent again. */
  fails: number | null
}

const all = regions.flatMap((region) => resources.map((name) => `${region}/${name}`))
const answers: fc.Arbitrary<Answers> = fc.oneof(
  { weight: 3, arbitrary: fc.constant('all' as const) },
  fc.constantFrom('denied' as const, 'cut' as const),
  fc.record({ throttled: fc.subarray(resources) }),
)
const step: fc.Arbitrary<Step> = fc.record({
  world: fc.subarray(all),
  answers: fc.tuple(answers, answers).map((both): Answers[] => both),
  late: fc.boolean(),
  twice: fc.boolean(),
  inParts: fc.boolean(),
  fails: fc.option(fc.integer({ min: 0, max: 8 })),
})

const here = (world: readonly string[], region: string) => resources.filter((name) => world.includes(`${region}/${name}`))

/** What the scan says; as the engine would. */
function reportsOf(run: string, startedAt: number, { world, answers: said, inParts }: Step): Report[] {
  const findings: Report['findings'] = []
  const lines: Report['coverage'] = []
  const undecided: Report['undecided'] = []
  for (const [at, region] of regions.entries()) {
    const answer = said[at] as Answers
    const there = here(world, region)
    const throttled = typeof answer === 'object' ? answer.throttled.filter((name) => there.includes(name)) : []
    const met =
      answer === 'denied' ? [] : answer === 'cut' ? there.slice(0, there.length / 2) : there.filter((name) => !throttled.includes(name))
    const found = met.map((name) => reported(name, { region }))
    const complete = answer !== 'denied' && answer !== 'cut'
    findings.push(...found)
    lines.push(coverage(found.length, { region, complete, unknown: throttled.length }))
    const names = throttled.map((name) => reported(name).resource)
    if (names.length > 0) undecided.push({ check: place.check, account: place.account, region, resources: names })
  }
  const whole = {
    schema: 1 as const,
    run,
    guardians: ['ebs'],
    startedAt,
    endedAt: startedAt,
    unknown: [],
    cost: { calls: 1, usd: 0, byCall: [] },
  }
  if (!inParts) return [{ ...whole, findings, coverage: lines, undecided }]
  const half = Math.ceil(findings.length / 2)
  return [
    { ...whole, findings: findings.slice(0, half), coverage: [], undecided: [] },
    { ...whole, findings: findings.slice(half), coverage: lines, undecided },
  ]
}

/** A desk whose store fails once, at the transaction of that number. */
function failingDesk(journal: MemoryJournal, clock: ReturnType<typeof virtualClock>, at: number | null): FindingsHouse {
  const findings = ((): unknown => {
    const store = journal.findings()
    let count = 0
    return {
      ...store,
      change: (...args: Parameters<typeof store.change>) =>
        count++ === at ? Promise.reject(fault('store-failed', { problem: 'in a test' })) : store.change(...args),
    }
  }) as MemoryJournal['findings']
  return openFindingsDesk({ journal: { findings }, clock, catalog: smallCatalog(), guardians: [], personOf: () => null })
}

describe('closing', () => {
  test('is only ever of what is gone, and of all that is gone', async () => {
    const clock = virtualClock()
    const journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(3)) })
    const desk = failingDesk(journal, clock, null)

    async function send(report: Report, fails: number | null) {
      try {
        await failingDesk(journal, clock, fails).ingest(report)
      } catch {
        await desk.ingest(report)
      }
    }

    async function check(newest: { run: string; step: Step }, worlds: ReadonlyMap<string, readonly string[]>) {
      const found = await desk.list({ status: 'all' }, { limit: 100 })
      for (const { fixed, region, resource } of found.filter(({ status }) => status === 'fixed'))
        expect(worlds.get(fixed?.run as string), `${resource} was there when ${fixed?.run} closed it`).not.toContain(
          `${region}/${resource.split('/')[1]}`,
        )
      for (const [at, region] of regions.entries()) {
        if (newest.step.answers[at] !== 'all') continue
        const open = found.filter((one) => one.status === 'open' && one.region === region).map(({ resource }) => resource.split('/')[1])
        expect(open.toSorted()).toEqual(here(newest.step.world, region))
      }
    }

    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        journal.reset()
        const worlds = new Map<string, readonly string[]>()
        let waiting: { reports: Report[]; fails: number | null } | null = null
        for (const [n, one] of steps.entries()) {
          const run = `run-${n}`
          worlds.set(run, one.world)
          await clock.advance(1_000)
          const reports = reportsOf(run, clock.now(), one)
          if (one.late && n + 1 < steps.length && waiting === null) {
            waiting = { reports, fails: one.fails }
            continue
          }
          for (const report of one.twice ? [...reports, ...reports] : reports) await send(report, one.fails)
          // An older one comes after it: nothing of it counts.
          for (const report of waiting?.reports ?? []) await send(report, waiting?.fails ?? null)
          waiting = null
          await check({ run, step: one }, worlds)
        }
      }),
      { numRuns: 150 },
    )
    await journal.close()
  })

  test('10,000 findings are taken in, and closed, in well under five seconds each', async () => {
    const clock = virtualClock()
    const journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(3)) })
    const desk = failingDesk(journal, clock, null)
    const names = Array.from({ length: 10_000 }, (_, n) => `vol-${n}`)
    const reportOf = (run: string, found: readonly string[]): Report =>
      ({
        ...reportsOf(run, clock.now(), { world: [], answers: ['all', 'all'] } as unknown as Step)[0],
        findings: found.map((name) => reported(name)),
        coverage: [coverage(found.length)],
      }) as Report
    const took = async (report: Report) => {
      const began = performance.now()
      const { opened, fixed } = await desk.ingest(report)
      return { opened: opened.length, fixed: fixed.length, ms: performance.now() - began }
    }
    const first = await took(reportOf('r1', names))
    await clock.advance(1_000)
    const second = await took(reportOf('r2', []))
    expect([first.opened, second.fixed]).toEqual([10_000, 10_000])
    expect(Math.max(first.ms, second.ms)).toBeLessThan(5_000)
    const [entry] = await journal.events(0, 10)
    expect(entry).toMatchObject({ kind: 'finding.opened', data: { count: 10_000 } })
    expect(entry?.data.ids).toHaveLength(200)
    await journal.close()
  })
})
