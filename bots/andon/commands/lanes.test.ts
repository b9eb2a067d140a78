import { describe, expect, test } from 'vitest'
import { limits } from '../andon.ts'
import { aki, apply, ben, chika, done, envOf, laneOf, minute, redOf, t0 } from '../fixture.ts'
import { andonView } from '../wire.ts'
import { laneDone } from './lane-done.ts'
import { laneHand } from './lane-hand.ts'
import { laneOpen } from './lane-open.ts'
import { laneReport } from './lane-report.ts'
import { laneRoom } from './lane-room.ts'
import { laneRoomStands } from './lane-room-stands.ts'
import { laneTake } from './lane-take.ts'

const person = ({ id, name }: { id: string; name: string }) => ({ id, name })
const now = t0 + minute
const taken = () => done(laneTake, redOf(), { lane: 'lane_logs' }).next
const lane = (andon: { lanes: { id: string }[] }, id = 'lane_logs') => andon.lanes.find((one) => one.id === id)

describe('opening', () => {
  test('a free lane of any kind', () => {
    const { next, tell } = done(laneOpen, redOf(), { title: 'Look at the DNS' })
    expect(next.lanes.at(-1)).toEqual(laneOf({ id: 'lane_1', title: 'Look at the DNS', openedAt: now }))
    expect(tell).toMatchObject([{ kind: 'andon.lane-opened', data: { lane: 'lane_1', kind: 'other', by: person(ben) } }])
    expect(done(laneOpen, redOf(), { title: 'x', kind: 'dns' }).next.lanes.at(-1)?.kind).toBe('dns')
  })

  test('not without a title, with a strange kind, or beyond the limit', () => {
    expect(() => apply(laneOpen, redOf(), { title: '  ' })).toThrow()
    expect(() => apply(laneOpen, redOf(), { title: 'x', kind: 'D N S' })).toThrow()
    const full = redOf({ lanes: Array.from({ length: limits.lanes }, (_, n) => laneOf({ id: `l${n}` })) })
    expect(apply(laneOpen, full, { title: 'x' })).toMatchObject({ refuse: expect.stringContaining('30 lanes already') })
  })
})

describe('taking', () => {
  test('gives an owner and a time-box', () => {
    const { next, tell } = done(laneTake, redOf(), { lane: 'lane_logs' })
    expect(lane(next)).toMatchObject({ status: 'taken', owner: person(ben), dueAt: now + 20 * minute })
    expect(tell[0]?.data).toMatchObject({ dueAt: now + 20 * minute })
    expect(lane(done(laneTake, redOf(), { lane: 'lane_logs', minutes: 5 }).next)).toMatchObject({ dueAt: now + 5 * minute })
  })

  test('goes by the kind of a lane, too', () => {
    expect(lane(done(laneTake, redOf(), { lane: 'logs' }).next)).toMatchObject({ owner: person(ben) })
    const two = redOf({ lanes: [laneOf({ id: 'a', kind: 'logs' }), laneOf({ id: 'b', kind: 'logs' })] })
    expect(apply(laneTake, two, { lane: 'logs' })).toMatchObject({ refuse: '2 lanes are of the kind "logs"' })
    expect(apply(laneTake, two, { lane: 'nope' })).toMatchObject({
      refuse: 'there is no lane "nope"',
      hint: expect.stringContaining('a ('),
    })
  })

  test('a second click changes nothing; minutes, or time that is up, give more of it', () => {
    expect(done(laneTake, taken(), { lane: 'lane_logs' }, envOf({ now: now + 1 })).tell).toEqual([])
    expect(lane(done(laneTake, taken(), { lane: 'lane_logs', minutes: 60 }).next)).toMatchObject({ dueAt: now + 60 * minute })
    const late = envOf({ now: now + 21 * minute })
    expect(lane(done(laneTake, taken(), { lane: 'lane_logs' }, late).next)).toMatchObject({ dueAt: late.now + 20 * minute })
  })

  test('not what somebody else has: it can be handed over', () => {
    const env = envOf({ actor: chika })
    expect(apply(laneTake, taken(), { lane: 'lane_logs' }, env)).toMatchObject({ refuse: 'Ben has the lane Logs' })
    expect(lane(done(laneHand, taken(), { lane: 'lane_logs', person: 'chika' }, env).next)).toMatchObject({ owner: person(chika) })
  })

  test.each([0, 1_441, 1.5])('not for %s minutes', (minutes) => {
    expect(() => apply(laneTake, redOf(), { lane: 'lane_logs', minutes })).toThrow()
  })
})

