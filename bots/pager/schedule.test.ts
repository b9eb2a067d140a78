import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instantOf, localText, parseLocal, weekdayOf } from '../../core/calendar.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import type { ScheduleConfig } from '../../core/catalog/schema-people.ts'
import { dutyAt, gaps, nextHandOff, type Override, spans, wholeSpans } from './schedule.ts'

const scheduleOf = (more: object): ScheduleConfig =>
  configSchema.parse({ schedules: [{ id: 'core', zone: 'Europe/Berlin', ...more }] }).schedules[0] as ScheduleConfig
const weekly = scheduleOf({ layers: [{ people: ['aki', 'ben', 'chi'], start: '2026-03-02T09:00' }] })
const berlin = (text: string) => instantOf(text, 'Europe/Berlin')
const who = (schedule: ScheduleConfig, text: string, extra: Override[] = []) =>
  dutyAt(schedule, instantOf(text, schedule.zone), extra)?.person ?? null
const told = (schedule: ScheduleConfig, from: string, until: string, extra: Override[] = []) =>
  spans(schedule, instantOf(from, schedule.zone), instantOf(until, schedule.zone), extra).map(
    (span) => `${localText(span.from, schedule.zone)} ${span.duty?.person ?? '-'}`,
  )

describe('turns', () => {
  test('go round, from hand-over to hand-over, and begin with the first', () => {
    expect(
      ['2026-03-02T08:59', '2026-03-02T09:00', '2026-03-09T08:59', '2026-03-09T09:00', '2026-03-23T09:00'].map((at) => who(weekly, at)),
    ).toEqual([null, 'aki', 'aki', 'ben', 'aki'])
  })

  test('are counted on the wall: hand-over stays at 09:00 when the clock is put forward or back', () => {
    expect(told(weekly, '2026-03-23T09:00', '2026-04-07T09:00')).toEqual([
      '2026-03-23T09:00 aki',
      '2026-03-30T09:00 ben',
      '2026-04-06T09:00 chi',
    ])
    const [first] = spans(weekly, berlin('2026-03-23T09:00'), berlin('2026-04-07T09:00'))
    expect(((first?.until ?? 0) - (first?.from ?? 0)) / 3_600_000).toBe(7 * 24 - 1)
    expect(told(weekly, '2026-10-19T09:00', '2026-11-03T09:00')).toEqual([
      '2026-10-19T09:00 aki',
      '2026-10-26T09:00 ben',
      '2026-11-02T09:00 chi',
    ])
  })

  test('of hours, over the hour that does not exist and the hour that comes twice', () => {
    const hourly = scheduleOf({ layers: [{ people: ['aki', 'ben', 'chi', 'dan'], turn: { hours: 1 }, start: '2026-03-28T00:00' }] })
    // 02:00 never was: whose turn it would have been loses it.
    expect(told(hourly, '2026-03-29T01:00', '2026-03-29T05:00')).toEqual([
      '2026-03-29T01:00 ben',
      '2026-03-29T03:00 dan',
      '2026-03-29T04:00 aki',
    ])
    const lengths = spans(hourly, berlin('2026-10-25T01:00'), berlin('2026-10-25T05:00')).map(
      (span) => (span.until - span.from) / 3_600_000,
    )
    expect(lengths).toEqual([1, 2, 1, 1])
  })

  test('of half a year, and of days and hours together', () => {
    const long = scheduleOf({ layers: [{ people: ['aki', 'ben'], turn: { days: 1, hours: 12 }, start: '2026-06-01T08:00' }] })
    expect(told(long, '2026-06-01T08:00', '2026-06-05T00:00')).toEqual([
      '2026-06-01T08:00 aki',
      '2026-06-02T20:00 ben',
      '2026-06-04T08:00 aki',
    ])
  })
})

