import { describe, expect, it } from 'vitest'
import { type CarrierConfig, carrierSchema } from '../../../core/catalog/schema-andon.ts'
import type { RangeReading } from '../andon.ts'
import { refused } from '../define.ts'
import { aki, andonOf, apply, chika, day, done, envOf, minute, redOf, t0 } from '../fixture.ts'
import { inquiryAnswer } from './inquiry-answer.ts'
import { inquiryChased } from './inquiry-chased.ts'
import { inquiryClose } from './inquiry-close.ts'
import { inquirySend } from './inquiry-send.ts'

// t0 is Friday, 10:00 in Tokyo.
const kaede = carrierSchema.parse({
  id: 'kaede',
  name: 'Kaede Mobile',
  contact: 'noc@kaede.example',
  locale: 'ja',
  zone: 'Asia/Tokyo',
  hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', until: '18:00' }],
  answersWithinMs: 30 * minute,
})
const env = (more: object = {}, carrier: Partial<CarrierConfig> = {}) =>
  envOf({ carrier: (id) => (id === 'kaede' ? { ...kaede, ...carrier } : null), titleOf: () => 'Packet transfer', ...more })
const sent = (andon = andonOf(), more = {}) => done(inquirySend, andon, { carrier: 'kaede' }, env(more)).next

describe('asking a carrier', () => {
  it('writes the text for them, opens their lane, and knows when to ask again', () => {
    const { next, kinds } = done(inquirySend, andonOf(), { carrier: 'kaede', symptom: 'アタッチ不可' }, env())
    expect(kinds).toEqual(['andon.lane-opened', 'andon.inquiry-sent'])
    expect(next.inquiries).toMatchObject([
      { carrier: 'kaede', status: 'sent', by: { id: 'ben' }, chaseAt: t0 + minute + 30 * minute, ticket: null },
    ])
    expect(next.inquiries[0]?.text).toContain('Kaede Mobile ご担当者様')
    expect(next.inquiries[0]?.text).toContain('■ 事象: アタッチ不可')
    expect(next.inquiries[0]?.text).toContain('■ 発生日時: 2026-11-20 10:00 (UTC+9)')
    expect(next.lanes).toMatchObject([{ kind: 'carrier', status: 'open' }])
    expect(next.marks.human).toBe(t0 + minute)
  })

  it('does not open a second lane for carriers', () => {
    expect(sent(sent()).lanes).toHaveLength(1)
  })

  it('waits with asking again until somebody is at their desk', () => {
    const evening = t0 + 9 * 60 * minute // Friday 19:00 there
    const monday = t0 + 3 * day - 60 * minute // 09:00 there
    expect(sent(andonOf(), { now: evening }).inquiries[0]?.chaseAt).toBe(monday + 30 * minute)
  })

  it('tells them how many lines, and nothing of whose or of how many there are', () => {
    const reading = { meter: 'm', title: 'Lines', at: t0, count: 1240, of: 52_000, segments: [{ name: 'ACME', count: 1240, owner: 'aki' }] }
    const andon = andonOf({ ranges: [{ ...reading, confidence: 'medium', asOf: null, problem: null } as RangeReading] })
    const [inquiry] = sent(andon).inquiries
    expect(inquiry?.text).toContain('■ 影響: 約1,240回線')
    expect(inquiry?.text).not.toMatch(/52,000|ACME/)
  })

  it('takes own words, filled in, and cuts what is secret', () => {
    const text = 'Since {from}: {symptom}. token=abc123 {unknown}'
    const { next } = done(inquirySend, andonOf(), { carrier: 'kaede', text, symptom: 'no {until}' }, env())
    expect(next.inquiries[0]?.text).toBe('Since 2026-11-20 10:00 (UTC+9): no {until}. [secret cut] {unknown}')
  })

  it('tells their ticket of the time before', () => {
    const before = sent()
    const [first] = before.inquiries
    const answered = done(inquiryAnswer, before, { inquiry: first?.id, text: 'we look', ticket: 'KM-1' }, env()).next
    expect(sent(answered).inquiries[1]?.text).toContain('■ 貴社受付番号: KM-1')
  })

  it('also goes out after the end, without opening a lane there', () => {
    const over = redOf({ state: { status: 'resolved', at: t0, by: aki, how: 'x', cause: null, mergedInto: null, falseAlarm: false } })
    const { next, kinds } = done(inquirySend, over, { carrier: 'kaede' }, env())
    expect([kinds, next.lanes.length]).toEqual([['andon.inquiry-sent'], 2])
  })

  it.each([
    [{ carrier: 'nobody' }, 'there is no carrier "nobody"'],
    [{ carrier: 'kaede', from: '2026-11-20T10:00:00+09:00', until: '2026-11-20T09:00:00+09:00' }, 'it would end before it began'],
  ])('is refused for %j', (input, refuse) => {
    expect(apply(inquirySend, andonOf(), input, env())).toMatchObject({ refuse })
  })
})

describe('an answer', () => {
  const andon = sent()
  const inquiry = andon.inquiries[0]?.id

  it('ends the asking, and keeps what was said, by whom it was taken, and their ticket', () => {
    const { next, kinds } = done(inquiryAnswer, andon, { inquiry, text: 'link down', ticket: 'KM-1' }, env({ actor: chika }))
    expect(kinds).toEqual(['andon.inquiry-answered'])
    expect(next.inquiries).toMatchObject([
      { status: 'answered', ticket: 'KM-1', chaseAt: null, answers: [{ text: 'link down', by: { id: 'chika' } }] },
    ])
  })

  it('may come after the inquiry was closed, which stays closed', () => {
    const closed = done(inquiryClose, andon, { inquiry }, env()).next
    expect(done(inquiryAnswer, closed, { inquiry, text: 'mended' }, env()).next.inquiries).toMatchObject([
      { status: 'closed', chaseAt: null },
    ])
  })

  it('of an inquiry that there is not is refused with those that there are', () => {
    const answer = apply(inquiryAnswer, andon, { inquiry: 'inq_9', text: 'x' }, env())
    expect(refused(answer) && answer.hint).toContain(`${inquiry} (Kaede Mobile)`)
  })
})

describe('asking again', () => {
  const andon = sent()
  const inquiry = andon.inquiries[0]?.id

  it('gives them their time anew, and says so on the timeline', () => {
    const { next, tell } = done(inquiryChased, andon, { inquiry }, env({ now: t0 + 20 * minute }))
    expect(next.inquiries[0]?.chaseAt).toBe(t0 + 50 * minute)
    expect(tell).toMatchObject([{ kind: 'andon.note', data: { text: 'asked Kaede Mobile again' } }])
  })

  it('is refused once they have answered', () => {
    const answered = done(inquiryAnswer, andon, { inquiry, text: 'x' }, env()).next
    expect(apply(inquiryChased, answered, { inquiry }, env())).toMatchObject({ refuse: expect.stringContaining('has answered') })
  })

  it('closing twice changes nothing the second time', () => {
    const closed = done(inquiryClose, andon, { inquiry }, env()).next
    expect(done(inquiryClose, closed, { inquiry }, env())).toMatchObject({ next: closed, tell: [] })
  })
})
