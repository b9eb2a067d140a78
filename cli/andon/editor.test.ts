import { expect, test } from 'vitest'
import { type Editing, edited, empty, type Press } from './editor.ts'

const type = (text: string, from: Editing = empty) => [...text].reduce((line, letter) => edited(line, { text: letter }), from)
const press = (line: Editing, ...names: string[]) =>
  names.reduce((now, name) => edited(now, name.startsWith('^') ? { text: '', name: name.slice(1), ctrl: true } : { text: '', name }), line)
const shown = ({ before, after }: Editing) => `${before}|${after}`

test('letters stand where the cursor is', () => {
  expect(shown(type('X', press(type('abc'), 'left', 'left')))).toBe('aX|bc')
  expect(shown(type('.', press(type('abc'), 'home', 'end')))).toBe('abc.|')
})

test('backspace takes what a person sees as one letter', () => {
  expect(shown(press(type('a👩‍🚒'), 'backspace'))).toBe('a|')
  expect(shown(press(type('か\u3099'), 'backspace'))).toBe('|')
  expect(shown(press(type('a🇯🇵b'), 'left', 'left', 'delete'))).toBe('a|b')
  expect(shown(press(empty, 'backspace', 'delete', 'left', 'right'))).toBe('|')
})

test('the keys of a shell are known', () => {
  expect(shown(press(type('one two '), '^w'))).toBe('one |')
  expect(shown(press(type('one two'), '^u'))).toBe('|')
  expect(shown(press(type('one two'), 'home', 'right', 'right', 'right', '^k'))).toBe('one|')
})

test('what is pasted stays one line, and keys that write nothing write nothing', () => {
  expect(shown(edited(empty, { text: 'one\r\ntwo\tthree\x1b' }))).toBe('one two three|')
  const none: Press[] = [
    { text: '\x1b', name: 'x', meta: true },
    { text: '\x07', name: 'g', ctrl: true },
    { text: '', name: 'f1' },
  ]
  for (const key of none) expect(edited(type('a'), key)).toEqual(type('a'))
})
