// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text is named here, not filled in
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { judge } from './check.ts'
import { chapters } from './defences.ts'
import { matches, mutate } from './mutate.ts'
import { defencesPage } from './page.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const defences = chapters.flatMap((chapter) => chapter.defences)

describe('the list of defences', () => {
  test.each(defences)('$id stands in $file once, and can be taken out', (defence) => {
    expect(mutate(read(defence.file), defence)).not.toBe(read(defence.file))
    expect(defence.killedBy.length).toBeGreaterThan(0)
    for (const check of defence.killedBy) if ('file' in check) expect(existsSync(join(root, check.file)), check.file).toBe(true)
  })

  test('names each once, in one sentence', () => {
    expect(new Set(defences.map(({ id }) => id)).size).toBe(defences.length)
    for (const { id, title } of defences) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      expect(title, id).toMatch(/^[A-Z"].{20,200}\.$/)
    }
  })

  test('is what docs/defences.md says (node test/mutants/main.ts --page writes it)', () => {
    expect(read('docs/defences.md')).toBe(defencesPage(chapters))
  })
})

describe('a mutant', () => {
  const defence = { id: 'x', file: 'a.ts', find: 'if (old) throw', replace: 'if (false) throw' }

  test('is found however the code is broken into lines', () => {
    expect(mutate('a\nif (old)\n    throw b', defence)).toBe('a\nif (false) throw b')
  })

  test('that is not found, is found twice, or changes nothing, is refused', () => {
    expect(matches('if (new) throw', defence.find)).toBe(0)
    expect(() => mutate('if (new) throw', defence)).toThrow('stale mutant "x": its text stands 0 times')
    expect(() => mutate('if (old) throw; if (old) throw', defence)).toThrow('stands 2 times')
    expect(() => mutate('if (old) throw', { ...defence, replace: defence.find })).toThrow('changes nothing')
  })

  test('is put in as it is written, whatever signs it holds', () => {
    expect(mutate('`${a.b}`', { ...defence, find: '${a.b}', replace: "$&$1 ${'c'}" })).toBe("`$&$1 ${'c'}`")
  })
})

describe('what a test run tells', () => {
  const file = (message: string, ...results: [string, string][]) => ({
    testResults: [
      { name: 'a.test.ts', message, assertionResults: results.map(([fullName, status]) => ({ fullName, status, failureMessages: [] })) },
    ],
  })

  test('a failed test kills; code that does not load, or a test that is not there, does not', () => {
    expect(judge(file('', ['does a', 'passed'], ['does b', 'failed']), '', undefined)).toEqual({ is: 'failed', by: 'does b' })
    expect(judge(file('SyntaxError: x\n  at y'), '', undefined)).toEqual({ is: 'broken', why: 'SyntaxError: x' })
    expect(judge(null, 'a\nno such file', undefined)).toMatchObject({ is: 'broken' })
    expect(judge(file('', ['does a', 'passed'], ['does b', 'skipped']), '', 'does a|does b')).toEqual({
      is: 'broken',
      why: 'no test is called "does b"',
    })
    expect(judge(file('', ['does a', 'passed']), '', 'does a')).toEqual({ is: 'passed' })
  })
})
