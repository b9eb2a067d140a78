import { expect, test } from 'vitest'
import { createSessions } from './sessions.ts'

test('a standby that applies the entries holds the same counters', () => {
  const active = createSessions()
  const standby = createSessions()
  active.append(1, 'a', 100)
  active.append(1, 'b', 50)
  active.append(1, 'a', 20)

  expect(standby.apply(standby.position(), active.since(standby.position(), 100) ?? [])).toBe(true)

  expect(standby.snapshot()).toEqual(active.snapshot())
  expect(standby.append(2, 'a', 1).counters).toEqual({ packets: 3, bytes: 121 })
})

test('entries that do not follow our own are not applied', () => {
  const standby = createSessions()
  standby.append(1, 'a', 1)
  const foreign = { generation: 2, index: 2, session: 'a', bytes: 1 }
  expect(standby.apply({ generation: 2, index: 1 }, [foreign])).toBe(false)
  expect(standby.position()).toEqual({ generation: 1, index: 1 })
})

test('a log that went its own way under an older generation gets no entries, only a snapshot', () => {
  const old = createSessions()
  const fresh = createSessions()
  old.append(1, 'a', 1)
  fresh.append(2, 'a', 1)
  expect(fresh.since(old.position(), 10)).toBeNull()
  old.load(fresh.snapshot())
  expect(old.snapshot()).toEqual(fresh.snapshot())
})

test('the log is bounded; whoever is further behind needs a snapshot', () => {
  const active = createSessions({ keepEntries: 10 })
  for (let i = 0; i < 100; i++) active.append(1, 'a', 1)
  expect(active.since({ generation: 0, index: 0 }, 1_000)).toBeNull()
  expect(active.since({ generation: 1, index: 95 }, 1_000)?.map((entry) => entry.index)).toEqual([96, 97, 98, 99, 100])
  expect(active.since({ generation: 1, index: 95 }, 2)).toHaveLength(2)
  expect(active.since({ generation: 1, index: 101 }, 2)).toBeNull()
})

test('the longest idle session is forgotten first, on both members alike', () => {
  const active = createSessions({ maxSessions: 2 })
  const standby = createSessions({ maxSessions: 2 })
  for (const session of ['a', 'b', 'a', 'c']) active.append(1, session, 1)
  standby.apply(standby.position(), active.since(standby.position(), 10) ?? [])
  expect(active.has('b')).toBe(false)
  expect(standby.snapshot()).toEqual(active.snapshot())
})
