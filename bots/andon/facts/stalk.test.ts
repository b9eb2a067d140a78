import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { changeInput, noteChanges } from '../../../core/changes/change.ts'
import { alert, stores, type TestJournal, underWay } from '../../../test/journals.ts'
import { house } from '../ports.ts'
import { aki, factsFixture } from './fixture.ts'
import { followFacts } from './stalk.ts'

let store: TestJournal
let all: ReturnType<typeof factsFixture>
let facts: ReturnType<typeof followFacts>

beforeEach(async () => {
  store = await (stores[0] as (typeof stores)[number]).open()
  all = factsFixture(store)
  facts = followFacts(all)
  await store.clock.advance(0)
})
afterEach(async () => {
  await facts.stop()
  await store.close()
})

const pull = async (component: string | undefined, text = 'Sessions drop') => (await all.desk.pull({ text, component }, aki)).andon.id
const note = (input: object) =>
  noteChanges([changeInput.parse(input)], 'ci', { journal: all.journal, components: all.catalog.components.map(({ id }) => id) })
const pass = (ms: number) => store.clock.advance(ms)
const andon = async (id: string) => (await all.desk.get(id)) ?? expect.fail('no andon')

describe('when an andon is pulled', () => {
  test('how things are and what may have to do with it are there at once', async () => {
    all.say('polaris-1', { status: 'fail', summary: 'no answer' })
    await note({ title: 'Router tables', component: 'dipper' })
    const id = await pull('polaris')
    await pass(0)
    const { snapshot, suspects } = await andon(id)
    expect(snapshot?.members[0]).toMatchObject({ id: 'polaris-1', status: 'fail', summary: 'no answer' })
    expect(suspects).toMatchObject([{ title: 'Router tables', why: expect.stringContaining('which polaris needs') }])
    expect(all.asked).toEqual(['snapshot', 'suspects'])
  })

  test('a component that somebody corrects is looked at instead', async () => {
    const id = await pull(undefined)
    await pass(0)
    expect((await andon(id)).snapshot?.components).toEqual([])
    await all.desk.command(id, 'component', { component: 'dipper' }, aki)
    await pass(0)
    expect((await andon(id)).snapshot?.members.map((member) => member.id)).toEqual(['dipper-1', 'dipper-2'])
  })

  test('what is split off has its own facts', async () => {
    const id = await pull('polaris')
    const other = await all.desk.split(id, 'Billing is late', 'lyra', aki)
    await pass(0)
    expect((await andon(other.id)).snapshot?.components.map((one) => one.id)).toEqual(['lyra'])
  })
})

