import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silenceReport } from '../../guardians/silence.ts'
import { type House, openHouse, parts, scanOf } from '../../test/duty-house.ts'
import { stores, type TestJournal } from '../../test/journals.ts'
import { actorOf, catalogOf } from './fixture.ts'
import type { Review } from './review.ts'

const { coverage, place, reported, reportOf, savingsOf } = parts
const at = (time: string) => Date.parse(`${time}+09:00`)
const minute = 60_000

describe('the review', () => {
  let held: TestJournal
  let house: House
  beforeEach(async () => {
    held = await (stores[0] as (typeof stores)[number]).open()
    house = openHouse(held)
    goTo(at('2026-11-23T05:00'))
  })
  afterEach(() => held.close())

  const goTo = (time: number) => held.clock.jump(time - held.clock.now())
  const told = async (kind: string) => (await held.journal.events(0, 1_000)).filter((event) => event.kind === kind).map(({ data }) => data)
  const scan = (run: string, volumes: Parameters<typeof scanOf>[2], more: Parameters<typeof scanOf>[3] = {}) =>
    house.findings.ingest(scanOf(run, held.clock.now(), volumes, more))
  const tick = async () => {
    await house.duty.tick()
    await house.reviews.tick()
  }
  const opened = async (time: string): Promise<Review> => {
    goTo(at(time))
    await tick()
    return (await house.reviews.list(1))[0] as Review
  }
  const named = (review: Review) => review.items.map(({ why, finding }) => `${why} ${finding.name}`)

  test('opens at its hour with who is on duty, once, and freezes what is to be decided, worst first', async () => {
    await scan('run_1', { a: 'low', b: 'high', c: 'medium' })
    expect(await opened('2026-11-23T09:29')).toBeUndefined()
    const review = await opened('2026-11-23T09:30')
    expect(named(review)).toEqual(['new b', 'new c', 'new a'])
    expect(review.people).toEqual((await house.duty.now()).today)
    await scan('run_2', { a: 'low', b: 'high', c: 'medium', d: 'high' })
    await tick()
    expect(named((await house.reviews.current()) as Review)).toHaveLength(3)
    expect(await told('review.opened')).toMatchObject([{ day: '2026-11-23', items: 3, waiting: 0, late: false }])
  })

  test('of two controllers one opens it, and both have the same', async () => {
    await scan('run_1', { a: 'low' })
    goTo(at('2026-11-23T09:30'))
    const other = openHouse(held)
    const [one, two] = await Promise.all([house.reviews.open(actorOf('aki')), other.reviews.open(actorOf('dan'))])
    expect(one).toEqual(two)
    expect(await told('review.opened')).toHaveLength(1)
  })

  test('what came back is first, then what is new, overdue, handed back, left over, and the rest', async () => {
    house = openHouse(held, catalogOf({ guardians: { askWithinMs: 6 * 3_600_000 } }))
    await scan('run_1', { a: 'low', late: 'low', mine: 'low', left: 'low', put: 'low', rest: 'medium' })
    const first = await opened('2026-11-23T09:30')
    const n = (name: string) => first.items.find(({ finding }) => finding.name === name)?.n as number
    await house.reviews.decide(first.id, n('late'), { decision: 'ask' }, actorOf('aki'))
    await house.reviews.decide(first.id, n('mine'), { decision: 'ask', to: 'dan' }, actorOf('aki'))
    await house.reviews.decide(first.id, n('put'), { decision: 'later', words: 'tomorrow' }, actorOf('aki'))
    await house.findings.decide(
      first.items.find(({ n: one }) => one === n('mine'))?.finding.id as string,
      { kind: 'answer', answer: 'not-mine' },
      'dan',
    )
    await scan('run_2', { late: 'low', mine: 'low', left: 'low', put: 'low', rest: 'medium' })
    goTo(at('2026-11-23T20:00'))
    await tick()
    await scan('run_3', { a: 'low', late: 'low', mine: 'low', left: 'low', put: 'low', rest: 'medium', fresh: 'low' })
    const second = await opened('2026-11-24T09:30')
    expect(named(second)).toEqual([
      'regressed a',
      'new fresh',
      'overdue late',
      'returned mine',
      'carried rest',
      'carried left',
      'carried put',
    ])
  })

  test('takes no more than it can bear, and says how many wait', async () => {
    house = openHouse(held, catalogOf({ duty: { maxItems: 2 } }))
    await scan('run_1', { a: 'low', b: 'high', c: 'medium', d: 'low' })
    const review = await opened('2026-11-23T09:30')
    expect([named(review), review.waiting]).toEqual([['new b', 'new c'], 2])
  })

  test('is not held on holidays and weekends; after a controller was down it opens late on the same day, within four hours', async () => {
    house = openHouse(held, catalogOf({ duty: { holidays: ['2026-11-23'] } }))
    await scan('run_1', { a: 'low' })
    expect(await opened('2026-11-22T09:30')).toBeUndefined()
    expect(await opened('2026-11-23T09:30')).toBeUndefined()
    expect(await opened('2026-11-24T13:31')).toBeUndefined()
    expect((await opened('2026-11-25T13:29')).day).toBe('2026-11-25')
    expect(await told('review.opened')).toMatchObject([{ late: true }])
  })

  test('a review that was missed is told once, and by the next one', async () => {
    await scan('run_1', { a: 'low' })
    // A house that is new has missed nothing.
    goTo(at('2026-11-23T13:31'))
    await tick()
    expect(await told('review.missed')).toEqual([])
    await opened('2026-11-24T09:30')
    goTo(at('2026-11-26T13:31'))
    await tick()
    await tick()
    await openHouse(held).reviews.tick()
    expect(await told('review.missed')).toMatchObject([{ day: '2026-11-25' }, { day: '2026-11-26' }])
    expect((await opened('2026-11-27T09:30')).facts.missed).toEqual(['2026-11-25', '2026-11-26'])
    expect((await opened('2026-11-30T09:30')).facts.missed).toEqual([])
  })

  test('whose owner has no Slack is told so: no message went out', async () => {
    const people = [
      { id: 'aki', name: 'Aki', slack: 'U1', teams: [] },
      { id: 'ben', name: 'Ben', teams: [] },
    ]
    const duty = { people: ['aki', 'ben'] }
    house = openHouse(held, catalogOf({ people, duty, guardians: { fallback: 'aki' }, slack: { channel: 'C000000001' } }))
    await scan('run_1', { a: 'low', b: 'low' })
    const { id } = await opened('2026-11-23T09:30')
    await house.reviews.decide(id, 1, { decision: 'ask', to: 'ben' }, actorOf('aki'))
    const { items } = await house.reviews.decide(id, 2, { decision: 'ask', to: 'aki' }, actorOf('ben'))
    expect(items.map(({ decision }) => decision)).toMatchObject([{ to: 'ben', via: 'named', unreached: true }, { to: 'aki' }])
    expect(items[1]?.decision?.unreached).toBeUndefined()
  })

  test('each item is decided once, by one of them, and the last decision ends it', async () => {
    await scan('run_1', { a: 'high', b: 'medium', c: 'low' })
    const { id } = await opened('2026-11-23T09:30')
    goTo(at('2026-11-23T09:40'))
    const until = at('2026-12-24T00:00')
    await house.reviews.decide(id, 1, { decision: 'ask', words: 'please look' }, actorOf('aki'))
    const both = await Promise.allSettled([
      house.reviews.decide(id, 2, { decision: 'mute', reason: 'known', until }, actorOf('aki')),
      house.reviews.decide(id, 2, { decision: 'wrong', reason: 'in use' }, actorOf('dan')),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await expect(house.reviews.decide(id, 1, { decision: 'later' }, actorOf('dan'))).rejects.toMatchObject({ code: 'refused' })
    const review = await house.reviews.decide(id, 3, { decision: 'later' }, actorOf('emi'))
    expect(review.state).toEqual({ status: 'ended', at: at('2026-11-23T09:40'), how: 'decided', by: { id: 'emi', name: 'Emi' } })
    expect(review.items[0]?.decision).toMatchObject({ kind: 'ask', to: 'ben', words: 'please look', by: { id: 'aki' } })
    const [first] = review.items
    expect(await house.findings.get(first?.finding.id as string)).toMatchObject({ status: 'asked', ask: { to: 'ben', by: 'aki' } })
    expect(await told('review.ended')).toMatchObject([{ how: 'decided', decided: 3, carried: 0, lastedMs: 10 * minute }])
    await expect(house.reviews.decide(id, 3, { decision: 'later' }, actorOf('emi'))).rejects.toMatchObject({ code: 'refused' })
  })

  test('what the findings refuse leaves the item as it was; strangers decide nothing', async () => {
    await scan('run_1', { a: 'high' })
    const { id } = await opened('2026-11-23T09:30')
    const past = { decision: 'mute', reason: 'x', until: at('2026-11-22T00:00') } as const
    await expect(house.reviews.decide(id, 1, past, actorOf('aki'))).rejects.toMatchObject({ code: 'bad-request' })
    await expect(house.reviews.decide(id, 1, { decision: 'fix' }, actorOf('aki'))).rejects.toMatchObject({ code: 'no-runbook' })
    await expect(house.reviews.decide(id, 1, { decision: 'ask', to: 'nobody' }, actorOf('aki'))).rejects.toMatchObject({
      code: 'owner-unknown',
    })
    await expect(house.reviews.decide(id, 7, { decision: 'later' }, actorOf('aki'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(house.reviews.decide(id, 1, { decision: 'later' }, actorOf('slack:U9'))).rejects.toMatchObject({ code: 'forbidden' })
    expect((await house.reviews.get(id))?.items[0]).toMatchObject({ pending: null, decision: null })
  })

  test('a decision that was cut short between finding and minutes is found again, or can be made anew', async () => {
    await scan('run_1', { a: 'high', b: 'low' })
    const review = await opened('2026-11-23T09:30')
    const [a] = review.items
    // As a crash leaves it: claimed, decided about, not written down.
    await held.journal.records<Review>('review').change({ ids: [review.id] }, ({ records, now }) => {
      const stored = records.get(review.id) as NonNullable<ReturnType<typeof records.get>>
      const pending = { by: { id: 'aki', name: 'Aki' }, at: now, kind: 'wrong' as const }
      return { put: [{ ...stored, data: { ...review, items: review.items.map((item) => ({ ...item, pending })) } }], answer: null }
    })
    await house.findings.decide(a?.finding.id as string, { kind: 'wrong', reason: 'in use' }, 'aki')
    await expect(house.reviews.decide(review.id, 2, { decision: 'later' }, actorOf('dan'))).rejects.toThrow(/Aki is deciding/)
    held.clock.jump(minute)
    await house.reviews.tick()
    const [first, second] = (await house.reviews.get(review.id))?.items ?? []
    expect(first?.decision).toMatchObject({ kind: 'wrong', words: 'in use', by: { id: 'aki' } })
    expect(second).toMatchObject({ pending: null, decision: null })
  })

  test('has a clock: a reminder five minutes before, then the rest is carried over', async () => {
    await scan('run_1', { a: 'high', b: 'low' })
    const { id } = await opened('2026-11-23T09:30')
    await house.reviews.decide(id, 1, { decision: 'later' }, actorOf('aki'))
    await opened('2026-11-23T09:55')
    await opened('2026-11-23T09:56')
    expect(await told('review.reminder')).toMatchObject([{ leftMs: 5 * minute, undecided: 1 }])
    await opened('2026-11-23T10:00')
    expect(await told('review.ended')).toMatchObject([{ how: 'clock', decided: 1, carried: 1, lastedMs: 30 * minute }])
    expect((await opened('2026-11-24T09:30')).items).toHaveLength(2)
  })

  test('can be opened and ended by hand; without anything to decide it ends as it begins', async () => {
    const empty = await house.reviews.open(actorOf('aki'))
    expect(empty.state).toMatchObject({ status: 'ended', how: 'nothing' })
    await scan('run_1', { a: 'high' })
    goTo(at('2026-11-24T06:00'))
    const { id } = await house.reviews.open(actorOf('aki'))
    expect((await house.reviews.open(actorOf('ben'))).id).toBe(id)
    await house.reviews.end(id, actorOf('aki'))
    await house.reviews.end(id, actorOf('ben'))
    expect(await told('review.ended')).toMatchObject([{ how: 'nothing' }, { how: 'by-hand', by: { id: 'aki' }, carried: 1 }])
    await opened('2026-11-24T09:30')
    expect(await told('review.opened')).toHaveLength(2)
  })

  test('says what was not looked at, what it cost, who did not report, and how far the checks can be trusted', async () => {
    const byCall = [{ call: 'ec2:DescribeVolumes', calls: 3, throttled: 0, denied: 0, usd: 0, share: 0.2 }]
    const denied = { ...place, region: 'eu-west-1', missing: 'ec2:DescribeVolumes', resources: null, examples: [] }
    const more = { unknown: [denied], coverage: [coverage(1), coverage(0, { region: 'eu-west-1', looked: 0, passed: 0, complete: false })] }
    await house.findings.ingest(reportOf('run_1', held.clock.now(), [reported('a')], { ...more, cost: { calls: 3, usd: 0.02, byCall } }))
    const times = { startedAt: held.clock.now(), endedAt: held.clock.now() }
    await house.findings.ingest(
      silenceReport('run_2', times, [
        { id: 'ebs', problem: null },
        { id: 'logs', problem: 'timed out' },
      ]),
    )
    const { facts } = await opened('2026-11-23T09:30')
    expect(facts.coverage.holes).toEqual([
      { check: 'ebs-unattached', account: '123456789012', region: 'eu-west-1', missing: 'ec2:DescribeVolumes', resources: null },
    ])
    expect(facts.cost).toEqual({ calls: 3, usd: 0.02, top: { call: 'ec2:DescribeVolumes', share: 0.2 } })
    expect(facts.silent).toMatchObject([{ guardian: 'logs', problem: 'timed out' }])
    // Two days later nobody has heard of the others, either.
    expect((await opened('2026-11-25T12:00')).facts.silent).toMatchObject([{ guardian: 'logs' }, { guardian: 'ebs', problem: null }])
  })

  test('the week is told with its last review: decisions, what was fixed and saved, minutes, who is next', async () => {
    await house.findings.ingest(
      reportOf('run_1', held.clock.now(), [reported('a', { savings: savingsOf(8), owner: 'ben' }), reported('b', { severity: 'low' })]),
    )
    const monday = await opened('2026-11-23T09:30')
    await house.reviews.decide(monday.id, 1, { decision: 'ask' }, actorOf('aki'))
    await opened('2026-11-23T10:00')
    goTo(at('2026-11-24T05:00'))
    await house.findings.ingest(reportOf('run_2', held.clock.now(), [reported('b', { severity: 'low' })]))
    const friday = await opened('2026-11-27T09:30')
    expect(await told('review.digest')).toEqual([])
    goTo(at('2026-11-27T09:42'))
    await house.reviews.decide(friday.id, 1, { decision: 'later' }, actorOf('aki'))
    await tick()
    await tick()
    expect(await told('review.digest')).toHaveLength(1)
    const digest = await house.reviews.digest('2026-W48')
    expect(digest).toMatchObject({
      reviews: 2,
      decisions: { ask: 1, later: 1, mute: 0 },
      carried: 1,
      fixed: 1,
      open: 1,
      savedUsd: 8,
      minutes: 42,
    })
    expect(digest?.next?.people).toHaveLength(3)
  })
})
