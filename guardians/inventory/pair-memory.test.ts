import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileMemory } from './pair-memory.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-pairs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('keeps one value per pair, for a later scan by another process', async () => {
  const inner = join(folder, 'pairs')
  const memory = fileMemory(inner)
  expect(await memory.get('lines')).toBeUndefined()
  await memory.put('lines', { at: 1 })
  await memory.put('lines', { at: 2, keys: ['a'] })
  await memory.put('orders', [])
  expect(await fileMemory(inner).get('lines')).toEqual({ at: 2, keys: ['a'] })
  expect(await fileMemory(inner).get('orders')).toEqual([])
  expect(readdirSync(inner)).toHaveLength(2)
  for (const file of readdirSync(inner)) expect(statSync(join(inner, file)).mode & 0o077).toBe(0)
})

test('never writes outside its folder', async () => {
  const inner = join(folder, 'pairs')
  await fileMemory(inner).put('../../lines', 1)
  expect(readdirSync(folder)).toEqual(['pairs'])
  expect(await fileMemory(inner).get('../../lines')).toBe(1)
})

test('a file that was cut off is as good as none', async () => {
  const memory = fileMemory(folder)
  await memory.put('lines', { at: 1 })
  for (const file of readdirSync(folder)) writeFileSync(join(folder, file), '{"at":')
  expect(await memory.get('lines')).toBeUndefined()
})
