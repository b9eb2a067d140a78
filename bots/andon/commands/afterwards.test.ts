import { describe, expect, it } from 'vitest'
import { type Andon, limits, type RangeReading } from '../andon.ts'
import { aki, andonOf, apply, ben, day, done, envOf, minute, redOf, t0 } from '../fixture.ts'
import { archived } from './archived.ts'
import { kaizenAdd } from './kaizen-add.ts'
import { kaizenDone } from './kaizen-done.ts'
import { kaizenHand } from './kaizen-hand.ts'
import { keep } from './keep.ts'
import { ordered } from './ordered.ts'
import { told } from './told.ts'

const by = { id: 'ben', name: 'Ben' }
const over = (more: Partial<Andon> = {}) =>
  redOf({
    state: { status: 'resolved', at: t0, by, how: 'x', cause: null, mergedInto: null, falseAlarm: false },
    retention: { archiveAt: t0 + 7 * day, veto: null, archivedAt: null },
    ...more,
  })

describe('telling customers', () => {
  const reading: RangeReading = {
    meter: 'm',
    title: 'Lines',
    at: t0,
    count: 3,
    of: null,
    segments: [{ name: 'Logistics', count: 3, owner: null }],
    confidence: 'high',
    asOf: null,
    problem: null,
  }

  it('is noted once per segment, under the name of the meter, and also for one that no meter counts', () => {
    const first = done(told, redOf({ ranges: [reading] }), { segment: ' logistics ' })
    expect(first.next.told).toEqual([{ segment: 'Logistics', by, at: t0 + minute }])
    expect(done(told, first.next, { segment: 'LOGISTICS' })).toMatchObject({ next: first.next, tell: [] })
    expect(done(told, first.next, { segment: 'Partners' }).next.told).toHaveLength(2)
  })
})

describe('kaizen', () => {
  const added = done(kaizenAdd, over(), { text: 'check pools', owner: 'Chika', due: '2026-12-01' }).next
  const [item] = added.kaizen

  it('is added during and after, with owner and day', () => {
    expect(item).toMatchObject({
      text: 'check pools',
      owner: { id: 'chika' },
      kind: 'task',
      status: 'open',
      dueAt: Date.UTC(2026, 11, 1, 12),
    })
    expect(done(kaizenAdd, andonOf(), { text: 'x', kind: 'runbook' }).next.kaizen).toMatchObject([
      { kind: 'runbook', owner: null, dueAt: null },
    ])
  })

  it('may be for somebody of this andon who is not in the configuration', () => {
    const drill = andonOf({
      drill: { scenario: 's' },
      roles: { lead: { person: { id: 'drill:lead', name: 'Emi' }, at: t0 }, scribe: null, comms: null },
    })
    expect(done(kaizenAdd, drill, { text: 'x', owner: 'drill:lead' }).next.kaizen[0]?.owner).toEqual({ id: 'drill:lead', name: 'Emi' })
  })

  it('is done with what came of it, or dropped, and is not done twice', () => {
    const ended = done(kaizenDone, added, { item: item?.id, result: 'alert exists' })
    expect(ended.next.kaizen).toMatchObject([{ status: 'done', result: 'alert exists', endedAt: t0 + minute }])
    expect(ended.kinds).toEqual(['andon.kaizen-done'])
    expect(done(kaizenDone, added, { item: item?.id, result: 'not worth it', dropped: true }).next.kaizen[0]?.status).toBe('dropped')
    expect(apply(kaizenDone, ended.next, { item: item?.id, result: 'again' })).toMatchObject({ refuse: 'it is done already' })
  })

  it('is handed on; the day stays unless another is named', () => {
    const { next, tell } = done(kaizenHand, added, { item: item?.id, owner: 'aki' })
    expect(next.kaizen).toMatchObject([{ owner: { id: 'aki' }, dueAt: item?.dueAt }])
    expect(tell[0]?.data.text).toBe('Kaizen “check pools” is for Aki, by 2026-12-01')
    expect(done(kaizenHand, next, { item: item?.id, owner: 'aki' }).tell).toEqual([])
  })

  it.each([
    [{ text: 'x', owner: 'nobody' }, 'nobody is known as "nobody"'],
    [{ text: 'x', due: '2026-11-01' }, 'that day has passed'],
  ])('refuses %j', (input, refuse) => {
    expect(apply(kaizenAdd, over(), input)).toMatchObject({ refuse })
  })

  it('has a limit, and says what to do then', () => {
    const full = over({ kaizen: Array.from({ length: limits.kaizen }, () => item as Andon['kaizen'][0]) })
    expect(apply(kaizenAdd, full, { text: 'x' })).toMatchObject({ refuse: expect.stringContaining('50 kaizen items') })
  })
})

describe('the room afterwards', () => {
  it('is kept for some days more, and never for fewer than it had', () => {
    const kept = done(keep, over(), { days: 30 }, envOf({ actor: aki }))
    expect(kept.next.retention).toEqual({ archiveAt: t0 + minute + 30 * day, veto: { id: 'aki', name: 'Aki' }, archivedAt: null })
    expect(done(keep, over(), { days: 1 }).next.retention?.archiveAt).toBe(t0 + 7 * day)
    expect(done(keep, kept.next, { days: 1 }, envOf({ actor: ben })).next.retention?.archiveAt).toBe(t0 + minute + 30 * day)
  })

  it('is archived once; then a veto comes too late', () => {
    const gone = done(archived, over(), { name: '#andon-1' })
    expect(gone.kinds).toEqual(['andon.archived'])
    expect(done(archived, gone.next, { name: '#andon-1' }).tell).toEqual([])
    expect(apply(keep, gone.next, {})).toMatchObject({ refuse: 'the room was archived already' })
  })
})

describe('an order', () => {
  it('stands on the timeline with its answer', () => {
    const { next, tell } = done(ordered, redOf({ marks: andonOf().marks }), {
      what: 'approve',
      runbook: 'restart',
      answer: 'run run_1 has begun',
      by,
    })
    expect(tell).toMatchObject([
      { kind: 'andon.ordered', data: { what: 'approve', runbook: 'restart', answer: 'run run_1 has begun', by } },
    ])
    expect(next.marks.human).toBe(t0 + minute)
  })
})
