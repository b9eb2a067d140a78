import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Andon } from './andon.ts'
import { aki, andonOf, ben, minute, second, t0 } from './fixture.ts'
import { measure, measuresOf, spread } from './measures.ts'

const by = { id: ben.id, name: ben.name }
const over = (id: string, afterMs: number, more: Partial<Andon> = {}, end: object = {}): Andon =>
  andonOf({
    id,
    state: { status: 'resolved', at: t0 + afterMs, by, how: 'x', cause: null, mergedInto: null, falseAlarm: false, ...end },
    marks: { human: t0 + 20 * second, lead: t0 + minute, red: null, room: t0 + second, resolved: t0 + afterMs },
    ...more,
  })

describe('an andon', () => {
  it('is measured from its pull', () => {
    expect(measure(over('a', 10 * minute))).toMatchObject({
      humanMs: 20_000,
      leadMs: 60_000,
      redMs: null,
      roomMs: 1_000,
      resolveMs: 600_000,
    })
  })

  it('that goes on has no end, and one that was reopened ended at its last end', () => {
    expect(measure(andonOf()).resolveMs).toBeNull()
    const reopened = over('a', 30 * minute)
    expect(measure({ ...reopened, marks: { ...reopened.marks, resolved: t0 + minute } }).resolveMs).toBe(30 * minute)
  })
})

describe('all of them', () => {
  const polaris = { component: { id: 'polaris', by: 'words' as const }, failure: 'failing' }
  const all = measuresOf([
    over('a', 10 * minute, polaris),
    over('b', 20 * minute, { ...polaris, pulledAt: t0 + 1, thanks: [{ by, to: 'Aki', at: t0 }] }),
    over('c', 60 * minute, {}, { falseAlarm: true }),
    andonOf({
      id: 'd',
      reporters: [
        { person: aki, text: 'x', via: 'cli', at: t0 },
        { person: by, text: 'x', via: 'slack', at: t0 },
      ],
    }),
    over('drill', 1, { drill: { scenario: 's' }, ...polaris }),
    over('merged', 1, polaris, { mergedInto: 'a' }),
  ])

  it('leaves out practice on purpose and what was merged; drills stand apart', () => {
    expect(all).toMatchObject({ andons: 4, open: 1, drills: { andons: 1, spans: { resolve: { count: 1, medianMs: 1 } } } })
    expect(all.spans.resolve).toEqual({ count: 3, medianMs: 20 * minute - 1, p90Ms: 60 * minute })
  })

  it('counts a pull for nothing as practice', () => expect(all.practice).toBe(1))

  it('counts who pulled, and how', () => {
    expect(all.people.map(({ person, pulls }) => [person.id, pulls])).toEqual([
      ['aki', 4],
      ['ben', 1],
    ])
    expect(all.surfaces).toEqual([
      { via: 'slack', pulls: 4 },
      { via: 'cli', pulls: 1 },
    ])
  })

  it('counts thanks, and what came again', () => {
    expect(all.thanks).toBe(1)
    expect(all.recurring).toEqual([{ topic: 'polaris/failing', count: 2, last: 'b' }])
  })

  it('of nothing is nothing', () => {
    expect(measuresOf([])).toMatchObject({ andons: 0, spans: { human: { count: 0, medianMs: null, p90Ms: null } }, recurring: [] })
  })
})

describe('a spread', () => {
  it('names figures that happened: half of them are not above the median, nine of ten not above the p90', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 50 }), (values) => {
        const { medianMs, p90Ms, count } = spread(values)
        const share = (limit: number | null) => values.filter((value) => value <= (limit as number)).length / count
        expect(values).toContain(medianMs)
        expect(values).toContain(p90Ms)
        expect(share(medianMs)).toBeGreaterThanOrEqual(0.5)
        expect(share(p90Ms)).toBeGreaterThanOrEqual(0.9)
      }),
    )
  })
})
