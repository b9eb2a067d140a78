import { expect, test } from 'vitest'
import type { PairConfig } from '../../core/catalog/schema-guardians.ts'
import { dayMs } from '../resource.ts'
import { alarming, deletedShare, historyOf, keep, keptOf, mayReplace } from './history.ts'
import { type Row, sideOf } from './side.ts'

const pair: PairConfig = {
  ...{ id: 'lines', title: '', keys: ['id'], combination: ['subscriber', 'sim'], sampleRows: 100, countTolerance: 0.001 },
  ...{ deletionTolerance: 0.01, left: { kind: 'exec', command: ['left'], timeoutMs: 1_000 } },
  right: { kind: 'exec', command: ['right'], timeoutMs: 1_000 },
}
const side = (rows: readonly Row[]) => {
  const made = sideOf(pair)
  for (const row of rows) made.add(row)
  return made.done()
}
const line = (id: number, sim = id): Row => ({ id, subscriber: `s${id}`, sim: `c${sim}` })
const lines = (from: number, until: number) => Array.from({ length: until - from }, (_, at) => line(from + at))
/** As it comes back from a file. */
const kept = (rows: readonly Row[]) => {
  const found = keptOf(JSON.parse(JSON.stringify(keep(pair, 1_000, side(rows), side(rows)))), pair)
  if (!found) throw new Error('not kept')
  return found
}

test('what is gone since is counted, what is new is not', () => {
  const history = historyOf(kept(lines(0, 1_000)), side(lines(30, 1_100)), side(lines(0, 1_100)))
  expect(history).toMatchObject({ since: 1_000, left: { rowsBefore: 1_000, keysCompared: 1_000, deleted: 30 }, right: { deleted: 0 } })
  expect(deletedShare(history.left)).toBe(0.03)
  expect(alarming(history, pair)).toBe(true)
  expect(alarming(history, { deletionTolerance: 0.05 })).toBe(false)
})

test('of more keys than are kept the share is told by a sample', () => {
  const history = historyOf(kept(lines(0, 30_000)), side(lines(3_000, 30_000)), side(lines(0, 30_000)))
  expect(history.left.keysCompared).toBeLessThan(12_000)
  expect(deletedShare(history.left)).toBeGreaterThan(0.08)
  expect(deletedShare(history.left)).toBeLessThan(0.12)
  expect(history.right.deleted).toBe(0)
})

test('two values that were there before, and never together, are unusual; a new row is not', () => {
  const before = lines(0, 100)
  const now = [...lines(0, 3), line(3, 4), line(4, 3), ...lines(5, 110)]
  const history = historyOf(kept(before), side(now), side(before))
  expect([...history.left.unusual.values()].toSorted()).toEqual(['s3/c4', 's4/c3'])
  expect(history.right.unusual.size).toBe(0)
})

test('nothing is kept but hashes', () => {
  expect(JSON.stringify(keep(pair, 1, side([line(4711)]), side([])))).not.toMatch(/s4711|c4711/)
})

test('another question cannot be compared with what was kept, nor can what is no memory of ours', () => {
  const value = keep(pair, 1, side(lines(0, 3)), side(lines(0, 3)))
  expect(keptOf(value, { ...pair, sampleRows: 5 })).not.toBeNull()
  expect(keptOf(value, { ...pair, keys: ['id', 'sim'] })).toBeNull()
  expect(keptOf({ ...value, extra: 1 }, pair)).toBeNull()
  expect(keptOf(undefined, pair)).toBeNull()
})

test('what was found stays the measure until the rows are back, or for seven days', () => {
  const before = kept(lines(0, 100))
  const gone = historyOf(before, side(lines(50, 100)), side(lines(0, 100)))
  expect(mayReplace(before, gone, pair, 1_000 + 6 * dayMs)).toBe(false)
  expect(mayReplace(before, gone, pair, 1_000 + 7 * dayMs)).toBe(true)
  const back = historyOf(before, side(lines(0, 100)), side(lines(0, 100)))
  expect(mayReplace(before, back, pair, 2_000)).toBe(true)
})
