import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stores, type TestJournal } from '../../test/journals.ts'
import type { Journal } from './journal.ts'

describe.each(stores)('the outbox of chats on $name', (store) => {
  let held: TestJournal
  let journal: Journal
  beforeEach(async () => {
    held = await store.open()
    journal = held.journal
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  const say = (dedupe: string, lane: string, replaces?: string) =>
    journal.post({ channel: 'slack', lane, replaces, dedupe, incident: null, payload: { andon: 'and_1' } })
  const waiting = async (lane: string) => (await journal.lane('slack', lane, 10)).map(({ dedupe }) => dedupe)

  test('keeps the order of each lane, and names the lanes that have something to send', async () => {
    for (const [dedupe, lane] of [
      ['1', 'b'],
      ['2', 'a'],
      ['3', 'b'],
    ] as const)
      await say(dedupe, lane)
    expect(await journal.lanes('slack', 10)).toEqual([
      { lane: 'b', waiting: 2 },
      { lane: 'a', waiting: 1 },
    ])
    expect(await waiting('b')).toEqual(['1', '3'])
    expect(await journal.due(10)).toEqual([])
    const [first] = await journal.lane('slack', 'b', 1)
    await journal.settle(first?.id as number, { sent: true, refs: { 'slack:line/1': 'C1/2' } })
    expect(await waiting('b')).toEqual(['3'])
    expect(await journal.reference('slack:line/1')).toBe('C1/2')
    expect(await journal.referring('C1/2')).toEqual(['slack:line/1'])
  })

  test('what only tells the newest state is sent once, unless it was tried already', async () => {
    await say('card 1', 'a', 'card')
    await say('line', 'a')
    await say('card 2', 'a', 'card')
    expect(await waiting('a')).toEqual(['line', 'card 2'])
    const [, card] = await journal.lane('slack', 'a', 10)
    await journal.settle(card?.id as number, { sent: false, problem: 'away', nextAt: held.clock.now() + 10 })
    await say('card 3', 'a', 'card')
    expect(await waiting('a')).toEqual(['line', 'card 2', 'card 3'])
  })

  test('what never can be sent is told on the timeline, and holds up nothing', async () => {
    await say('1', 'a')
    await say('2', 'a')
    const [first] = await journal.lane('slack', 'a', 1)
    await journal.settle(first?.id as number, { sent: false, problem: 'channel_not_found', givenUp: true })
    expect(await waiting('a')).toEqual(['2'])
    expect(await journal.events(0, 10, { andon: 'and_1' })).toMatchObject([
      { kind: 'delivery.failed', data: { dedupe: '1', problem: 'channel_not_found' } },
    ])
  })

  test('a subscriber moves on with what it made of the events, all at once', async () => {
    await journal.relay('slack', 7, [
      { channel: 'slack', lane: 'a', dedupe: 'x', incident: null, payload: {} },
      { channel: 'slack', lane: 'a', dedupe: 'x', incident: null, payload: {} },
    ])
    expect([await journal.cursor('slack'), await waiting('a')]).toEqual([7, ['x']])
  })

  test('a subscriber that could not write what it made stays where it was', async () => {
    const good = { channel: 'slack', lane: 'a', dedupe: 'good', incident: null, payload: {} } as const
    const bad = { ...good, dedupe: 'bad', payload: { n: 1n as unknown as number } }
    await expect(journal.relay('slack', 7, [good, bad])).rejects.toThrow()
    expect([await journal.cursor('slack'), await waiting('a')]).toEqual([null, []])
  })

  test('what came in once does not count again, until a day later', async () => {
    expect([await journal.firstSeen('e1'), await journal.firstSeen('e1'), await journal.firstSeen('e2')]).toEqual([true, false, true])
    await held.clock.advance(90_000_000)
    expect(await journal.firstSeen('e3')).toBe(true)
    expect(await journal.firstSeen('e1')).toBe(true)
  })
})
