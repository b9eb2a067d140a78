import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Commands } from '../../core/api/ports.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import type { StatusBoard } from '../../core/probes/probe.ts'
import { seededRandom } from '../../core/random.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import type { Actor, Andon } from './andon.ts'
import { openDesk } from './desk.ts'
import { drills } from './drills/registry.ts'
import { playDrills } from './drills.ts'
import { type AndonDesk, house } from './ports.ts'
import { pullSynthetically } from './synthetic.ts'

const catalog = indexCatalog(
  configSchema.parse({
    components: [{ id: 'polaris', members: [{ id: 'polaris-1' }] }],
    people: [{ id: 'aki', name: 'Aki' }],
    carriers: [{ id: 'minato', name: 'Minato', contact: 'desk@minato.example' }],
  }),
)
const ben: Actor = { id: 'ben', name: 'Ben', via: 'cli', locale: 'en', rank: 'anyone' }

let clock: VirtualClock
let journal: Journal
let desk: AndonDesk
let running: { stop(): Promise<void> }[]
let away: boolean[]
beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 21), { drain: 'immediates' })
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(3)) })
  desk = openDesk({
    ...{ catalog, journal, clock, log: silentLog, environment: () => undefined },
    status: null as never as StatusBoard,
    commands: null as never as Commands,
  })
  running = []
  away = []
})
afterEach(async () => {
  for (const one of running) await one.stop()
  await journal.close()
})

async function start(pace = 1) {
  const chat = { pretendAway: (is: boolean) => void away.push(is) }
  const conductor = playDrills({ desk, catalog, journal, clock, log: silentLog, chat, pace })
  running.push(conductor)
  await conductor.start()
  await clock.advance(0)
  return conductor
}
const begin = async (scenario: string) => {
  const { andon } = await desk.pull({ text: `drill ${scenario}`, drill: scenario, component: 'polaris' }, ben)
  await clock.advance(0)
  return andon.id
}
const get = async (id: string) => (await desk.get(id)) as Andon
const told = async (id: string) => await desk.timeline(await get(id), 0, 1_000)

describe.each(drills.filter(({ cast }) => cast === 'played').map(({ id }) => id))('the drill %s', (scenario) => {
  test('is played to its end, and nothing of it was refused', async () => {
    await start()
    const id = await begin(scenario)
    await clock.advance(120_000)
    const andon = await get(id)
    expect(andon).toMatchObject({ drill: { scenario }, state: { status: 'resolved', cause: expect.any(String) } })
    expect(andon.kaizen.length).toBeGreaterThan(0)
    const refusals = (await told(id)).filter(({ data }) => String(data.text ?? '').includes('could not go on'))
    expect(refusals).toEqual([])
  })

  test('calls nobody', async () => {
    await start()
    await begin(scenario)
    await clock.advance(120_000)
    expect(await journal.due(100)).toEqual([])
  })
})

test('when the chat is to be away, it is, and it always comes back', async () => {
  await start()
  await begin('slack-down')
  await clock.advance(120_000)
  expect(away.slice(0, 2)).toEqual([true, false])
  expect(away.at(-1)).toBe(false)
})

test('a carrier that does not answer is chased', async () => {
  await start()
  const id = await begin('carrier-silent')
  await clock.advance(120_000)
  expect((await get(id)).inquiries).toMatchObject([{ carrier: 'minato', answers: [expect.anything()] }])
  const kinds = (await told(id)).map(({ kind }) => kind)
  expect(kinds.slice(kinds.indexOf('andon.inquiry-sent'), kinds.indexOf('andon.inquiry-answered'))).toContain('andon.note')
})

test('the practice of real people is left to them; they are called', async () => {
  await start()
  const id = await begin('practice')
  await clock.advance(10_000)
  expect(await get(id)).toMatchObject({ state: { status: 'yellow' }, reporters: [expect.anything()] })
  expect(await journal.due(10)).toMatchObject([{ payload: { drill: true } }])
})

test('somebody else ends it: the play stops', async () => {
  await start()
  const id = await begin('whole-story')
  await clock.advance(3_000)
  await desk.command(id, 'resolve', { how: 'enough' }, ben)
  await clock.advance(120_000)
  expect(await get(id)).toMatchObject({ state: { how: 'enough' } })
})

test('what a restart interrupts is ended, and says so', async () => {
  const first = await start()
  const id = await begin('whole-story')
  await clock.advance(3_000)
  await first.stop()
  await start()
  expect(await get(id)).toMatchObject({ state: { status: 'resolved', how: expect.stringContaining('interrupted') } })
})

describe('the synthetic pull', () => {
  const settings = { everyMs: 3_600_000, withinMs: 30_000 }
  const watch = (hasChat: boolean) => running.push(pullSynthetically({ desk, journal, clock, log: silentLog, settings, hasChat }))
  const newest = async () => (await desk.list({}, { limit: 1 }))[0] as Andon

  test('is private, ends by itself, and calls nobody while its room stands in time', async () => {
    watch(true)
    await clock.advance(3_601_000)
    const andon = await newest()
    expect(andon).toMatchObject({ drill: { scenario: 'synthetic' }, private: true, state: { status: 'yellow' } })
    await desk.command(andon.id, 'room', { name: 'andon-1', url: null, kind: 'room' }, house)
    await clock.advance(1_000)
    expect(await newest()).toMatchObject({ state: { status: 'resolved' }, retention: { archivedAt: expect.any(Number) } })
    expect(await journal.due(10)).toEqual([])
  })

  test('a room that does not stand in time calls a person', async () => {
    watch(true)
    await clock.advance(3_640_000)
    expect(await newest()).toMatchObject({ state: { status: 'resolved' } })
    expect(await journal.due(10)).toMatchObject([{ payload: { title: 'The Andon itself', urgency: 'high' } }])
  })

  test('without a chat it only looks whether a pull is kept', async () => {
    watch(false)
    await clock.advance(3_601_000)
    expect(await newest()).toMatchObject({ state: { status: 'resolved' } })
    expect(await journal.due(10)).toEqual([])
  })
})
