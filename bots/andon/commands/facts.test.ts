import { describe, expect, test } from 'vitest'
import { limits, type RangeReading, type Snapshot, type Suspect } from '../andon.ts'
import { andonOf, apply, done, envOf, laneOf, minute, redOf, t0 } from '../fixture.ts'
import { house } from '../ports.ts'
import { call } from './call.ts'
import { range } from './range.ts'
import { resolve } from './resolve.ts'
import { room } from './room.ts'
import { run } from './run.ts'
import { snapshot } from './snapshot.ts'
import { suspects } from './suspects.ts'

const now = t0 + minute
const env = envOf({ actor: house })

describe('the room', () => {
  const place = { name: 'andon-1120-polaris', url: 'https://example.slack.com/archives/C1', kind: 'room' }

  test('is told once; the first counts for the measures, a new name is told', () => {
    const { next, kinds } = done(room, andonOf(), place, env)
    expect([next.room, next.marks.room, next.marks.human]).toEqual([place, now, null])
    expect(kinds).toEqual(['andon.room'])
    expect(done(room, next, place, env).tell).toEqual([])
    const renamed = done(room, next, { ...place, name: 'x' }, envOf({ actor: house, now: now + 1 }))
    expect([renamed.kinds, renamed.next.marks.room]).toEqual([['andon.room'], now])
  })

  test.each(['javascript:alert(1)', 'nonsense'])('is not at %s', (url) => {
    expect(() => apply(room, andonOf(), { ...place, url }, env)).toThrow()
  })
})

describe('a snapshot', () => {
  const shot = (more: Partial<Snapshot> = {}): Snapshot => ({
    at: now,
    members: [{ id: 'polaris-1', component: 'polaris', status: 'fail', role: 'active', summary: 'no answer' }],
    components: [
      { id: 'dipper', status: 'pass', well: 2, of: 2 },
      { id: 'polaris', status: 'fail', well: 1, of: 2 },
    ],
    incidents: [{ id: 'inc_1', component: 'polaris', failure: 'down', status: 'open', since: t0 }],
    runs: [],
    digest: 'a',
    ...more,
  })

  test('is told first with all of it, what is not well before the rest', () => {
    const { next, tell } = done(snapshot, andonOf(), shot(), env)
    expect(next.snapshot).toEqual(shot())
    expect(tell[0]?.data).toEqual({ first: true, summary: 'polaris 1/2, dipper 2/2; polaris: down', changed: [] })
  })

  test('then only when something that counts has changed', () => {
    const first = done(snapshot, andonOf(), shot(), env).next
    expect(done(snapshot, first, shot({ at: now + 1, members: [] }), env)).toMatchObject({ next: first, tell: [] })
    const changed = shot({
      at: now + 1,
      digest: 'b',
      members: [{ id: 'polaris-1', component: 'polaris', status: 'pass', role: 'standby', summary: '' }],
      components: [{ id: 'polaris', status: 'pass', well: 2, of: 2 }],
      incidents: [],
      runs: [{ id: 'run_1', runbook: 'restart-process', component: 'polaris', status: 'done', at: now }],
    })
    expect(done(snapshot, first, changed, env).tell[0]?.data).toMatchObject({
      first: false,
      changed: [
        'polaris: fail 1/2 → pass 2/2',
        'polaris-1: fail → pass, active → standby',
        'polaris: down: open → -',
        'restart-process (polaris): done',
      ],
    })
  })

  test('that comes late does not put the clock back', () => {
    const first = done(snapshot, andonOf(), shot(), env).next
    expect(done(snapshot, first, shot({ at: t0, digest: 'old' }), env).tell).toEqual([])
  })

  test('of a great fleet is told in few words', () => {
    const components = Array.from({ length: 1_000 }, (_, n) => ({ id: `c${n}`, status: 'fail', well: 0, of: 1 }))
    const { tell } = done(snapshot, andonOf(), shot({ components }), env)
    expect(String(tell[0]?.data.summary)).toContain('+991')
    const changed = shot({ digest: 'b', components: components.map((one) => ({ ...one, status: 'pass' })) })
    const first = done(snapshot, andonOf(), shot({ components }), env).next
    expect(done(snapshot, first, changed, env).tell[0]?.data.changed).toHaveLength(20)
  })

  test('must be one', () => {
    expect(() => apply(snapshot, andonOf(), { ...shot(), more: 1 }, env)).toThrow()
    expect(() => apply(snapshot, andonOf(), { ...shot(), digest: '' }, env)).toThrow()
  })
})

