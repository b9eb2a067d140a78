import { describe, expect, test } from 'vitest'
import { crossings, keyOfPlace, layout } from './layers.ts'

const box = (id: string, ...dependsOn: string[]) => ({ id, dependsOn })
const names = (rows: ReturnType<typeof layout>['rows']) => rows.map((row) => row.map(keyOfPlace))

describe('the layers of the map', () => {
  test('a component stands below everything that depends on it', () => {
    const { rows } = layout([box('sim'), box('sessions', 'sim'), box('gateway', 'sessions', 'sim')])
    expect(names(rows).map((row) => row.filter((key) => !key.includes('>')))).toEqual([['gateway'], ['sessions'], ['sim']])
  })

  test('a dependency over several rows gets a gap in each row between', () => {
    const { rows, lines } = layout([box('a', 'b', 'c'), box('b', 'c'), box('c')])
    expect(rows[1]).toContainEqual({ kind: 'gap', key: 'a>c@1', from: 'a', to: 'c' })
    expect(lines).toContainEqual({ from: 'a', to: 'c', via: ['a', 'a>c@1', 'c'] })
  })

  test('components that nobody depends on keep the order of the configuration', () => {
    expect(names(layout([box('x'), box('y'), box('z')]).rows)).toEqual([['x', 'y', 'z']])
  })

  test('what has no line at all stands beside the foundations', () => {
    expect(names(layout([box('a', 'b'), box('alone'), box('b')]).rows)).toEqual([['a'], ['alone', 'b']])
  })

  test('what has no line goes up to where there is room, before it takes a row of its own', () => {
    const boxes = [box('a', 'b'), box('b'), box('lone'), box('lonely')].map((one) => ({ ...one, width: one.id === 'b' ? 400 : 200 }))
    expect(names(layout(boxes, { width: 500, gap: 20 }).rows)).toEqual([['a', 'lone'], ['b'], ['lonely']])
  })

  test('a row that does not fit is drawn as two, evenly filled, and lines pass the second in a gap', () => {
    const wide = ['a', 'b', 'c', 'd'].map((id) => ({ ...box(id, 'base'), width: 200 }))
    const { rows } = layout([...wide, { ...box('base'), width: 200 }], { width: 660, gap: 20 })
    expect(names(rows).map((row) => row.filter((key) => !key.includes('>')).length)).toEqual([2, 2, 1])
    expect(names(rows)[1]).toContain('a>base@1')
  })

  test('a box wider than the field has a row of its own', () => {
    const boxes = ['a', 'b'].map((id) => ({ ...box(id), width: 900 }))
    expect(names(layout(boxes, { width: 660, gap: 20 }).rows)).toEqual([['a'], ['b']])
  })

  test('rows are ordered so that lines do not cross', () => {
    const { rows, lines } = layout([box('a', 'd'), box('b', 'c'), box('c'), box('d')])
    expect(crossings(rows, lines)).toBe(0)
  })

  test('a circle is drawn with one line left out, and every component once', () => {
    const { rows, lines } = layout([box('a', 'b'), box('b', 'c'), box('c', 'a')])
    expect(
      names(rows)
        .flat()
        .filter((key) => !key.includes('>'))
        .sort(),
    ).toEqual(['a', 'b', 'c'])
    expect(lines).toHaveLength(2)
  })

  test('a dependency on itself, twice, or on nobody known draws nothing twice', () => {
    const { rows, lines } = layout([box('a', 'a', 'b', 'b', 'ghost'), box('b')])
    expect(names(rows)).toEqual([['a'], ['b']])
    expect(lines).toEqual([{ from: 'a', to: 'b', via: ['a', 'b'] }])
  })

  test('more lines than anybody could follow: the layers stay, without gaps', () => {
    const ids = Array.from({ length: 12 }, (_, n) => `c${n}`)
    const { rows, lines, crowded } = layout(ids.map((id, n) => box(id, ...ids.slice(n + 1))))
    expect(crowded).toBe(true)
    expect(rows.flat().every((place) => place.kind === 'box')).toBe(true)
    expect(names(rows)).toEqual(ids.map((id) => [id]))
    expect(lines).toHaveLength(66)
  })

  test('ten thousand components are laid out in a moment', () => {
    const ids = Array.from({ length: 10_000 }, (_, n) => `c${n}`)
    const { rows } = layout(ids.map((id, n) => box(id, ...(n % 5 === 4 ? [] : [ids[n + 1] as string, ids[n + 5] as string]))))
    expect(rows.flat()).toHaveLength(10_000)
  })

  test('no components, no rows', () => {
    expect(layout([])).toEqual({ rows: [], lines: [], crowded: false })
  })
})