describe('while it is open', () => {
  test('it is told again only when something that counts has changed', async () => {
    const id = await pull('polaris')
    await pass(60_000)
    expect(await all.told('andon.snapshot')).toHaveLength(1)
    all.say('polaris-2', { status: 'pass', summary: 'p99 9 ms' })
    await pass(60_000)
    expect(await all.told('andon.snapshot')).toHaveLength(1)
    expect(all.asked).toEqual(['snapshot'])
    all.say('polaris-2', { status: 'warn' })
    await pass(15_000)
    const changed = await all.told('andon.snapshot')
    expect(changed).toHaveLength(2)
    expect(changed[1]).toMatchObject({ first: false, changed: ['polaris: pass 2/2 → warn 1/2', 'polaris-2: pass → warn'] })
    expect((await andon(id)).snapshot?.at).toBeGreaterThan(0)
  })

  test('a change of status brings the look forward, many of them make one', async () => {
    await pull('polaris')
    await pass(15_500)
    all.say('dipper-1', { status: 'fail' })
    all.say('dipper-2', { status: 'fail' })
    await pass(999)
    expect(await all.told('andon.snapshot')).toHaveLength(1)
    all.say('leo-1', { status: 'fail' })
    await pass(1)
    expect((await all.told('andon.snapshot'))[1]?.changed).toEqual(['dipper: pass 2/2 → fail 0/2', 'leo: pass 1/1 → fail 0/1'])
  })

  test('what does not concern it hurries nobody', async () => {
    await pull('polaris')
    await pass(0)
    const timers = store.clock.pending
    all.say('lyra-1', { status: 'fail' })
    expect(store.clock.pending).toBe(timers)
  })

  test('a change that is told late, and a run that begins, are seen within a second', async () => {
    const id = await pull('polaris')
    await pass(15_500)
    await note({ title: 'Router tables', component: 'polaris', at: store.clock.now() - 60_000 })
    await underWay(all.journal)
    await pass(1_000)
    const { suspects, snapshot } = await andon(id)
    expect(suspects.map(({ title }) => title)).toEqual(['Router tables'])
    expect(snapshot).toMatchObject({ incidents: [{ component: 'polaris' }], runs: [{ runbook: 'restart-process', status: 'running' }] })
  })

  test('a change after the pull is no suspect, until it comes back after it', async () => {
    const id = await pull('polaris')
    await pass(120_000)
    await note({ title: 'Rollback', component: 'polaris' })
    await pass(15_000)
    expect((await andon(id)).suspects).toEqual([])
    await all.desk.command(id, 'escalate', {}, aki)
    await all.desk.command(id, 'resolve', { how: 'rolled back' }, aki)
    await pass(60_000)
    await all.desk.command(id, 'reopen', { why: 'it is back' }, aki)
    await pass(0)
    expect((await andon(id)).suspects.map(({ title }) => title)).toEqual(['Rollback'])
  })

  test('a hundred open ones are looked at in turns, with one timer', async () => {
    const timers = store.clock.pending
    // Each about nothing in particular, and each by somebody else, so that none joins another.
    for (let n = 0; n < 100; n++) await all.desk.pull({ text: `Matter ${n}` }, { ...aki, id: `p${n}` })
    await pass(0)
    expect(store.clock.pending).toBe(timers)
    expect(all.asked.filter((name) => name === 'snapshot')).toHaveLength(100)
    all.asked.length = 0
    await facts.stop()
    facts = followFacts(all)
    all.say('lyra-1', { status: 'fail' })
    await pass(0)
    expect(all.asked).toHaveLength(50)
    await pass(15_000)
    expect(all.asked).toHaveLength(100)
  })
})

test('after a restart it goes on with what is open', async () => {
  const id = await pull('polaris')
  await pass(0)
  await facts.stop()
  all.say('polaris-1', { status: 'fail' })
  await all.journal.ingest([alert('polaris-1')])
  facts = followFacts(all)
  await pass(0)
  expect((await andon(id)).snapshot?.members[0]).toMatchObject({ id: 'polaris-1', status: 'fail' })
})

test('what has not been looked at since a start is no news, but only for so long', async () => {
  const id = await pull('polaris')
  await pass(0)
  await facts.stop()
  for (const member of ['polaris-1', 'polaris-2', 'dipper-1']) all.say(member, { status: 'unknown' })
  facts = followFacts(all)
  await pass(10_000)
  for (const member of ['polaris-1', 'dipper-1']) all.say(member, { status: 'pass' })
  await pass(4_000)
  expect(await all.told('andon.snapshot')).toHaveLength(1)
  // It stays out of sight: people are told.
  await pass(30_000)
  expect((await andon(id)).snapshot?.members.find((one) => one.id === 'polaris-2')?.status).toBe('unknown')
})

test('what has ended is left alone', async () => {
  const id = await pull('polaris')
  await pass(0)
  await all.desk.command(id, 'resolve', { how: 'mended' }, aki)
  all.asked.length = 0
  all.say('polaris-1', { status: 'fail' })
  await pass(60_000)
  expect(all.asked).toEqual([])
  await expect(all.desk.command(id, 'snapshot', {}, house)).rejects.toThrow()
})
