import { expect, test } from 'vitest'
import { filled, monthly, placeText } from './say.ts'

const words = { en: '{hours} hours, {actions} actions, {sizeGiB} GiB, {entries} entries; since {since}', ja: '{hours} 時間' }
const evidence = { hours: 1, actions: 2, sizeGiB: 1, entries: 1, since: '2026-11-21T07:24:18.440Z' }

test('one is not many, and a moment is told as people write it', () => {
  expect(filled(words, evidence, 'en')).toBe('1 hour, 2 actions, 1 GiB, 1 entry; since 2026-11-21 07:24 UTC')
  expect(filled(words, evidence, 'ja')).toBe('1 時間')
  expect(filled({ en: '{hours} is one, {hours} addresses', ja: '' }, evidence, 'en')).toBe('1 is one, 1 address')
})

test('money has two places, and next to nothing is none', () => {
  expect(monthly({ savings: { usdPerMonth: 1_249.5 } })).toBe('$1,249.50')
  expect(monthly({ savings: { usdPerMonth: 0.004 } })).toBeNull()
  expect(monthly({ savings: null })).toBeNull()
})

test('what is not of AWS is told as our own', () => {
  expect(placeText({ account: '123456789012', region: 'global' }, 'en')).toBe('123456789012 global')
  expect(placeText({ account: 'platform', region: 'local' }, 'ja')).toBe('自社')
})
