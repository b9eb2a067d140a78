import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dutySchema } from '../../core/catalog/schema-guardians.ts'
import { type Absence, type Draw, type DrawInput, draw, numberOf, type Standing } from './draw.ts'
import { drawAt, mondayOfWeek, weekAfter, weekOfDay, workingDays } from './week.ts'

const names = ['aki', 'ben', 'chika', 'dan', 'emi', 'fumi', 'gen', 'hana']
const settingsOf = (more: object = {}) => dutySchema.parse({ people: names, zone: 'Asia/Tokyo', ...more })
const inputOf = ({ settings = {}, ...more }: Partial<Omit<DrawInput, 'settings'>> & { settings?: object } = {}): DrawInput => ({
  week: '2026-W48',
  settings: settingsOf(settings),
  absences: [],
  standing: new Map(),
  lastWeek: [],
  zones: new Map(),
  ...more,
})
const outOf = (drawn: Draw, person: string) => drawn.candidates.find((one) => one.person === person)?.out

describe('weeks', () => {
  test('are those of ISO 8601, over the end of the year', () => {
    expect(['2026-11-21', '2027-01-01', '2027-01-03', '2027-01-04', '2024-12-30'].map(weekOfDay)).toEqual([
      '2026-W47',
      '2026-W53',
      '2026-W53',
      '2027-W01',
      '2025-W01',
    ])
    expect(weekAfter('2026-W53')).toBe('2027-W01')
    expect(() => mondayOfWeek('2025-W53')).toThrow(/no week/)
    expect(() => mondayOfWeek('2026-W00')).toThrow(/no week/)
  })

  test('are drawn with the last review of the week before, before a holiday if that is one', () => {
    const settings = settingsOf({ holidays: ['2026-11-27', '2026-11-23'] })
    expect(workingDays('2026-W48', settings)).toEqual(['2026-11-24', '2026-11-25', '2026-11-26'])
    expect(drawAt('2026-W49', settings)).toBe(Date.parse('2026-11-26T09:30+09:00'))
  })
})

describe('a draw', () => {
  test('can be repeated by anybody with the seed and the week', () => {
    const drawn = draw(inputOf())
    expect(draw(inputOf())).toEqual(drawn)
    expect(drawn.people).toHaveLength(3)
    expect(drawn.candidates.map(({ person }) => person).toSorted()).toEqual(names)
    for (const { person, number } of drawn.candidates) expect(number).toBe(numberOf(`jidoka/2026-W48/${person}`))
    expect(draw(inputOf({ week: '2026-W49' })).people).not.toEqual(drawn.people)
    expect(draw(inputOf({ settings: { seed: 'other' } })).people).not.toEqual(drawn.people)
  })

  test('the number of a person is the hash that a shell prints', () => {
    // printf %s jidoka/2026-W48/aki | sha256sum
    expect(
      Math.floor(numberOf('jidoka/2026-W48/aki') * 2 ** 48)
        .toString(16)
        .padStart(12, '0'),
    ).toBe('32552bcec7cb')
  })

  test('leaves out who is away for more than half of the working days, and says so', () => {
    const absences = [
      { person: 'aki', from: '2026-11-25', until: '2026-11-27' },
      { person: 'ben', from: '2026-11-26', until: '2026-12-04' },
    ]
    const drawn = draw(inputOf({ absences, settings: { people: ['aki', 'ben', 'chika', 'dan'] } }))
    expect(outOf(drawn, 'aki')).toEqual({ why: 'away', days: 3, of: 5 })
    expect(outOf(drawn, 'ben')).toBeNull()
    expect(drawn.people.toSorted()).toEqual(['ben', 'chika', 'dan'])
    // Of three working days, two are more than half.
    const short = draw(inputOf({ absences, settings: { holidays: ['2026-11-23', '2026-11-24'] } }))
    expect(outOf(short, 'ben')).toEqual({ why: 'away', days: 2, of: 3 })
  })

  test('leaves out who would have the review at night', () => {
    const drawn = draw(
      inputOf({
        zones: new Map([
          ['dan', 'Europe/Berlin'],
          ['emi', 'Australia/Sydney'],
        ]),
      }),
    )
    expect(outOf(drawn, 'dan')).toEqual({ why: 'zone', zone: 'Europe/Berlin', time: '01:30' })
    expect(outOf(drawn, 'emi')).toBeNull()
  })

  test('with too few people draws what there is, the ones who wait first, and never somebody who is away', () => {
    const settings = { people: ['aki', 'ben', 'chika'] }
    const absences = [{ person: 'chika', from: '2026-11-01', until: '2026-12-31' }]
    const drawn = draw(inputOf({ settings, absences, lastWeek: ['aki'] }))
    expect(drawn.people.toSorted()).toEqual(['aki', 'ben'])
    expect(drawn.missing).toBe(1)
    expect(drawn.candidates.find(({ person }) => person === 'aki')).toMatchObject({ out: { why: 'twice-running' }, drawn: 'filled' })
  })

  test('of nobody, or of a week of holidays, is empty', () => {
    expect(draw(inputOf({ settings: { people: [] } }))).toMatchObject({ people: [], missing: 3 })
    const holidays = ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27']
    expect(draw(inputOf({ settings: { holidays } }))).toMatchObject({ people: [], days: [], size: 0, missing: 0 })
  })

  test('takes a newcomer as long as there are some, but not newcomers alone', () => {
    const newcomers = ['fumi', 'gen', 'hana']
    for (let week = '2026-W01', n = 0; n < 30; n++, week = weekAfter(week)) {
      const { people } = draw(inputOf({ week, settings: { newcomers } }))
      expect(people.some((person) => newcomers.includes(person))).toBe(true)
      expect(people.some((person) => !newcomers.includes(person))).toBe(true)
    }
    const three = new Map(newcomers.map((person) => [person, { shifts: 15, weeks: 3 }]))
    expect(draw(inputOf({ standing: three, settings: { newcomers } })).candidates.some(({ newcomer }) => newcomer)).toBe(false)
  })

  test('asks nobody to make up for a year away: they count as two weeks behind the middle', () => {
    const standing = new Map(names.map((person) => [person, { shifts: person === 'aki' ? 0 : 100, weeks: 20 }]))
    const drawn = draw(inputOf({ standing }))
    expect(drawn.candidates.find(({ person }) => person === 'aki')).toMatchObject({ shifts: 90, credited: 90 })
  })

  test('instead of somebody takes other people, for these days alone', () => {
    const drawn = draw(inputOf({ instead: { days: ['2026-11-26', '2026-11-27'], size: 1, without: ['aki', 'ben'], times: 1 } }))
    expect(drawn.people).toHaveLength(1)
    expect(drawn.candidates.map(({ person }) => person)).not.toContain('aki')
    expect(drawn.days).toEqual(['2026-11-26', '2026-11-27'])
  })
})

