import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspect, tidy } from './tidy.ts'

const rulesOf = (file: string, source: string) => inspect(file, source).map((problem) => problem.rule)

describe('the tree', () => {
  test('is tidy', () => {
    expect(tidy(resolve(import.meta.dirname, '..')).map(({ file, line, rule, text }) => `${file}:${line} ${rule}: ${text}`)).toEqual([])
  })
})

describe('ambient time, randomness and environment', () => {
  const ambient = [
    'export const at = Date.now()',
    "export const at = Date['now']()",
    'export const at = new Date()',
    'export const at = Date()',
    'export const at = performance.now()',
    'setTimeout(() => {}, 5)',
    'export const later = setTimeout',
    'export const timers = { setTimeout }',
    'setInterval(() => {}, 5)',
    'setImmediate(() => {})',
    'globalThis.setTimeout(() => {}, 5)',
    'export const n = Math.random()',
    'export const id = crypto.randomUUID()',
    "import { randomUUID } from 'node:crypto'",
    "import { randomBytes as bytes } from 'crypto'",
    "import * as crypto from 'node:crypto'",
    "import { setTimeout as wait } from 'node:timers/promises'",
    "import { performance } from 'node:perf_hooks'",
    'export const path = process.env.PATH',
    "import { env } from 'node:process'",
  ]
  test.each(ambient)('%s is refused where time and chance are parameters', (source) => {
    for (const room of ['core/x.ts', 'remediation/x.ts', 'runbooks/x.ts', 'guardians/x.ts', 'bots/pager/x.ts']) {
      expect(rulesOf(room, source)).toContain('ambient')
    }
  })

  test.each(ambient)('%s is allowed at the edges and in tests', (source) => {
    for (const edge of ['infra/main/x.ts', 'cli/x.ts', 'examples/x.ts', 'console/x.ts', 'test/x.ts', 'core/x.test.ts']) {
      expect(rulesOf(edge, source)).not.toContain('ambient')
    }
  })

  test.each([
    'export const at = new Date(0)',
    '// Date.now() and Math.random() in a comment',
    "export const text = 'setTimeout'",
    'export const ports = { setTimeout: 1 }',
    'export const read = (port: { setTimeout(): void }) => port.setTimeout()',
    "import { createHash } from 'node:crypto'",
    'export const pid = process.pid',
  ])('%s is none of it', (source) => {
    expect(rulesOf('core/x.ts', source)).toEqual([])
  })

  test('the clock may read the clock, the store may gather one turn of the loop; nobody else', () => {
    expect(rulesOf('core/clock.ts', 'export const now = () => Date.now()')).toEqual([])
    expect(rulesOf('core/store/commit.ts', 'setImmediate(() => {})')).toEqual([])
    expect(rulesOf('core/store/commit.ts', 'setTimeout(() => {}, 1)')).toEqual(['ambient'])
  })
})

describe('shape', () => {
  test('a type cannot import past a boundary', () => {
    expect(rulesOf('core/x.ts', "export type Plan = import('../remediation/plan.ts').Plan")).toEqual(['import-type'])
  })

  test('a class is an error or it is refused', () => {
    expect(rulesOf('core/x.ts', 'class Store {}')).toEqual(['class'])
    expect(rulesOf('core/x.ts', 'class Fault extends Error {}')).toEqual([])
  })

  const body = (lines: number) => Array.from({ length: lines }, (_, i) => `  use(${i})`).join('\n')

  test('a long function is refused, a long factory of short functions is not', () => {
    expect(rulesOf('core/x.ts', `function long() {\n${body(90)}\n}`)).toEqual(['long-function'])
    const inner = (name: string) => `function ${name}() {\n${body(50)}\n}`
    expect(rulesOf('core/x.ts', `function factory() {\n${inner('a')}\n${inner('b')}\n}`)).toEqual([])
  })

  test('a long file is refused', () => {
    expect(rulesOf('core/x.ts', body(400))).toEqual(['long-file'])
  })

  test('what is left to do, and paths of one machine, are refused in docs too', () => {
    expect(rulesOf('docs/x.md', `${'TO'}${'DO'}: later`)).toEqual(['left-to-do'])
    expect(rulesOf('docs/x.md', `see ${'/wo'}${'rk'}/main`)).toEqual(['machine-path'])
  })
})
