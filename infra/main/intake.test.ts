import { expect, test } from 'vitest'
import { type AlertInput, keyOf } from '../../core/alerts/alert.ts'
import { fault } from '../../core/errors.ts'
import { idMint } from '../../core/ids.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { openIntake } from './intake.ts'

/** The real journal behind a store that can be away. */
async function stage(maxKept?: number) {
  const clock = virtualClock(undefined, { drain: 'immediates' })
  const journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
  const store = { away: false, asked: 0 }
  const woken: string[] = []
  const unrecorded: string[] = []
  const intake = openIntake({
    clock,
    log: silentLog,
    maxKept,
    journal: {
      async ingest(alerts) {
        store.asked++
        if (store.away) throw fault('store-full', { path: 'x', problem: 'no room' })
        return journal.ingest(alerts)
      },
    },
    wake: (component) => void woken.push(component),
    alarm: (_, alerts) => void unrecorded.push(...alerts.map((alert) => alert.key)),
  })
  return { clock, journal, store, intake, woken, unrecorded }
}

const alert = (member: string, more: Partial<AlertInput> = {}): AlertInput => ({
  key: keyOf('dipper', member, 'probe:hook'),
  component: 'dipper',
  member,
  signal: 'timeout',
  status: 'firing',
  source: 'probe:hook',
  summary: 'no answer',
  at: 1,
  ...more,
})

test('what the detector tells opens an incident, and wakes the engine', async () => {
  const { intake, journal, woken } = await stage()
  intake.tell([alert('dipper-1')])
  await intake.told()
  expect(woken).toEqual(['dipper'])
  expect(await journal.incidents({ open: true }, { limit: 10 })).toHaveLength(1)
})

test('what the store did not take is kept, and is in it within a second of its coming back; nobody has to tell it again', async () => {
  const { intake, journal, store, clock, woken, unrecorded } = await stage()
  store.away = true
  intake.tell([alert('dipper-1')])
  await expect(intake.told()).rejects.toMatchObject({ code: 'store-full' })
  await clock.advance(5_000)
  expect(unrecorded).toContain('dipper/dipper-1/probe:hook')
  expect(woken).toEqual([])
  store.away = false
  await clock.advance(1_000)
  expect(woken).toEqual(['dipper'])
  expect(await journal.incidents({ open: true }, { limit: 10 })).toHaveLength(1)
})

test('only the newest state of each key is kept: what was over meanwhile opens nothing', async () => {
  const { intake, journal, store, clock } = await stage()
  store.away = true
  intake.tell([alert('dipper-1'), alert('dipper-2')])
  intake.tell([alert('dipper-2', { status: 'resolved', summary: 'it answers again' })])
  store.away = false
  await clock.advance(1_000)
  const [incident] = await journal.incidents({ open: true }, { limit: 10 })
  expect((await journal.alertsOf(incident?.id as string)).map((one) => one.member)).toEqual(['dipper-1'])
})

test('nothing overtakes what is kept: a newer state that the store took is not undone by an older one', async () => {
  const { intake, journal, store, clock } = await stage()
  intake.tell([alert('dipper-1')])
  await intake.told()
  store.away = true
  intake.tell([alert('dipper-1', { summary: 'still no answer' })])
  store.away = false
  intake.tell([alert('dipper-1', { status: 'resolved' })])
  await intake.told().catch(() => {})
  await clock.advance(2_000)
  expect(await journal.incidents({ open: true }, { limit: 10 })).toEqual([])
})

test('it keeps no more than its limit', async () => {
  const { intake, journal, store, clock } = await stage(3)
  store.away = true
  intake.tell([1, 2, 3, 4, 5].map((n) => alert(`dipper-${n}`)))
  await clock.advance(1_000)
  store.away = false
  await clock.advance(1_000)
  const [incident] = await journal.incidents({ open: true }, { limit: 10 })
  expect(await journal.alertsOf(incident?.id as string)).toHaveLength(3)
})

test('a healthy store is not asked again and again', async () => {
  const { intake, store, clock } = await stage()
  intake.tell([alert('dipper-1')])
  await clock.advance(60_000)
  expect(store.asked).toBe(1)
})

test('whoever asks again himself gets the error, and nothing is kept for him', async () => {
  const { intake, store, clock, woken } = await stage()
  store.away = true
  await expect(intake.ingest([alert('dipper-1')])).rejects.toMatchObject({ code: 'store-full' })
  store.away = false
  await clock.advance(5_000)
  expect(woken).toEqual([])
})

test('of several controllers, one that does not lead keeps what it sees to itself, and passes on what only it was told', async () => {
  const { intake, journal, store, clock } = await stage()
  const opened = async () => (await journal.events(0, 100)).filter(({ kind }) => kind === 'incident.opened').length
  intake.shut()
  intake.tell([alert('dipper-1')])
  await intake.told()
  expect([await opened(), store.asked]).toEqual([0, 0])
  intake.through(() => intake.tell([alert('dipper-2')]))
  await intake.told()
  expect(await opened()).toBe(1)
  intake.tell([alert('dipper-3')])
  expect(store.asked).toBe(1)
  intake.open()
  intake.tell([alert('dipper-3')])
  await intake.told()
  expect(store.asked).toBe(2)
  // What waits for a store that is away is not told by one that has lost the lead meanwhile.
  store.away = true
  intake.tell([alert('dipper-4')])
  await intake.told().catch(() => {})
  intake.shut()
  store.away = false
  await clock.advance(5_000)
  expect(store.asked).toBe(3)
})
