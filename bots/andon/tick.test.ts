import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carrierSchema } from '../../core/catalog/schema-andon.ts'
import type { Andon, Inquiry, KaizenItem, Lane } from './andon.ts'
import { keep } from './commands/keep.ts'
import { lead } from './commands/lead.ts'
import { resolve } from './commands/resolve.ts'
import { update } from './commands/update.ts'
import type { CommandEnv } from './define.ts'
import { aki, andonOf, chika, day, done, envOf, laneOf, minute, redOf, second, settingsOf, t0 } from './fixture.ts'
import { house } from './ports.ts'
import { nextAt, tick } from './tick.ts'

const settings = settingsOf()
const person = ({ id, name }: { id: string; name: string }) => ({ id, name })
const starlink = carrierSchema.parse({ id: 'starlink', name: 'Starlink', contact: 'x', answersWithinMs: 10 * minute })
const at = (now: number, more: Partial<CommandEnv> = {}) =>
  envOf({ now, actor: house, carrier: (id) => (id === 'starlink' ? starlink : null), ...(more as object) })

/** Ticks, and answers kinds and data of what was told. */
function told(andon: Andon, now: number, more: Partial<CommandEnv> = {}) {
  const change = tick(andon, at(now, more))
  return { next: change?.next ?? andon, tell: (change?.tell ?? []).map(({ kind, data }) => ({ kind, ...data })), post: change?.post ?? [] }
}

const inquiry = (more: Partial<Inquiry> = {}): Inquiry => ({
  id: 'inq_1',
  carrier: 'starlink',
  name: 'Starlink',
  status: 'sent',
  text: 'Are you well?',
  ticket: null,
  by: person(aki),
  sentAt: t0,
  chaseAt: t0 + 10 * minute,
  chased: 0,
  answers: [],
  ...more,
})
const item = (more: Partial<KaizenItem> = {}): KaizenItem => ({
  id: 'kai_1',
  text: 'Watch the pool',
  owner: person(chika),
  dueAt: t0 + 10 * day,
  kind: 'task',
  status: 'open',
  result: null,
  openedAt: t0,
  endedAt: null,
  chased: 0,
  ...more,
})
const quiet = (more: Partial<Andon> = {}) => redOf({ updateDueAt: null, lanes: [], ...more })
const ended = (more: Partial<Andon> = {}, at = t0) => done(resolve, redOf(more), { how: 'x' }, envOf({ now: at })).next

describe('the call for a leader', () => {
  test('that nobody answers turns it red, and is said once more: the pager climbs on from there', () => {
    const andon = andonOf()
    expect(nextAt(andon, settings)).toBe(t0 + 2 * minute)
    expect(tick(andon, at(t0 + 2 * minute - 1))).toBeNull()
    const { next, tell, post } = told(andon, t0 + 2 * minute)
    expect(next.state).toEqual({ status: 'red', since: t0 + 2 * minute, reason: 'nobody took the lead within 120 s' })
    expect(tell[0]).toMatchObject({ kind: 'andon.red', by: null })
    expect(tell.at(-1)).toMatchObject({ kind: 'andon.call', again: true, until: t0 + 4 * minute })
    // A page of its own would ring everybody twice.
    expect(post).toEqual([])
    expect(next.call?.page).toBe(andon.call?.page)
  })

  test('is said twice, not for ever: then the policy of the pager goes on', () => {
    const red = told(andonOf(), t0 + 2 * minute).next
    expect(nextAt(red, settings)).toBe(t0 + 32 * minute)
    expect(told(red, t0 + 5 * minute).post).toEqual([])
  })

  test('of one that is red already is said once more, too', () => {
    const { tell, post } = told(quiet({ roles: { lead: null, scribe: null, comms: null }, call: andonOf().call }), t0 + 2 * minute)
    expect([tell.map(({ kind }) => kind), post.length]).toEqual([['andon.call'], 0])
  })

  test('that somebody answered is over: it stays yellow', () => {
    const led = done(lead, andonOf(), {}).next
    expect(nextAt(led, settings)).toBeNull()
    expect(tick(led, at(t0 + day))).toBeNull()
  })

  test('says why in Japanese where they speak it', () => {
    expect(told(andonOf({ locale: 'ja' }), t0 + 2 * minute).next.state).toMatchObject({ reason: '120秒以内にリーダーが決まりませんでした' })
  })
})

