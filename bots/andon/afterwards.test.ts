import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CommandResult, Commands } from '../../core/api/ports.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import type { StatusBoard } from '../../core/probes/probe.ts'
import { seededRandom } from '../../core/random.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import { wholeTimeline } from './asking.ts'
import { openDesk } from './desk.ts'
import { actorOf, day, minute } from './fixture.ts'
import { measuresOf } from './measures.ts'
import { type Orders, openOrders } from './orders.ts'
import { type AndonDesk, house } from './ports.ts'
import { review } from './review.ts'

// The real desk on a real journal: what happens outside the room and after it, from the pull to the last kaizen item.

const catalog = indexCatalog(
  configSchema.parse({
    components: [{ id: 'polaris', title: 'Packet transfer', members: [{ id: 'polaris-1' }] }],
    people: [
      { id: 'aki', name: 'Aki' },
      { id: 'ben', name: 'Ben' },
    ],
    carriers: [{ id: 'kaede', name: 'Kaede Mobile', contact: 'noc', locale: 'ja', zone: 'Asia/Tokyo', answersWithinMs: 30 * minute }],
  }),
)
const [aki, ben] = [actorOf('aki'), actorOf('ben', { rank: 'approver' })]

let clock: VirtualClock
let journal: Journal
let desk: AndonDesk
let orders: Orders
beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 20, 1, 20), { drain: 'immediates' })
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(3)) })
  const commands = { runRunbook: async () => ({ kind: 'refused', code: 'live-run', reason: 'one is under way' }) as CommandResult }
  const unused = null as never
  desk = openDesk({
    catalog,
    journal,
    status: unused as StatusBoard,
    clock,
    log: silentLog,
    commands: unused as Commands,
    environment: () => undefined,
  })
  orders = openOrders({ desk, commands, journal, catalog })
  await desk.start()
})
afterEach(async () => {
  await desk.stop()
  await journal.close()
})

test('a carrier is asked and chased, customers are told, automation is stopped, and the review tells all of it', async () => {
  const { andon } = await desk.pull({ text: 'polaris drops *packets*' }, aki)
  const does = (name: string, input: object, actor = ben) => desk.command(andon.id, name, input, actor)
  await does('lead', {})
  const [inquiry] = (await does('inquiry-send', { carrier: 'kaede', symptom: 'cause 17' })).inquiries
  await clock.advance(31 * minute)
  await does('inquiry-chased', { inquiry: inquiry?.id })
  await does('inquiry-answer', { inquiry: inquiry?.id, text: 'A link was down, it is back', ticket: 'KM-1' })
  await does('told', { segment: 'Logistics' })
  expect(await orders.retry(andon.id, { runbook: 'restart-process' }, ben)).toMatchObject({ acted: false })
  await orders.stop(andon.id, { reason: 'we look first' }, ben)
  await does('kaizen-add', { text: 'Alert on lost links', owner: 'aki', due: '2026-12-01' })
  const ended = await does('resolve', { how: 'Their link is back', cause: 'A link of the carrier' })

  expect(await journal.switches()).toMatchObject([{ scope: 'polaris', off: true, by: 'Ben' }])
  const text = review(ended, await wholeTimeline(desk, ended), { zone: 'Asia/Tokyo', locale: 'en' })
  for (const line of [
    '# polaris drops \\*packets\\*',
    'Kaede Mobile has not answered; Ben, please ask again (reminder 1)',
    'Ben: asked Kaede Mobile again',
    '> A link was down, it is back',
    'Their ticket: KM-1.',
    '■ 発生日時: 2026-11-20 10:20 (UTC+9)',
    'Ben had restart-process tried again: refused (live-run): one is under way',
    'Ben stopped automation: automation of polaris is off: we look first',
    '| Alert on lost links | Aki | 2026-12-01 | open |',
  ])
    expect(text).toContain(line)
  expect(measuresOf([ended])).toMatchObject({ andons: 1, open: 0, spans: { resolve: { medianMs: 31 * minute } } })
})

/** Switched off meanwhile: what is due is done once it is back. */
async function sleepFor(ms: number) {
  await desk.stop()
  await clock.advance(ms)
  await desk.start()
}

test('kaizen goes on after the end, and the room stays as long as somebody wants it', async () => {
  const { andon } = await desk.pull({ text: 'polaris is slow' }, aki)
  const does = (name: string, input: object, actor = ben) => desk.command(andon.id, name, input, actor)
  await does('resolve', { how: 'it is well again' })
  const [item] = (await does('kaizen-add', { text: 'x', owner: 'ben', due: '2026-11-21' })).kaizen
  await does('keep', { days: 10 }, aki)
  await sleepFor(8 * day)
  const told = async () => (await wholeTimeline(desk, andon)).map(({ kind }) => kind)
  expect(await told()).not.toContain('andon.archived')
  expect((await told()).filter((kind) => kind === 'andon.reminder').length).toBe(1)
  await does('kaizen-done', { item: item?.id, result: 'done' })
  await sleepFor(3 * day)
  expect((await told()).filter((kind) => kind === 'andon.archived')).toHaveLength(1)
  // The house may say so again: told is told.
  await desk.command(andon.id, 'archived', { name: '#andon' }, house)
  expect((await told()).filter((kind) => kind === 'andon.archived')).toHaveLength(1)
})
