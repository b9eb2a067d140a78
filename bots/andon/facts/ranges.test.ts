import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { stores, type TestJournal } from '../../../test/journals.ts'
import { aki, factsFixture } from './fixture.ts'
import { followRanges } from './ranges.ts'

let store: TestJournal
let server: http.Server
let asked: string[]
let answer: (path: string, response: http.ServerResponse) => void
let all: ReturnType<typeof factsFixture>
let ranges: ReturnType<typeof followRanges>

beforeEach(async () => {
  store = await (stores[0] as (typeof stores)[number]).open()
  asked = []
  answer = (_, response) => response.end('{"count": 12, "of": 90}')
  server = http.createServer((request, response) => {
    asked.push(String(request.url))
    answer(String(request.url), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open([meter('polaris', ['polaris'], 60_000), meter('lyra', ['lyra'])])
})
afterEach(async () => {
  await ranges.stop()
  server.closeAllConnections()
  server.close()
  await store.close()
})

const meter = (id: string, components: string[], everyMs = 300_000) => ({
  id,
  title: `Lines of ${id}`,
  components,
  everyMs,
  query: { kind: 'http' as const, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${id}`, timeoutMs: 5_000 },
})

function open(meters: ReturnType<typeof meter>[]) {
  all = factsFixture(store, { ranges: meters })
  ranges = followRanges({ ...all, environment: () => undefined })
}

const pull = async (component = 'polaris') => (await all.desk.pull({ text: 'Sessions drop', component }, aki)).andon.id
const red = async (component?: string) => {
  const id = await pull(component)
  await all.desk.command(id, 'escalate', {}, aki)
  return id
}
const readings = async () => (await all.told('andon.range')).map(({ reading }) => reading as Record<string, unknown>)
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 5_000, interval: 5 })
/** Time passes, and what was asked in it is answered. */
async function pass(ms: number) {
  await store.clock.advance(ms)
  await new Promise((resolve) => setImmediate(resolve))
  await store.clock.advance(0)
}

describe('the meters of customers', () => {
  test('that concern the component are asked when it turns red, not before', async () => {
    const id = await pull()
    await pass(20_000)
    expect(asked).toEqual([])
    await all.desk.command(id, 'escalate', {}, aki)
    await until(async () => expect(await readings()).toMatchObject([{ meter: 'polaris', count: 12, of: 90, problem: null }]))
    expect(asked).toEqual(['/polaris'])
    expect((await all.desk.get(id))?.ranges).toHaveLength(1)
  })

  test('are asked again as often as they say while it is red, and told when the count changed', async () => {
    const id = await red()
    await until(async () => expect(await readings()).toHaveLength(1))
    await pass(60_000)
    await until(() => expect(asked).toHaveLength(2))
    await pass(0)
    expect(await readings()).toHaveLength(1)
    answer = (_, response) => response.end('{"count": 7, "of": 90}')
    await pass(60_000)
    await until(async () => expect((await readings()).map(({ count }) => count)).toEqual([12, 7]))
    await all.desk.command(id, 'resolve', { how: 'mended' }, aki)
    const before = asked.length
    await pass(300_000)
    expect(asked).toHaveLength(before)
  })

  test('that fail say so once, and again after they were well; what they counted last still stands', async () => {
    answer = (_, response) => response.writeHead(500).end()
    await red()
    await until(async () =>
      expect(await readings()).toMatchObject([{ count: null, confidence: 'low', problem: expect.stringContaining('answered 500') }]),
    )
    answer = (_, response) => response.writeHead(404).end()
    await pass(60_000)
    await until(() => expect(asked).toHaveLength(2))
    await pass(0)
    expect(await readings()).toHaveLength(1)
    answer = (_, response) => response.end('{"count": 3}')
    await pass(60_000)
    await until(async () => expect(await readings()).toHaveLength(2))
    answer = (_, response) => response.end('nonsense')
    await pass(60_000)
    await until(async () =>
      expect((await readings()).map(({ count, problem }) => [count, problem !== null])).toEqual([
        [null, true],
        [3, false],
        [3, true],
      ]),
    )
  })

  test('of a component that somebody corrects are asked at once', async () => {
    const id = await red('dipper')
    await pass(10_000)
    expect(asked).toEqual([])
    await all.desk.command(id, 'component', { component: 'lyra' }, aki)
    await until(async () => expect(await readings()).toMatchObject([{ meter: 'lyra' }]))
  })

  test('are asked now when somebody wants to know, also while it is yellow', async () => {
    const id = await pull()
    expect(await ranges.now(id)).toMatchObject([{ meter: 'polaris', count: 12 }])
    expect(await readings()).toHaveLength(1)
    expect(await ranges.now('and_none')).toEqual([])
  })

  test('go on after a restart', async () => {
    await red()
    await until(async () => expect(await readings()).toHaveLength(1))
    await ranges.stop()
    answer = (_, response) => response.end('{"count": 90, "of": 90}')
    ranges = followRanges({ ...all, environment: () => undefined })
    await until(async () => expect((await readings()).map(({ count }) => count)).toEqual([12, 90]))
  })

  test('are asked four at once, the others after them; two who want to know share a question', async () => {
    await ranges.stop()
    open(Array.from({ length: 6 }, (_, n) => meter(`m${n}`, [])))
    const held: http.ServerResponse[] = []
    answer = (_, response) => void held.push(response)
    const [one, other] = [await pull('polaris'), await pull('lyra')]
    const wanted = Promise.all([ranges.now(one), ranges.now(other)])
    await until(() => expect(held).toHaveLength(4))
    await pass(0)
    expect(asked).toHaveLength(4)
    for (const response of held.splice(0)) response.end('{"count": 1}')
    await until(() => expect(held).toHaveLength(2))
    for (const response of held.splice(0)) response.end('{"count": 1}')
    expect((await wanted).map((found) => found.length)).toEqual([6, 6])
    expect(asked).toHaveLength(6)
  })

  test('that are silent hold up no end', async () => {
    answer = () => {}
    await red()
    await until(() => expect(asked).toHaveLength(1))
    await ranges.stop()
    expect(await readings()).toEqual([])
  })
})

test('without meters nothing is asked, and nothing waits', async () => {
  await ranges.stop()
  const timers = store.clock.pending
  open([])
  await pass(0)
  expect(store.clock.pending).toBe(timers)
})
