import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../clock.ts'
import { type Fixture, openFixture } from './fixture.ts'
import { type Served, serve } from './serve.ts'

let house: Fixture
let served: Served

beforeEach(async () => {
  house = await openFixture({ clock: systemClock, options: { bodyTimeoutMs: 150, bodyLimitBytes: 100_000 } })
  served = await serve(house.api, { host: '127.0.0.1', port: 0, headersTimeoutMs: 300 })
})
afterEach(async () => {
  await served.close()
  await house.close()
})

const bearer = () => ({ authorization: `Bearer ${house.tokens.operator}`, 'content-type': 'application/json' })
const post = (path: string, body: string) => fetch(served.url + path, { method: 'POST', headers: bearer(), body })

/** Sends bytes as they are, and answers all that comes back until the other side ends it. */
function raw(...parts: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => (text += chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
    for (const part of parts) socket.write(part)
  })
}

const head = (more: string) =>
  `POST /v1/alerts HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${house.tokens.operator}\r\ncontent-type: application/json\r\n${more}\r\n`

describe('bad input on the wire', () => {
  test('a body that does not come is answered 408, and the connection ends', async () => {
    const answer = await raw(head('content-length: 100\r\n'), '{"compo')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('"code":"body-too-slow"')
    expect(answer.toLowerCase()).toContain('connection: close')
  })

  test('so are headers that do not come', async () => {
    const answer = await raw('GET /health HTTP/1.1\r\nhost: 127')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('"code":"body-too-slow"')
  })

  test('a body that says it is too large is answered 413 before it comes', async () => {
    const answer = await raw(head('content-length: 100001\r\n'))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('"code":"body-too-large"')
  })

  test('a body that does not say its length is counted as it comes', async () => {
    const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`
    const answer = await raw(head('transfer-encoding: chunked\r\n'), ...Array.from({ length: 8 }, () => chunk))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('"code":"body-too-large"')
  })

  test('a body of the largest size, and a chunked one, are taken', async () => {
    const alert = '{"component":"leo"}'
    expect((await post('/v1/alerts', alert + ' '.repeat(100_000 - alert.length))).status).toBe(200)
    const chunked = await fetch(`${served.url}/v1/alerts`, {
      method: 'POST',
      headers: bearer(),
      body: new Blob([alert]).stream(),
      duplex: 'half',
    } as RequestInit)
    expect(chunked.status).toBe(200)
  })

  test('a body that breaks off takes nothing with it', async () => {
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1')
    socket.write(`${head('content-length: 19\r\n')}{"component":"le`)
    await new Promise((resolve) => socket.once('ready', resolve))
    socket.destroy()
    expect((await post('/v1/alerts', '{"component":"dipper"}')).status).toBe(200)
    const open = (await (await fetch(`${served.url}/v1/incidents`, { headers: bearer() })).json()) as { items: { component: string }[] }
    expect(open.items.map((one) => one.component)).toEqual(['dipper'])
  })

  test('what is not HTTP is answered 400; headers without end, 431', async () => {
    expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"code":"malformed-body"/s)
    expect(await raw(`GET /health HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
  })

  test('a foreign name of this machine is refused', async () => {
    const answer = await raw('GET /health HTTP/1.1\r\nhost: rebound.example.org\r\nconnection: close\r\n\r\n')
    expect(answer).toMatch(/^HTTP\/1\.1 421 .*"code":"host-refused"/s)
  })
})

describe('the address', () => {
  test('that is in use is a fault that says so', async () => {
    const port = Number(new URL(served.url).port)
    await expect(serve(house.api, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'address-in-use',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    })
  })

  test('of another machine cannot be served', async () => {
    await expect(serve(house.api, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'usage' })
  })

  test('is free again after it closed', async () => {
    const { port } = new URL(served.url)
    await served.close()
    served = await serve(house.api, { host: '127.0.0.1', port: Number(port) })
    expect((await fetch(`${served.url}/health`)).status).toBe(200)
  })
})

/** A client of the live events: reads ids until told to stop. */
async function follow(after?: number) {
  const stop = new AbortController()
  const headers = { authorization: `Bearer ${house.tokens.viewer}`, ...(after === undefined ? {} : { 'last-event-id': String(after) }) }
  const answer = await fetch(`${served.url}/v1/events`, { headers, signal: stop.signal })
  const ids: number[] = []
  const reader = (answer.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>)
    .getReader()
  let rest = ''
  const until = async (enough: () => boolean) => {
    while (!enough()) {
      const { done, value } = await reader.read()
      if (done) return
      const blocks = (rest + value).split('\n\n')
      rest = blocks.pop() as string
      for (const block of blocks)
        if (block.startsWith('id: ') && !block.includes('event: ready')) ids.push(Number(block.slice(4, block.indexOf('\n'))))
    }
  }
  return { ids, until, stop: () => stop.abort() }
}

describe('many clients at once', () => {
  test('fifty post and read in parallel, and fifty follow, each told everything once and in order', async () => {
    const followers = await Promise.all(Array.from({ length: 50 }, () => follow()))
    const before = await house.ports.journal.lastEvent()
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const posted = await post(
          '/v1/alerts',
          JSON.stringify({ component: ['leo', 'dipper', 'polaris'][i % 3], key: `k${i}`, summary: 'x' }),
        )
        const read = await fetch(`${served.url}/v1/components`, { headers: bearer() })
        return [posted.status, read.status]
      }),
    )
    expect(answers).toEqual(Array.from({ length: 50 }, () => [200, 200]))
    const written = (await house.ports.journal.events(before, 1_000)).map((event) => event.seq)
    expect(written.length).toBeGreaterThanOrEqual(3)
    await Promise.all(followers.map((one) => one.until(() => one.ids.length >= written.length)))
    for (const one of followers) expect(one.ids).toEqual(written)
    for (const one of followers) one.stop()
  })

  test('one that lost its connection resumes where it was', async () => {
    const first = await follow()
    await house.ports.journal.note('test.noted', {}, { text: 'a' })
    await first.until(() => first.ids.length === 1)
    first.stop()
    for (let i = 0; i < 20; i++) await house.ports.journal.note('test.noted', {}, { i })
    const again = await follow(first.ids[0])
    await again.until(() => again.ids.length === 20)
    expect(again.ids).toEqual(Array.from({ length: 20 }, (_, i) => (first.ids[0] as number) + 1 + i))
    again.stop()
  })

  test('one that takes nothing more is cut, and resumes by its id', async () => {
    const own = await openFixture({ clock: systemClock, options: { live: { heartbeatMs: 100, stallMs: 1_000 } } })
    const slowServer = await serve(own.api, { host: '127.0.0.1', port: 0 })
    const { journal } = own.ports
    const headers = `host: 127.0.0.1\r\nauthorization: Bearer ${own.tokens.viewer}\r\n`
    const start = await journal.lastEvent()
    const socket = connect(Number(new URL(slowServer.url).port), '127.0.0.1')
    socket.write(`GET /v1/events HTTP/1.1\r\n${headers}\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    // Far more than the buffers of a connection hold.
    for (let i = 0; i < 800; i++) await journal.note('test.noted', {}, { text: 'x'.repeat(20_000) })
    await new Promise<void>((resolve, reject) => {
      const look = async () => {
        const metrics = await fetch(`${slowServer.url}/metrics`, { headers: { authorization: `Bearer ${own.tokens.viewer}` } })
        if ((await metrics.text()).includes('jidoka_live_clients 0')) resolve()
        else systemClock.after(20, () => void look().catch(reject))
      }
      look().catch(reject)
    })
    socket.destroy()
    const again = await fetch(`${slowServer.url}/v1/events`, {
      headers: { authorization: `Bearer ${own.tokens.viewer}`, 'last-event-id': String(start) },
    })
    const parts: string[] = []
    for await (const chunk of again.body as unknown as AsyncIterable<Uint8Array>) {
      parts.push(Buffer.from(chunk).toString().replaceAll('x', ''))
      if (
        parts
          .slice(-2)
          .join('')
          .includes(`id: ${start + 800}\n`)
      )
        break
    }
    const ids = [...parts.join('').matchAll(/id: (\d+)\nevent: test/g)].map((match) => Number(match[1]))
    expect(ids).toEqual(Array.from({ length: 800 }, (_, i) => start + 1 + i))
    await slowServer.close()
    await own.close()
  })

  test('closing ends the streams at once, and lets a request that is under way finish', async () => {
    const held = Promise.withResolvers<void>()
    const ingest = house.ports.journal.ingest
    house.ports.journal.ingest = async (alerts) => {
      await held.promise
      return ingest(alerts)
    }
    const stream = await follow()
    const posted = post('/v1/alerts', '{"component":"leo"}')
    // It is under way when its body has been taken: a second request on another connection has been answered meanwhile.
    await fetch(`${served.url}/v1/components`, { headers: bearer() })
    const closed = served.close()
    await stream.until(() => false)
    held.resolve()
    expect((await posted).status).toBe(200)
    await closed
    await expect(fetch(`${served.url}/health`)).rejects.toThrow()
  })
})