/** Plays weeks as the desk does, nobody swaps. */
function play(weeks: number, settings: object, absencesOf: (week: string) => Absence[] = () => []) {
  const standing = new Map<string, Standing>()
  const all: Draw[] = []
  let lastWeek: string[] = []
  for (let week = '2026-W01', n = 0; n < weeks; n++, week = weekAfter(week)) {
    const drawn = draw(inputOf({ week, standing, lastWeek, settings, absences: absencesOf(week) }))
    for (const { person, shifts, weeks: served } of drawn.candidates) {
      const on = drawn.people.includes(person)
      standing.set(person, { shifts: shifts + (on ? drawn.days.length : 0), weeks: served + (on ? 1 : 0) })
    }
    lastWeek = drawn.people
    all.push(drawn)
  }
  return { all, standing }
}

describe('over 200 weeks', () => {
  const pools = fc.record({ people: fc.integer({ min: 7, max: 20 }), seed: fc.string({ minLength: 1, maxLength: 8 }) })
  const namesOf = (n: number) => Array.from({ length: n }, (_, i) => `p${i}`)

  test('shifts served stay together, and nobody is on duty twice running', () => {
    fc.assert(
      fc.property(pools, ({ people, seed }) => {
        const { all, standing } = play(200, { people: namesOf(people), seed })
        const shifts = [...standing.values()].map((one) => one.shifts)
        expect(Math.max(...shifts) - Math.min(...shifts)).toBeLessThanOrEqual(20)
        for (const [i, { people: drawn }] of all.entries()) {
          expect(new Set(drawn).size).toBe(3)
          expect(drawn.filter((person) => all[i - 1]?.people.includes(person))).toEqual([])
        }
      }),
      { numRuns: 15, seed: 7 },
    )
  })

  test('with holidays and weekends off nobody is passed over', () => {
    // A daily rotation of 14 people, weekends off, never reached four of them (goalert#55).
    const { standing } = play(200, { people: namesOf(14), size: 1, holidays: ['2026-01-01', '2026-05-04', '2027-01-01'] })
    expect(Math.min(...[...standing.values()].map(({ weeks }) => weeks))).toBeGreaterThan(10)
  })

  test('absences move shifts to others, and are made up for later, a bit', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 199 }), fc.integer({ min: 0, max: 9 })), { maxLength: 150 }), (away) => {
        const people = namesOf(10)
        const weeks = new Map<string, string[]>()
        for (const [at, who] of away) weeks.set(weekAfter('2026-W01', at), [...(weeks.get(weekAfter('2026-W01', at)) ?? []), `p${who}`])
        const absencesOf = (week: string) => {
          const [from = '', until = from] = [workingDays(week, settingsOf())[0], workingDays(week, settingsOf()).at(-1)]
          return (weeks.get(week) ?? []).map((person) => ({ person, from, until }))
        }
        const { all, standing } = play(200, { people }, absencesOf)
        for (const { week, people: drawn } of all) expect(drawn.filter((person) => weeks.get(week)?.includes(person))).toEqual([])
        const shifts = [...standing.values()].map((one) => one.shifts)
        expect(Math.max(...shifts) - Math.min(...shifts)).toBeLessThanOrEqual(25)
      }),
      { numRuns: 10, seed: 11 },
    )
  })
})
