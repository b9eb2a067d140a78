import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { markOf } from './generate.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

test('the client types are those of docs/openapi.json (make them anew: node console/api/generate.ts)', () => {
  expect(read('schema.d.ts').split('\n')[0]).toBe(markOf(read('../../docs/openapi.json')))
})
