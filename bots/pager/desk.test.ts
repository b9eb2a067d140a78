import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { type ConfigInput, configSchema } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { type Log, silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { keepingPager, people } from '../../test/pagers.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import { oneByOne, type Page, type Pager } from './define.ts'
import { openPageDesk, type PageDesk } from './desk.ts'
import { openRota, type Rota } from './rota.ts'

let clock: VirtualClock
let journal: Journal
let running: PageDesk[]
let rota: Rota
let rosters: string[]
let logged: unknown[]
const log: Log = { ...silentLog, error: (...line) => void logged.push(line), child: () => log }

beforeEach(async () => {
  clock = virtualClock(Date.parse('2026-11-21T00:00:00Z'), { drain: 'immediates' })
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
  running = []
  rosters = []
  logged = []
})
afterEach(async () => {
  for (const one of running) await one.stop()
  await journal.close()
})

const pagerOf = (works?: (asked: number, page: Page) => boolean, more?: Partial<Pager>) => keepingPager(clock, works, more)

async function start(pagers: Pager[], config: ConfigInput = {}, over: Journal = journal) {
  const catalog = indexCatalog(configSchema.parse(config))
  rota = openRota({ catalog, journal: over })
  const desk = openPageDesk({ catalog, journal: over, rota, pagers, clock, log, onNobodyReached: ({ id }) => rosters.push(id) })
  running.push(desk)
  await desk.start()
  return desk
}

const post = (dedupe = 'inc_1/hung/polaris-1', more: object = {}, incident: string | null = null) =>
  journal.post({
    channel: 'page',
    dedupe,
    incident,
    payload: { component: 'polaris', failure: 'hung', evidence: 'no answer', reason: 'nothing helped', ...more },
  })
const gaps = (times: number[]) => times.slice(1).map((time, i) => Math.round((time - (times[i] as number)) / 1_000))
const events = () => journal.events(0, 1_000)
const kinds = async () => (await events()).map((event) => event.kind)
const entry = async (kind: string) => (await events()).find((event) => event.kind === kind)
const called = (pager: { took: Page[] }) => pager.took.map((page) => page.call?.people.map(({ id }) => id).join('+'))
const first = async (desk: PageDesk) => {
  const [page] = await desk.list({}, { limit: 10 })
  if (!page) throw new Error('no page')
  return page
}

describe('a page is taken to people', () => {
  test('as soon as it is written, once, however often it is written', async () => {
    const pager = pagerOf()
    await start([pager])
    await post()
    await post()
    await clock.advance(0)
    expect(pager.took).toMatchObject([{ dedupe: 'inc_1/hung/polaris-1', title: 'polaris: hung' }])
    await clock.advance(300_000)
    expect(pager.askedAt).toHaveLength(1)
    expect(await kinds()).toEqual(['page.queued', 'page.called', 'page.sent'])
  })

  test('also when it was written before we started: an earlier life of ours may have died with it', async () => {
    await post()
    const pager = pagerOf()
    await start([pager])
    await clock.advance(0)
    expect(pager.took).toHaveLength(1)
  })

  test('in the order in which they were written, all of them', async () => {
    const pager = pagerOf()
    for (let n = 0; n < 50; n++) await post(`page ${n}`)
    await start([pager])
    await clock.advance(10_000)
    expect(pager.took.map((page) => page.dedupe)).toEqual(Array.from({ length: 50 }, (_, n) => `page ${n}`))
  })
})

describe('a page that nobody took', () => {
  test('is tried again, later and later, until somebody takes it; then never more', async () => {
    const pager = pagerOf((asked) => asked > 9)
    await start([pager])
    await post()
    await clock.advance(3_600_000)
    expect(gaps(pager.askedAt)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    expect(pager.took).toHaveLength(1)
    expect((await kinds()).filter((kind) => kind === 'page.sent')).toHaveLength(1)
  })

  test('is told on the timeline with what was wrong, and the roster is shown, once an hour', async () => {
    const desk = await start([pagerOf(() => false)])
    await post()
    await clock.advance(0)
    expect(await entry('page.failed')).toMatchObject({
      component: 'polaris',
      data: { attempts: 1, problem: expect.stringContaining('nobody there') },
    })
    expect(rosters).toEqual([(await first(desk)).id])
    await clock.advance(3_500_000)
    expect(rosters).toHaveLength(1)
    await clock.advance(200_000)
    expect(rosters).toHaveLength(2)
  })

  test('does not hold up the next one', async () => {
    const pager = pagerOf((_, page) => page.dedupe !== 'bad')
    await start([pager])
    await post('bad')
    await post('good')
    await clock.advance(0)
    expect(pager.took.map((page) => page.dedupe)).toEqual(['good'])
  })

  test('is kept when there is no pager at all, says so, and is sent when there is one after a restart', async () => {
    const desk = await start([])
    await post()
    await clock.advance(5_000)
    expect(await kinds()).not.toContain('page.sent')
    expect(await entry('page.failed')).toMatchObject({ data: { problem: 'no pager is configured' } })
    await desk.stop()
    const pager = pagerOf()
    await start([pager])
    await clock.advance(120_000)
    expect(pager.took).toHaveLength(1)
  })

  test('waits as long as a pager asks, and gives up a way that never will work', async () => {
    const busy = pagerOf()
    let asked = 0
    busy.deliver = async (page) => {
      busy.askedAt.push(clock.monotonic())
      if (asked++ === 0) throw fault('page-not-sent', { kind: 'test', problem: 'it answered 429', retryAfterMs: 30_000 })
      busy.took.push(page)
    }
    const never: Pager = {
      kind: 'never',
      async deliver() {
        throw fault('page-not-sent', { kind: 'never', problem: 'it answered 400', permanent: true })
      },
    }
    await start([busy, never])
    await post()
    await clock.advance(60_000)
    expect(gaps(busy.askedAt)).toEqual([30])
    expect(await entry('delivery.failed')).toMatchObject({
      data: { channel: 'notify', attempts: 1, problem: expect.stringContaining('400') },
    })
  })
})

describe('several pagers', () => {
  test('all are asked; one that took it is enough for it to count as sent, and the others are tried ten times', async () => {
    const [good, bad] = [pagerOf(), pagerOf(() => false, { kind: 'bad' })]
    await start([bad, good])
    await post()
    await clock.advance(3_600_000)
    expect(good.took).toHaveLength(1)
    expect(bad.askedAt).toHaveLength(10)
    expect(await kinds()).toEqual(['page.queued', 'page.called', 'page.sent', 'delivery.failed'])
    expect(rosters).toEqual([])
  })

  test('a hanging one holds up nobody', async () => {
    const hanging: Pager = { kind: 'hanging', deliver: () => new Promise(() => {}) }
    const good = pagerOf()
    const desk = await start([hanging, good])
    await post('one')
    await post('two')
    await clock.advance(1_000)
    expect(good.took).toHaveLength(2)
    running = running.filter((one) => one !== desk)
  })
})

describe('a store that fails', () => {
  test('stops nothing: what could not be read is read a second later', async () => {
    let away = true
    const due: Journal['due'] = async (...args) => {
      if (away) throw fault('store-failed', { problem: 'disk I/O error' })
      return journal.due(...args)
    }
    const pager = pagerOf()
    await start([pager], {}, { ...journal, due })
    await post()
    await clock.advance(10_000)
    expect(pager.took).toHaveLength(0)
    away = false
    await clock.advance(1_000)
    expect(pager.took).toHaveLength(1)
  })

  test('a call that was taken but could not be marked is not made again, unless we ended before: twice is better than never', async () => {
    let away = true
    const pager = pagerOf()
    const failing = <Data>(kind: string) => {
      const all = journal.records<Data>(kind)
      const change: typeof all.change = (look, decide) =>
        away && pager.took.length > 0 ? Promise.reject(fault('store-full', { path: 'x', problem: 'no room' })) : all.change(look, decide)
      return { ...all, change }
    }
    const desk = await start([pager], {}, { ...journal, records: failing })
    await post()
    await clock.advance(120_000)
    expect(pager.took).toHaveLength(1)
    await desk.stop()
    await start([pager], {}, { ...journal, records: failing })
    await clock.advance(120_000)
    expect(pager.took.map(({ call }) => call?.n)).toEqual([1, 1])
    away = false
    await clock.advance(120_000)
    expect(pager.took).toHaveLength(2)
    expect((await kinds()).at(-1)).toBe('page.sent')
  })
})

describe('by a policy', () => {
  test('who is on call is called, each in their language; then, when nobody acknowledges, the next level, then everybody', async () => {
    const pager = pagerOf(undefined, { split: oneByOne })
    const desk = await start([pager], people)
    await post()
    await clock.advance(0)
    expect(called(pager)).toEqual(['ben'])
    expect(await entry('page.called')).toMatchObject({
      component: 'polaris',
      data: { policy: 'core', level: 0, round: 0, people: ['ben'] },
    })
    await clock.advance(300_000)
    expect(called(pager)).toEqual(['ben', 'aki'])
    expect(pager.took[1]?.text).toContain('jidoka page ack')
    expect(pager.took[1]?.text).toContain('検知内容')
    await clock.advance(300_000)
    expect(called(pager)).toEqual(['ben', 'aki', 'ben', 'aki'])
    expect((await first(desk)).state.status).toBe('unanswered')
    expect(pager.took[2]?.text).toContain('everybody is called')
    await clock.advance(30 * 60_000)
    expect(called(pager)).toHaveLength(6)
    expect((await kinds()).filter((kind) => kind === 'page.unanswered')).toHaveLength(1)
  })

  test('of an override, whoever took it over is called', async () => {
    const pager = pagerOf()
    await start([pager], people)
    const from = clock.now() - 1
    const order = { schedule: 'core', person: 'chi', from, until: from + 3_600_000, reason: 'dentist', by: { id: 'ben', name: 'Ben' } }
    const { id } = await rota.add(order)
    await post()
    await clock.advance(0)
    expect(called(pager)).toEqual(['chi'])
    await rota.remove('core', id, order.by, 'back already')
    await post('another')
    await clock.advance(0)
    expect(called(pager)).toEqual(['chi', 'ben'])
    await expect(rota.remove('core', id, order.by, 'again')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('the page names one, else the owner of the component, else the Andon; else nobody in particular is called', async () => {
    const more = [
      { id: 'own', levels: [{ notify: ['person:chi'] }] },
      { id: 'andon', levels: [{ notify: ['person:aki'] }] },
    ]
    const pager = pagerOf()
    await start([pager], { ...people, policies: [...people.policies, ...more], andon: { policy: 'andon' } })
    await post('a', { policy: 'own' })
    await post('b')
    await post('c', { component: 'dipper' })
    await clock.advance(0)
    expect(called(pager)).toEqual(['chi', 'ben', 'aki'])
  })

  test('a person whom no pager reaches does not stop the next level', async () => {
    const mail = pagerOf(undefined, {
      split: (some) => oneByOne(some.filter(({ email }) => email !== undefined)).filter((one) => one.length > 0),
    })
    const config = { ...people, policies: [{ id: 'core', levels: [{ notify: ['person:chi'] }, { notify: ['person:ben'] }] }] }
    await start([mail], config)
    await post()
    await clock.advance(299_000)
    expect(mail.took).toEqual([])
    expect(await entry('page.failed')).toMatchObject({ data: { problem: 'no pager reaches who is called by core' } })
    await clock.advance(2_000)
    expect(called(mail)).toEqual(['ben'])
  })

  test('one bad address holds up nobody else, and a later call of the same person does not wait behind it', async () => {
    const config = { ...people, policies: [{ id: 'core', levels: [{ notify: ['person:aki', 'person:ben'] }], repeat: 1 }] }
    const pager = pagerOf((_, page) => page.call?.people[0]?.id !== 'aki', { split: oneByOne })
    await start([pager], config)
    await post()
    await clock.advance(0)
    expect(called(pager)).toEqual(['ben'])
    await clock.advance(300_000)
    expect(called(pager)).toEqual(['ben', 'ben'])
    expect((await journal.lanes('notify', 10)).map(({ waiting }) => waiting)).toEqual([1])
  })
})

describe('acknowledged anywhere', () => {
  const ben = { id: 'ben', name: 'Ben' }

  test('stops everywhere: nothing waits any more, and who was called hears who has it', async () => {
    const [ok, broken] = [pagerOf(undefined, { split: oneByOne }), pagerOf(() => false, { kind: 'broken' })]
    const desk = await start([ok, broken], people)
    await post('x', { andon: 'and_1' }, 'inc_1')
    await clock.advance(2_000)
    const { id } = await first(desk)
    expect(await desk.acknowledge(id, ben, 'slack')).toMatchObject({ changed: true, page: { state: { status: 'acknowledged' } } })
    await clock.advance(100_000)
    const tries = broken.askedAt.length
    await clock.advance(10_000_000)
    expect(broken.askedAt).toHaveLength(tries)
    expect(ok.took).toHaveLength(1)
    expect(ok.heard).toMatchObject([
      { kind: 'acknowledged', acknowledged: { by: ben, via: 'slack' }, text: 'Ben acknowledged it (slack). You need not.' },
    ])
    // It never took the call: it knows of nothing that could be acknowledged.
    expect(broken.heard).toEqual([])
    expect(await journal.lanes('notify', 10)).toEqual([])
    expect(await entry('page.acknowledged')).toMatchObject({
      andon: 'and_1',
      incident: 'inc_1',
      data: { page: id, by: ben, via: 'slack', afterMs: 2_000 },
    })
    expect(await desk.acknowledge('x', { id: 'chi', name: 'Chi' }, 'api')).toMatchObject({ changed: false })
  })

  test('while a pager is just calling: it hears of it afterwards, in order', async () => {
    let answer = () => {}
    const slow = pagerOf()
    const order: string[] = []
    slow.deliver = async () => {
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      order.push('called')
    }
    slow.tell = async ({ kind }) => void order.push(kind)
    const desk = await start([slow], people)
    await post('x', {}, 'inc_1')
    await clock.advance(0)
    await desk.acknowledge('x', ben, 'api')
    answer()
    await clock.advance(1_000)
    await desk.close({ incident: 'inc_1' }, 'mended')
    await clock.advance(1_000)
    expect(order).toEqual(['called', 'acknowledged', 'closed'])
  })

  test('the pager from which it came is not told what it said itself', async () => {
    const duty = pagerOf(undefined, { kind: 'pagerduty' })
    const desk = await start([duty], people)
    await post('x', {}, 'inc_1')
    await clock.advance(0)
    await desk.acknowledge('x', ben, 'pagerduty')
    await clock.advance(1_000)
    expect(duty.heard).toEqual([])
  })

  test('an andon that calls again, because nobody came, climbs on: nobody is rung by two pages', async () => {
    const pager = pagerOf()
    const desk = await start([pager], people)
    await post('and_1/lead', { andon: 'and_1', purpose: 'lead' })
    await clock.advance(120_000)
    await journal.note('andon.call', { andon: 'and_1' }, { again: true, page: 'and_1/lead', until: 0 })
    await clock.advance(1_000)
    expect(called(pager)).toEqual(['ben', 'aki'])
    expect(await desk.list({}, { limit: 10 })).toHaveLength(1)
  })

  test('called again, the next level rings', async () => {
    const pager = pagerOf()
    const desk = await start([pager], people)
    await post('x', {}, 'inc_1')
    await clock.advance(0)
    await desk.acknowledge('x', ben, 'api')
    expect(await desk.reescalate('x', ben, 'no laptop')).toMatchObject({ state: { status: 'firing', level: 1 }, acknowledged: null })
    await clock.advance(0)
    expect(called(pager)).toEqual(['ben', 'aki'])
    expect(await entry('page.reescalated')).toMatchObject({ data: { by: ben, reason: 'no laptop' } })
  })

  test('a page that there is not is not found', async () => {
    const desk = await start([])
    await expect(desk.acknowledge('page_9', ben, 'api')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a page ends', () => {
  async function incident(): Promise<string> {
    const alert = {
      key: 'k',
      component: 'polaris',
      member: 'polaris-1',
      signal: 'exit',
      source: 'test',
      summary: 'gone',
      at: clock.now(),
    } as const
    const [result] = await journal.ingest([{ ...alert, status: 'firing' }])
    return result?.incident as string
  }

  test('with its incident, and who was called hears of it', async () => {
    const pager = pagerOf()
    const desk = await start([pager], people)
    const id = await incident()
    await post('x', {}, id)
    await clock.advance(1_000)
    await journal.resolve(id, 'Ben', 'cable was out')
    await clock.advance(0)
    expect((await first(desk)).state).toMatchObject({ status: 'closed', why: 'the incident resolved: Ben: cable was out' })
    expect(pager.heard).toMatchObject([{ kind: 'closed', text: expect.stringContaining('It is over') }])
    await clock.advance(10_000_000)
    expect(pager.took).toHaveLength(1)
  })

  test('before anybody was called, when its incident had ended by then', async () => {
    const id = await incident()
    await post('x', {}, id)
    await journal.resolve(id, 'Ben', 'cable was out')
    const pager = pagerOf()
    await start([pager], people)
    await clock.advance(10_000)
    expect(pager.took).toEqual([])
    expect((await kinds()).slice(-2)).toEqual(['page.closed', 'delivery.failed'])
  })

  test('when its incident ended while it was being written, and whoever closes pages did not find it yet', async () => {
    const id = await incident()
    let raced = false
    const records = <Data>(kind: string) => {
      const all = journal.records<Data>(kind)
      const change: typeof all.change = async (look, decide) => {
        if (kind === 'page' && look.key !== undefined && !raced) {
          raced = true
          await journal.resolve(id, 'Ben', 'cable was out')
          // Those who follow the journal hear of it before there is a page.
          await new Promise((resolve) => setImmediate(resolve))
        }
        return all.change(look, decide)
      }
      return { ...all, change }
    }
    const desk = await start([pagerOf()], people, { ...journal, records })
    await post('x', {}, id)
    await clock.advance(2_000)
    expect(raced).toBe(true)
    expect((await first(desk)).state).toMatchObject({ status: 'closed', why: expect.stringContaining('cable was out') })
  })

  test('with its andon; and whoever takes the lead there has acknowledged it', async () => {
    const pager = pagerOf()
    const desk = await start([pager], people)
    await post('and_1/lead', { andon: 'and_1', purpose: 'lead' })
    await clock.advance(0)
    await journal.note('andon.role', { andon: 'and_1' }, { role: 'lead', person: { id: 'chi', name: 'Chi' } })
    await clock.advance(0)
    expect((await first(desk)).acknowledged).toMatchObject({ by: { id: 'chi' }, via: 'andon' })
    await journal.note('andon.resolved', { andon: 'and_1' }, {})
    await clock.advance(0)
    expect((await first(desk)).state).toMatchObject({ status: 'closed', why: 'the andon was resolved' })
    expect(pager.heard.map(({ kind }) => kind)).toEqual(['acknowledged', 'closed'])
  })
})

test('personal data stands in no entry, no message, no record and no log, not even when a pager says it', async () => {
  const pager = pagerOf(undefined, { split: oneByOne })
  const deliver = pager.deliver
  pager.deliver = async (page) => {
    const [person] = page.call?.people ?? []
    if (pager.askedAt.push(0) < 3) throw fault('page-not-sent', { kind: 'test', problem: `no line to ${person?.phone}, ${person?.email}` })
    await deliver(page)
  }
  const desk = await start([pager], people)
  await post()
  await clock.advance(600_000)
  expect(pager.took.some((page) => page.call?.people[0]?.phone === '+81 90 1234 5678')).toBe(true)
  const kept = JSON.stringify([await events(), await desk.list({}, { limit: 10 }), logged])
  expect(kept).toContain('no line to')
  for (const secret of ['example.com', '1234']) expect(kept).not.toContain(secret)
})

test('what an earlier life of ours began goes on: the levels, and what waited', async () => {
  const desk = await start([pagerOf(() => false)], people)
  await post()
  await clock.advance(1_000)
  await desk.stop()
  await clock.advance(300_000)
  const pager = pagerOf()
  await start([pager], people)
  await clock.advance(1_000)
  expect(called(pager)).toEqual(['aki'])
})

describe.each(Array.from({ length: 12 }, (_, n) => n))('killed after write %i', (writes) => {
  /** A journal that dies after so many writes. */
  function dying(): Journal {
    let left = writes
    const live = <T>(work: () => Promise<T>): Promise<T> =>
      left-- > 0 ? work() : Promise.reject(fault('store-failed', { problem: 'we are dead' }))
    const records = <Data>(kind: string) => {
      const all = journal.records<Data>(kind)
      return { ...all, change: ((look, decide) => live(() => all.change(look, decide))) as typeof all.change }
    }
    return { ...journal, records, settle: (...args) => live(() => journal.settle(...args)) }
  }

  test('the next life goes on: called at least once, by one page, told as sent once, and acknowledged for good', async () => {
    const pager = pagerOf()
    const dead = await start([pager], people, dying())
    await post('x', {}, 'inc_1')
    await clock.advance(1_000)
    await dead.acknowledge('x', { id: 'ben', name: 'Ben' }, 'api').catch(() => null)
    await clock.advance(1_000)
    await dead.stop()
    const desk = await start([pager], people)
    await clock.advance(10_000)
    await desk.acknowledge('x', { id: 'ben', name: 'Ben' }, 'api')
    await clock.advance(3_600_000)
    expect(await desk.list({}, { limit: 10 })).toHaveLength(1)
    expect(new Set(pager.took.map(({ call }) => call?.n))).toEqual(new Set([1]))
    expect(pager.took.length).toBeLessThanOrEqual(2)
    expect(pager.heard.map(({ kind }) => kind)).toContain('acknowledged')
    const told = await kinds()
    for (const kind of ['page.called', 'page.sent', 'page.acknowledged']) expect(told.filter((one) => one === kind)).toHaveLength(1)
    expect(await journal.due(10)).toEqual([])
    expect(await journal.lanes('notify', 10)).toEqual([])
  })
})

test('nothing is begun after it was stopped; what was begun is waited for', async () => {
  let taken = () => {}
  const held = new Promise<void>((resolve) => {
    taken = resolve
  })
  let ended = false
  const asked: string[] = []
  const one = await start([
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

test('a desk that is not started takes acknowledgements, and calls nobody; one that is started again goes on', async () => {
  const pager = pagerOf()
  const leads = await start([pagerOf()])
  const catalog = indexCatalog(configSchema.parse({}))
  const idle = openPageDesk({ catalog, journal, rota, pagers: [pager], clock, log })
  await post()
  await clock.advance(0)
  const page = await first(leads)
  await leads.stop()
  await post('inc_2/hung/polaris-1')
  expect(await idle.acknowledge(page.id, { id: 'aki', name: 'Aki' }, 'api')).toMatchObject({ changed: true })
  await clock.advance(5_000)
  expect(pager.took).toEqual([])
  running.push(idle)
  await idle.start()
  await clock.advance(1_000)
  expect(pager.took.map(({ dedupe }) => dedupe)).toEqual(['inc_2/hung/polaris-1'])
  await idle.stop()
  await post('inc_3/hung/polaris-1')
  await clock.advance(5_000)
  expect(pager.took).toHaveLength(1)
  await idle.start()
  await clock.advance(1_000)
  expect(pager.took).toHaveLength(2)
})
