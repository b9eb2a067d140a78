import { expect, test } from 'vitest'
import { every, sleep } from '../core/clock.ts'
import { seededRandom } from '../core/random.ts'
import { virtualClock } from './virtual-clock.ts'

test('time stands still until it is advanced', async () => {
  const clock = virtualClock(1_000)
  expect([clock.now(), clock.monotonic()]).toEqual([1_000, 0])
  await clock.advance(250)
  expect([clock.now(), clock.monotonic()]).toEqual([1_250, 250])
})

test('timers fire in the order of their time, then of their making', async () => {
  const clock = virtualClock()
  const fired: string[] = []
  clock.after(20, () => fired.push('late'))
  clock.after(10, () => fired.push('first'))
  clock.after(10, () => fired.push('second'))
  await clock.advance(19)
  expect(fired).toEqual(['first', 'second'])
  await clock.advance(1)
  expect(fired).toEqual(['first', 'second', 'late'])
})

test('what a timer sets going has ended before the next timer fires', async () => {
  const clock = virtualClock()
  const seen: string[] = []
  const chain = async (name: string) => {
    for (let i = 0; i < 50; i++) await null
    seen.push(`${name} at ${clock.monotonic()}`)
  }
  clock.after(1, () => void chain('a'))
  clock.after(2, () => void chain('b'))
  await clock.advance(5)
  expect(seen).toEqual(['a at 1', 'b at 2'])
})

test('a timer made by a timer fires in the same advance when it is due in it', async () => {
  const clock = virtualClock()
  let woken = 0
  void (async () => {
    for (let i = 0; i < 5; i++) {
      await sleep(clock, 10)
      woken++
    }
  })()
  await clock.advance(35)
  expect(woken).toBe(3)
})

test('a cancelled timer does not fire, and cancelling twice or after firing does nothing', async () => {
  const clock = virtualClock()
  let fired = 0
  const cancel = clock.after(10, () => fired++)
  const cancelLate = clock.after(5, () => fired++)
  cancel()
  cancel()
  await clock.advance(20)
  cancelLate()
  expect(fired).toBe(1)
  expect(clock.pending).toBe(0)
})

test('the wall clock may jump; the monotonic one and the timers do not care', async () => {
  const clock = virtualClock(1_000_000)
  let fired = false
  clock.after(10, () => (fired = true))
  clock.jump(-500_000)
  expect([clock.now(), clock.monotonic(), fired]).toEqual([500_000, 0, false])
  await clock.advance(10)
  expect([clock.now(), fired]).toEqual([500_010, true])
})

test('runUntil stops at the moment that is asked for', async () => {
  const clock = virtualClock()
  let beats = 0
  const stop = every(clock, 100, () => beats++)
  expect(await clock.runUntil(() => beats === 7)).toBe(true)
  expect(clock.monotonic()).toBe(700)
  expect(await clock.runUntil(() => false, 1_000)).toBe(false)
  stop()
})

test('runUntilIdle ends when nothing waits, and tells when something never ends', async () => {
  const clock = virtualClock()
  clock.after(5, () => clock.after(5, () => undefined))
  await clock.runUntilIdle()
  expect(clock.monotonic()).toBe(10)
  every(clock, 1, () => undefined)
  await expect(clock.runUntilIdle(50)).rejects.toThrow('1 timers still wait after 50 ms')
})

test('advancing a clock that is being advanced is refused', async () => {
  const clock = virtualClock()
  const first = clock.advance(10)
  await expect(clock.advance(10)).rejects.toThrow('already being advanced')
  await first
})

test('with drain "immediates", work that waits for the event loop ends before the next timer', async () => {
  const clock = virtualClock(0, { drain: 'immediates' })
  const seen: number[] = []
  clock.after(1, () => void Promise.resolve().then(() => setImmediate(() => seen.push(clock.monotonic()))))
  clock.after(2, () => undefined)
  await clock.advance(5)
  expect(seen).toEqual([1])
})

test('keeps its order among many timers of which most are cancelled', async () => {
  const clock = virtualClock()
  const random = seededRandom(7)
  const fired: number[] = []
  const kept: number[] = []
  for (let i = 0; i < 20_000; i++) {
    const at = Math.floor(random.next() * 5_000)
    const cancel = clock.after(at, () => fired.push(at))
    if (i % 10 === 0) kept.push(at)
    else cancel()
  }
  expect(clock.pending).toBe(2_000)
  await clock.runUntilIdle()
  expect(fired).toEqual(kept.sort((a, b) => a - b))
})