describe('layers', () => {
  const office = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', until: '17:00' }
  const both = scheduleOf({
    layers: [
      { people: ['aki'], start: '2026-01-01T00:00' },
      { people: ['ben'], start: '2026-01-01T00:00', only: [office], until: '2026-11-24T12:00' },
    ],
  })

  test('a later one stands before the earlier ones, within its hours and its life', () => {
    expect(told(both, '2026-11-20T00:00', '2026-11-25T00:00')).toEqual([
      '2026-11-20T00:00 aki',
      '2026-11-20T09:00 ben',
      '2026-11-20T17:00 aki',
      '2026-11-23T09:00 ben',
      '2026-11-23T17:00 aki',
      '2026-11-24T09:00 ben',
      '2026-11-24T12:00 aki',
    ])
  })

  test('hours past midnight', () => {
    const nights = scheduleOf({
      layers: [{ people: ['aki'], start: '2026-01-01T00:00', only: [{ days: ['fri'], from: '22:00', until: '06:00' }] }],
    })
    expect(told(nights, '2026-11-20T12:00', '2026-11-21T12:00')).toEqual([
      '2026-11-20T12:00 -',
      '2026-11-20T22:00 aki',
      '2026-11-21T06:00 -',
    ])
    expect(gaps(nights, berlin('2026-11-20T12:00'), berlin('2026-11-21T12:00'))).toHaveLength(2)
  })
})

describe('overrides', () => {
  const extra = (person: string, from: string, until: string, id = 'ovr_1'): Override => ({
    id,
    person,
    from: berlin(from),
    until: berlin(until),
  })

  test('stand before every layer, the later before the earlier; then it goes on as if nothing had been', () => {
    const configured = { ...weekly, overrides: [{ person: 'dan', from: '2026-03-03T10:00:00+01:00', until: '2026-03-03T18:00:00+01:00' }] }
    expect(told(configured, '2026-03-03T00:00', '2026-03-04T00:00', [extra('eve', '2026-03-03T12:00', '2026-03-03T14:00')])).toEqual([
      '2026-03-03T00:00 aki',
      '2026-03-03T10:00 dan',
      '2026-03-03T12:00 eve',
      '2026-03-03T14:00 dan',
      '2026-03-03T18:00 aki',
    ])
    expect(who(weekly, '2026-02-01T12:00', [extra('eve', '2026-02-01T00:00', '2026-02-02T00:00')])).toBe('eve')
  })
})

describe('the next hand-off', () => {
  test('names when and who', () => {
    expect(nextHandOff(weekly, berlin('2026-03-03T12:00'))).toEqual({ at: berlin('2026-03-09T09:00'), person: 'ben' })
  })
  test('is the first turn before it begins, and nobody at the end', () => {
    expect(nextHandOff(weekly, berlin('2026-02-01T00:00'))).toEqual({ at: berlin('2026-03-02T09:00'), person: 'aki' })
    const ends = scheduleOf({ layers: [{ people: ['aki'], start: '2026-01-01T00:00', until: '2026-06-01T00:00' }] })
    expect(nextHandOff(ends, berlin('2026-05-31T00:00'))).toEqual({ at: berlin('2026-06-01T00:00'), person: null })
  })
  test('does not exist where one person has it for ever', () => {
    expect(nextHandOff(scheduleOf({ layers: [{ people: ['aki'], start: '2026-01-01T00:00' }] }), berlin('2026-05-31T00:00'))).toBeNull()
  })
})

describe('whole turns', () => {
  const whole = (schedule: ScheduleConfig, from: string, until: string) =>
    wholeSpans(schedule, berlin(from), berlin(until)).map(
      (span) => `${localText(span.from, 'Europe/Berlin')} ${localText(span.until, 'Europe/Berlin')}`,
    )
  test('begin and end where they do, wherever one looks from', () => {
    expect(whole(weekly, '2026-03-11T00:00', '2026-03-12T00:00')).toEqual(['2026-03-09T09:00 2026-03-16T09:00'])
  })
  test('that never end begin at the same time for a long while', () => {
    const ever = scheduleOf({ layers: [{ people: ['aki'], start: '2020-01-01T00:00' }] })
    const beginOf = (day: string) => wholeSpans(ever, berlin(day), berlin('2026-12-01'))[0]?.from
    expect(beginOf('2026-03-11')).toBe(beginOf('2026-03-12'))
  })
})

