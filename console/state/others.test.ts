import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from './board.ts'
import { followOthers } from './others.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function board(urls: string[], alive: string[]) {
  const store = createStore()
  const went: string[] = []
  followOthers(store, { read: async () => urls, lives: async (url) => alive.includes(url), here: 'http://a', go: (url) => went.push(url) })
  store.set({ session: 'in', link: 'live' })
  return { store, went }
}

test('a board whose controller is gone goes on at one that answers, once', async () => {
  const { store, went } = board(['http://a', 'http://b', 'http://c'], ['http://c'])
  await vi.advanceTimersByTimeAsync(100)
  store.set({ link: 'lost' })
  await vi.advanceTimersByTimeAsync(2_900)
  expect(went).toEqual([])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(went).toEqual(['http://c'])
})

test('a stream that comes back by itself moves nobody, and who knows of no other stays', async () => {
  const back = board(['http://a', 'http://b'], ['http://b'])
  await vi.advanceTimersByTimeAsync(100)
  back.store.set({ link: 'lost' })
  await vi.advanceTimersByTimeAsync(2_000)
  back.store.set({ link: 'live' })
  const alone = board(['http://a'], ['http://a'])
  await vi.advanceTimersByTimeAsync(100)
  alone.store.set({ link: 'lost' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect([back.went, alone.went]).toEqual([[], []])
})

test('while nobody answers it looks again, and goes on at the first who does', async () => {
  const alive: string[] = []
  const { store, went } = board(['http://a', 'http://b'], alive)
  await vi.advanceTimersByTimeAsync(100)
  store.set({ link: 'lost' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(went).toEqual([])
  alive.push('http://b')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(went).toEqual(['http://b'])
})
