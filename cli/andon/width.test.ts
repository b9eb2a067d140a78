import { expect, test } from 'vitest'
import { cut, filled, plain, tail, widthOf, wrap } from './width.ts'

test.each([
  ['sessions', 8],
  ['接続断', 6],
  ['ログ・KPI', 9],
  ['(東京)', 6],
  ['ｱﾝﾄﾞﾝ', 5],
  ['한국', 4],
  ['⚠️', 2],
  ['👩‍🚒 ok', 5],
  ['🇯🇵', 2],
  ['é', 1],
  ['e\u0301', 1],
  ['が', 2],
  ['か\u3099', 2],
  ['…●✓', 3],
  ['a\u200db', 2],
  ['', 0],
])('%s is %i wide', (text, width) => {
  expect(widthOf(text)).toBe(width)
})

test('what is cut never ends in half a letter, and says that something is missing', () => {
  expect(cut('接続断が続く', 12)).toBe('接続断が続く')
  expect(cut('接続断が続く', 11)).toBe('接続断が続…')
  expect(cut('接続断が続く', 10)).toBe('接続断が…')
  expect(cut('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
  expect(cut('abc', 0)).toBe('')
})

test('what is filled has that width, whatever it is made of', () => {
  for (const text of ['a', '接続断が続く', '👩‍🚒👩‍🚒👩‍🚒', '接aが']) expect(widthOf(filled(text, 5))).toBe(5)
})

test('English breaks at spaces, Japanese anywhere, and what is too long is cut at the last line', () => {
  expect(wrap('sessions drop in Tokyo', 13)).toEqual(['sessions drop', 'in Tokyo'])
  expect(wrap('大阪の回線が切れる', 7)).toEqual(['大阪の', '回線が', '切れる'])
  expect(wrap('averyveryverylongword here', 10)).toEqual(['averyveryv', 'erylongwor', 'd here'])
  expect(wrap('one two three four', 8, 2)).toEqual(['one two', 'three f…'])
  expect(wrap('', 8)).toEqual([''])
})

test('no line of what was wrapped is too wide', () => {
  const text = 'sessions 接続断 drop が続く 👩‍🚒👩‍🚒 in Osaka、大阪で。 averyveryveryverylongword'
  for (let columns = 2; columns < 40; columns++) for (const line of wrap(text, columns)) expect(widthOf(line)).toBeLessThanOrEqual(columns)
})

test('the end of what is typed stays in sight', () => {
  expect(tail('sessions drop', 4)).toBe('drop')
  expect(tail('接続断', 5)).toBe('続断')
})

test('nothing that a person wrote moves the cursor, turns the direction, or breaks a line', () => {
  expect(plain('red \x1b[31malert\x1b[0m\r\n2\u202egnp.exe\u0007')).toBe('red  [31malert [0m / 2 gnp.exe ')
})