describe('suspects', () => {
  const suspect = (change: string, weight: number): Suspect => ({
    change,
    title: `Deployed ${change}`,
    component: 'polaris',
    at: t0,
    by: 'ci',
    url: null,
    weight,
    why: 'two minutes before',
  })

  test('are the likeliest, and told when others are among them', () => {
    const many = Array.from({ length: 30 }, (_, n) => suspect(`chg_${n}`, n / 30))
    const { next, kinds } = done(suspects, andonOf(), { suspects: many }, env)
    expect(next.suspects.map(({ change }) => change)).toEqual(
      many
        .slice(-limits.suspects)
        .reverse()
        .map(({ change }) => change),
    )
    expect(kinds).toEqual(['andon.suspects'])
    expect(done(suspects, next, { suspects: many.map((one) => ({ ...one, weight: one.weight / 2 })) }, env).tell).toEqual([])
    expect(done(suspects, next, { suspects: [suspect('chg_new', 1)] }, env).kinds).toEqual(['andon.suspects'])
  })

  test('none are no news', () => {
    expect(done(suspects, andonOf(), { suspects: [] }, env).tell).toEqual([])
  })
})

describe('the range', () => {
  const reading = (more: Partial<RangeReading> = {}): RangeReading => ({
    meter: 'lines',
    title: 'Lines',
    at: now,
    count: 1_240,
    of: 52_000,
    segments: [{ name: 'retail', count: 1_240, owner: 'aki' }],
    confidence: 'medium',
    asOf: t0,
    problem: null,
    ...more,
  })

  test('is told when it says something else; a meter keeps one reading', () => {
    const first = done(range, redOf(), { reading: reading() }, env)
    expect(first.tell[0]?.data).toEqual({ reading: reading(), first: true })
    expect(done(range, first.next, { reading: reading({ at: now + 1, asOf: now }) }, env).tell).toEqual([])
    const more = done(range, first.next, { reading: reading({ at: now + 2, count: 2_000 }) }, env)
    expect(more.tell[0]?.data).toMatchObject({ first: false })
    expect(more.next.ranges).toEqual([reading({ at: now + 2, count: 2_000 })])
    expect(done(range, more.next, { reading: reading({ meter: 'calls' }) }, env).next.ranges).toHaveLength(2)
  })

  test('that comes late does not put the clock back', () => {
    const first = done(range, redOf(), { reading: reading() }, env).next
    expect(done(range, first, { reading: reading({ at: t0, count: 1 }) }, env).tell).toEqual([])
  })

  test('a problem is told once, whatever its words', () => {
    const broken = done(range, redOf(), { reading: reading({ count: null, problem: 'no answer for 20,001 ms' }) }, env).next
    expect(done(range, broken, { reading: reading({ count: null, problem: 'no answer for 20,004 ms' }) }, env).tell).toEqual([])
    expect(done(range, broken, { reading: reading() }, env).kinds).toEqual(['andon.range'])
  })

  test('names the greatest segments', () => {
    const segments = Array.from({ length: 200 }, (_, n) => ({ name: `s${n}`, count: n, owner: null }))
    const kept = done(range, redOf(), { reading: reading({ segments }) }, env).next.ranges[0]?.segments
    expect([kept?.length, kept?.[0]?.name]).toEqual([limits.segments, 's199'])
  })

  test.each([{ count: -1 }, { count: Number.NaN }, { confidence: 'sure' }])('%j is no reading', (wrong) => {
    expect(() => apply(range, redOf(), { reading: { ...reading(), ...wrong } }, env)).toThrow()
  })
})

