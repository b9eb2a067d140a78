import { describe, expect, it } from 'vitest'
import type { RangeReading } from './andon.ts'
import { customersOf, latestReadings, ownersToInvite, rangeSentence, segmentNamed } from './customers.ts'

const at = Date.UTC(2026, 10, 20, 1, 32)
const reading = (more: Partial<RangeReading> = {}): RangeReading => ({
  meter: 'sessions',
  title: 'Sessions',
  at,
  count: 1_240,
  of: 52_000,
  segments: [
    { name: 'Logistics', count: 810, owner: 'emi' },
    { name: 'Point of sale', count: 430, owner: 'emi' },
  ],
  confidence: 'medium',
  asOf: at,
  problem: null,
  ...more,
})
const emi = { id: 'emi', name: 'Emi' }
const zone = 'Asia/Tokyo'

describe('the range of customers', () => {
  it('is the newest reading of each meter, the widest first', () => {
    const all = [
      reading({ at: 1, count: 9_999 }),
      reading(),
      reading({ meter: 'calls', count: 2_000 }),
      reading({ meter: 'dead', count: null }),
    ]
    expect(latestReadings(all).map(({ meter, count }) => [meter, count])).toEqual([
      ['calls', 2_000],
      ['sessions', 1_240],
      ['dead', null],
    ])
  })

  it('does not add up what two meters count, and knows who was told', () => {
    const ranges = [reading(), reading({ meter: 'calls', segments: [{ name: 'logistics', count: 900, owner: null }] })]
    const told = [
      { segment: 'LOGISTICS', by: emi, at },
      { segment: 'Partners', by: emi, at },
    ]
    const { segments, told: n } = customersOf({ ranges, told })
    expect(segments.map(({ name, count, told }) => [name, count, told !== null])).toEqual([
      ['Logistics', 900, true],
      ['Point of sale', 430, false],
      ['Partners', 0, true],
    ])
    expect(n).toBe(2)
    expect(segmentNamed({ ranges, told }, ' logistics')).toBe('Logistics')
  })

  it('names the account owners who are people, each once', () => {
    const ranges = [reading({ segments: [...reading().segments, { name: 'x', count: 1, owner: 'gone' }] })]
    expect(ownersToInvite({ ranges, told: [] }, (ref) => (ref === 'emi' ? emi : null))).toEqual([emi])
  })

  it.each([
    [
      [reading()],
      'about 1,240 of 52,000 lines in 2 segments, medium confidence, as of 10:32',
      '52,000回線中 約1,240回線、2セグメント、確度 中、10:32時点',
    ],
    [
      [reading({ count: 1, of: null, segments: [], confidence: 'high' })],
      '1 line, high confidence, as of 10:32',
      '1回線、確度 高、10:32時点',
    ],
    [[reading({ count: null, problem: 'no answer' })], 'the number of lines is not known (no answer)', '影響回線数は不明です(no answer)'],
    [[], null, null],
  ])('is one sentence for an update: %#', (ranges, en, ja) => {
    expect(rangeSentence({ ranges }, 'en', { zone })).toBe(en)
    expect(rangeSentence({ ranges }, 'ja', { zone })).toBe(ja)
  })

  it('names the meters when there are several, and leaves out those that know nothing', () => {
    const ranges = [
      reading({ segments: [] }),
      reading({ meter: 'calls', title: 'Calls', count: 7, of: null, segments: [] }),
      reading({ meter: 'x', count: null }),
    ]
    expect(rangeSentence({ ranges }, 'en', { zone })).toBe(
      'Sessions: about 1,240 of 52,000 lines, medium confidence, as of 10:32; Calls: about 7 lines, medium confidence, as of 10:32',
    )
  })
})
