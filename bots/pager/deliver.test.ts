import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fault } from '../../core/errors.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import type { Page, Pager } from './define.ts'
import { deliverPages } from './deliver.ts'

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

/** A pager that keeps what it took, and when it was asked. */
function pagerOf(works: (asked: number) => boolean = () => true) {
  const took: Page[] = []
  const askedAt: number[] = []
  const deliver: Pager['deliver'] = async (page) => {
    askedAt.push(clock.monotonic())
    if (!works(askedAt.length)) throw fault('page-not-sent', { kind: 'test', problem: 'nobody there' })
    took.push(page)
  }
  return { kind: 'test', deliver, took, askedAt }
}

function start(pagers: Pager[], over: Journal = journal) {
  const one = deliverPages({ journal: over, pagers, clock, log: silentLog })
  running.push(one)
  return one
}

const post = (dedupe = 'inc_1/hung/polaris-1', more: object = {}) =>
  journal.post({
    channel: 'page',
    dedupe,
    incident: null,
    payload: { component: 'polaris', failure: 'hung', evidence: 'no answer', reason: 'nothing helped', ...more },
  })
const gaps = (times: number[]) => times.slice(1).map((time, i) => Math.round((time - (times[i] as number)) / 1_000))
const kinds = async () => (await journal.events(0, 1_000)).map((event) => event.kind)

describe('a page is taken to people', () => {
  test('as soon as it is written, once, however often it is written', async () => {
    const pager = pagerOf()
    start([pager])
    await post()
    await post()
    await clock.advance(0)
    expect(pager.took).toMatchObject([{ dedupe: 'inc_1/hung/polaris-1', title: 'polaris: hung' }])
    await clock.advance(300_000)
    expect(pager.askedAt).toHaveLength(1)
    expect(await kinds()).toEqual(['page.queued', 'page.sent'])
  })

  test('also when it was written before we started: an earlier life of ours may have died with it', async () => {
    await post()
    const pager = pagerOf()
    start([pager])
    await clock.advance(0)
    expect(pager.took).toHaveLength(1)
  })

  test('in the order in which they were written, all of them', async () => {
    const pager = pagerOf()
    for (let n = 0; n < 50; n++) await post(`page ${n}`)
    start([pager])
    await clock.advance(10_000)
    expect(pager.took.map((page) => page.dedupe)).toEqual(Array.from({ length: 50 }, (_, n) => `page ${n}`))
  })
})

describe('a page that nobody took', () => {
  test('is tried again, later and later, until somebody takes it; then never more', async () => {
    const pager = pagerOf((asked) => asked > 9)
    start([pager])
    await post()
    await clock.advance(3_600_000)
    expect(gaps(pager.askedAt)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    expect(pager.took).toHaveLength(1)
  })

  test('is told on the timeline with what was wrong', async () => {
    start([pagerOf(() => false)])
    await post()
    await clock.advance(0)
    const failed = (await journal.events(0, 100)).find((event) => event.kind === 'page.failed')
    expect(failed).toMatchObject({ component: 'polaris', data: { attempts: 1, problem: expect.stringContaining('nobody there') } })
  })

  test('does not hold up the next one', async () => {
    const pager = { ...pagerOf(), took: [] as Page[] }
    start([
      {
        kind: 'test',
        async deliver(page) {
          if (page.dedupe === 'bad') throw fault('page-not-sent', { kind: 'test', problem: 'too long' })
          pager.took.push(page)
        },
      },
    ])
    await post('bad')
    await post('good')
    await clock.advance(0)
    expect(pager.took.map((page) => page.dedupe)).toEqual(['good'])
  })

  test('is kept when there is no pager at all, and says so', async () => {
    start([])
    await post()
    await clock.advance(5_000)
    expect((await journal.due(10)).length + (await kinds()).filter((kind) => kind === 'page.failed').length).toBeGreaterThan(0)
    expect(await kinds()).not.toContain('page.sent')
  })
})

describe('several pagers', () => {
  test('all are asked; one that took it is enough, and those that failed are not asked again', async () => {
    const [good, bad] = [pagerOf(), pagerOf(() => false)]
    start([bad, good])
    await post()
    await clock.advance(600_000)
    expect(good.took).toHaveLength(1)
    expect(bad.askedAt).toHaveLength(1)
    expect((await kinds()).at(-1)).toBe('page.sent')
  })
})

describe('a store that fails', () => {
  test('stops nothing: what could not be read is read a second later', async () => {
    let away = true
    const due: Journal['due'] = async (limit) => {
      if (away) throw fault('store-failed', { problem: 'disk I/O error' })
      return journal.due(limit)
    }
    const pager = pagerOf()
    start([pager], { ...journal, due })
    await post()
    await clock.advance(10_000)
    expect(pager.took).toHaveLength(0)
    away = false
    await clock.advance(1_000)
    expect(pager.took).toHaveLength(1)
  })

  test('a page that was taken but could not be marked is sent again with the same key: twice is better than never', async () => {
    let away = true
    const settle: Journal['settle'] = async (...args) => {
      if (away) throw fault('store-full', { path: 'x', problem: 'no room' })
      return journal.settle(...args)
    }
    const pager = pagerOf()
    start([pager], { ...journal, settle })
    await post()
    await clock.advance(0)
    away = false
    await clock.advance(60_000)
    expect(pager.took.map((page) => page.dedupe)).toEqual(['inc_1/hung/polaris-1', 'inc_1/hung/polaris-1'])
  })
})

test('nothing is begun after it was stopped; what was begun is waited for', async () => {
  let taken = () => {}
  const held = new Promise<void>((resolve) => {
    taken = resolve
  })
  let ended = false
  const asked: string[] = []
  const one = start([
    {
      kind: 'test',
      async deliver(page) {
        asked.push(page.dedupe)
        await held
      },
    },
  ])
  await post('first')
  await clock.advance(0)
  const stopped = one.stop().then(() => {
    ended = true
  })
  await post('second')
  await clock.advance(10_000)
  expect(ended).toBe(false)
  taken()
  await stopped
  expect(asked).toEqual(['first'])
})
