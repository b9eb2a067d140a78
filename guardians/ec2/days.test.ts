import { expect, test } from 'vitest'
import { averageOf, daysOf } from './days.ts'

test('only days that every series tells of are compared', () => {
  expect(daysOf({ at: [1, 2, 3], values: [10, 20, 30] }, { at: [1, 3, 4], values: [11, 31, 41] })).toEqual([
    [10, 11],
    [30, 31],
  ])
  expect(daysOf({ at: [], values: [] }, { at: [1], values: [1] })).toEqual([])
})

test('an average of two places, and none of nothing', () => {
  expect(averageOf([1, 1, 2])).toBe(1.33)
  expect(averageOf([])).toBe(0)
})
