import { expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { type Api, Refused } from '../api.ts'
import { followAndon } from './follow.ts'
import { calm, story } from './sample.ts'

/** A controller whose answers a test writes: what one reading tells, and what the stream brings. */
function controller() {
  const clock = virtualClock(Date.UTC(2026, 0, 1), { drain: 'immediates' })
  const asked: string[] = []
  const told: unknown[] = []
  const answers: (() => Promise<unknown>)[] = []
  const feeds: ReturnType<typeof feed>[] = []
  const stop = new AbortController()
  const api: Pick<Api, 'get' | 'events'> = {
    async get<T>(path: string) {
      asked.push(path.split('?')[1] as string)
      return (await (answers.shift() ?? (async () => ({ ...calm, timeline: [] })))()) as T
    },
    events: (signal) => {
      const made = feed(signal)
      feeds.push(made)
      return made.stream()
    },
  }
  const on = {
    seen: (_: unknown, fresh: readonly { seq: number }[]) => void told.push(fresh.map(({ seq }) => seq)),
    connected: (well: boolean) => void told.push(well ? 'back' : 'away'),
    moved: (id: string) => void told.push(id),
  }
  const done = followAndon(api, calm.id, stop.signal, on, clock)
  return { asked, told, answers, stop, done, pass: clock.advance, now: () => feeds.at(-1) as ReturnType<typeof feed> }
}

function feed(signal: AbortSignal) {
  const waiting: { event: string; data: string }[] = []
  let over = false
  let wake = () => {}
  signal.addEventListener('abort', () => wake())
  return {
    push(event: string, data: object = {}) {
      waiting.push({ event, data: JSON.stringify(data) })
      wake()
    },
    end() {
      over = true
      wake()
    },
    async *stream() {
      while (!over && !signal.aborted) {
        for (let next = waiting.shift(); next; next = waiting.shift()) yield { id: '', ...next }
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

const entries = (from: number, to: number) => async () => ({ ...calm, timeline: story.slice(from, to) })
const about = { andon: calm.id, incident: null }

test('many events within a moment are one reading, from where the last one ended; others are no matter of ours', async () => {
  const { answers, asked, told, now, stop, done, pass } = controller()
  answers.push(entries(0, 2), entries(2, 4))
  now().push('ready')
  await pass(100)
  for (let n = 0; n < 5; n++) now().push('andon.joined', about)
  now().push('andon.joined', { andon: 'and_other', incident: null })
  now().push('status')
  await pass(100)
  now().push('andon.joined', { andon: 'and_other', incident: null })
  await pass(1_000)
  expect(told).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(asked).toEqual(['after=0', 'after=2'])
  stop.abort()
  await done
})

test('an event while one reads is read after it, never at the same time', async () => {
  const { answers, told, now, stop, done, pass } = controller()
  let answer = (_: unknown) => {}
  answers.push(() => new Promise((resolve) => (answer = resolve)), entries(2, 3))
  now().push('ready')
  await pass(100)
  now().push('andon.joined', about)
  await pass(1_000)
  expect(told).toEqual([])
  answer({ ...calm, timeline: story.slice(0, 2) })
  await pass(100)
  expect(told).toEqual([[1, 2], [3]])
  stop.abort()
  await done
})

test('a controller that goes away is told once, and when it is back what was missed is read', async () => {
  const { answers, told, now, stop, done, pass } = controller()
  answers.push(entries(0, 2), entries(2, 3))
  now().push('ready')
  await pass(100)
  now().end()
  await pass(600)
  now().end()
  await pass(600)
  now().push('ready')
  await pass(100)
  expect(told).toEqual([[1, 2], 'away', [3], 'back'])
  stop.abort()
  await done
})

test('a reading that fails is tried again by itself', async () => {
  const { answers, told, now, stop, done, pass } = controller()
  answers.push(
    async () => {
      throw new Refused(503, { title: 'store' })
    },
    entries(0, 1),
  )
  now().push('ready')
  await pass(1_000)
  expect(told).toEqual(['away', [1], 'back'])
  stop.abort()
  await done
})

test('what the controller refuses ends it with that', async () => {
  const { answers, now, done, pass } = controller()
  answers.push(async () => {
    throw new Refused(404, { title: 'There is no andon' })
  })
  const ended = expect(done).rejects.toThrow('There is no andon')
  now().push('ready')
  await pass(1_000)
  await ended
})

test('merged: the other one is followed, from its beginning', async () => {
  const { answers, asked, told, now, stop, done, pass } = controller()
  answers.push(async () => ({ ...calm, mergedInto: 'and_b', timeline: story.slice(0, 2) }), entries(0, 3))
  now().push('ready')
  await pass(100)
  now().push('andon.joined', about)
  await pass(200)
  expect(told).toEqual([[1, 2], 'and_b', [1, 2, 3]])
  now().push('andon.joined', { ...about, andon: 'and_b' })
  await pass(200)
  expect(asked).toEqual(['after=0', 'after=0', 'after=3'])
  stop.abort()
  await done
})
