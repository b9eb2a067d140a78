import { describe, expect, it } from 'vitest'
import type { Locale } from './andon.ts'
import { type AndonEntries, entry } from './entries.ts'
import { formOf } from './words/form.ts'
import { tellEn } from './words/tell-en.ts'
import { tellJa } from './words/tell-ja.ts'
import { otherKinds } from './words/tells.ts'
import { laneTitle, tellable, tellEntry, wordsOf } from './words.ts'

const aki = { id: 'aki', name: 'Aki' }
const mina = { id: 'mina', name: 'Mina' }
const house = { id: 'jidoka', name: 'Jidoka' }
const at = Date.UTC(2026, 10, 20, 1, 32, 7)
const tell = <Kind extends keyof AndonEntries>(kind: Kind, data: AndonEntries[Kind], locale: Locale = 'en', zone = 'Asia/Tokyo') =>
  tellEntry({ kind, data: data as never }, locale, { zone })

describe('the words of the Andon', () => {
  it('are the same keys in both languages, each with something to read', () => {
    const leaves = (value: unknown, path = ''): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
        : [typeof value === 'string' && value.trim() === '' ? `${path} is empty` : path]
    expect(leaves(wordsOf('ja'))).toEqual(leaves(wordsOf('en')))
    expect(leaves(wordsOf('en')).filter((path) => path.endsWith(' is empty'))).toEqual([])
  })

  it('fit where a chat puts them: a button 75 characters, a modal title 24', () => {
    for (const locale of ['en', 'ja'] as const)
      for (const { button, title } of Object.values(wordsOf(locale).commands)) {
        expect(button.length).toBeLessThanOrEqual(75)
        expect(title.length, title).toBeLessThanOrEqual(24)
      }
  })

  it('have a sentence for the same kinds', () => {
    expect(Object.keys(tellJa)).toEqual(Object.keys(tellEn))
    expect(otherKinds.filter((kind) => !tellable(kind))).toEqual([])
  })
})

