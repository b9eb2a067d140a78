import { expect, test } from 'vitest'
import { spread } from './order.ts'

const files = (...names: string[]) => names.map((moduleId) => ({ moduleId }))

test('no two files that wait for each other are begun together', () => {
  const ordered = spread(files('/test/e2e/crash.test.ts', '/test/e2e/own.test.ts', '/a', '/b', '/c', '/test/e2e/controllers.test.ts'))
  expect(ordered.map(({ moduleId }) => moduleId)).toEqual([
    ...['/test/e2e/crash.test.ts', '/a', '/b', '/test/e2e/own.test.ts', '/c', '/test/e2e/controllers.test.ts'],
  ])
  expect(spread(files('/a', '/b'))).toHaveLength(2)
})
