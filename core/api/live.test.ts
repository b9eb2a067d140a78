import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../test/virtual-clock.ts'
import { createApi } from './app.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { type LiveLimits, liveLimits, openLive } from './live.ts'

let clock: ReturnType<typeof virtualClock>
let house: Fixture

beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 0, 31, 3))
  house = await openFixture({ clock })
})
afterEach(() => house.close())

interface Told {
  id?: number
  event?: string
  // biome-ignore lint/suspicious/noExplicitAny: what an event carries is what the test is about.
  data?: any
  comment?: string
}

/** Reads a stream of server-sent events as a browser would. */
function eventsOf(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let text = ''
  const next = async (): Promise<Told | null> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end !== -1) {
        const block = text.slice(0, end)
        text = text.slice(end + 2)
        return parse(block)
      }
      const { done, value } = await reader.read()
      if (done) return null
      text += decoder.decode(value, { stream: true })
    }
  }
  const take = async (count: number) => {
    const taken: Told[] = []
    while (taken.length < count) taken.push((await next()) as Told)
    return taken
  }
  /** Past `ready` and the status of the six members. */
  const settled = async () => void (await take(7))
  return { next, take, settled, cancel: () => reader.cancel() }
}

function parse(block: string): Told {
  if (block.startsWith(':')) return { comment: block.slice(1).trim() }
  const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
  return { ...(fields.id ? { id: Number(fields.id) } : {}), event: fields.event, data: JSON.parse(fields.data as string) }
}

const open = (limits: Partial<LiveLimits> = {}) => openLive(house.ports, { ...liveLimits, ...limits })
const note = (text: string) => house.ports.journal.note('test.noted', { component: 'leo' }, { text })
const noteMany = async (from: number, to: number) => {
  for (let i = from; i < to; i++) await note(`n${i}`)
}
const texts = (told: Told[]) => told.map((one) => one.data.text ?? one.data.data?.text)

describe('a reader', () => {
  test('is told where it stands, how every member is, and then what happens', async () => {
    await noteMany(0, 3)
    house.status.set('leo-1', { status: 'pass', summary: 'answers' })
    const events = eventsOf(await open().follow(null))
    const last = await house.ports.journal.lastEvent()
    expect(await events.next()).toEqual({ id: last, event: 'ready', data: { seq: last } })
    const statuses = await events.take(6)
    expect(statuses.every((one) => one.event === 'status' && one.id === undefined)).toBe(true)
    expect(statuses.find((one) => one.data.id === 'leo-1')?.data).toMatchObject({
      component: 'leo',
      status: 'pass',
      summary: 'answers',
      since: '2026-01-31T03:00:00.000Z',
    })
    await note('now')
    expect(await events.next()).toMatchObject({
      id: last + 1,
      event: 'test.noted',
      data: { seq: last + 1, kind: 'test.noted', component: 'leo', at: '2026-01-31T03:00:00.000Z', data: { text: 'now' } },
    })
    await events.cancel()
  })

  test('that comes back is told what it missed, each once, in order', async () => {
    const live = open()
    const first = eventsOf(await live.follow(null))
    await first.settled()
    await note('seen')
    const seen = (await first.next())?.id as number
    await first.cancel()
    await noteMany(0, 40)
    const writing = noteMany(40, 80)
    const again = eventsOf(await live.follow(seen))
    await again.settled()
    await writing
    await noteMany(80, 100)
    expect(texts(await again.take(100))).toEqual(Array.from({ length: 100 }, (_, i) => `n${i}`))
    await again.cancel()
  })

  test('that is slow misses nothing, though the ring has gone on without it', async () => {
    const live = open({ ringEvents: 5 })
    const slow = eventsOf(await live.follow(null))
    const quick = eventsOf(await live.follow(null))
    await Promise.all([slow.settled(), quick.settled()])
    await noteMany(0, 60)
    expect(texts(await quick.take(60))).toHaveLength(60)
    expect(texts(await slow.take(60))).toEqual(Array.from({ length: 60 }, (_, i) => `n${i}`))
    await Promise.all([slow.cancel(), quick.cancel()])
  })

  test('with the id of another journal begins from now', async () => {
    const events = eventsOf(await open().follow(1_000_000))
    await events.settled()
    await note('now')
    expect(texts([(await events.next()) as Told])).toEqual(['now'])
    await events.cancel()
  })
})

describe('changes of status', () => {
  test('the first is told at once; those that follow closely are told together, as they are in the end', async () => {
    const events = eventsOf(await open().follow(null))
    await events.settled()
    house.status.set('leo-1', { summary: 'first' })
    expect((await events.next())?.data.summary).toBe('first')
    for (let i = 0; i <= 100; i++) house.status.set('leo-1', { summary: `change ${i}` })
    house.status.set('dipper-1', { summary: 'other' })
    await clock.advance(liveLimits.gatherMs)
    expect((await events.take(2)).map((one) => one.data.summary).sort()).toEqual(['change 100', 'other'])
    await note('nothing in between')
    expect((await events.next())?.event).toBe('test.noted')
    await events.cancel()
  })
})

