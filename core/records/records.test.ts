import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stores, type TestJournal } from '../../test/journals.ts'
import { fault } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { Draft, Records } from './record.ts'

interface Bread {
  slices: number
}

describe.each(stores)('records on $name', (store) => {
  let held: TestJournal
  let journal: Journal
  let breads: Records<Bread>
  beforeEach(async () => {
    held = await store.open()
    journal = held.journal
    breads = journal.records<Bread>('bread')
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  const draft = (id: string, more: Partial<Draft<Bread>> = {}): Draft<Bread> => ({
    id,
    status: 'fresh',
    open: true,
    component: null,
    topic: null,
    parent: null,
    key: null,
    nextAt: null,
    rev: 0,
    data: { slices: 10 },
    ...more,
  })
  const put = (...drafts: Draft<Bread>[]) => breads.change({}, () => ({ put: drafts, answer: null }))
  const eat = (id: string) =>
    breads.change({ ids: [id] }, ({ records }) => {
      const one = records.get(id)
      if (!one) throw fault('not-found', { what: 'bread', id, list: 'the shelf' })
      const data = { slices: one.data.slices - 1 }
      return { put: [{ ...one, open: data.slices > 0, data }], answer: data.slices }
    })

  test('are kept as decided, and found by what they are looked for by', async () => {
    await put(
      draft('brd_1', { topic: 'rye', parent: 'inc_1', key: 'once' }),
      draft('brd_2', { topic: 'rye', open: false, component: 'oven' }),
      draft('brd_3', { parent: 'inc_1', nextAt: held.clock.now() + 50 }),
    )
    const ids = async (filter: Parameters<typeof breads.list>[0], limit = 10) => (await breads.list(filter, { limit })).map(({ id }) => id)
    expect(await ids({})).toEqual(['brd_3', 'brd_2', 'brd_1'])
    expect(await ids({ open: true })).toEqual(['brd_3', 'brd_1'])
    expect(await ids({ topic: 'rye' })).toEqual(['brd_2', 'brd_1'])
    expect(await ids({ topic: 'rye', open: true })).toEqual(['brd_1'])
    expect(await ids({ parent: 'inc_1' })).toEqual(['brd_3', 'brd_1'])
    expect(await ids({}, 1)).toEqual(['brd_3'])
    expect((await breads.list({}, { limit: 10, after: 'brd_2' })).map(({ id }) => id)).toEqual(['brd_1'])
    expect(await breads.count('rye')).toBe(2)
    expect(await breads.byKey('once')).toMatchObject({ id: 'brd_1', rev: 1, data: { slices: 10 }, createdAt: held.clock.now() })
    expect(await breads.get('brd_9')).toBeNull()
    expect(await journal.records('stone').get('brd_1')).toBeNull()
    expect([await breads.due(10), await breads.nextAt()]).toEqual([[], held.clock.now() + 50])
    await held.pass(50)
    expect(await breads.due(10)).toEqual(['brd_3'])
  })

  test('are changed by what is decided in the same transaction, with its entries and its messages', async () => {
    await put(draft('brd_1'))
    const answer = await breads.change({ ids: ['brd_1'], open: true }, ({ records, open, now, mint }) => {
      expect([...records.keys(), ...open.map(({ id }) => id)]).toEqual(['brd_1', 'brd_1'])
      return {
        put: [{ ...(records.get('brd_1') as Draft<Bread>), status: 'eaten', open: false }],
        tell: [{ kind: 'bread.eaten', component: null, incident: null, run: null, andon: 'and_1', data: { now } }],
        post: [{ channel: 'slack', lane: 'a', dedupe: 'crumbs', incident: null, payload: { id: mint('upd') } }],
        answer: 'good',
      }
    })
    expect(answer).toBe('good')
    expect(await breads.get('brd_1')).toMatchObject({ status: 'eaten', open: false, rev: 2 })
    expect(await journal.events(0, 10, { andon: 'and_1' })).toMatchObject([{ kind: 'bread.eaten', andon: 'and_1' }])
    expect(await journal.lane('slack', 'a', 10)).toMatchObject([{ dedupe: 'crumbs', channel: 'slack', lane: 'a' }])
  })

  test('stay as they were when the decision throws', async () => {
    await put(draft('brd_1'))
    await expect(
      breads.change({ ids: ['brd_1'] }, ({ records }) => {
        records.get('brd_1')
        throw fault('refused', { reason: 'it is mouldy', hint: '' })
      }),
    ).rejects.toMatchObject({ code: 'refused' })
    expect(await breads.get('brd_1')).toMatchObject({ rev: 1 })
  })

  test('are changed one after the other, however many come at once', async () => {
    await put(draft('brd_1'))
    const left = await Promise.all(Array.from({ length: 10 }, () => eat('brd_1')))
    expect(left.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(await breads.get('brd_1')).toMatchObject({ data: { slices: 0 }, open: false, rev: 11 })
  })

  test('one that somebody else changed meanwhile is decided anew, with what is there now', async () => {
    await put(draft('brd_1'))
    let tries = 0
    const answer = await breads.change({ ids: ['brd_1'] }, ({ records }) => {
      const one = records.get('brd_1') as Draft<Bread>
      // As another controller would have left it between our look and our write.
      return { put: [{ ...one, rev: ++tries < 3 ? one.rev + 7 : one.rev, data: { slices: tries } }], answer: tries }
    })
    expect([answer, tries]).toEqual([3, 3])
    expect(await breads.get('brd_1')).toMatchObject({ rev: 2, data: { slices: 3 } })
  })
})
