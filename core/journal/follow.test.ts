import { afterEach, beforeEach, expect, test } from 'vitest'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import { idMint } from '../ids.ts'
import { silentLog } from '../log.ts'
import { seededRandom } from '../random.ts'
import { follow } from './follow.ts'
import type { Journal } from './journal.ts'
import { openJournal } from './open.ts'

let clock: VirtualClock
let journal: Journal
let running: { stop(): Promise<void> }[]
beforeEach(async () => {
  clock = virtualClock(undefined, { drain: 'immediates' })
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
  running = []
})
afterEach(async () => {
  for (const one of running) await one.stop()
  await journal.close()
})

const note = (n: number) => journal.note('n', {}, { n })
async function start(handle: (n: number) => Promise<void> | void, from?: 'now' | 'start') {
  const one = follow({ journal, clock, log: silentLog, subscriber: 'me', from, handle: ({ data }) => handle(data.n as number) })
  running.push(one)
  await clock.advance(0)
  return one
}

test('hears of everything once, in order, also when it comes in the middle of its work, and goes on where it was after a restart', async () => {
  const heard: number[] = []
  await note(0)
  const first = await start(async (n) => {
    heard.push(n)
    if (n === 1) await note(2)
  })
  await note(1)
  await clock.advance(10)
  await first.stop()
  await note(3)
  await start((n) => void heard.push(n))
  await clock.advance(10)
  expect(heard).toEqual([1, 2, 3])
})

test('begins with the first event when told so', async () => {
  const heard: number[] = []
  for (let n = 0; n < 450; n++) await note(n)
  await start((n) => void heard.push(n), 'start')
  await clock.advance(10)
  expect(heard).toEqual(Array.from({ length: 450 }, (_, n) => n))
})

test('what fails is tried again, later and later, and nothing overtakes it', async () => {
  const tried: number[] = []
  let broken = true
  await start((n) => {
    tried.push(n)
    if (n === 1 && broken) throw new Error('away')
  })
  await note(0)
  await note(1)
  await note(2)
  await clock.advance(4_000)
  expect(tried).toEqual([0, 1, 1, 1, 1])
  broken = false
  await clock.advance(4_000)
  expect(tried).toEqual([0, 1, 1, 1, 1, 1, 2])
})
