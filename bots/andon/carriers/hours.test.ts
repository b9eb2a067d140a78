import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deskFrom, deskHours } from './hours.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const
const day = (from: string, until: string, days: readonly (typeof weekdays)[number][] = weekdays) => ({ days: [...days], from, until })
const at = (iso: string) => Date.parse(iso)

describe('a desk', () => {
  const tokyo = { zone: 'Asia/Tokyo', hours: [day('09:00', '18:00')] }

  it.each([
    ['2026-11-20T09:00:00+09:00', { open: true, opensAt: null }],
    ['2026-11-20T17:59:59+09:00', { open: true, opensAt: null }],
    ['2026-11-20T18:00:00+09:00', { open: false, opensAt: at('2026-11-23T09:00:00+09:00') }],
    ['2026-11-20T08:59:00+09:00', { open: false, opensAt: at('2026-11-20T09:00:00+09:00') }],
    ['2026-11-22T12:00:00+09:00', { open: false, opensAt: at('2026-11-23T09:00:00+09:00') }],
  ])('in Tokyo, at %s', (now, wanted) => expect(deskHours(tokyo, at(now))).toEqual(wanted))

  it('without hours is always open', () => {
    expect(deskHours({ zone: 'UTC', hours: [] }, 0)).toEqual({ open: true, opensAt: null })
  })

  it('may be open past midnight, also into a day that is not its own', () => {
    const night = { zone: 'UTC', hours: [day('22:00', '06:00', ['fri'])] }
    expect(deskHours(night, at('2026-11-21T05:59:00Z')).open).toBe(true)
    expect(deskHours(night, at('2026-11-21T06:00:00Z'))).toEqual({ open: false, opensAt: at('2026-11-27T22:00:00Z') })
  })

  it('opens at nine by its own clock on the day when clocks change', () => {
    const berlin = { zone: 'Europe/Berlin', hours: [{ days: ['sun' as const], from: '09:00', until: '10:00' }] }
    expect(deskFrom(berlin, at('2026-03-28T12:00:00Z'))).toBe(at('2026-03-29T09:00:00+02:00'))
    expect(deskFrom(berlin, at('2026-10-24T12:00:00Z'))).toBe(at('2026-10-25T09:00:00+01:00'))
  })

  it('that is closed opens at a time when it is open, within eight days', () => {
    const zones = ['Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC']
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 30))
      .map(([h, m]) => `${`${h}`.padStart(2, '0')}:${m === 0 ? '00' : m}`)
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        time,
        time,
        fc.subarray([...weekdays], { minLength: 1 }),
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        (zone, from, until, days, now) => {
          const carrier = { zone, hours: [day(from, until, days)] }
          const { open, opensAt } = deskHours(carrier, now)
          if (open) return
          expect(opensAt).toBeGreaterThan(now)
          expect((opensAt as number) - now).toBeLessThan(8 * 86_400_000)
          expect(deskHours(carrier, opensAt as number).open).toBe(true)
        },
      ),
      { numRuns: 100 },
    )
  })
})
