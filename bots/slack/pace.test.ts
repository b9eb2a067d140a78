import { expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { openPace } from './pace.ts'

const never = new AbortController().signal

function begin() {
  const clock = virtualClock()
  const pace = openPace(clock)
  const went: { what: string; at: number }[] = []
  const go = (what: string, method: 'chat.postMessage' | 'conversations.create', channel?: string) =>
    pace.turn(method, channel, never).then((came) => came && went.push({ what, at: Math.round(clock.monotonic()) }))
  return { clock, pace, went, go }
}

test('posting is once a second in a channel, after a few at once; another channel does not wait for it', async () => {
  const { clock, went, go } = begin()
  for (let n = 0; n < 7; n++) void go(`a${n}`, 'chat.postMessage', 'C1')
  void go('b', 'chat.postMessage', 'C2')
  await clock.advance(10_000)
  expect(went.map(({ what, at }) => `${what} ${at}`)).toEqual(['a0 0', 'b 0', 'a1 0', 'a2 0', 'a3 0', 'a4 1000', 'a5 2000', 'a6 3000'])
})

test('methods of a tier have its calls a minute, and no more', async () => {
  const { clock, went, go } = begin()
  for (let n = 0; n < 30; n++) void go(`${n}`, 'conversations.create')
  await clock.advance(0)
  expect(went).toHaveLength(20)
  await clock.advance(30_000)
  expect(went).toHaveLength(30)
})

test('Retry-After closes one method, in order and without a rush at its end', async () => {
  const { clock, pace, went, go } = begin()
  pace.limited('chat.postMessage', 'C1', 5_000)
  for (let n = 0; n < 3; n++) void go(`a${n}`, 'chat.postMessage', 'C1')
  void go('b', 'chat.postMessage', 'C2')
  void go('create', 'conversations.create')
  expect(pace.waitOf('chat.postMessage', 'C1')).toBeGreaterThanOrEqual(5_000)
  expect(pace.waitOf('conversations.create')).toBe(0)
  await clock.advance(20_000)
  expect(went.map(({ what, at }) => `${what} ${at}`)).toEqual(['b 0', 'create 0', 'a0 5000', 'a1 6000', 'a2 7000'])
})

test('who gives up waiting takes no turn from the others', async () => {
  const { clock, pace, went, go } = begin()
  const gone = new AbortController()
  pace.limited('chat.postMessage', 'C1', 2_000)
  const left = pace.turn('chat.postMessage', 'C1', gone.signal)
  void go('next', 'chat.postMessage', 'C1')
  gone.abort()
  await clock.advance(2_000)
  expect(await left).toBe(false)
  expect(went).toEqual([{ what: 'next', at: 2_000 }])
})

test('channels that nobody uses any more are forgotten', async () => {
  const { clock, pace } = begin()
  for (let n = 0; n < 500; n++) await pace.turn('chat.postMessage', `C${n}`, never)
  expect(pace.size).toBe(500)
  await clock.advance(700_000)
  for (let n = 0; n < 300; n++) void pace.turn('chat.postMessage', 'C0', AbortSignal.abort())
  await clock.advance(0)
  expect(pace.size).toBeLessThan(5)
})
