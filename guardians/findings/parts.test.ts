import { describe, expect, test } from 'vitest'
import { idMint } from '../../core/ids.ts'
import { openMemoryJournal } from '../../core/journal/open.ts'
import { seededRandom } from '../../core/random.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import type { Report } from '../report.ts'
import { openFindingsDesk } from './desk.ts'
import { coverage, place, reported, reportOf, smallCatalog, volumeArn } from './fixture.ts'
import { partsOf } from './parts.ts'

const { guardian, ...where } = place
const names = (count: number) => Array.from({ length: count }, (_, n) => `v${n}`)
const bytes = (part: Report) => Buffer.byteLength(JSON.stringify(part))

describe('a report in parts', () => {
  test('is one part when it fits, and the same report', () => {
    const report = reportOf('r', 0, [reported('a')])
    expect(partsOf(report)).toEqual([report])
    expect(partsOf(reportOf('r', 0, [], { coverage: [] }))).toHaveLength(1)
  })

  test('of which each fits is taken in as the whole would be', async () => {
    const clock = virtualClock()
    const journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(1)) })
    const desk = openFindingsDesk({ journal, clock, catalog: smallCatalog(), guardians: [], personOf: () => null })
    await desk.ingest(
      reportOf(
        'r1',
        clock.now(),
        ['gone', 'unclear', ...names(3)].map((name) => reported(name)),
      ),
    )
    await clock.advance(1)
    const whole = reportOf(
      'r2',
      clock.now(),
      names(5_000).map((name) => reported(name)),
      {
        coverage: [coverage(5_000, { unknown: 1 }), coverage(0, { region: 'eu-west-1' })],
        undecided: [{ ...where, resources: [volumeArn('unclear')] }],
      },
    )
    const parts = partsOf(whole)
    expect(parts.length).toBeGreaterThan(1)
    for (const part of parts) expect(bytes(part)).toBeLessThan(2 ** 20)
    const answers = []
    for (const part of parts) answers.push(await desk.ingest(part))
    expect(answers.map(({ fixed }) => fixed.length).filter((count) => count > 0)).toEqual([1])
    expect(answers.reduce((sum, { opened }) => sum + opened.length, 0)).toBe(4_997)
    expect(await desk.count({})).toBe(5_001)
    expect(await desk.scans({ limit: 1 })).toMatchObject([{ findings: 5_000, opened: 4_997, fixed: 1, cost: { calls: 3 } }])
    await journal.close()
  })

  test('a place with more that is undecided than fits is not complete', () => {
    const undecided = [{ ...where, resources: names(2_000).map(volumeArn) }]
    const [part] = partsOf(reportOf('r', 0, [], { coverage: [coverage(0, { unknown: 2_000 })], undecided }), 10_000)
    expect(part).toMatchObject({ coverage: [{ complete: false }], undecided: [] })
  })
})
