import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sourcesAt } from '../../test/aws/sources.ts'
import { lines, type PairBench, paged, pairBench, problemOf } from '../../test/pair-bench.ts'
import { storePairs } from './store-pairs.ts'

let bench: PairBench
beforeEach(() => {
  bench = pairBench()
})
afterEach(() => bench.close())

describe('two services', () => {
  test('that agree are read once, to their last page', async () => {
    const left = await bench.serving(paged(lines(35)))
    const right = await bench.serving(() => lines(35).toReversed())
    const found = await bench.compare(left.side, right.side)
    expect(found).toMatchObject({
      left: { rows: 35 },
      right: { rows: 35 },
      readings: 1,
      found: { keysCompared: 35, fields: ['plan', 'sim'] },
    })
    expect(found.found.different.size + found.found.onlyLeft.size + found.found.onlyRight.size).toBe(0)
    expect(left.asked).toEqual(['/lines', '/lines?after=10', '/lines?after=20', '/lines?after=30'])
  })

  test('that disagree are read twice, and what disagrees is named', async () => {
    const left = await bench.serving(paged(lines(35).filter(({ id }) => id !== 4)))
    const right = await bench.serving(() => lines(35).map((row) => (row.id === 9 ? { ...row, plan: 'gold' } : row)))
    const { found, readings } = await bench.compare(left.side, right.side)
    expect(readings).toBe(2)
    expect([...found.onlyRight.values()]).toEqual(['4'])
    expect([...found.different.values()]).toEqual([{ key: '9', fields: ['plan'] }])
  })

  test('between which a row is on its way agree', async () => {
    const left = await bench.serving((_, turn) => lines(turn === 1 ? 34 : 35))
    const right = await bench.serving(() => lines(35))
    const { found, left: rows, readings } = await bench.compare(left.side, right.side)
    expect({ readings, rows: rows.rows, missing: found.onlyRight.size }).toEqual({ readings: 2, rows: 35, missing: 0 })
  })

  test('are asked with their token, which is told to nobody else and in no problem', async () => {
    bench.variables.LINES_TOKEN = 'token-of-lines-42'
    let seen: string | undefined
    const left = await bench.serving((_, __, headers) => {
      seen = headers.authorization
      return lines(3)
    })
    const right = await bench.serving(() => ({ items: lines(3), next: 'http://elsewhere.example/lines' }))
    const tokenEnv = 'LINES_TOKEN'
    const problem = await problemOf(bench.compare({ ...left.side, tokenEnv }, { ...right.side, tokenEnv }))
    expect(seen).toBe('Bearer token-of-lines-42')
    expect(problem).toContain('at another host')
    expect(problem).not.toContain('token-of-lines-42')
    expect(await problemOf(bench.compare({ ...left.side, tokenEnv: 'NOT_SET' }, right.side))).toContain('NOT_SET is not set')
  })

  test.each<[string, unknown, string]>([
    ['say no list', { rows: [] }, 'neither a list'],
    ['say no rows', [1, 2], 'not objects'],
    ['never end', { items: [], next: '/lines' }, 'pages repeat'],
  ])('that %s are told so', async (_, answer, problem) => {
    const left = await bench.serving(() => answer)
    expect(await problemOf(bench.compare(left.side, left.side))).toContain(problem)
  })
})

test('what is gone since the scan before is found, also when both stores agree', async () => {
  let rows = lines(100)
  const left = await bench.serving(() => rows)
  const right = await bench.serving(() => rows)
  const scan = () => bench.compare(left.side, right.side, { combination: ['plan', 'sim'] })
  expect((await scan()).history).toBeNull()
  expect((await scan()).history).toMatchObject({ left: { keysCompared: 100, deleted: 0 }, right: { deleted: 0 } })
  rows = lines(60)
  expect((await scan()).history).toMatchObject({ left: { rowsBefore: 100, deleted: 40 }, right: { deleted: 40 } })
  // It is told again the next day: what it was before is still the measure.
  expect((await scan()).history).toMatchObject({ left: { deleted: 40 } })
  rows = lines(100)
  expect((await scan()).history).toMatchObject({ left: { deleted: 0 } })
})

test('a memory that fails hides no disagreement', async () => {
  writeFileSync(join(bench.folder, 'memory'), 'a file where the folder should be')
  const left = await bench.serving(() => lines(5))
  const right = await bench.serving(() => lines(6))
  const { found, memoryProblem } = await bench.compare(left.side, right.side)
  expect([...found.onlyRight.values()]).toEqual(['5'])
  expect(memoryProblem).toMatch(/ENOTDIR|EEXIST/)
})

describe('a program', () => {
  const node = (script: string) => ({ kind: 'exec', command: [process.execPath, '-e', script] })

  test('answers a list, or one row per line', async () => {
    const list = node('console.log(JSON.stringify([{ id: 1, plan: "a" }, { id: 2, plan: "b" }]))')
    const apart = node('for (const [id, plan] of [[2, "b"], [1, "a"]]) console.log(JSON.stringify({ id, plan }))')
    expect(await bench.compare(list, apart)).toMatchObject({
      left: { rows: 2 },
      right: { rows: 2 },
      readings: 1,
      found: { keysCompared: 2 },
    })
  })

  test('that fails says nothing about its rows', async () => {
    expect(await problemOf(bench.compare(node('process.exit(3)'), node('console.log("[]")')))).toContain('ended with code 3')
  })
})

test('without a configuration nothing is looked at, and nothing is taken as gone', async () => {
  await expect(storePairs.page(sourcesAt('http://127.0.0.1:1'), undefined)).rejects.toMatchObject({ code: 'no-platform' })
})
