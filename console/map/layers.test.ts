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

  test('no components, no rows', () => {
    expect(layout([])).toEqual({ rows: [], lines: [] })
  })
})