describe('a runbook is a responder', () => {
  const started = { run: 'run_1', what: 'started', runbook: 'restart-process', status: 'running', reason: 'polaris-1 is down' }
  const ended = { ...started, what: 'ended', status: 'failed', reason: 'it did not come back' }
  const mending = (andon: { lanes: { kind: string }[] }) => andon.lanes.filter(({ kind }) => kind === 'remediation')

  test('it opens its lane, and reports there', () => {
    const { next, kinds } = done(run, redOf(), started, env)
    expect(kinds).toEqual(['andon.lane-opened', 'andon.run'])
    expect(mending(next)).toMatchObject([
      { status: 'taken', owner: { id: 'jidoka' }, dueAt: null, reports: [{ text: 'restart-process: started (polaris-1 is down)' }] },
    ])
    expect(next.runs).toEqual(['run_1'])
    expect(done(run, andonOf(), started, env).next.marks.human).toBeNull()
  })

  test('the lane is done while nothing runs, and goes on with the next run', () => {
    const over = done(run, done(run, redOf(), started, env).next, ended, env).next
    expect(mending(over)).toMatchObject([{ status: 'done', outcome: 'restart-process: failed (it did not come back)' }])
    const again = done(run, over, { ...started, run: 'run_2', runbook: 'failover' }, env)
    expect(again.kinds).toEqual(['andon.run'])
    expect(mending(again.next)).toMatchObject([{ status: 'taken', outcome: null, reports: [{}, {}, {}] }])
  })

  test('told again (a follower that starts anew) changes nothing', () => {
    const begun = done(run, redOf(), started, env).next
    expect(done(run, begun, started, env)).toMatchObject({ next: begun, tell: [] })
    const over = done(run, begun, ended, env).next
    expect(done(run, over, started, env).tell).toEqual([])
    expect(done(run, over, ended, env).tell).toEqual([])
  })

  test('another run with the same end is told, also when its beginning was not', () => {
    const over = done(run, done(run, redOf(), started, env).next, ended, env).next
    expect(done(run, over, { ...ended, run: 'run_2' }, env)).toMatchObject({ kinds: ['andon.run'], next: { runs: ['run_1', 'run_2'] } })
  })

  test('the newest runs are kept', () => {
    const runs = Array.from({ length: 200 }, (_, n) => `run_old${n}`)
    const { next } = done(run, redOf({ runs }), started, env)
    expect([next.runs.length, next.runs[0], next.runs.at(-1)]).toEqual([200, 'run_old1', 'run_1'])
  })

  test('after the end it is told, and nothing is opened again', () => {
    const begun = done(run, done(resolve, redOf(), { how: 'x' }).next, started, env)
    expect(begun.kinds).toContain('andon.run')
    expect(mending(begun.next)).toMatchObject([{ status: 'done' }])
    const closed = done(resolve, done(run, redOf(), started, env).next, { how: 'x' }).next
    const late = done(run, closed, ended, env)
    expect(late.kinds).toEqual(['andon.run'])
    expect(mending(late.next)).toMatchObject([{ status: 'done', outcome: 'restart-process: failed (it did not come back)' }])
  })

  test('where no lane is left it is told all the same', () => {
    const full = redOf({ lanes: Array.from({ length: limits.lanes }, (_, n) => laneOf({ id: `l${n}` })) })
    expect(done(run, full, started, env)).toMatchObject({ kinds: ['andon.run'], next: { lanes: { length: limits.lanes } } })
  })
})

describe('a call', () => {
  test('for a leader, until when; the same again is no news', () => {
    const { next, tell } = done(call, andonOf(), { page: 'page_1', until: now + minute }, env)
    expect(next.call).toEqual({ page: 'page_1', since: now, until: now + minute })
    expect(tell[0]?.data).toEqual({ page: 'page_1', until: now + minute, again: true })
    expect(done(call, next, { page: 'page_1', until: now + minute }, env).tell).toEqual([])
  })

  test('not when somebody leads, and not for the past', () => {
    expect(apply(call, redOf(), { page: 'p', until: now + minute }, env)).toMatchObject({ refuse: 'Ben has the lead' })
    expect(apply(call, andonOf(), { page: 'p', until: now }, env)).toHaveProperty('refuse')
    expect(apply(call, andonOf(), { page: 'p', until: now + 100 * 86_400_000 }, env)).toHaveProperty('refuse')
  })
})