describe('reporting', () => {
  test('is for anybody; the time of the owner begins anew, and never gets shorter', () => {
    const env = envOf({ actor: aki, now: now + 10 * minute })
    const { next, kinds } = done(laneReport, taken(), { lane: 'lane_logs', text: 'a queue of 40,000' }, env)
    expect(lane(next)).toMatchObject({
      reports: [{ person: person(aki), text: 'a queue of 40,000', at: env.now }],
      dueAt: env.now + 20 * minute,
    })
    expect(kinds).toEqual(['andon.lane-report'])
    const hour = done(laneTake, redOf(), { lane: 'logs', minutes: 60 }).next
    expect(lane(done(laneReport, hour, { lane: 'logs', text: 'x' }).next)).toMatchObject({ dueAt: now + 60 * minute })
  })

  test('leaves a free lane free', () => {
    expect(lane(done(laneReport, redOf(), { lane: 'logs', text: 'x' }).next)).toMatchObject({ status: 'open', dueAt: null, owner: null })
  })

  test('also after it is done, for what comes late', () => {
    const over = done(laneDone, taken(), { lane: 'lane_logs', outcome: 'the disk' }).next
    expect(lane(done(laneReport, over, { lane: 'lane_logs', text: 'and its twin' }).next)).toMatchObject({ status: 'done', dueAt: null })
  })

  test('keeps the newest', () => {
    let andon = redOf()
    for (let n = 0; n < limits.laneReports + 5; n++) andon = done(laneReport, andon, { lane: 'logs', text: `report ${n}` }).next
    const { reports } = andon.lanes[0] as { reports: { text: string }[] }
    expect([reports.length, reports.at(-1)?.text]).toEqual([limits.laneReports, `report ${limits.laneReports + 4}`])
  })
})

describe('ending', () => {
  test('with what came of it', () => {
    const { next, tell } = done(laneDone, taken(), { lane: 'logs', outcome: 'the disk was full' })
    expect(lane(next)).toMatchObject({ status: 'done', outcome: 'the disk was full', endedAt: now, dueAt: null, owner: person(ben) })
    expect(tell).toMatchObject([{ kind: 'andon.lane-done', data: { outcome: 'the disk was full' } }])
  })

  test('the same again changes nothing; something else is refused, and so is all that would go on', () => {
    const over = done(laneDone, taken(), { lane: 'lane_logs', outcome: 'the disk' }).next
    expect(done(laneDone, over, { lane: 'lane_logs', outcome: 'the disk' }).tell).toEqual([])
    expect(apply(laneDone, over, { lane: 'lane_logs', outcome: 'the net' })).toMatchObject({
      refuse: 'the lane Logs is done already (Ben)',
    })
    expect(apply(laneTake, over, { lane: 'lane_logs' })).toHaveProperty('refuse')
    expect(apply(laneHand, over, { lane: 'lane_logs', person: 'chika' })).toHaveProperty('refuse')
  })
})

describe('a room of its own', () => {
  const inIt = (people: number) =>
    redOf({
      reporters: Array.from({ length: people }, (_, n) => ({
        person: n === 0 ? person(aki) : n === 1 ? person(ben) : { id: `p${n}`, name: `P${n}` },
        ...{ text: 'I see it', via: 'slack' as const, at: t0 },
      })),
    })
  const asked = () => done(laneRoom, inIt(8), { lane: 'logs' })

  test('is asked for by anybody, and stands when the chat says so', () => {
    const { next, tell } = asked()
    expect(lane(next)).toMatchObject({ room: { name: null, url: null } })
    expect(tell).toMatchObject([{ kind: 'andon.lane-room', data: { lane: 'lane_logs', title: 'Logs', by: person(ben) } }])
    const place = { name: 'andon-logs', url: 'https://x.slack.com/archives/C1' }
    const stands = done(laneRoomStands, next, { lane: 'lane_logs', ...place })
    expect(lane(stands.next)).toMatchObject({ room: place })
    expect(stands.tell).toMatchObject([{ kind: 'andon.lane-room-stands', data: { lane: 'lane_logs', ...place } }])
    expect(done(laneRoomStands, stands.next, { lane: 'lane_logs', ...place }).tell).toEqual([])
  })

  test.each([
    ['up to seven people', () => inIt(7), "7 people or fewer: replies to the lane's card are enough"],
    ['when the lane is done', () => done(laneDone, inIt(8), { lane: 'lane_logs', outcome: 'the disk' }).next, 'is done already'],
    ['when it has one', () => asked().next, 'has a room already'],
  ])('not %s', (_, andon, refuse) => {
    expect(apply(laneRoom, andon(), { lane: 'lane_logs' })).toMatchObject({ refuse: expect.stringContaining(refuse) })
  })

  test('that could not be made may be asked for again', () => {
    const none = done(laneRoomStands, asked().next, { lane: 'lane_logs', name: null, url: null }).next
    expect(lane(none)).toMatchObject({ room: null })
    expect(done(laneRoom, none, { lane: 'logs' }).kinds).toEqual(['andon.lane-room'])
  })

  test('also for a lane that was written before there were any', () => {
    const { lanes } = inIt(8)
    const old = { ...inIt(8), lanes: lanes.map(({ room: _, ...rest }) => rest as (typeof lanes)[number]) }
    expect(andonView(old).lanes[0]).toMatchObject({ room: null })
    expect(done(laneRoom, old, { lane: 'logs' }).kinds).toEqual(['andon.lane-room'])
  })
})

test('handing to who has it changes nothing, and to nobody is refused', () => {
  expect(done(laneHand, taken(), { lane: 'logs', person: 'ben' }).tell).toEqual([])
  expect(apply(laneHand, taken(), { lane: 'logs', person: 'zoe' })).toHaveProperty('refuse')
})
