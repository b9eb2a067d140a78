import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dayMs, hourMs } from '../../core/calendar.ts'
import { stores, type TestJournal } from '../../test/journals.ts'
import type { FindingFilter } from '../desk.ts'
import { type FindingsHouse, openFindingsDesk } from './desk.ts'
import { coverage, place, reported, reportOf, savingsOf, smallCatalog, volumeArn } from './fixture.ts'

describe.each(stores)('a report on $name', (store) => {
  let held: TestJournal
  let desk: FindingsHouse
  beforeEach(async () => {
    held = await store.open()
    desk = openFindingsDesk({ ...held, catalog: smallCatalog(), guardians: [], personOf: () => null })
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  const now = () => held.clock.now()
  const names = async (filter: FindingFilter = {}) =>
    (await desk.list(filter, { limit: 100 })).map(({ resource }) => resource.split('/')[1])
  const told = async () => (await held.journal.events(0, 1_000)).map(({ kind, data }) => ({ kind, ...data }))
  const idOf = async (name: string) =>
    (await desk.list({ status: 'all' }, { limit: 100 })).find(({ resource }) => resource === volumeArn(name))?.id as string

  test('opens what is new, keeps what is there, closes what is gone, and tells it once', async () => {
    const first = await desk.ingest(reportOf('r1', now(), [reported('a'), reported('b')]))
    expect(first).toMatchObject({ run: 'r1', seen: 2, regressed: [], fixed: [], silent: 0, uncovered: 0 })
    expect(first.opened).toHaveLength(2)
    await held.clock.advance(dayMs)
    const second = await desk.ingest(reportOf('r2', now(), [reported('b'), reported('c')]))
    expect([second.opened.length, second.fixed]).toEqual([1, [await idOf('a')]])
    expect(await names()).toEqual(['b', 'c'])
    expect(await desk.get(await idOf('b'))).toMatchObject({ firstSeenAt: now() - dayMs, lastSeenAt: now(), lastRun: 'r2' })
    expect(await desk.get(await idOf('a'))).toMatchObject({ status: 'fixed', fixed: { at: now(), run: 'r2' } })
    expect((await told()).map(({ kind }) => kind)).toEqual([
      'finding.opened',
      'scan.ingested',
      'finding.opened',
      'finding.fixed',
      'scan.ingested',
    ])
  })

  test('seen again after it was fixed, it has come back', async () => {
    await desk.ingest(reportOf('r1', now(), [reported('a')]))
    await desk.ingest(reportOf('r2', now() + 1, []))
    await held.clock.advance(dayMs)
    const third = await desk.ingest(reportOf('r3', now(), [reported('a')]))
    expect(third).toMatchObject({ opened: [], regressed: [await idOf('a')] })
    expect(await desk.get(await idOf('a'))).toMatchObject({ status: 'open', regressions: 1, regressedAt: now(), fixed: null })
    expect(await desk.count({ newSince: now() })).toBe(1)
  })

  test('sent again, it gets the same answer and tells nothing anew', async () => {
    await desk.ingest(reportOf('r1', now(), [reported('a'), reported('gone')]))
    const report = reportOf('r2', now() + 1, [reported('a'), reported('b')])
    const answer = await desk.ingest(report)
    const before = await told()
    expect(await desk.ingest(report)).toEqual(answer)
    expect(await told()).toEqual(before)
    expect(await desk.scans({ limit: 10 })).toMatchObject([
      { run: 'r2', findings: 2, opened: 1, fixed: 1, cost: { calls: 3 } },
      { run: 'r1', findings: 2, opened: 2, fixed: 0 },
    ])
  })

  test('that began before the newest one changes nothing', async () => {
    await held.clock.advance(hourMs)
    await desk.ingest(reportOf('new', now(), [reported('a')]))
    const late = await desk.ingest(reportOf('old', now() - 1, [reported('ghost')]))
    expect(late).toMatchObject({ seen: 0, opened: [], fixed: [] })
    expect(await names()).toEqual(['a'])
    expect(await desk.get(await idOf('a'))).toMatchObject({ lastRun: 'new' })
  })

  test('that is overtaken while it is taken in closes and opens nothing more', async () => {
    await desk.ingest(reportOf('first', now(), [reported('a')]))
    await held.clock.advance(10)
    const older = reportOf('older', now() - 3, [])
    const ghost = reportOf('ghost', now() - 2, [reported('ghost')], { coverage: [] })
    const newer = reportOf('newer', now() - 1, [reported('a')])
    const [, , last] = await Promise.all([desk.ingest(older), desk.ingest(ghost), desk.ingest(newer)])
    expect(last).toMatchObject({ seen: 1, opened: [], regressed: [] })
    expect(await names({ status: 'all' })).toEqual(['a'])
    expect(await desk.get(await idOf('a'))).toMatchObject({ status: 'open', regressions: 0, lastRun: 'newer' })
  })

  test('that says it began tomorrow does not silence those of today', async () => {
    await desk.ingest(reportOf('dreamt', now() + dayMs, [reported('a')]))
    await held.clock.advance(1)
    expect(await desk.ingest(reportOf('real', now(), [reported('b')]))).toMatchObject({ seen: 1 })
    expect(await names()).toEqual(['b'])
  })

  const shy = {
    'whose coverage is not complete': { coverage: [coverage(0, { complete: false })] },
    'without coverage': { coverage: [] },
    'of another region': { coverage: [coverage(0, { region: 'eu-west-1' })] },
    'of another account': { coverage: [coverage(0, { account: '210987654321' })] },
    'of another check': { coverage: [coverage(0, { check: 'ebs-idle' })] },
    'that could not decide about it': {
      coverage: [coverage(0, { unknown: 1 })],
      undecided: [{ ...keyless(place), resources: [volumeArn('a')] }],
    },
    'that does not name what it could not decide': { coverage: [coverage(0, { unknown: 1 })] },
    'that counts more findings than it brings': { coverage: [coverage(3)] },
  }
  test.each(Object.entries(shy))('%s closes nothing', async (_, over) => {
    await desk.ingest(reportOf('r1', now(), [reported('a')]))
    expect((await desk.ingest(reportOf('r2', now() + 1, [], over))).fixed).toEqual([])
    expect(await names()).toEqual(['a'])
  })

  test('what one run could not decide is closed by the next that can', async () => {
    await desk.ingest(reportOf('r1', now(), [reported('a')]))
    await desk.ingest(reportOf('r2', now() + 1, [], shy['that could not decide about it']))
    expect((await desk.ingest(reportOf('r3', now() + 2, []))).fixed).toHaveLength(1)
  })

  test('in parts closes only with the last one, which brings the ledger', async () => {
    await desk.ingest(reportOf('r1', now(), [reported('a'), reported('b'), reported('gone')]))
    const parts = [
      reportOf('r2', now() + 1, [reported('a')], { coverage: [] }),
      reportOf('r2', now() + 1, [reported('b')], { coverage: [coverage(2)] }),
    ]
    expect((await desk.ingest(parts[0] as never)).fixed).toEqual([])
    expect((await desk.ingest(parts[1] as never)).fixed).toEqual([await idOf('gone')])
    expect((await names()).toSorted()).toEqual(['a', 'b'])
    expect((await desk.scans({ limit: 1 }))[0]).toMatchObject({ run: 'r2', findings: 2, cost: { calls: 6 } })
  })

  test('is listed worst first, page by page, and narrowed down', async () => {
    const findings = [
      reported('cheap', { savings: savingsOf(1) }),
      reported('dear', { savings: savingsOf(80) }),
      reported('bad', { severity: 'high', owner: 'Ben' }),
      reported('small', { severity: 'low', region: 'eu-west-1', owner: 'Somebody Else' }),
    ]
    await desk.ingest(reportOf('r1', now(), findings, { coverage: [] }))
    expect(await names()).toEqual(['bad', 'dear', 'cheap', 'small'])
    const pages: string[] = []
    for (let after: string | undefined; ; ) {
      const [one] = await desk.list({}, { limit: 1, after })
      if (!one) break
      pages.push(one.resource.split('/')[1] as string)
      after = one.id
    }
    expect(pages).toEqual(['bad', 'dear', 'cheap', 'small'])
    expect(await names({ severity: 'medium' })).toEqual(['dear', 'cheap'])
    expect(await names({ region: 'eu-west-1' })).toEqual(['small'])
    expect(await names({ owner: 'BEN' })).toEqual(['bad'])
    expect(await names({ owner: 'somebody else' })).toEqual(['small'])
    expect([
      await desk.count({ check: 'ebs-unattached' }),
      await desk.count({ guardian: 'ec2' }),
      await desk.count({ account: 'x' }),
    ]).toEqual([4, 0, 0])
  })
})

function keyless({ guardian, ...rest }: typeof place) {
  return rest
}
