import { expect, test } from 'vitest'
import { dayMs } from '../../core/calendar.ts'
import { idMint } from '../../core/ids.ts'
import { openMemoryJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { openFindingsDesk } from './desk.ts'
import { reported, reportOf, smallCatalog } from './fixture.ts'
import { keepFindings } from './keep.ts'

test('what was muted is back within a minute of its time, also when it passed while nobody ran, and after a failure', async () => {
  const clock = virtualClock()
  const journal = await openMemoryJournal({ clock, mint: idMint(clock, seededRandom(1)) })
  const desk = openFindingsDesk({ journal, clock, catalog: smallCatalog(), guardians: [], personOf: () => null })
  const { opened } = await desk.ingest(reportOf('r', clock.now(), [reported('a')]))
  const id = opened[0] as string
  const mute = () => desk.decide(id, { kind: 'mute', reason: 'x', until: clock.now() + dayMs }, 'ben')
  const status = async () => (await desk.get(id))?.status
  let fail = false
  const tick = () => (fail ? Promise.reject(new Error('the store is away')) : desk.tick())

  await mute()
  await clock.advance(dayMs)
  const kept = keepFindings({ desk: { tick }, clock, log: silentLog })
  await kept.start()
  expect(await status()).toBe('open')

  await mute()
  await clock.advance(dayMs - 60_000)
  expect(await status()).toBe('muted')
  fail = true
  await clock.advance(120_000)
  expect(await status()).toBe('muted')
  fail = false
  await clock.advance(30_000)
  expect(await status()).toBe('open')

  await kept.stop()
  expect(clock.pending).toBe(0)
  await journal.close()
})
