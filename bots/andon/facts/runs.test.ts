import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Failure } from '../../../core/incidents/incident.ts'
import type { Run } from '../../../core/runs/run.ts'
import { alert, leaseMs, step, stores, type TestJournal, toRun, underWay } from '../../../test/journals.ts'
import { house } from '../ports.ts'
import { aki, factsFixture } from './fixture.ts'
import { followRuns } from './runs.ts'

let store: TestJournal
let all: ReturnType<typeof factsFixture>
let runs: ReturnType<typeof followRuns>

beforeEach(async () => {
  store = await (stores[0] as (typeof stores)[number]).open()
  all = factsFixture(store)
  runs = followRuns(all)
  await settle()
})
afterEach(async () => {
  await runs.stop()
  await store.close()
})

const settle = () => store.clock.advance(0)
const pull = async (component?: string) => (await all.desk.pull({ text: 'Sessions drop', component }, aki)).andon.id
const open = () => all.desk.list({ open: true }, { limit: 10 })
const only = async () => {
  const [andon, ...more] = await all.desk.list({}, { limit: 10 })
  expect(more).toEqual([])
  return andon ?? expect.fail('no andon')
}
const lane = async () => (await only()).lanes.find(({ kind }) => kind === 'remediation')

async function finish({ run, claim }: Awaited<ReturnType<typeof underWay>>, status: 'done' | 'failed' | 'unknown', reason: string) {
  const verified = status === 'done' ? ['polaris-1'] : []
  await all.journal.finish(claim.held, run.id, { status, reason, verified })
}

/** As the engine does it at the end of a ladder. */
async function page(incident: string, more: { urgency?: string; failure?: Failure; evidence?: string } = {}) {
  const { urgency = 'high', failure = 'hung', evidence = 'polaris-1: no answer' } = more
  const payload = { evidence, reason: 'restart-process failed: no answer', urgency, failure }
  const dedupe = `${incident}/${failure}/polaris-1`
  const plan = [step('page', { action: 'page', kind: 'idempotent', args: { dedupe, incident, payload } })]
  const decision = (situation: Parameters<ReturnType<typeof toRun>>[0]) => ({
    ...toRun({ runbook: 'page', plan, members: [] })(situation),
    failure,
  })
  const { run } = await all.journal.decide(incident, decision as never)
  const claim = await all.journal.claim((run as Run).id, 'one', leaseMs)
  await all.journal.finish(claim?.held as never, (run as Run).id, {
    status: 'done',
    reason: 'a person is called',
    incident: 'escalated',
    verified: [],
  })
  await settle()
}

/** Nothing fires any more. */
const clear = () => all.journal.ingest([alert('polaris-1', { status: 'resolved' })])

describe('a run on what an andon is about', () => {
  test('has a lane, and reports there when it begins and when it ends', async () => {
    await pull('polaris')
    const way = await underWay(all.journal)
    await settle()
    expect(await lane()).toMatchObject({ status: 'taken', owner: { id: house.id } })
    await finish(way, 'done', 'polaris-1 answers again')
    await settle()
    expect(await all.told('andon.run')).toMatchObject([
      { what: 'started', runbook: 'restart-process', status: 'running', reason: 'polaris-1 does not answer' },
      { what: 'ended', runbook: 'restart-process', status: 'done', reason: 'polaris-1 answers again' },
    ])
    expect(await lane()).toMatchObject({ status: 'done' })
  })

  test('that is under way when the cord is pulled is told as well; what was tried before, too', async () => {
    const first = await underWay(all.journal)
    await finish(first, 'failed', 'no answer')
    const { run } = await all.journal.decide(first.incident, toRun({ runbook: 'failover-active-standby' }))
    await all.journal.claim((run as Run).id, 'one', leaseMs)
    await pull('polaris')
    await settle()
    expect((await all.told('andon.run')).map(({ runbook, what }) => [runbook, what])).toEqual([
      ['restart-process', 'ended'],
      ['failover-active-standby', 'started'],
    ])
  })

  test('of another component is not told, nor in a drill', async () => {
    await pull('lyra')
    await all.desk.pull({ text: 'Practice', component: 'polaris', drill: 'practice' }, aki)
    await finish(await underWay(all.journal), 'done', 'well')
    await settle()
    expect(await all.told('andon.run')).toEqual([])
  })

  test('is told once, however often the journal is read', async () => {
    await pull('polaris')
    await finish(await underWay(all.journal), 'failed', 'no answer')
    await settle()
    await runs.stop()
    const before = await all.journal.lastEvent()
    await store.query("update cursor set seq = 1 where subscriber = 'andon-runs'")
    runs = followRuns(all)
    await settle()
    expect(await all.journal.cursor('andon-runs')).toBe(before)
    expect(await all.journal.lastEvent()).toBe(before)
  })
})

