import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  dayMs,
  dayOf,
  formatTime,
  hourMs,
  instantOf,
  type LocalHours,
  localOf,
  localText,
  nextWithinHours,
  parseLocal,
  parseTime,
  utcStamp,
  weekdayOf,
  windowsOf,
  withinHours,
  zonedOf,
} from './calendar.ts'

const utc = (text: string) => Date.parse(text)
const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Apia', 'UTC']

describe('a local time as an instant', () => {
  test.each([
    ['Asia/Tokyo', '2026-11-02T09:00', '2026-11-02T00:00:00Z'],
    ['Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59:00Z'],
    // Put forward at 02:00: what does not exist is the end of the gap.
    ['Europe/Berlin', '2026-03-29T02:00', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-03-29T02:30', '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00:00Z'],
    ['America/New_York', '2026-03-08T02:15', '2026-03-08T07:00:00Z'],
    // Put back at 03:00: the first of two.
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', '2026-10-25T03:00', '2026-10-25T02:00:00Z'],
    ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00Z'],
    // By half an hour.
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:30:00Z'],
    ['Australia/Lord_Howe', '2026-10-04T02:30', '2026-10-03T15:30:00Z'],
    ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00Z'],
    // A whole day that never was.
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T10:00:00Z'],
  ])('%s %s is %s', (zone, local, instant) => expect(new Date(instantOf(local, zone)).toISOString()).toBe(new Date(instant).toISOString()))

  test('a later local time never comes before an earlier one, and what the wall shows leads back', () => {
    const minute = fc.integer({ min: 0, max: 366 * 24 * 60 }).map((n) => utc('2026-01-01T00:00:00Z') + n * 60_000)
    fc.assert(
      fc.property(fc.constantFrom(...zones), minute, fc.integer({ min: 0, max: 300 }), (zone, local, more) => {
        const instant = instantOf(local, zone)
        expect(instantOf(local + more * 60_000, zone)).toBeGreaterThanOrEqual(instant)
        expect(localOf(instant, zone)).toBeGreaterThanOrEqual(local)
        expect(localOf(instant - 60_000, zone)).toBeLessThan(local)
      }),
    )
  })

  test('text with an offset is an instant, without one a local time', () => {
    expect(parseTime('2026-11-02T09:00+09:00', 'UTC')).toBe(utc('2026-11-02T00:00:00Z'))
    expect(parseTime('2026-11-02T09:00Z', 'Asia/Tokyo')).toBe(utc('2026-11-02T09:00:00Z'))
    expect(parseTime('2026-11-02T09:00', 'Asia/Tokyo')).toBe(utc('2026-11-02T00:00:00Z'))
    expect(parseTime('2026-11-02', 'Asia/Tokyo')).toBe(utc('2026-11-01T15:00:00Z'))
    expect(() => parseTime('tomorrow', 'UTC')).toThrow(RangeError)
    expect(() => parseLocal('2026-02-30T09:00')).toThrow(RangeError)
  })
})

describe('what the wall shows', () => {
  test('twice the same hour when the clock is put back, told apart by the offset', () => {
    expect(zonedOf(utc('2026-10-25T00:30:00Z'), 'Europe/Berlin')).toMatchObject({ hour: 2, minute: 30, offsetMinutes: 120, weekday: 'sun' })
    expect(zonedOf(utc('2026-10-25T01:30:00Z'), 'Europe/Berlin')).toMatchObject({ hour: 2, minute: 30, offsetMinutes: 60 })
    expect(formatTime(utc('2026-10-25T01:30:00Z'), 'Europe/Berlin', 'en')).toBe('Sun 25 Oct 02:30 (UTC+1)')
  })

  test('midnight is 00, never 24', () => {
    expect(formatTime(utc('2026-11-20T15:00:00Z'), 'Asia/Tokyo', 'ja')).toBe('11月21日(土) 00:00 (UTC+9)')
    expect(localText(utc('2026-11-20T15:00:00Z'), 'Asia/Tokyo')).toBe('2026-11-21T00:00')
  })

  test('odd offsets', () => {
    expect(formatTime(utc('2026-01-05T12:00:00Z'), 'America/St_Johns', 'en')).toBe('Mon 5 Jan 08:30 (UTC-3:30)')
    expect(formatTime(utc('2026-01-05T12:00:00Z'), 'UTC', 'en')).toBe('Mon 5 Jan 12:00 (UTC)')
  })

  test('days and weekdays, also before 1970', () => {
    expect(weekdayOf(parseLocal('2026-11-21T23:59'))).toBe('sat')
    expect(weekdayOf(parseLocal('1969-12-31T00:00'))).toBe('wed')
    expect(dayOf(parseLocal('2026-11-21T23:59'))).toBe(parseLocal('2026-11-21'))
    expect(utcStamp(utc('2026-01-02T03:04:05Z'))).toBe('20260102T030405Z')
  })
})

describe('hours of a week', () => {
  const office: LocalHours[] = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', until: '17:30' }]
  const nights: LocalHours[] = [{ days: ['sat'], from: '22:00', until: '06:00' }]
  const tokyo = (text: string) => instantOf(text, 'Asia/Tokyo')

  test('hold from their first minute to before their last', () => {
    const within = (text: string) => withinHours(office, 'Asia/Tokyo', tokyo(text))
    expect([within('2026-11-20T08:59'), within('2026-11-20T09:00'), within('2026-11-20T17:29'), within('2026-11-20T17:30')]).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(within('2026-11-21T10:00')).toBe(false)
    expect(withinHours([], 'UTC', 0)).toBe(true)
  })

  test('reach past midnight', () => {
    const within = (text: string) => withinHours(nights, 'Asia/Tokyo', tokyo(text))
    expect([within('2026-11-21T21:59'), within('2026-11-21T22:00'), within('2026-11-22T05:59'), within('2026-11-22T06:00')]).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(within('2026-11-20T23:00')).toBe(false)
  })

  test('the next ones are found, over a weekend and over a change of the clock', () => {
    expect(nextWithinHours(office, 'Asia/Tokyo', tokyo('2026-11-20T18:00'))).toBe(tokyo('2026-11-23T09:00'))
    expect(nextWithinHours(office, 'Europe/Berlin', utc('2026-03-27T20:00:00Z'))).toBe(utc('2026-03-30T07:00:00Z'))
    expect(nextWithinHours([], 'UTC', 5)).toBe(5)
  })

  test('a night in which the clock is put back is an hour longer, and one in which it is put forward an hour shorter', () => {
    const length = (day: string) => {
      const [window] = windowsOf(nights, 'Europe/Berlin', parseLocal(day), parseLocal(day)).filter(
        (one) => localText(one.from, 'Europe/Berlin').slice(0, 10) === day,
      )
      return ((window?.until ?? 0) - (window?.from ?? 0)) / hourMs
    }
    expect([length('2026-10-24'), length('2026-03-28'), length('2026-06-06')]).toEqual([9, 7, 8])
    expect(dayMs).toBe(24 * hourMs)
  })
})
