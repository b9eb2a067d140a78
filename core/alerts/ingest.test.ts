import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alert, kinds, stores, type TestJournal, underWay } from '../../test/journals.ts'
import type { Journal } from '../journal/journal.ts'
import type { AlertInput } from './alert.ts'
import { toldLimit } from './fold.ts'

/** T1, on each store. */
describe.each(stores)('alerts taken in on $name', (store) => {
  let held: TestJournal
  let journal: Journal
  beforeEach(async () => {
    held = await store.open()
    journal = held.journal
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  const results = async (...alerts: AlertInput[]) => (await journal.ingest(alerts)).map(({ result }) => result)
  const over = (member: string, more: Partial<AlertInput> = {}) => alert(member, { status: 'resolved', ...more })

  test('the first opens an incident, another one joins it, the same one is counted', async () => {
    const [first] = await journal.ingest([alert('polaris-1', { at: 5 })])
    expect(first).toEqual({ key: 'polaris/polaris-1/probe:hook', result: 'opened', incident: expect.stringMatching(/^inc_/) })
    const id = first?.incident as string
    expect(await results(alert('polaris-1', { at: 6 }), alert('polaris-2', { at: 7 }))).toEqual(['repeated', 'joined'])
    expect(await results(alert('polaris-1', { at: 9, summary: 'still nothing' }))).toEqual(['repeated'])
    expect(await journal.incidents({}, { limit: 10 })).toMatchObject([
      { id, component: 'polaris', failure: 'unknown', status: 'open', openedAt: held.clock.now() },
    ])
    expect(await journal.alertsOf(id)).toEqual([
      { ...alert('polaris-1'), incident: id, count: 3, at: 9, firstAt: 5, lastAt: 9, summary: 'still nothing' },
      { ...alert('polaris-2'), incident: id, count: 1, at: 7, firstAt: 7, lastAt: 7 },
    ])
    expect(await kinds(journal, id)).toEqual(['incident.opened', 'alert.joined'])
  })

  test('another symptom of the same fault is news, so that the engine looks again', async () => {
    await journal.ingest([alert('polaris-1', { signal: 'timeout' })])
    const [again] = await journal.ingest([alert('polaris-1', { signal: 'refused' })])
    expect(again?.result).toBe('joined')
    expect(await journal.alertsOf(again?.incident as string)).toMatchObject([{ signal: 'refused', count: 2 }])
  })

  test('each component has its own incident, and at most one that has not ended', async () => {
    const taken = await journal.ingest(['a', 'b', 'a', 'c', 'b'].map((component, i) => alert(`m${i}`, { component })))
    expect(taken.map(({ result }) => result)).toEqual(['opened', 'opened', 'joined', 'opened', 'joined'])
    expect(new Set(taken.map(({ incident }) => incident)).size).toBe(3)
    const copy =
      "insert into incident select 'inc_z', component, failure, status, reason, opened_at, null, told from incident where component = 'a'"
    await expect(held.query(copy)).rejects.toThrow(/unique/i)
  })

  test('the end of the last one ends the incident; what comes later opens another', async () => {
    const [first] = await journal.ingest([alert('polaris-1'), alert('polaris-2')])
    const id = first?.incident as string
    expect(await results(over('polaris-1'))).toEqual(['resolved'])
    expect(await journal.incident(id)).toMatchObject({ status: 'open', endedAt: null })
    expect(await results(over('polaris-1'), over('polaris-2'))).toEqual(['ignored', 'resolved'])
    expect(await journal.incident(id)).toMatchObject({ status: 'recovered', endedAt: held.clock.now() })
    expect(await kinds(journal, id)).toEqual(['incident.opened', 'alert.joined', 'alert.cleared', 'alert.cleared', 'incident.recovered'])
    const [next] = await journal.ingest([alert('polaris-1', { at: 50 })])
    expect(next?.result).toBe('opened')
    expect(next?.incident).not.toBe(id)
    expect(await journal.alertsOf(next?.incident as string), 'it counts from the new beginning').toMatchObject([{ count: 1, firstAt: 50 }])
  })

  test('an end of something that never fired is nothing', async () => {
    expect(await journal.ingest([over('polaris-1')])).toEqual([{ key: 'polaris/polaris-1/probe:hook', result: 'ignored', incident: null }])
    expect(await journal.ingest([])).toEqual([])
    expect(await journal.lastEvent()).toBe(0)
  })

  test('a batch takes effect in its order, as if one had come after the other', async () => {
    const taken = await journal.ingest([alert('m'), over('m'), alert('m'), alert('m'), over('x'), alert('x'), over('m')])
    expect(taken.map(({ result }) => result)).toEqual(['opened', 'resolved', 'opened', 'repeated', 'ignored', 'joined', 'resolved'])
    expect(taken[2]?.incident).not.toBe(taken[0]?.incident)
    expect(await journal.incidents({ open: true }, { limit: 10 })).toMatchObject([{ id: taken[2]?.incident }])
    expect(await journal.incident(taken[0]?.incident as string)).toMatchObject({ status: 'recovered' })
  })

  test('while a run mends it, the incident does not end by itself', async () => {
    const { incident } = await underWay(journal)
    expect(await results(over('polaris-1'))).toEqual(['resolved'])
    expect(await journal.incident(incident)).toMatchObject({ status: 'mending', endedAt: null })
  })

  test('a failed run behind it, it ends when all is clear', async () => {
    const { incident, run, claim } = await underWay(journal)
    await journal.finish(claim.held, run.id, { status: 'failed', reason: 'no', verified: [] })
    await journal.ingest([over('polaris-1')])
    expect(await journal.incident(incident)).toMatchObject({ status: 'recovered' })
  })

  test('a key that moves to another component is over at the first', async () => {
    const key = 'alertmanager/HighLatency'
    const [first] = await journal.ingest([alert(null, { key, component: 'leo' })])
    const [moved] = await journal.ingest([alert(null, { key, component: 'aries' })])
    expect(moved?.result).toBe('opened')
    expect(await journal.incident(first?.incident as string)).toMatchObject({ status: 'recovered' })
    expect(await journal.incident(moved?.incident as string)).toMatchObject({ component: 'aries', status: 'open' })
  })

  test('a key that comes and moves in one batch does not end the incident of those that fire on', async () => {
    const [first] = await journal.ingest([alert('polaris-1')])
    await journal.ingest([alert('polaris-2'), { ...alert('polaris-2'), component: 'vega' }])
    expect(await journal.incident(first?.incident as string)).toMatchObject({ status: 'open', endedAt: null })
  })

  test('a storm of 500 is one incident with a timeline that can be read', async () => {
    const storm = Array.from({ length: 500 }, (_, i) => alert(`polaris-${i}`, { at: i }))
    const taken = await journal.ingest(storm)
    const id = taken[0]?.incident as string
    expect(new Set(taken.map(({ incident }) => incident))).toEqual(new Set([id]))
    expect(await journal.incidents({}, { limit: 10 })).toHaveLength(1)
    const events = await journal.events(0, 1_000, { incident: id })
    expect(events).toHaveLength(1 + toldLimit + 1)
    expect(events.at(-1)).toMatchObject({ kind: 'alerts.more', data: { joined: 499 - toldLimit } })
    expect(await journal.alertsOf(id)).toHaveLength(500)
    let seen = 0
    await journal.decide(id, ({ alerts, suspected }) => {
      seen = suspected
      expect(
        alerts.map(({ at }) => at),
        'at most 200, oldest first',
      ).toEqual(storm.slice(0, 200).map(({ at }) => at))
      return { do: 'wait', failure: 'hung', reason: 'storm' }
    })
    expect(seen).toBe(500)
    await journal.ingest(storm.map((one) => ({ ...one, status: 'resolved' as const })))
    expect(await journal.incident(id)).toMatchObject({ status: 'recovered' })
    expect((await kinds(journal, id)).slice(events.length)).toEqual([
      'incident.classified',
      'incident.waiting',
      'alerts.more',
      'incident.recovered',
    ])
  })

  test('what a supervisor proved, and what is no member, is not a reason to suspect ourselves', async () => {
    await journal.ingest([
      alert('a', { signal: 'exit' }),
      alert('b'),
      alert('b', { source: 'alertmanager' }),
      alert(null, { source: 'x' }),
      alert('c', { component: 'leo' }),
      over('d'),
    ])
    const look = await journal.order('polaris', ({ suspected }) => ({ refuse: String(suspected) }))
    expect(look).toEqual({ refuse: '2' })
  })

  test('whatever text an alert carries is kept, or replaced where the store cannot keep it', async () => {
    const summary = '"quotes" \\ back\nnew 日本 \ud83d\ude80 \u0000 \ud800'
    const [taken] = await journal.ingest([alert('polaris-1', { summary, key: "it's; drop table alert" })])
    expect(await journal.alertsOf(taken?.incident as string)).toMatchObject([
      { summary: '"quotes" \\ back\nnew 日本 \ud83d\ude80 \ufffd \ufffd', key: "it's; drop table alert" },
    ])
  })

  test('many at once, each alone, lose nothing', async () => {
    const taken = (
      await Promise.all(Array.from({ length: 60 }, (_, i) => journal.ingest([alert(`m${i % 20}`, { component: `c${i % 3}` })])))
    ).flat()
    expect(new Set(taken.map(({ incident }) => incident)).size).toBe(3)
    const counts = await Promise.all([...new Set(taken.map(({ incident }) => incident))].map((id) => journal.alertsOf(id as string)))
    expect(counts.flat().reduce((sum, { count }) => sum + count, 0)).toBe(60)
  })

  test('one that cannot be taken in does not take down those that come with it', async () => {
    const broken = alert('polaris-2', { summary: 7n as never })
    const results = await Promise.allSettled(
      [alert('polaris-1'), alert('polaris-1', { source: 'x' }), broken, alert('polaris-3')].map((one) => journal.ingest([one])),
    )
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    const taken = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    expect(taken.map(({ result }) => result)).toEqual(['opened', 'joined', 'joined'])
  })
})