describe('a quiet or broken connection', () => {
  test('hears a comment each 15 s', async () => {
    const events = eventsOf(await open().follow(null))
    await events.settled()
    const waiting = events.next()
    await clock.advance(liveLimits.heartbeatMs)
    expect(await waiting).toEqual({ comment: 'beat' })
    await events.cancel()
  })

  test('that takes nothing is cut after a while, and the others are not', async () => {
    const live = open()
    let cuts = 0
    await live.follow(null, { cut: () => cuts++ })
    const healthy = eventsOf(await live.follow(null, { cut: () => (cuts += 100) }))
    await healthy.settled()
    const beats = (async () => {
      for (let i = 0; i < 3; i++) await healthy.next()
    })()
    await clock.advance(liveLimits.stallMs + liveLimits.heartbeatMs)
    await beats
    expect([cuts, live.readers()]).toEqual([1, 1])
    await healthy.cancel()
  })

  test('leaves nothing behind: no timer, no listener', async () => {
    const live = open()
    const [one, two] = [eventsOf(await live.follow(null)), eventsOf(await live.follow(null))]
    await Promise.all([one.settled(), two.settled()])
    house.status.set('leo-1', { summary: 'x' })
    expect([live.readers(), house.status.listeners.size]).toEqual([2, 1])
    await Promise.all([one.cancel(), two.cancel()])
    expect([live.readers(), house.status.listeners.size, clock.pending]).toEqual([0, 0, 0])
    const again = eventsOf(await live.follow(null))
    await again.settled()
    await note('works again')
    expect(texts([(await again.next()) as Told])).toEqual(['works again'])
    await again.cancel()
  })

  test('ends in order when the server closes', async () => {
    const live = open()
    const closing = new AbortController()
    const events = eventsOf(await live.follow(null, { closing: closing.signal }))
    await events.settled()
    const waiting = events.next()
    closing.abort()
    expect(await waiting).toBeNull()
    expect(live.readers()).toBe(0)
  })

  test('ends when the journal cannot be read, so that the client comes back', async () => {
    let broken = false
    const events: typeof house.ports.journal.events = (...args) =>
      broken ? Promise.reject(new Error('disk')) : house.ports.journal.events(...args)
    const live = openLive({ ...house.ports, journal: { ...house.ports.journal, events } }, liveLimits)
    const reader = eventsOf(await live.follow(null))
    await reader.settled()
    await note('before')
    expect(texts([(await reader.next()) as Told])).toEqual(['before'])
    broken = true
    const waiting = reader.next()
    await note('unreadable')
    expect(await waiting).toBeNull()
    expect(live.readers()).toBe(0)
  })
})

describe('GET /v1/events', () => {
  const authorization = () => ({ authorization: `Bearer ${house.tokens.viewer}` })

  test('resumes by Last-Event-ID, or by ?after=', async () => {
    await noteMany(0, 5)
    const last = await house.ports.journal.lastEvent()
    for (const ask of [
      { path: '/v1/events', headers: { 'last-event-id': String(last - 2) } },
      { path: `/v1/events?after=${last - 2}`, headers: {} },
    ]) {
      const answer = await house.api.request(ask.path, { headers: { ...authorization(), ...ask.headers } })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
      const events = eventsOf(answer.body as ReadableStream<Uint8Array>)
      await events.settled()
      expect(texts(await events.take(2))).toEqual(['n3', 'n4'])
      await events.cancel()
    }
  })

  test('takes the cookie of the board, and nothing without either', async () => {
    const login = await house.ask('POST', '/v1/session', { as: null, body: { token: house.tokens.viewer } })
    const cookie = (login.headers.get('set-cookie') as string).split(';')[0] as string
    const answer = await house.api.request('/v1/events', { headers: { cookie } })
    expect(answer.status).toBe(200)
    await answer.body?.cancel()
    expect((await house.ask('GET', '/v1/events', { as: null })).status).toBe(401)
  })

  test.each(['nonsense', '-1', '1.5'])('refuses the id %j', async (id) => {
    const answer = await house.ask('GET', '/v1/events', { headers: { 'last-event-id': id } })
    expect(answer.status).toBe(422)
    expect(answer.body.title).toContain('last-event-id')
  })

  test('takes a limited number of clients, and says so to the next one', async () => {
    const api = createApi(house.ports, { live: { maxReaders: 1 } })
    const first = await api.request('/v1/events', { headers: authorization() })
    const second = await api.request('/v1/events', { headers: authorization() })
    expect([second.status, ((await second.json()) as { code: string }).code]).toEqual([503, 'too-many-clients'])
    await first.body?.cancel()
    const third = await api.request('/v1/events', { headers: authorization() })
    expect(third.status).toBe(200)
    await third.body?.cancel()
  })
})
