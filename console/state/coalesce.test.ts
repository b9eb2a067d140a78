import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { coalesce } from './coalesce.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('the first poke works at once, a storm of them once per period', async () => {
  let works = 0
  const { poke } = coalesce(async () => void works++, 150)
  poke()
  expect(works).toBe(1)
  for (let i = 0; i < 500; i++) {
    poke()
    await vi.advanceTimersByTimeAsync(1)
  }
  expect(works).toBe(4)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(works).toBe(5)
})

test('a poke during slow work is done after it, never beside it', async () => {
  const ends: (() => void)[] = []
  const { poke } = coalesce(() => new Promise((resolve) => ends.push(resolve)), 150)
  poke()
  poke()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(ends).toHaveLength(1)
  ends[0]?.()
  await vi.advanceTimersByTimeAsync(0)
  expect(ends).toHaveLength(2)
})

test('stopped, it does nothing more', async () => {
  let works = 0
  const { poke, stop } = coalesce(async () => void works++, 150)
  poke()
  poke()
  stop()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(works).toBe(1)
})
