import { describe, expect, it } from 'vitest'
import type { Andon } from './andon.ts'
import { andonOf, day, t0 } from './fixture.ts'
import { ordinalOf, recurrenceOf, recurrenceSentence } from './recurrence.ts'

const polaris = { component: { id: 'polaris', by: 'words' as const }, failure: 'failing' }
const item = {
  id: 'kai_1',
  text: 'x',
  owner: null,
  dueAt: null,
  kind: 'task' as const,
  result: null,
  openedAt: t0,
  endedAt: null,
  chased: 0,
}
const ago = (days: number, more: Partial<Andon> = {}) => andonOf({ id: `and_${days}`, pulledAt: t0 - days * day, ...polaris, ...more })
const now = andonOf({ id: 'and_now', ...polaris })

describe('the same again', () => {
  it('is counted by component and failure, with what was to get better since', () => {
    const kaizen = [
      { ...item, status: 'open' as const },
      { ...item, id: 'kai_2', status: 'done' as const },
    ]
    const found = recurrenceOf(now, [ago(40), ago(12, { kaizen })])
    expect([found.count, found.last?.id, found.open.map(({ item }) => item.id)]).toEqual([2, 'and_12', ['kai_1']])
    const told = { count: 2, last: 'and_12', lastAt: found.last?.pulledAt ?? null, kaizenOpen: found.open.length }
    expect(recurrenceSentence(told, 'en', t0)).toBe('The 3rd time; last 12 d ago. 1 kaizen item of then is still open.')
    expect(recurrenceSentence(told, 'ja', t0)).toBe('3回目の発生です。前回は12日前です。前回までの改善項目が1件残っています。')
  })

  it.each<[string, Andon]>([
    ['another failure', ago(1, { failure: 'hung' })],
    ['another component', ago(1, { component: { id: 'dipper', by: 'words' } })],
    ['a drill', ago(1, { drill: { scenario: 's' } })],
    ['one after it', ago(-1)],
    ['itself', now],
    [
      'one that was merged',
      ago(1, {
        state: {
          status: 'resolved',
          at: t0,
          by: { id: 'b', name: 'B' },
          how: 'merged',
          cause: null,
          mergedInto: 'and_12',
          falseAlarm: false,
        },
      }),
    ],
  ])('is not %s', (_, other) => {
    expect(recurrenceOf(now, [other])).toEqual({ count: 0, last: null, open: [] })
  })

  it('says nothing the first time', () => {
    expect(recurrenceSentence({ count: 0, last: null, lastAt: null, kaizenOpen: 0 }, 'en', t0)).toBeNull()
  })

  it('cannot be known of what nobody knows the component of', () => {
    expect(recurrenceOf(andonOf(), [ago(1, { component: null })]).count).toBe(0)
  })

  it.each([
    [1, '1st'],
    [2, '2nd'],
    [11, '11th'],
    [22, '22nd'],
    [113, '113th'],
  ])('%d is %s', (n, en) => expect([ordinalOf(n, 'en'), ordinalOf(n, 'ja')]).toEqual([en, `${n}回目`]))
})
