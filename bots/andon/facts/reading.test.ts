import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readingInput } from '../facts-input.ts'
import { readingOf } from './reading.ts'

const now = Date.UTC(2026, 10, 20, 1, 32)
const meter = { id: 'lines', title: 'Lines without packets' }
const read = (answer: unknown) => readingOf(answer, meter, now)

describe('a reading', () => {
  test('is the object that the documents show', () => {
    expect(
      read({
        count: 1_240,
        of: 52_000,
        segments: [
          { name: 'bronze', count: 40, owner: null },
          { name: 'gold', count: 1_200, owner: 'aki' },
        ],
        confidence: 'high',
        asOf: '2026-11-20T10:30:00+09:00',
      }),
    ).toEqual({
      meter: 'lines',
      title: 'Lines without packets',
      at: now,
      count: 1_240,
      of: 52_000,
      segments: [
        { name: 'gold', count: 1_200, owner: 'aki' },
        { name: 'bronze', count: 40, owner: null },
      ],
      confidence: 'high',
      asOf: Date.UTC(2026, 10, 20, 1, 30),
      problem: null,
    })
  })

  test.each<[string, unknown, object]>([
    ['a number', 7, { count: 7, of: null, confidence: 'medium', asOf: null }],
    ['text with a number', { COUNT: ' 52,000 ', Of: '60000' }, { count: 52_000, of: 60_000 }],
    ['one row', [{ count: 0, of: 9 }], { count: 0, of: 9, segments: [] }],
    ['a row for each segment', rowsOf(9, 9), { count: 5, of: 9, segments: [{ name: 'gold', count: 3, owner: 'aki' }, bronze()] }],
    ['wholes of their own', rowsOf(6, 9), { count: 5, of: 15 }],
    ['a whole that is not known for all', rowsOf(6, null), { count: 5, of: null }],
    ['one segment', [{ Segment: 'gold', count: 3 }], { count: 3, segments: [{ name: 'gold', count: 3, owner: null }] }],
    ['segments as text', { count: 2, segments: '[{"name":"gold","count":2}]' }, { segments: [{ name: 'gold', count: 2, owner: null }] }],
    ['segments without a sum', { segments: [bronze(), bronze()] }, { count: 4, segments: [{ ...bronze(), count: 4 }] }],
    ['the time of SQLite', { count: 1, as_of: '2026-11-20 01:30:00' }, { asOf: Date.UTC(2026, 10, 20, 1, 30) }],
    ['seconds', { count: 1, asOf: now / 1_000 - 60 }, { asOf: now - 60_000 }],
    ['milliseconds of a clock that is ahead a little', { count: 1, asOf: now + 30_000 }, { asOf: now }],
    [
      'the lowest confidence of all rows',
      [
        { ...bronze(), confidence: 'LOW' },
        { name: 'gold', count: 1 },
      ],
      { confidence: 'low' },
    ],
  ])('may be %s', (_, answer, wanted) => {
    expect(read(answer)).toMatchObject({ ...wanted, problem: null })
  })

  test.each<[unknown, string]>([
    [null, 'no count'],
    [{}, 'no count'],
    ['many', 'its count is no whole number'],
    [{ count: -1 }, 'its count is no whole number'],
    [{ count: 1.5 }, 'its count is no whole number'],
    [{ count: '1.240' }, 'its count is no whole number'],
    [{ count: 2e12 }, 'its count is no whole number'],
    [[{ name: 'gold', count: 1e12 }, bronze()], 'more than there can be'],
    [{ count: 10, of: 9 }, 'counts 10 of 9'],
    [{ count: 1, of: 'all' }, 'its of is no whole number'],
    [{ count: 3, segments: [{ name: 'gold', count: 4 }] }, 'gold counts 4, more than the 3 of all'],
    [{ count: 3, segments: [{ count: 3 }] }, 'a segment has no name'],
    [{ count: 3, segments: [{ name: 'gold' }] }, 'gold has no count'],
    [{ count: 3, segments: 'gold' }, 'no list'],
    [[], 'no rows'],
    [[{ count: 1 }, { count: 2 }], 'no name'],
    [{ count: 1, confidence: 'quite' }, 'confidence'],
    [{ count: 1, asOf: '2026-11-20T10:30:00' }, 'no time with an offset'],
    [{ count: 1, asOf: 'yesterday' }, 'no time with an offset'],
    [{ count: 1, asOf: now + 3_600_000 }, 'lies ahead'],
  ])('of %j counts nothing, and says why', (answer, problem) => {
    expect(read(answer)).toMatchObject({ count: null, of: null, segments: [], asOf: null, problem: expect.stringContaining(problem) })
  })

  test('never tells a secret, nor more than 50 segments', () => {
    expect(read({ count: 1, segments: [{ name: 'token=abcdefgh', owner: 'password: hunter2' }] }).problem).not.toMatch(/abcdefgh|hunter2/)
    const many = Array.from({ length: 80 }, (_, n) => ({ name: `s${n}`, count: n }))
    const { segments, count } = read(many)
    expect([segments.length, segments[0]?.name, count]).toEqual([50, 's79', 3_160])
  })

  test('is what the command takes, whatever was answered; a problem and a count exclude each other', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record({ count: fc.anything(), of: fc.anything(), segments: fc.anything(), asOf: fc.anything() }, { requiredKeys: [] }),
      fc.array(fc.record({ name: fc.string(), count: fc.integer(), of: fc.integer(), owner: fc.string() }, { requiredKeys: [] })),
    )
    fc.assert(
      fc.property(anything, (answer) => {
        const json = JSON.parse(JSON.stringify(answer) ?? 'null')
        const reading = read(json)
        expect(readingInput.parse(reading)).toEqual(reading)
        expect(reading.count === null).toBe(reading.problem !== null)
      }),
      { numRuns: 300 },
    )
  })
})

function bronze() {
  return { name: 'bronze', count: 2, owner: null }
}

function rowsOf(gold: number, of: number | null) {
  return [
    { ...bronze(), of },
    { name: 'gold', count: 3, owner: 'aki', of: gold },
  ]
}