describe('an update', () => {
  test('that is due is asked of the leader, again and again, until it comes', () => {
    const first = told(redOf(), t0 + 30 * minute)
    expect(first.tell).toEqual([
      { kind: 'andon.reminder', about: 'update', subject: 'update', text: '', person: { id: 'ben', name: 'Ben' } },
    ])
    expect(nextAt(first.next, settings)).toBe(t0 + 60 * minute)
    expect(told(first.next, t0 + 60 * minute).tell).toHaveLength(1)
    const came = done(update, first.next, { text: 'x' }, envOf({ now: t0 + 40 * minute })).next
    expect(nextAt(came, settings)).toBe(t0 + 70 * minute)
  })

  test('is asked of communications when somebody has them', () => {
    const roles = { ...redOf().roles, comms: { person: person(chika), at: t0 } }
    expect(told(redOf({ roles }), t0 + 30 * minute).tell).toMatchObject([{ person: person(chika) }])
  })
})

describe('a lane', () => {
  const lane = (more: Partial<Lane> = {}) => laneOf({ status: 'taken', owner: person(chika), dueAt: t0 + 20 * minute, ...more })

  test('that is past its time reminds its owner, then once each time-box', () => {
    const first = told(quiet({ lanes: [lane()] }), t0 + 25 * minute)
    expect(first.tell).toMatchObject([
      { kind: 'andon.reminder', about: 'lane', subject: 'lane_x', text: 'Look there', person: person(chika) },
    ])
    expect(nextAt(first.next, settings)).toBe(t0 + 45 * minute)
  })

  test('with a new time-box begins anew', () => {
    const late = told(quiet({ lanes: [lane()] }), t0 + 25 * minute).next
    const extended = { ...late, lanes: [lane({ dueAt: t0 + 30 * minute })] }
    expect(nextAt(extended, settings)).toBe(t0 + 30 * minute)
  })

  test.each([
    ['is free', lane({ status: 'open', owner: null, dueAt: null })],
    ['is done', lane({ status: 'done' })],
    ['is of the house itself', lane({ owner: person(house) })],
  ])('that %s reminds nobody', (_, one) => {
    expect(nextAt(quiet({ lanes: [one] }), settings)).toBeNull()
  })
})

describe('an inquiry', () => {
  test('without an answer is chased, each time they should have answered', () => {
    const first = told(quiet({ inquiries: [inquiry()] }), t0 + 10 * minute)
    expect(first.tell).toEqual([{ kind: 'andon.inquiry-chase', inquiry: 'inq_1', name: 'Starlink', times: 1, owner: person(aki) }])
    expect(nextAt(first.next, settings)).toBe(t0 + 20 * minute)
    expect(told(first.next, t0 + 20 * minute).tell).toMatchObject([{ times: 2 }])
  })

  test('is a matter of who has the lane of carriers', () => {
    const lanes = [laneOf({ kind: 'carrier', status: 'taken', owner: person(chika), dueAt: t0 + day })]
    expect(told(quiet({ lanes, inquiries: [inquiry()] }), t0 + 10 * minute).tell).toMatchObject([{ owner: person(chika) }])
  })

  test('to a carrier that left the configuration is chased all the same', () => {
    const gone = quiet({ inquiries: [inquiry({ carrier: 'gone' })] })
    expect(nextAt(told(gone, t0 + 10 * minute).next, settings)).toBe(t0 + 40 * minute)
  })

  test.each(['answered', 'closed'] as const)('that is %s, or of an andon that has ended, is not', (status) => {
    expect(nextAt(quiet({ inquiries: [inquiry({ status })] }), settings)).toBeNull()
    expect(nextAt({ ...ended({ inquiries: [inquiry()] }), retention: null }, settings)).toBeNull()
  })
})

describe('kaizen', () => {
  test('is chased after the end, once a day, until it is done', () => {
    const over = { ...ended({ kaizen: [item()] }), retention: null }
    expect(nextAt(over, settings)).toBe(t0 + 10 * day)
    const first = told(over, t0 + 10 * day)
    expect(first.tell).toEqual([
      { kind: 'andon.reminder', about: 'kaizen', subject: 'kai_1', text: 'Watch the pool', person: person(chika) },
    ])
    expect([first.next.kaizen[0]?.chased, nextAt(first.next, settings)]).toEqual([1, t0 + 11 * day])
    expect(nextAt({ ...over, kaizen: [item({ status: 'done' })] }, settings)).toBeNull()
    expect(nextAt({ ...over, kaizen: [item({ dueAt: null })] }, settings)).toBeNull()
  })

  test('of nobody in particular is a matter of who led', () => {
    expect(told(quiet({ kaizen: [item({ owner: null })] }), t0 + 10 * day).tell).toMatchObject([{ person: { id: 'ben' } }])
  })

  test('of a drill is practice', () => {
    expect(nextAt(quiet({ drill: { scenario: 'practice' }, kaizen: [item()] }), settings)).toBeNull()
  })
})