describe('a sentence of the timeline', () => {
  it('says who did what, in the language and the zone of whoever reads it', () => {
    const call = { until: at, page: 'p', again: false }
    expect(tell('andon.call', call)).toBe('A leader is called, until 10:32:07')
    expect(tell('andon.call', call, 'ja')).toBe('リーダーを呼び出しています(10:32:07まで)')
    expect(tell('andon.call', call, 'en', 'UTC')).toBe('A leader is called, until 01:32:07')
    const pulled = { text: 'no data in Osaka', by: aki, via: 'cli', component: null, drill: null, private: false, locale: 'en' as const }
    expect(tell('andon.pulled', pulled)).toBe('Aki pulled the andon: no data in Osaka')
    expect(tell('andon.pulled', { ...pulled, drill: 'slack-down' }, 'ja')).toBe('【訓練】Akiさんがアンドンを引きました: no data in Osaka')
    expect(tell('andon.pulled', { ...pulled, by: house }, 'ja')).toBe('Jidokaがアンドンを引きました: no data in Osaka')
  })

  it.each([
    [{ person: aki, before: null, by: aki, note: null }, 'Aki took the lead', 'Akiさんがリーダーを引き受けました'],
    [{ person: aki, before: mina, by: aki, note: null }, 'Aki took the lead from Mina', 'AkiさんがMinaさんからリーダーを引き受けました'],
    [
      { person: aki, before: mina, by: mina, note: 'DB is next' },
      'Mina handed the lead to Aki: DB is next',
      'MinaさんがAkiさんにリーダーを引き継ぎました: DB is next',
    ],
    [{ person: null, before: mina, by: mina, note: null }, 'Mina gave up the lead', 'Minaさんがリーダーを外れました'],
  ])('tells roles plainly: %j', (data, en, ja) => {
    const whole = { role: 'lead' as const, ...data }
    expect(tell('andon.role', whole)).toBe(en)
    expect(tell('andon.role', whole, 'ja')).toBe(ja)
  })

  it('counts people, not what they say', () => {
    const joined = { text: 'Osaka too', by: aki, via: 'slack', count: 2 }
    expect(tell('andon.joined', joined)).toBe('Aki sees it too (2 people now): Osaka too')
    expect(tell('andon.joined', { ...joined, count: 1 })).toBe('Aki adds: Osaka too')
    expect(tell('andon.joined', { ...joined, count: 1 }, 'ja')).toBe('Akiさんが追記しました: Osaka too')
  })

  it('says that all is well in words', () => {
    const well = { first: true, summary: '-', changed: [] }
    expect(tell('andon.snapshot', well)).toBe('How things are: all well')
    expect(tell('andon.snapshot', { ...well, first: false }, 'ja')).toBe('変化: すべて正常')
    expect(tell('andon.snapshot', { first: false, summary: '-', changed: ['polaris: fail 0/2 → pass 2/2'] })).toContain('pass 2/2')
  })

  it('thanks for a pull that turned out to be nothing', () => {
    const data = { how: 'a test line', cause: null, falseAlarm: true, by: aki, lastedMs: 250_000 }
    expect(tell('andon.resolved', data)).toBe(
      'Resolved by Aki after 4 min 10 s: a test line. Nothing was wrong: good practice, thank you for pulling',
    )
    expect(tell('andon.resolved', data, 'ja')).toContain('4分10秒')
  })

  it('tells of a range how sure it is, and when it was read', () => {
    const reading = {
      meter: 'm',
      title: 'Lines',
      at,
      count: 1240,
      of: 52_000,
      segments: ['a', 'b', 'c'].map((name) => ({ name, count: 1, owner: null })),
      confidence: 'medium' as const,
      asOf: at,
      problem: null,
    }
    expect(tell('andon.range', { reading, first: true })).toBe(
      'Range: about 1,240 of 52,000 lines in 3 segments, medium confidence, as of 10:32',
    )
    expect(tell('andon.range', { reading, first: true }, 'ja')).toBe('影響範囲: 52,000回線中 約1,240回線、3セグメント、確度 中、10:32時点')
    expect(tell('andon.range', { reading: { ...reading, count: null, problem: 'no answer' }, first: false })).toBe(
      'Range: the number of lines is not known (no answer)',
    )
  })

  it('shortens what people wrote when the reader has little room, and nothing else', () => {
    const short = (text: string) => text.slice(0, 3)
    const { data } = entry({ id: 'and_1', component: null, incident: null } as never, 'andon.note', {
      text: 'abcdef',
      by: aki,
      at,
      ref: null,
      files: [],
    })
    expect(tellEntry({ kind: 'andon.note', data }, 'en', { text: short })).toBe('Aki: abc')
  })

  it('names a kind that it does not know, rather than failing', () => {
    expect(tellEntry({ kind: 'lease.taken', data: {} }, 'en')).toBe('lease.taken')
    expect(tellEntry({ kind: 'toString', data: {} }, 'en')).toBe('toString')
  })
})

