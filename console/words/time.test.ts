import { expect, test } from 'vitest'
import { span, timesIn } from './time.ts'
import { sayIn } from './words.ts'

test.each([
  [0, '0 ms'],
  [812.4, '812 ms'],
  [3_240, '3.2 s'],
  [59_960, '1 min'],
  [60_000, '1 min'],
  [125_000, '2 min 5 s'],
  [11_520_000, '3 h 12 min'],
  [187_200_000, '2 d 4 h'],
  [-5, '0 ms'],
])('%d ms reads %s', (ms, text) => {
  expect(span(ms)).toBe(text)
})

const now = Date.parse('2026-01-31T03:12:44Z')

test('a time of today is a clock time, one of another day has the day', () => {
  const times = timesIn('en', sayIn('en'), 'UTC')
  expect(times.at('2026-01-31T03:12:04Z', now)).toBe('03:12:04')
  expect(times.at('2026-01-30T23:59:00Z', now)).toBe('30 Jan, 23:59')
})

test('how long ago, in the language of the reader', () => {
  expect(timesIn('en', sayIn('en')).ago(now - 2_000, now)).toBe('just now')
  expect(timesIn('en', sayIn('en')).ago(now - 90_000, now)).toBe('1 minute ago')
  expect(timesIn('ja', sayIn('ja')).ago(now - 7_200_000, now)).toBe('2 時間前')
})
