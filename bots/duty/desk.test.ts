import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stores, type TestJournal } from '../../test/journals.ts'
import { openDutyDesk } from './desk.ts'
import { daysOf, peopleOfWeek } from './duty.ts'
import { actorOf, catalogOf, dutyOf } from './fixture.ts'
import type { DutyDesk } from './ports.ts'
import { standingAfter } from './weeks.ts'

const at = (time: string) => Date.parse(`${time}+09:00`)
const monday = at('2026-11-23T08:00')

describe('duty', () => {
  let held: TestJournal
  let desk: DutyDesk
  beforeEach(async () => {
    held = await (stores[0] as (typeof stores)[number]).open()
    desk = begin()
  })
  afterEach(() => held.close())

  const begin = (duty: object = {}) => {
    const catalog = catalogOf({ duty })
    return openDutyDesk({ catalog, settings: dutyOf(catalog), journal: held.journal, clock: held.clock })
  }
  const goTo = (time: number) => held.clock.jump(time - held.clock.now())
  const told = async (kind: string) => (await held.journal.events(0, 1_000)).filter((event) => event.kind === kind).map(({ data }) => data)

  test('this week is drawn at the first start, the next one with the last review of this one, each once', async () => {
    goTo(monday)
    await desk.tick()
    await desk.tick()
    const { week, next, nextDrawAt, today } = await desk.now()
    expect(week).toMatchObject({ week: '2026-W48', drawnBy: null })
    expect(today).toEqual(week?.draw.people)
    expect([next, nextDrawAt]).toEqual([null, at('2026-11-27T09:30')])
    goTo(at('2026-11-27T09:29'))
    await desk.tick()
    expect((await desk.now()).next).toBeNull()
    goTo(at('2026-11-27T09:30'))
    await Promise.all([desk.tick(), begin().tick()])
    expect((await desk.now()).next?.week).toBe('2026-W49')
    expect((await told('duty.drawn')).map(({ week }) => week)).toEqual(['2026-W48', '2026-W49'])
  })

  test('after weeks without a controller the week it is now is drawn, from what was served before', async () => {
    goTo(monday)
    await desk.tick()
    goTo(at('2026-12-16T12:00'))
    await desk.tick()
    const { week } = await desk.now()
    expect(week?.week).toBe('2026-W51')
    const counted = new Map(week?.draw.candidates.map(({ person, shifts }) => [person, shifts]))
    const [first] = (await desk.weeks(10)).toReversed()
    for (const person of peopleOfWeek(first as never)) expect(counted.get(person)).toBe(5)
  })

  test('a week that begins in its middle counts only what is left of it; one that is over is drawn no more', async () => {
    goTo(at('2026-11-25T12:00'))
    await desk.tick()
    const { week, today } = await desk.now()
    expect(week?.roster.map(({ day }) => day)).toEqual(['2026-11-25', '2026-11-26', '2026-11-27'])
    expect(standingAfter(week).get(today[0] as string)).toEqual({ shifts: 3, weeks: 1 })
    goTo(at('2026-12-12T12:00'))
    await desk.tick()
    const later = await desk.now()
    expect([later.week, later.next?.week]).toEqual([null, '2026-W51'])
  })

  test('a week that is not drawn yet is told as it would be; by hand it can be drawn before its hour, once', async () => {
    goTo(monday)
    await desk.tick()
    const { kept, draw } = await desk.week('2026-W49')
    expect([kept, draw.people.length]).toEqual([null, 3])
    const made = await desk.draw('2026-W49', actorOf('ben'))
    expect(made.draw.people).toEqual(draw.people)
    expect(await desk.draw('2026-W49', actorOf('aki'))).toEqual(made)
    await expect(desk.draw('2026-W52', actorOf('ben'))).rejects.toMatchObject({ code: 'refused' })
    await expect(desk.week('2026-W77')).rejects.toMatchObject({ code: 'bad-request' })
  })

  test('a swap needs the word of both; what is served counts for who was there', async () => {
    goTo(monday)
    await desk.tick()
    const { week } = await desk.now()
    const [from = ''] = week?.draw.people ?? []
    const to = catalogOf().config.people.find(({ id }) => !week?.draw.people.includes(id))?.id as string
    goTo(at('2026-11-24T08:00'))
    const swap = await desk.askSwap({ to }, actorOf(from))
    expect(swap).toMatchObject({ status: 'asked', days: ['2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'] })
    expect((await desk.now()).today).toContain(from)
    await expect(desk.answerSwap(swap.id, 'accept', actorOf(from))).rejects.toMatchObject({ code: 'forbidden' })
    expect(await desk.answerSwap(swap.id, 'accept', actorOf(to))).toMatchObject({ status: 'swapped' })
    const after = (await desk.now()).week as NonNullable<typeof week>
    expect([daysOf(after, from), daysOf(after, to).length]).toEqual([['2026-11-23'], 4])
    expect([standingAfter(after).get(from)?.shifts, standingAfter(after).get(to)?.shifts]).toEqual([1, 4])
    await expect(desk.answerSwap(swap.id, 'decline', actorOf(to))).rejects.toMatchObject({ code: 'refused' })
    expect(await told('duty.swap-ended')).toMatchObject([{ status: 'swapped', from: { id: from }, to: { id: to } }])
  })

  test('of two who ask the same person one gets a yes; days that have passed meanwhile stay as they were', async () => {
    goTo(monday)
    await desk.tick()
    const { week } = await desk.now()
    const [first = '', second = ''] = week?.draw.people ?? []
    const to = catalogOf().config.people.find(({ id }) => !week?.draw.people.includes(id))?.id as string
    const one = await desk.askSwap({ to }, actorOf(first))
    const two = await desk.askSwap({ to }, actorOf(second))
    goTo(at('2026-11-25T08:00'))
    expect(await desk.answerSwap(one.id, 'accept', actorOf(to))).toMatchObject({ days: ['2026-11-25', '2026-11-26', '2026-11-27'] })
    await expect(desk.answerSwap(two.id, 'accept', actorOf(to))).rejects.toThrow(/changed meanwhile/)
    const after = (await desk.now()).week as NonNullable<typeof week>
    expect([daysOf(after, first).length, daysOf(after, second).length, daysOf(after, to).length]).toEqual([2, 5, 3])
  })

  test('a swap that nobody answers ends with its days; nobody is asked who is on duty or away', async () => {
    goTo(monday)
    await desk.tick()
    const { week } = await desk.now()
    const [from = '', other = ''] = week?.draw.people ?? []
    const [free = '', away = ''] = catalogOf().config.people.flatMap(({ id }) => (week?.draw.people.includes(id) ? [] : [id]))
    await expect(desk.askSwap({ to: other }, actorOf(from))).rejects.toMatchObject({ code: 'refused' })
    await desk.absent({ from: '2026-11-25', until: '2026-11-25' }, actorOf(away))
    await expect(desk.askSwap({ to: away }, actorOf(from))).rejects.toMatchObject({ code: 'refused' })
    await expect(desk.askSwap({ to: free }, actorOf(away))).rejects.toMatchObject({ code: 'refused' })
    await desk.askSwap({ to: free }, actorOf(from))
    goTo(at('2026-11-28T00:01'))
    await desk.tick()
    expect(await told('duty.swap-ended')).toMatchObject([{ status: 'expired' }])
  })

  test('who falls ill is replaced for these days at once, by somebody who is free; the draw is told', async () => {
    goTo(monday)
    await desk.tick()
    const before = (await desk.now()).week
    const [ill = ''] = before?.draw.people ?? []
    goTo(at('2026-11-25T07:00'))
    await desk.absent({ from: '2026-11-25', until: '2026-11-26', reason: 'a cold' }, actorOf(ill))
    const { week, today } = await desk.now()
    const by = week?.replacements[0]?.by as string
    expect(before?.draw.people).not.toContain(by)
    expect(today).toContain(by)
    expect([daysOf(week as never, ill), daysOf(week as never, by)]).toEqual([
      ['2026-11-23', '2026-11-24', '2026-11-27'],
      ['2026-11-25', '2026-11-26'],
    ])
    expect(week?.draw).toEqual(before?.draw)
    expect(await told('duty.replaced')).toMatchObject([{ person: { id: ill }, in: { id: by }, days: ['2026-11-25', '2026-11-26'] }])
    // Said twice is said once.
    await desk.absent({ from: '2026-11-25', until: '2026-11-26' }, actorOf(ill))
    expect(await told('duty.absent')).toHaveLength(1)
  })

  test('absences that the configuration learns after the draw count as well', async () => {
    goTo(monday)
    await desk.tick()
    const [gone = ''] = (await desk.now()).today
    desk = begin({ absences: [{ person: gone, from: '2026-11-20', until: '2026-11-24' }] })
    await desk.tick()
    await desk.tick()
    const { week } = await desk.now()
    expect(daysOf(week as never, gone)).toEqual(['2026-11-25', '2026-11-26', '2026-11-27'])
    expect(week?.replacements).toMatchObject([{ person: gone, days: ['2026-11-23', '2026-11-24'] }])
    expect(await told('duty.replaced')).toHaveLength(1)
  })

  test('with nobody left the place stays empty, and that is told', async () => {
    desk = begin({ people: ['aki', 'ben', 'chika'] })
    goTo(monday)
    await desk.tick()
    await desk.absent({ person: 'ben', from: '2026-11-23', until: '2026-11-27' }, actorOf('aki', { rank: 'approver' }))
    expect((await desk.now()).today).toHaveLength(2)
    expect(await told('duty.replaced')).toMatchObject([{ in: null }])
  })

  test('only oneself or an approver says that somebody is away; what is taken back counts no more', async () => {
    goTo(monday)
    await desk.tick()
    const input = { person: 'ben', from: '2026-11-30', until: '2026-12-04' }
    await expect(desk.absent(input, actorOf('aki'))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(desk.absent({ from: '2026-11-30', until: '2026-11-29' }, actorOf('ben'))).rejects.toMatchObject({ code: 'bad-request' })
    const absence = await desk.absent(input, actorOf('ben'))
    const outOf = async () => (await desk.week('2026-W49')).draw.candidates.find(({ person }) => person === 'ben')?.out
    expect(await outOf()).toEqual({ why: 'away', days: 5, of: 5 })
    await desk.present(absence.id, actorOf('ben'))
    expect((await outOf())?.why).not.toBe('away')
    expect((await desk.now()).absences).toEqual([])
  })
})
