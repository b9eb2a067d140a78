import { expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { paceOf } from './pace.ts'

const limit = { perSecond: 20, burst: 100 }

/** How many of `wanted` calls go out within so many ms. */
async function through(
  clock: ReturnType<typeof virtualClock>,
  pace: ReturnType<typeof paceOf>,
  wanted: number,
  ms: number,
): Promise<number> {
  let gone = 0
  for (let n = 0; n < wanted; n += 1) void pace.take().then(() => (gone += 1))
  await clock.advance(ms)
  return gone
}

test('half of what AWS allows: half of the burst at once, then half of the rate', async () => {
  const clock = virtualClock()
  const pace = paceOf(limit, clock)
  expect(await through(clock, pace, 200, 0)).toBe(50)
  const later = virtualClock()
  expect(await through(later, paceOf(limit, later), 200, 3_000)).toBe(80)
})

test('in the order in which they came', async () => {
  const clock = virtualClock()
  const pace = paceOf({ perSecond: 2, burst: 1 }, clock)
  const order: number[] = []
  for (const n of [1, 2, 3]) void pace.take().then(() => order.push(n))
  await clock.advance(1_000)
  expect(order).toEqual([1, 2])
  await clock.advance(1_000)
  expect(order).toEqual([1, 2, 3])
})

test('what is heavy takes longer', async () => {
  const clock = virtualClock()
  const pace = paceOf({ perSecond: 90_000, burst: 90_000 }, clock)
  await pace.take(45_000)
  let gone = false
  void pace.take(45_000).then(() => (gone = true))
  await clock.advance(999)
  expect(gone).toBe(false)
  await clock.advance(1)
  expect(gone).toBe(true)
})

test('a throttle halves the pace, many at once are one sign, and quiet seconds bring it back', async () => {
  const clock = virtualClock()
  const pace = paceOf(limit, clock)
  for (let n = 0; n < 10; n += 1) pace.throttled()
  expect(pace.perSecond).toBe(5)
  await clock.advance(1_000)
  pace.throttled()
  expect(pace.perSecond).toBe(2.5)
  await clock.advance(10_000)
  expect(pace.perSecond).toBe(5)
  await clock.advance(10_000)
  expect(pace.perSecond).toBe(10)
  await clock.advance(60_000)
  expect(pace.perSecond).toBe(10)
})

test('it never stops altogether', async () => {
  const clock = virtualClock()
  const pace = paceOf(limit, clock)
  for (let n = 0; n < 20; n += 1) {
    pace.throttled()
    await clock.advance(1_000)
  }
  expect(pace.perSecond).toBeGreaterThanOrEqual(10 / 16)
})

test('after a throttle nothing goes out in a burst', async () => {
  const clock = virtualClock()
  const pace = paceOf(limit, clock)
  pace.throttled()
  expect(await through(clock, pace, 100, 1_000)).toBe(5)
})

test('who is told to stop does not wait', async () => {
  const clock = virtualClock()
  const pace = paceOf({ perSecond: 0.01, burst: 1 }, clock)
  await pace.take()
  const stop = new AbortController()
  const waiting = pace.take(1, stop.signal)
  stop.abort()
  await waiting
  expect(clock.pending).toBe(0)
})
