import { describe, expect, it } from 'vitest'
import { type CarrierConfig, carrierSchema } from '../../../core/catalog/schema-andon.ts'
import { type InquiryFacts, inquiryText } from './inquiry.ts'

const carrier = (more: Partial<CarrierConfig> = {}) => carrierSchema.parse({ id: 'kaede', name: 'Kaede Mobile', contact: 'x', ...more })
const facts: InquiryFacts = {
  symptom: 'attach requests are answered with cause 17',
  from: Date.UTC(2026, 10, 20, 1, 20),
  until: null,
  range: { meter: 'm', title: 'Lines', at: 0, count: 1_240, of: 52_000, segments: [], confidence: 'medium', asOf: null, problem: null },
  component: 'Packet transfer',
  ticket: null,
  reference: 'and_1',
  sender: 'Aki',
}

describe('the text of an inquiry', () => {
  it('in English, times in the zone of the carrier', () => {
    expect(
      inquiryText(carrier({ zone: 'America/New_York' }), facts),
    ).toBe(`Subject: Possible fault: attach requests are answered with cause 17

Dear Kaede Mobile team,

we see a fault that may have to do with your side, and would be glad of your help.

What we see:   attach requests are answered with cause 17
Since:         2026-11-19 20:20 (UTC-5)
Until:         still going on
Affected:      about 1,240 lines
Our service:   Packet transfer
Our reference: and_1

Could you please tell us:
1. Is there a fault, or planned work, on your side in this time?
2. If so, when do you expect it to end?
3. Your ticket number, so that we can refer to it.

Kind regards,
Aki`)
  })

  it('in Japanese', () => {
    const ended = { ...facts, symptom: 'アタッチ要求に cause 17 が返る', until: Date.UTC(2026, 10, 20, 2), ticket: 'KM-1' }
    expect(
      inquiryText(carrier({ locale: 'ja', zone: 'Asia/Tokyo' }), ended),
    ).toBe(`件名: 【お問い合わせ】障害の可能性について(アタッチ要求に cause 17 が返る)

Kaede Mobile ご担当者様

いつもお世話になっております。
以下の事象を確認しております。貴社側の状況をご確認いただけますでしょうか。

■ 事象: アタッチ要求に cause 17 が返る
■ 発生日時: 2026-11-20 10:20 (UTC+9)
■ 終了日時: 2026-11-20 11:00 (UTC+9)
■ 影響: 約1,240回線
■ 当社サービス: Packet transfer
■ 貴社受付番号: KM-1
■ 当社管理番号: and_1

お手数ですが、次の点をご教示ください。
1. 上記時間帯における貴社側の障害または計画作業の有無
2. 障害の場合は、復旧見込み
3. 受付番号

どうぞよろしくお願いいたします。
Aki`)
  })

  it('fills a template of the configuration once: what stands in a value stays as it is', () => {
    const template = '{symptom} since {from}, {range}, ticket {ticket}, {other}. {sender}'
    expect(inquiryText(carrier({ template }), { ...facts, symptom: 'no {sender}' })).toBe(
      'no {sender} since 2026-11-20 01:20 (UTC), about 1,240 lines, ticket -, {other}. Aki',
    )
    expect(inquiryText(carrier({ template }), facts, 'Own words, {component}')).toBe('Own words, Packet transfer')
  })

  it('leaves out what nobody knows', () => {
    const text = inquiryText(carrier(), { ...facts, from: null, range: null, component: null })
    expect(text).not.toMatch(/Since|Affected|service|ticket:/)
  })

  it('has a short subject, whatever was said', () => {
    const [subject] = inquiryText(carrier(), { ...facts, symptom: `${'長'.repeat(300)}\nsecond line` }).split('\n')
    expect([...(subject as string)].length).toBeLessThan(100)
  })
})
