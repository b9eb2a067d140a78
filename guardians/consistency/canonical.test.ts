import { describe, expect, test } from 'vitest'
import { canonical, hashOf } from './canonical.ts'

describe('the same value, written by two stores', () => {
  test.each([
    ['a number and its text', 42, '42'],
    ['a decimal with zeros', 1.5, '1.50'],
    ['a whole number as a decimal', 7, '7.00'],
    ['a moment with T and with a blank', '2026-11-21T06:00:00.000Z', '2026-11-21 06:00:00.000'],
    ['a moment in another zone', '2026-11-21T06:00:00Z', '2026-11-21 15:00:00+09'],
    ['a moment as Athena writes it', '2026-11-21T06:00:00Z', '2026-11-21 06:00:00.000 UTC'],
    ['objects whose fields come in another order', { a: 1, b: { c: 2, d: [1, '2'] } }, { b: { d: ['1', 2], c: '2' }, a: '1' }],
    ['nothing, and null', undefined, null],
  ])('%s', (_, one, other) => expect(canonical(one)).toBe(canonical(other)))
})

describe('other values', () => {
  test.each([
    ['leading zeros count', '007', 7],
    ['an empty text is a value', '', null],
    ['case counts', 'a', 'A'],
    ['a version is no decimal', '1.10.0', '1.1.0'],
    ['the order of a list counts', [1, 2], [2, 1]],
    ['moments a millisecond apart', '2026-11-21T06:00:00.001Z', '2026-11-21T06:00:00Z'],
  ])('%s', (_, one, other) => expect(canonical(one)).not.toBe(canonical(other)))
})

test('parts do not run into each other', () => {
  expect(hashOf(['a', 'bc'])).not.toBe(hashOf(['ab', 'c']))
  expect(hashOf([null])).not.toBe(hashOf(['null']))
  expect(Number.isSafeInteger(hashOf(['a']))).toBe(true)
})
