import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { icsOf, type Shift } from './ics.ts'

/** Reads a calendar as the standard says, knowing nothing of who wrote it. */
function parse(text: string) {
  expect(text.endsWith('\r\n')).toBe(true)
  const physical = text.slice(0, -2).split('\r\n')
  for (const line of physical) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    expect(line).not.toMatch(/[\r\n]/)
  }
  const lines = physical.join('\r\n').replaceAll('\r\n ', '').split('\r\n')
  const events: Record<string, string>[] = []
  const calendar: Record<string, string> = {}
  const open: string[] = []
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Z-]+)(?:;[^:]*)?:(.*)$/s.exec(line) ?? []
    expect(name).not.toBe('')
    if (name === 'BEGIN') {
      open.push(value)
      if (value === 'VEVENT') events.push({})
    } else if (name === 'END') expect(open.pop()).toBe(value)
    else
      Object.assign(open.at(-1) === 'VEVENT' ? (events.at(-1) as object) : calendar, {
        [name]: value.replaceAll(/\\([\\;,nN])/g, (_, c) => (c === 'n' || c === 'N' ? '\n' : c)),
      })
  }
  expect(open).toEqual([])
  return { calendar, events }
}
const at = Date.parse('2026-11-21T00:00:00Z')
const shift: Shift = {
  person: { id: 'ben', name: 'Ben' },
  from: Date.parse('2026-11-16T00:00:00Z'),
  until: Date.parse('2026-11-23T00:00:00Z'),
}
const ics = (title: string, ...shifts: Shift[]) => icsOf({ id: 'core', title, at, shifts, host: 'jidoka.invalid' })

describe('a calendar', () => {
  test('tells each turn, in UTC, with what the standard asks for', () => {
    const { calendar, events } = parse(ics('Core', shift))
    expect(calendar).toMatchObject({ VERSION: '2.0', 'X-WR-CALNAME': 'Core' })
    expect(events).toMatchObject([
      { DTSTART: '20261116T000000Z', DTEND: '20261123T000000Z', DTSTAMP: '20261121T000000Z', SUMMARY: 'Core: Ben' },
    ])
  })

  test('keeps the UID of a turn, also when the name of the person or the title changes; another turn has another', () => {
    const uid = (text: string) => parse(text).events.map((event) => event.UID)
    const other = { ...shift, from: shift.until, until: shift.until + 5 }
    expect(uid(ics('Core', shift))).toEqual(uid(ics('Other', { ...shift, person: { id: 'ben', name: 'Benjamin' } })))
    expect(new Set(uid(ics('Core', shift, other))).size).toBe(2)
  })

  test('without turns is a calendar all the same', () => {
    expect(parse(ics('Core')).events).toEqual([])
  })

  test('holds whatever a name holds, and nothing in a name becomes a line of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (name) => {
        const { events } = parse(ics('当番; a, b\\c', { ...shift, person: { id: 'ben', name } }))
        expect(events.map((event) => event.SUMMARY)).toEqual([
          `当番; a, b\\c: ${name.replaceAll(/\r\n|\r/g, '\n').replaceAll(/(?!\n)\p{Cc}/gu, '')}`,
        ])
      }),
    )
    expect(parse(ics('x', { ...shift, person: { id: 'ben', name: 'Ben\r\nATTACH:http://evil' } })).events[0]).not.toHaveProperty('ATTACH')
  })
})
