import { expect, test } from 'vitest'
import { timeOption } from './time.ts'

const now = new Date(2026, 10, 21, 10, 30).getTime()
const local = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime()

test.each([
  ['10:20', 'past', local(2026, 10, 21, 10, 20)],
  ['23:50', 'past', local(2026, 10, 20, 23, 50)],
  ['23:50', 'coming', local(2026, 10, 21, 23, 50)],
  ['9:05', 'coming', local(2026, 10, 22, 9, 5)],
  ['2026-11-30T09:00', 'coming', local(2026, 10, 30, 9, 0)],
  ['2026-11-30T09:00+09:00', 'coming', Date.UTC(2026, 10, 30, 0)],
  ['2026-11-20', 'past', local(2026, 10, 20, 0, 0)],
] as const)('%s (%s)', (text, day, at) => {
  expect(timeOption(text, '--from', now, day)).toBe(at)
})

test('a day to come lasts until its end', () => {
  expect(timeOption('2026-11-30', '--due', now, 'coming')).toBe(local(2026, 10, 30, 23, 59) + 59_000)
})

test.each(['soon', '25:00', '10', '2026-13-40', ''])('"%s" is refused, with the option named', (text) => {
  expect(() => timeOption(text, '--from', now, 'past')).toThrow(/--from/)
})
