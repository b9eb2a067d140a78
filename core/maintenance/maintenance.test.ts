import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alert, kinds, orderOf, stores, type TestJournal } from '../../test/journals.ts'
import type { Journal, Situation } from '../journal/journal.ts'
import { endOverdue, endWindow, openWindow, openWindowsMax, windowOf } from './maintenance.ts'

const hour = 3_600_000

type Quiet = Omit<Situation, 'incident' | 'alerts'>

describe.each(stores)('what people switch off for a while, on $name', (store) => {
  let held: TestJournal
  let journal: Journal
  beforeEach(async () => {
    held = await store.open()
    journal = held.journal
  })
  afterEach(() => held.close())
  afterAll(() => store.stop())

  /** As a decision about a component sees it. */
  async function seen(component = 'polaris'): Promise<Quiet> {
    const all: Quiet[] = []
    await journal.order(component, (found) => {
      all.push(found)
      return { refuse: 'only to look' }
    })
    return all[0] as Quiet
  }

  describe('a pause', () => {
    test('ends by itself, at its moment, also before that is told', async () => {
      const until = held.clock.now() + hour
      await journal.setSwitch('polaris', true, 'aki', 'migration', until)
      expect((await seen()).switchedOff).toMatchObject({ scope: 'polaris', until })
      expect((await seen('dipper')).switchedOff).toBeNull()
      await held.clock.advance(hour - 1)
      expect((await seen()).switchedOff).not.toBeNull()
      await held.clock.advance(1)
      expect((await seen()).switchedOff).toBeNull()
      expect(await journal.switches()).toMatchObject([{ scope: 'polaris', off: false }])
    })

    test('is told to be over once, by whichever controller comes first', async () => {
      await journal.setSwitch('global', true, 'aki', 'migration', held.clock.now() + hour)
      expect(await journal.endPauses()).toEqual([])
      await held.clock.advance(hour)
      const ended = await Promise.all([journal.endPauses(), journal.endPauses(), journal.endPauses()])
      expect(ended.flat()).toEqual(['global'])
      const events = await journal.events(0, 10)
      expect(events.map(({ kind, data }) => [kind, data.by, data.reason])).toEqual([
        ['switch.off', 'aki', 'migration'],
        ['switch.on', 'jidoka', 'the pause has ended'],
      ])
    })

    test('that is over does not hide one without an end, nor end it', async () => {
      await journal.setSwitch('global', true, 'aki', 'for an hour', held.clock.now() + hour)
      await journal.setSwitch('polaris', true, 'aki', 'until further notice')
      expect((await seen()).switchedOff).toMatchObject({ scope: 'global' })
      await held.clock.advance(hour)
      expect((await seen()).switchedOff).toMatchObject({ scope: 'polaris', until: null })
      expect(await journal.endPauses()).toEqual(['global'])
      expect((await seen()).switchedOff).toMatchObject({ scope: 'polaris' })
    })

    test('made longer meanwhile goes on', async () => {
      await journal.setSwitch('polaris', true, 'aki', 'migration', held.clock.now() + hour)
      await journal.setSwitch('polaris', true, 'bo', 'it takes longer', held.clock.now() + 2 * hour)
      await held.clock.advance(hour)
      expect(await journal.endPauses()).toEqual([])
      expect((await seen()).switchedOff).toMatchObject({ by: 'bo' })
    })
  })

  describe('a window of maintenance', () => {
    const order = (more: object = {}) =>
      openWindow(journal, { component: 'polaris', until: held.clock.now() + hour, reason: 'new disks', ...more }, 'aki')

    test('is seen by each decision about its component while it is in force', async () => {
      const window = await order({ from: held.clock.now() + 1_000 })
      expect((await seen()).maintenance).toBeNull()
      await held.clock.advance(1_000)
      expect((await seen()).maintenance).toMatchObject({ id: window.id, reason: 'new disks', by: 'aki' })
      expect((await seen('dipper')).maintenance).toBeNull()
      await held.clock.advance(hour - 1_000)
      expect((await seen()).maintenance, 'over, though nobody told').toBeNull()
    })

    test('of everything is one of each component; of several the longest counts', async () => {
      await order()
      const all = await order({ component: null, until: held.clock.now() + 2 * hour })
      for (const component of ['polaris', 'dipper', 'unheard-of']) expect((await seen(component)).maintenance?.id).toBe(all.id)
    })

    test('is ended by a person, once', async () => {
      const { id } = await order()
      expect(await endWindow(journal, id, 'bo')).toMatchObject({ until: held.clock.now(), endedBy: 'bo' })
      expect((await seen()).maintenance).toBeNull()
      expect(await endWindow(journal, id, 'chi')).toMatchObject({ endedBy: 'bo' })
      expect(await endWindow(journal, 'mnt_none', 'bo')).toBeNull()
      expect(await kinds(journal)).toEqual(['maintenance.opened', 'maintenance.ended'])
    })

    test('that is over is put away and told once', async () => {
      await order()
      await order({ component: null, until: held.clock.now() + 2 * hour })
      await held.clock.advance(hour - 1)
      expect(await endOverdue(journal)).toEqual([])
      await held.clock.advance(1)
      const ended = await Promise.all([endOverdue(journal), endOverdue(journal)])
      expect(ended.flat()).toEqual(['polaris'])
      expect(await kinds(journal)).toEqual(['maintenance.opened', 'maintenance.opened', 'maintenance.ended'])
    })

    test('must end, and not too late', async () => {
      const now = held.clock.now()
      await expect(order({ until: now })).rejects.toMatchObject({ code: 'bad-request' })
      await expect(order({ from: now + 2 * hour })).rejects.toMatchObject({ code: 'bad-request' })
      await expect(order({ until: now + 32 * 24 * hour })).rejects.toMatchObject({ code: 'bad-request' })
      expect(await journal.lastEvent()).toBe(0)
    })

    test('there are not more than a decision looks at', async () => {
      for (let n = 0; n < openWindowsMax; n++) await order()
      await expect(order()).rejects.toMatchObject({ code: 'conflict' })
    })
  })

  test('a decision knows the open incident of its component', async () => {
    expect((await seen()).openIncident).toBeNull()
    const [opened] = await journal.ingest([alert('polaris-1')])
    expect((await seen()).openIncident).toBe(opened?.incident)
    expect((await seen('dipper')).openIncident).toBeNull()
    expect(await journal.order('polaris', () => orderOf(null))).toMatchObject({ status: 'queued' })
  })
})

test('a window counts from its first moment up to its last', () => {
  const window = { id: null, component: null, from: 10, until: 20, reason: '', by: '' }
  expect([9, 10, 19, 20].map((now) => windowOf([window], 'polaris', now) !== null)).toEqual([false, true, true, false])
})
