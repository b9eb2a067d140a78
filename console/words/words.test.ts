import { describe, expect, test } from 'vitest'
import { dictionaries, fill, localeOf, sayIn, wordFor } from './words.ts'

const holes = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort()

describe('the dictionaries', () => {
  test('have the same keys', () => {
    expect(Object.keys(dictionaries.ja)).toEqual(Object.keys(dictionaries.en))
  })

  test.each(Object.keys(dictionaries.en) as (keyof typeof dictionaries.en)[])(
    '%s takes the same values in each language and is not empty',
    (key) => {
      expect(holes(dictionaries.ja[key])).toEqual(holes(dictionaries.en[key]))
      expect(dictionaries.en[key]).not.toBe('')
      expect(dictionaries.ja[key]).not.toBe('')
    },
  )
})

describe('filling in', () => {
  test('chooses the form by the number', () => {
    expect(sayIn('en')('head.well', { n: 1 })).toBe('All well: 1 member passes')
    expect(sayIn('en')('head.well', { n: 9 })).toBe('All well: 9 members pass')
    expect(sayIn('ja')('head.well', { n: 9 })).toBe('異常なし：9 メンバーすべて正常')
  })

  test('a value is never read as a template', () => {
    expect(fill('{reason}', { reason: '{n|a|b}' })).toBe('{n|a|b}')
  })

  test('a name that we have no word for stays as it is', () => {
    expect(wordFor(sayIn('ja'), 'runbook', 'clear-cache')).toBe('clear-cache')
    expect(wordFor(sayIn('ja'), 'runbook', 'page')).toBe('担当者の呼び出し')
  })
})

test('the first language of the browser that we speak is taken', () => {
  expect(localeOf(['ja-JP', 'en'])).toBe('ja')
  expect(localeOf(['de', 'en-GB', 'ja'])).toBe('en')
  expect(localeOf(['fr'])).toBe('en')
})
