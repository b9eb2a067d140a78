import { describe, expect, test } from 'vitest'
import { aki, andonOf, apply, chika, day, done, envOf, laneOf, minute, redOf, t0 } from '../fixture.ts'
import { laneTake } from './lane-take.ts'
import { reopen } from './reopen.ts'
import { resolve } from './resolve.ts'

const now = t0 + minute
const how = 'Rolled back'
const over = (andon = redOf(), at = now) => done(resolve, andon, { how }, envOf({ now: at })).next

describe('resolving', () => {
  test('ends it: who, how, the cause, and how long it lasted', () => {
    const { next, tell } = done(resolve, redOf(), { how, cause: 'A small pool' })
    expect(next.state).toEqual({
      status: 'resolved',
      at: now,
      by: { id: 'ben', name: 'Ben' },
      how,
      cause: 'A small pool',
      mergedInto: null,
      falseAlarm: false,
    })
    expect(tell).toMatchObject([{ kind: 'andon.resolved', data: { how, cause: 'A small pool', lastedMs: minute } }])
    expect(next).toMatchObject({ call: null, updateDueAt: null, marks: { resolved: now } })
  })

  test('closes the lanes that go on, without an outcome; what was done stays as it was', () => {
    const done_ = laneOf({ id: 'lane_old', status: 'done', outcome: 'found it', endedAt: t0 })
    const going = done(laneTake, redOf({ lanes: [done_, laneOf({ id: 'lane_a' })] }), { lane: 'lane_a' }).next
    expect(over(going).lanes).toEqual([
      done_,
      laneOf({ id: 'lane_a', status: 'done', owner: { id: 'ben', name: 'Ben' }, dueAt: null, endedAt: now }),
    ])
  })

  test('gives the room a week', () => {
    expect(over().retention).toEqual({ archiveAt: now + 7 * day, veto: null, archivedAt: null })
  })

  test('remembers a room that was archived before', () => {
    const archived = redOf({ retention: { archiveAt: t0, veto: null, archivedAt: t0 } })
    expect(over(archived).retention).toMatchObject({ archivedAt: t0 })
  })

  test('from yellow as well; nothing was wrong is said, not blamed', () => {
    const { next } = done(resolve, andonOf(), { how: 'It was a test line', falseAlarm: true }, envOf({ actor: aki }))
    expect(next.state).toMatchObject({ falseAlarm: true })
    expect(next.marks).toMatchObject({ red: null, human: null, resolved: now })
  })

  test('needs to be told how, and only once', () => {
    expect(() => apply(resolve, redOf(), {})).toThrow()
    expect(apply(resolve, over(), { how })).toHaveProperty('refuse')
  })
})

describe('reopening', () => {
  const later = envOf({ now: t0 + day, actor: chika })

  test('is red again, with an update due and nothing archived; it had not ended', () => {
    const { next, kinds } = done(reopen, over(), { why: 'It is back' }, later)
    expect(next.state).toEqual({ status: 'red', since: later.now, reason: 'It is back' })
    expect(next).toMatchObject({ retention: null, updateDueAt: later.now + 30 * minute, marks: { red: t0, resolved: null } })
    expect(kinds.slice(0, 1)).toEqual(['andon.reopened'])
    expect(kinds).not.toContain('andon.red')
  })

  test('lanes go on where they were, those with an outcome stay done, and what is missing is opened', () => {
    const found = laneOf({ id: 'lane_found', status: 'done', outcome: 'the pool', endedAt: t0 })
    const before = redOf({ lanes: [...redOf().lanes, found] })
    const taken = done(laneTake, before, { lane: 'lane_logs' }).next
    const { next, tell } = done(reopen, over(taken), { why: 'x' }, later)
    expect(next.lanes[2]).toEqual(found)
    expect(next.lanes.slice(0, 2)).toMatchObject([
      { id: 'lane_logs', status: 'taken', dueAt: later.now + 20 * minute, endedAt: null },
      { id: 'lane_range', status: 'open', dueAt: null, endedAt: null },
    ])
    expect(tell.filter(({ kind }) => kind === 'andon.lane-opened').map(({ data }) => data.kind)).toEqual(['carrier', 'mitigation', 'comms'])
  })

  test('the lead stays; without one somebody is called', () => {
    expect(done(reopen, over(), { why: 'x' }, later)).toMatchObject({ next: { call: null } })
    const { next, kinds, post } = done(reopen, over(andonOf()), { why: 'x' }, later)
    expect(next.call).toMatchObject({ until: later.now + 2 * minute })
    expect(kinds).toContain('andon.call')
    expect(post).toHaveLength(1)
  })

  test('what never was red turns red, and that is told', () => {
    const { next, kinds } = done(reopen, over(andonOf()), { why: 'x' }, later)
    expect(kinds.slice(0, 3)).toEqual(['andon.reopened', 'andon.red', 'andon.lane-opened'])
    expect(next.marks.red).toBe(later.now)
  })

  test('what was merged goes on elsewhere', () => {
    const { state } = over()
    const merged = redOf({ state: { ...state, mergedInto: 'and_2' } as typeof state })
    expect(apply(reopen, merged, { why: 'x' })).toMatchObject({ refuse: 'it goes on in and_2' })
  })

  test('what is open cannot be', () => {
    expect(apply(reopen, redOf(), { why: 'x' })).toHaveProperty('refuse')
  })

  test('and ends again: it lasted from the pull on', () => {
    const again = done(reopen, over(), { why: 'x' }, later).next
    const ended = done(resolve, again, { how }, envOf({ now: t0 + 2 * day }))
    expect(ended.tell[0]?.data).toMatchObject({ lastedMs: 2 * day })
    expect(ended.next.marks.resolved).toBe(t0 + 2 * day)
  })
})