describe('the room', () => {
  test('is archived when its time has come, once', () => {
    const over = ended({ room: { name: 'andon-1', url: null, kind: 'room' } })
    expect(nextAt(over, settings)).toBe(t0 + 7 * day)
    const archived = told(over, t0 + 8 * day)
    expect(archived.tell).toEqual([{ kind: 'andon.archived', name: 'andon-1' }])
    expect([archived.next.retention?.archivedAt, nextAt(archived.next, settings)]).toEqual([t0 + 8 * day, null])
  })

  test('that somebody keeps stays for so long', () => {
    const kept = done(keep, ended(), { days: 30 }, envOf({ now: t0 + day })).next
    expect(tick(kept, at(t0 + 8 * day))).toBeNull()
    expect(nextAt(kept, settings)).toBe(t0 + 31 * day)
  })

  test('of a drill, too', () => {
    expect(nextAt(ended({ drill: { scenario: 'practice' } }), settings)).toBe(t0 + 7 * day)
  })
})

describe('after a week of sleep', () => {
  const lanes = [
    laneOf({ id: 'a', status: 'taken', owner: person(chika), dueAt: t0 }),
    laneOf({ id: 'b', status: 'taken', owner: person(aki), dueAt: t0 }),
  ]
  const asleep = andonOf({ lanes, inquiries: [inquiry()], kaizen: [item({ dueAt: t0 + day })] })

  test('a thousand ticks tell everything once', () => {
    let andon: Andon = asleep
    const kinds: string[] = []
    let pages = 0
    for (let n = 0; n < 1_000; n++) {
      const { next, tell, post } = told(andon, t0 + 7 * day + n * second)
      kinds.push(...tell.map((one) => ('subject' in one ? `${one.kind} ${one.subject}` : one.kind)))
      pages += post.length
      andon = next
    }
    const once = ['andon.red', 'andon.call', 'andon.reminder a', 'andon.reminder b', 'andon.reminder kai_1']
    for (const kind of once)
      expect(
        kinds.filter((one) => one === kind),
        kind,
      ).toHaveLength(1)
    // 1,000 s are more than the ten minutes within which they should answer.
    expect(kinds.filter((kind) => kind === 'andon.inquiry-chase')).toHaveLength(2)
    expect(pages).toBe(0)
  })
})

describe('whatever an andon is like', () => {
  const time = fc.integer({ min: t0 - day, max: t0 + 20 * day })
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
  const owner = maybe(fc.constantFrom(person(aki), person(chika), person(house)))
  const anyLane = fc.record({ status: fc.constantFrom<Lane['status'][]>('open', 'taken', 'done'), owner, dueAt: maybe(time) })
  const anyItem = fc.record({ status: fc.constantFrom<KaizenItem['status'][]>('open', 'done', 'dropped'), owner, dueAt: maybe(time) })
  const anyInquiry = fc.record({
    status: fc.constantFrom<Inquiry['status'][]>('sent', 'answered', 'closed'),
    chaseAt: maybe(time),
    carrier: fc.constantFrom('starlink', 'gone'),
  })
  const anyAndon = fc
    .record({
      state: fc.constantFrom<Andon['state'][]>({ status: 'yellow' }, redOf().state, ended().state),
      call: maybe(time.map((until) => ({ page: 'p', since: until - minute, until }))),
      updateDueAt: maybe(time),
      drill: maybe(fc.constant({ scenario: 'practice' })),
      lanes: fc.array(anyLane, { maxLength: 4 }),
      inquiries: fc.array(anyInquiry, { maxLength: 3 }),
      kaizen: fc.array(anyItem, { maxLength: 3 }),
      retention: maybe(fc.record({ archiveAt: time, veto: fc.constant(null), archivedAt: maybe(time) })),
      reminded: fc.dictionary(fc.constantFrom('call', 'update', 'lane/l0', 'lane/l1', 'kaizen/k0'), time),
    })
    .map(({ lanes, inquiries, kaizen, ...more }) =>
      andonOf({
        ...more,
        lanes: lanes.map((lane, n) => laneOf({ id: `l${n}`, ...lane })),
        inquiries: inquiries.map((one, n) => inquiry({ id: `i${n}`, ...one })),
        kaizen: kaizen.map((one, n) => item({ id: `k${n}`, ...one })),
      }),
    )

  test('before its time nothing changes; at its time something does, and the next time is later', () => {
    fc.assert(
      fc.property(anyAndon, (andon) => {
        const due = nextAt(andon, settings)
        if (due === null) {
          expect(tick(andon, at(t0 + 1_000 * day))).toBeNull()
          return
        }
        expect(tick(andon, at(due - 1))).toBeNull()
        const change = tick(andon, at(due))
        expect(change?.tell.length).toBeGreaterThan(0)
        expect(nextAt(change?.next as Andon, settings) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(due)
      }),
    )
  })

  test('however late, one tick does all that is due', () => {
    fc.assert(
      fc.property(anyAndon, time, (andon, now) => {
        const next = tick(andon, at(now))?.next ?? andon
        expect(tick(next, at(now))).toBeNull()
        expect(nextAt(next, settings) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now)
      }),
    )
  })
})