describe('an incident that escalates', () => {
  test('pulls the Andon, red, with what was seen, what was tried, and the page that calls', async () => {
    const way = await underWay(all.journal)
    await finish(way, 'failed', 'no answer')
    await page(way.incident)
    const andon = await only()
    expect(andon).toMatchObject({
      text: 'polaris-1: no answer',
      component: { id: 'polaris', by: 'incident' },
      incident: way.incident,
      failure: 'hung',
      pulledBy: { id: house.id },
      state: { status: 'red', reason: 'restart-process failed: no answer' },
      call: { page: `${way.incident}/hung/polaris-1` },
    })
    expect(await all.told('andon.run')).toMatchObject([{ runbook: 'restart-process', what: 'ended', status: 'failed' }])
    // The page of the escalation has called already.
    expect(await all.journal.due(10)).toEqual([])
  })

  test('pulls it yellow when nobody has to hurry', async () => {
    const { incident } = await underWay(all.journal).then(async (way) => {
      await finish(way, 'failed', 'no answer')
      return way
    })
    await page(incident, { urgency: 'low', failure: 'degraded' })
    expect((await only()).state.status).toBe('yellow')
  })

  test('joins the andon that a person pulled before, and turns it red', async () => {
    await pull('polaris')
    const way = await underWay(all.journal)
    await finish(way, 'failed', 'no answer')
    await page(way.incident)
    expect(await only()).toMatchObject({ incident: way.incident, state: { status: 'red' }, pulledBy: { id: 'aki' } })
    expect(await all.told('andon.joined')).toHaveLength(1)
  })

  test('pulls once, however often the journal is read, and also when nobody followed', async () => {
    await pull('dipper')
    await settle()
    await runs.stop()
    const way = await underWay(all.journal)
    await finish(way, 'failed', 'no answer')
    await page(way.incident)
    for (let times = 0; times < 2; times++) {
      runs = followRuns(all)
      await settle()
      expect(await open()).toHaveLength(2)
      await runs.stop()
      await store.query("update cursor set seq = 1 where subscriber = 'andon-runs'")
    }
    expect(await all.told('andon.joined')).toEqual([])
    runs = followRuns(all)
    await settle()
  })

  test('of something that is not configured pulls it all the same', async () => {
    const [first] = await all.journal.ingest([alert(null, { component: 'unknown', signal: 'external' })])
    await page(first?.incident as string, { failure: 'unknown', urgency: 'low', evidence: 'DiskFull on db-7' })
    expect(await only()).toMatchObject({ text: 'DiskFull on db-7', failure: 'unknown', state: { status: 'yellow' } })
  })

  test('that was over before anybody looked pulls nothing, unless a step is left in doubt', async () => {
    await all.journal.note('controller.started', {}, {})
    await settle()
    await runs.stop()
    const way = await underWay(all.journal)
    await finish(way, 'failed', 'no answer')
    await page(way.incident)
    await clear()
    const doubtful = await underWay(all.journal)
    await clear()
    await finish(doubtful, 'unknown', 'restart may or may not have been done')
    await page(doubtful.incident)
    runs = followRuns(all)
    await settle()
    expect(await only()).toMatchObject({ incident: doubtful.incident, state: { status: 'yellow' } })
  })
})

describe('an incident that ends', () => {
  async function escalated() {
    const way = await underWay(all.journal)
    await finish(way, 'failed', 'no answer')
    await page(way.incident)
    return way
  }

  test('ends the andon that it pulled, when nobody had a part in it, and says what mended it', async () => {
    const { incident } = await escalated()
    const { run } = await all.journal.decide(incident, toRun({ runbook: 'failover-active-standby' }))
    const claim = await all.journal.claim((run as Run).id, 'one', leaseMs)
    await all.journal.finish(claim?.held as never, (run as Run).id, {
      status: 'done',
      reason: 'polaris-2 is active',
      verified: ['polaris-1'],
    })
    await settle()
    const how = 'failover-active-standby mended it: polaris-2 is active'
    expect((await only()).state).toMatchObject({ status: 'resolved', how, by: { id: house.id } })
    expect(await all.told('andon.note')).toMatchObject([{ text: expect.stringContaining('The incident of polaris') }])
  })

  test('is a note when somebody had a part in it', async () => {
    await escalated()
    await all.desk.command((await only()).id, 'lead', {}, aki)
    await clear()
    await settle()
    expect((await only()).state.status).toBe('red')
    expect(await all.told('andon.note')).toMatchObject([{ text: 'The incident of polaris is resolved: nothing fires any more' }])
  })

  test('calls nobody anew for what the house pulled for, also when somebody looked at it', async () => {
    await escalated()
    await all.desk.command((await only()).id, 'join', { text: 'I am looking' }, aki)
    expect((await only()).call).not.toBeNull()
    await clear()
    await settle()
    expect(await only()).toMatchObject({ state: { status: 'red' }, call: null })
  })

  test('is a note when a person ended it, or pulled', async () => {
    const { incident } = await escalated()
    await all.journal.resolve(incident, 'aki', 'replaced the line card')
    await settle()
    expect((await only()).state.status).toBe('red')
    const note = { text: 'The incident of polaris is resolved: aki: replaced the line card' }
    expect(await all.told('andon.note')).toMatchObject([note])
  })

  test('is told once, however often the journal is read', async () => {
    await escalated()
    const { id } = await only()
    await all.desk.command(id, 'lead', {}, { ...aki, locale: 'ja' })
    await clear()
    await settle()
    await runs.stop()
    await store.query("update cursor set seq = 1 where subscriber = 'andon-runs'")
    runs = followRuns(all)
    await settle()
    expect(await all.told('andon.note')).toHaveLength(1)
  })
})