const people = ['aki', 'ben', 'chi', 'dan']
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const timeText = fc.integer({ min: 0, max: 47 }).map((n) => `${String(n >> 1).padStart(2, '0')}:${n % 2 ? '30' : '00'}`)
const layer = fc.record({
  people: fc.array(fc.constantFrom(...people), { minLength: 1, maxLength: 4 }),
  turn: fc.oneof(fc.record({ days: fc.integer({ min: 1, max: 14 }) }), fc.record({ hours: fc.integer({ min: 1, max: 40 }) })),
  start: fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }), timeText)
    .map(([m, d, t]) => `2026-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}T${t}`),
  only: fc.array(fc.record({ days: fc.uniqueArray(fc.constantFrom(...days), { minLength: 1 }), from: timeText, until: timeText }), {
    maxLength: 2,
  }),
})
const anySchedule = fc
  .record({
    zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe'),
    layers: fc.array(layer, { minLength: 1, maxLength: 3 }),
  })
  .map(scheduleOf)
const minute = fc.integer({ min: 0, max: 400 * 24 * 60 }).map((n) => Date.parse('2026-01-01T00:00:00Z') + n * 60_000)
const anyOverride = fc.record({
  id: fc.constantFrom('ovr_1', 'ovr_2'),
  person: fc.constantFrom(...people),
  from: minute,
  hours: fc.integer({ min: 1, max: 200 }),
})
const overrides = fc.array(
  anyOverride.map(({ hours, ...one }) => ({ ...one, until: one.from + hours * 3_600_000 })),
  { maxLength: 3 },
)

describe('whatever the schedule', () => {
  test('its spans follow each other without gap or overlap, and each tells who is on call in it, to the minute', () => {
    fc.assert(
      fc.property(anySchedule, minute, fc.integer({ min: 1, max: 20 * 24 * 60 }), overrides, (schedule, from, minutes, extra) => {
        const until = from + minutes * 60_000
        const found = spans(schedule, from, until, extra)
        expect([found[0]?.from, found.at(-1)?.until]).toEqual([from, until])
        for (const [at, span] of found.entries()) {
          expect(span.until).toBeGreaterThan(span.from)
          if (at > 0) expect(span.from).toBe(found[at - 1]?.until)
          for (const instant of [span.from, span.from + 60_000, Math.floor((span.from + span.until) / 2), span.until - 1])
            if (instant < span.until) expect(dutyAt(schedule, instant, extra)?.person ?? null).toBe(span.duty?.person ?? null)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('each hand-over is where the turn says: on the wall of its zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'),
        fc.integer({ min: 1, max: 10 }),
        minute,
        (zone, turn, from) => {
          const schedule = scheduleOf({ zone, layers: [{ people: ['aki', 'ben'], turn: { days: turn }, start: '2026-01-01T09:00' }] })
          const next = nextHandOff(schedule, from)
          expect(localText(next?.at ?? 0, zone).slice(11)).toBe('09:00')
        },
      ),
      { numRuns: 100 },
    )
  })

  test('the weekday of `only` is that of the zone', () => {
    const schedule = scheduleOf({
      zone: 'Asia/Tokyo',
      layers: [{ people: ['aki'], start: '2026-01-01T00:00', only: [{ days: ['mon'], from: '00:00', until: '00:00' }] }],
    })
    const on = spans(schedule, instantOf('2026-11-01', 'Asia/Tokyo'), instantOf('2026-12-01', 'Asia/Tokyo')).filter(
      ({ duty }) => duty !== null,
    )
    expect(on).toHaveLength(5)
    for (const span of on) expect(weekdayOf(parseLocal(localText(span.from, 'Asia/Tokyo')))).toBe('mon')
  })
})