describe('every kind of entry', () => {
  const item = {
    id: 'kai_1',
    text: 't',
    owner: null,
    dueAt: null,
    kind: 'task' as const,
    status: 'open' as const,
    result: null,
    openedAt: at,
    endedAt: null,
    chased: 0,
  }
  const reading = {
    meter: 'm',
    title: 'Lines',
    at,
    count: null,
    of: null,
    segments: [],
    confidence: 'low' as const,
    asOf: null,
    problem: null,
  }
  const every: { [Kind in keyof AndonEntries]: AndonEntries[Kind] } = {
    'andon.pulled': { text: 't', by: aki, via: 'api', component: null, drill: null, private: true, locale: 'en' },
    'andon.joined': { text: 't', by: aki, via: 'api', count: 2 },
    'andon.red': { reason: 'r', by: null },
    'andon.call': { until: at, page: 'p', again: true },
    'andon.call-off': { page: 'and_1/lead' },
    'andon.role': { role: 'comms', person: null, before: null, by: aki, note: 'n' },
    'andon.component': { component: 'polaris', before: null, by: aki },
    'andon.severity': { severity: 2, by: aki },
    'andon.private': { private: false, by: aki },
    'andon.lane-opened': { lane: 'l', kind: 'k', title: 'T', by: null },
    'andon.lane-taken': { lane: 'l', title: 'T', by: aki, dueAt: at },
    'andon.lane-report': { lane: 'l', title: 'T', text: 't', by: aki },
    'andon.lane-done': { lane: 'l', title: 'T', outcome: 'o', by: aki },
    'andon.lane-room': { lane: 'l', title: 'T', by: aki },
    'andon.lane-room-stands': { lane: 'l', title: 'T', name: null, url: null },
    'andon.inquiry-sent': { inquiry: 'i', carrier: 'c', name: 'C', text: 't', by: aki },
    'andon.inquiry-answered': { inquiry: 'i', name: 'C', text: 't', by: aki },
    'andon.inquiry-closed': { inquiry: 'i', name: 'C', by: aki },
    'andon.inquiry-chase': { inquiry: 'i', name: 'C', times: 1, owner: aki },
    'andon.update': { update: 'u', text: 't', audience: 'customers', by: aki },
    'andon.reminder': { about: 'kaizen', subject: 's', text: '', person: null },
    'andon.note': { text: 't', by: aki, at, ref: null, files: [{ name: 'a.png', path: 'a', bytes: 1 }] },
    'andon.note-changed': { ref: 'r', text: null, by: aki },
    'andon.snapshot': { first: false, summary: 's', changed: [] },
    'andon.suspects': { suspects: [] },
    'andon.range': { reading, first: true },
    'andon.told': { segment: 's', by: aki },
    'andon.run': { run: 'r', what: 'ended', runbook: 'rb', status: 'cancelled', reason: 'r' },
    'andon.ordered': { what: 'retry', runbook: null, answer: 'a', by: aki },
    'andon.room': { name: 'n', url: null, kind: 'thread' },
    'andon.merged': { into: 'i', by: aki },
    'andon.took-over': { from: 'f', by: aki },
    'andon.split': { into: 'i', text: 't', by: aki },
    'andon.resolved': { how: 'h.', cause: 'c', falseAlarm: false, by: aki, lastedMs: 1 },
    'andon.reopened': { why: 'w', by: aki },
    'andon.thanks': { to: 'Mina', by: aki },
    'andon.kaizen-added': { item, by: aki },
    'andon.kaizen-done': { item: 'k', text: 't', result: 'r', dropped: true, by: aki },
    'andon.keep': { by: aki, until: at },
    'andon.archived': { name: null },
  }

  it.each(Object.entries(every))('%s is a sentence in both languages', (kind, data) => {
    for (const locale of ['en', 'ja'] as const) {
      const sentence = tellEntry({ kind, data: data as never }, locale)
      expect(sentence).not.toMatch(/undefined|null|NaN|\[object/)
      expect(sentence).not.toBe(kind)
      if (locale === 'ja') expect(sentence).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/)
    }
  })
})

describe('a span of time', () => {
  it.each([
    [0, '0 s', '0秒'],
    [59_400, '59 s', '59秒'],
    [60_000, '1 min', '1分'],
    [3_900_000, '1 h 5 min', '1時間5分'],
    [86_400_000 * 2 + 5_000, '2 d', '2日'],
  ])('of %d ms is %s', (ms, en, ja) => {
    expect([formOf('en').span(ms), formOf('ja').span(ms)]).toEqual([en, ja])
  })
})

it('a lane of ours is called in the language of who reads, another one as it was named', () => {
  const opened = { kind: 'andon.lane-opened', data: { lane: 'lane_1', kind: 'logs', title: wordsOf('ja').lanes.logs as string, by: null } }
  expect(tellEntry(opened, 'en')).toContain(wordsOf('en').lanes.logs)
  expect(tellEntry(opened, 'ja')).toContain(wordsOf('ja').lanes.logs)
  expect([laneTitle('Customs', 'ja'), laneTitle(wordsOf('en').lanes.range as string, 'ja')]).toEqual(['Customs', wordsOf('ja').lanes.range])
})
