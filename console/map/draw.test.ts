import { expect, test } from 'vitest'
import { draw, type Rect } from './draw.ts'

const rect = (left: number, top: number, width = 100, height = 40): Rect => ({
  left,
  right: left + width,
  top,
  bottom: top + height,
  rowBottom: top + height,
})

test('a line goes from the bottom of the dependent to the top of what it needs', () => {
  const [line] = draw(
    [{ from: 'a', to: 'b', via: ['a', 'b'] }],
    new Map([
      ['a', rect(0, 0)],
      ['b', rect(200, 100)],
    ]),
  )
  expect(line).toEqual({ from: 'a', to: 'b', path: 'M50 40C50 68 250 68 250 96', end: { x: 250, y: 96 } })
})

test('a longer one goes straight through its gap', () => {
  const places = new Map([
    ['a', rect(0, 0)],
    ['gap', rect(300, 100, 20)],
    ['c', rect(0, 200)],
  ])
  expect(draw([{ from: 'a', to: 'c', via: ['a', 'gap', 'c'] }], places)[0]?.path).toBe(
    'M50 40C50 70 310 70 310 100L310 140C310 168 50 168 50 196',
  )
})

test('beside a taller neighbour it goes straight down before it turns aside', () => {
  const places = new Map([
    ['a', { ...rect(0, 0), rowBottom: 80 }],
    ['b', rect(200, 160)],
  ])
  expect(draw([{ from: 'a', to: 'b', via: ['a', 'b'] }], places)[0]?.path).toBe('M50 40L50 80C50 118 250 118 250 156')
})

test('lines of one card leave it side by side, in the order of where they go', () => {
  const places = new Map([
    ['a', rect(100, 0)],
    ['left', rect(0, 100)],
    ['right', rect(200, 100)],
  ])
  const starts = draw(
    [
      { from: 'a', to: 'right', via: ['a', 'right'] },
      { from: 'a', to: 'left', via: ['a', 'left'] },
    ],
    places,
  ).map((line) => line.path.slice(1, 4))
  expect(starts).toEqual(['165', '135'])
})

test('what is not on the page draws nothing', () => {
  expect(draw([{ from: 'a', to: 'b', via: ['a', 'b'] }], new Map([['a', rect(0, 0)]]))).toEqual([])
})
