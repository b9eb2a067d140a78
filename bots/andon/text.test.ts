import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clean } from './text.ts'

const points = (text: string) => [...text].length

describe('what a person wrote', () => {
  test.each([
    ['stays as it is', 'Sessions drop in Tokyo\n障害です 👩‍🚒', 'Sessions drop in Tokyo\n障害です 👩‍🚒'],
    ['loses the gaps around it', '  x \n', 'x'],
    ['is never empty', ' \u200b\u202e ', '(no words)'],
    ['may be an emoji alone', '🔥', '🔥'],
    ['does not turn its direction', 'a\u202egnp.exe\u2066b', 'agnp.exeb'],
    ['has no control characters', 'a\u0000\u001b[31mb\r\nc', 'a[31mb\nc'],
    ['has no letters that nobody sees', `a${String.fromCodePoint(0xe0041, 0xe0042)}\u2062b\u00ad`, 'ab'],
    ['is well-formed', 'a\ud800b', 'a\ufffdb'],
    ['keeps no secret', 'password=hunter2 fails', '[secret cut] fails'],
    ['does not hide a secret by what nobody sees', 'pass\u200bword=hun\u200bter2', '[secret cut]'],
  ])('%s', (_, text, cleaned) => {
    expect(clean(text)).toBe(cleaned)
  })

  test('is cut at a number of characters, not of bytes', () => {
    expect(clean('あ'.repeat(3_000))).toBe(`${'あ'.repeat(1_999)}…`)
    expect(clean('🔥'.repeat(3_000))).toBe(`${'🔥'.repeat(1_999)}…`)
    expect(clean('🔥'.repeat(2_000))).toBe('🔥'.repeat(2_000))
    expect(clean('word '.repeat(100), 10)).toBe('word word…')
    expect(clean('x'.repeat(300), 150)).toBe(`${'x'.repeat(149)}…`)
  })

  test('says what the caller wants where there is nothing', () => {
    expect(clean('', 10, '-')).toBe('-')
  })

  test('begins where its words begin, however far away', () => {
    expect(clean(`${' '.repeat(100_000)}help`)).toBe('help')
  })

  test('of 10 MB takes no time', () => {
    const from = performance.now()
    for (const piece of ['a', 'あ', 'password="', '\u200b', ' ', 'a@a.'])
      expect(points(clean(piece.repeat(10_000_000 / piece.length)))).toBeLessThanOrEqual(2_000)
    expect(performance.now() - from).toBeLessThan(3_000)
  })

  test('keeps no half of a secret where it is cut', () => {
    const key = `AKIA${'ABCD1234'.repeat(2)}`
    // What comes first shrinks to a few words, so that the end of what is looked at is in sight.
    const shrinking = `password="${'p'.repeat(190)}" `.repeat(29)
    for (let gap = 0; gap < 200; gap++) {
      const cleaned = clean(`${shrinking}${' '.repeat(gap)}${key} ${'x '.repeat(10_000)}`)
      expect(cleaned, `${gap}`).not.toContain('AKIAA')
    }
  })
})

describe('whatever was written', () => {
  const written = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc
      .array(fc.constantFrom('a ', 'あ', '🔥', '\u202e', '\ud800', '\u200b', 'token=x ', '\n'), { maxLength: 200 })
      .map((parts) => parts.join('')),
  )

  test('is short, well-formed, not empty, and shows all that it is', () => {
    fc.assert(
      fc.property(written, fc.integer({ min: 1, max: 250 }), (text, max) => {
        const cleaned = clean(text, max, '-')
        expect(points(cleaned)).toBeLessThanOrEqual(max)
        expect(cleaned.length).toBeGreaterThan(0)
        expect(cleaned.isWellFormed()).toBe(true)
        expect([...'\u202e\u2066\u200b\u0000\u001b'].filter((mark) => cleaned.includes(mark))).toEqual([])
      }),
    )
  })

  test('is the same when it is cleaned again', () => {
    fc.assert(
      fc.property(written, (text) => {
        expect(clean(clean(text))).toBe(clean(text))
      }),
    )
  })
})
