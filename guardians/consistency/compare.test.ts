import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compare, disagree, inBoth } from './compare.ts'
import { type PairKeys, type Row, sideOf } from './side.ts'

const pair = (over: Partial<PairKeys> = {}): PairKeys => ({ keys: ['id'], combination: [], sampleRows: 1_000, ...over })
const side = (rows: readonly Row[], keys = pair()) => {
  const made = sideOf(keys)
  for (const row of rows) made.add(row)
  return made.done()
}
const lines = (count: number, more: (id: number) => Row = () => ({})): Row[] =>
  Array.from({ length: count }, (_, id) => ({ id, plan: `plan-${id % 3}`, ...more(id) }))
const names = (found: ReadonlyMap<number, string>) => [...found.values()].toSorted()

test('the same rows agree, in whatever order and with whatever other fields', () => {
  const left = side(lines(50))
  const right = side(lines(50, (id) => ({ id: String(id), seen: id })).toReversed())
  const found = compare(left, right, ['id'])
  expect(disagree(found)).toBe(false)
  expect(found).toMatchObject({ keysCompared: 50, fields: ['plan'] })
})

test('what is missing and what differs is named, with the fields', () => {
  const left = side(lines(50).filter(({ id }) => id !== 7))
  const right = side(lines(50, (id) => (id === 9 ? { plan: 'gold' } : {})).filter(({ id }) => id !== 11))
  const found = compare(left, right, ['id'])
  expect(names(found.onlyLeft)).toEqual(['11'])
  expect(names(found.onlyRight)).toEqual(['7'])
  expect([...found.different.values()]).toEqual([{ key: '9', fields: ['plan'] }])
  expect(found.keysCompared).toBe(50)
})

test('a sample takes the same keys on both sides, and accuses no row that one of them did not take', () => {
  const keys = pair({ sampleRows: 20 })
  const left = side(lines(5_000), keys)
  const right = side(lines(5_000).toReversed(), keys)
  expect([...left.sample.entries.keys()].toSorted()).toEqual([...right.sample.entries.keys()].toSorted())
  expect(left.sample.entries.size).toBe(20)
  // Gaps on one side make its sample reach further than the other's: only what both know about is compared.
  const gaps = side(
    lines(5_000).filter(({ id }) => Number(id) % 2 === 0),
    keys,
  )
  const found = compare(left, gaps, ['id'])
  expect(found.onlyRight.size).toBe(0)
  expect(found.onlyLeft.size).toBeGreaterThan(0)
  for (const id of found.onlyLeft.values()) expect(Number(id) % 2).toBe(1)
})

test('combinations that one side only knows are told; their order is not', () => {
  const keys = pair({ combination: ['subscriber', 'sim'] })
  const rows = lines(30, (id) => ({ subscriber: `s${id}`, sim: `c${id}` }))
  const swapped = rows.map((row) => (row.id === 3 ? { ...row, sim: 'c4' } : row.id === 4 ? { ...row, sim: 'c3' } : row))
  const found = compare(side(rows, keys), side(swapped, keys), ['id'])
  expect(names(found.combinationsOnlyLeft)).toEqual(['s3/c3', 's4/c4'])
  expect(names(found.combinationsOnlyRight)).toEqual(['s3/c4', 's4/c3'])
  expect(found.combinationsCompared).toBe(32)
})

test('rows without a key are counted apart', () => {
  expect(side([{ id: 1 }, { id: null }, { other: 2 }])).toMatchObject({ rows: 3, keyless: 2 })
})

test('what only one of two readings says was a row on its way', () => {
  const all = side(lines(50))
  const first = compare(side(lines(50).filter(({ id }) => id !== 7)), all, ['id'])
  const second = compare(side(lines(50).filter(({ id }) => id !== 8)), all, ['id'])
  expect(disagree(inBoth(first, second))).toBe(false)
  expect(names(inBoth(first, first).onlyRight)).toEqual(['7'])
})

describe('any two sets of rows', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 200 })
  test('what is told as missing is missing, and with room for all nothing is overlooked', () => {
    fc.assert(
      fc.property(ids, ids, fc.integer({ min: 1, max: 300 }), (left, right, sampleRows) => {
        const keys = pair({ sampleRows })
        const rows = (list: number[]) =>
          side(
            list.map((id) => ({ id })),
            keys,
          )
        const found = compare(rows(left), rows(right), ['id'])
        const onlyLeft = left.filter((id) => !right.includes(id)).map(String)
        for (const id of found.onlyLeft.values()) expect(onlyLeft).toContain(id)
        if (sampleRows >= Math.max(left.length, right.length)) expect(names(found.onlyLeft)).toEqual(onlyLeft.toSorted())
      }),
      { numRuns: 60 },
    )
  })
})
