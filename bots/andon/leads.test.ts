import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Commands } from '../../core/api/ports.ts'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import type { StatusBoard } from '../../core/probes/probe.ts'
import { seededRandom } from '../../core/random.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import { openDesk } from './desk.ts'
import { aki, ben, chika } from './fixture.ts'
import { followLeads } from './leads.ts'
import { type AndonDesk, house } from './ports.ts'

const catalog = indexCatalog(
  configSchema.parse({ components: [{ id: 'polaris', members: [{ id: 'polaris-1' }] }], people: [{ id: 'ben', name: 'Ben' }] }),
)

let clock: VirtualClock
let journal: Journal
let desk: AndonDesk
let leads: { stop(): Promise<void> }
beforeEach(async () => {
  clock = virtualClock(undefined, { drain: 'immediates' })
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(3)) })
  desk = openDesk({
    ...{ catalog, journal, clock, log: silentLog, environment: () => undefined },
    status: null as never as StatusBoard,
    commands: null as never as Commands,
  })
  leads = followLeads({ desk, catalog, journal, clock, log: silentLog })
  await clock.advance(0)
})
afterEach(async () => {
  await leads.stop()
  await journal.close()
})

const pull = async () => (await desk.pull({ text: 'polaris drops packets' }, aki)).andon
async function acknowledged(andon: string, by: { id: string; name: string }): Promise<void> {
  await journal.note('page.acknowledged', { andon }, { page: 'page_1', by: { id: by.id, name: by.name }, via: 'api', afterMs: 1 })
  await clock.advance(1_000)
}
const leadOf = async (id: string) => (await desk.get(id))?.roles.lead?.person.id ?? null

describe('whoever acknowledges the page of an andon', () => {
  test('leads it, and nobody is called for the lead any more', async () => {
    const { id } = await pull()
    await acknowledged(id, { id: 'ben', name: 'Ben' })
    expect(await desk.get(id)).toMatchObject({ state: { status: 'yellow' }, call: null, roles: { lead: { person: { id: 'ben' } } } })
  })

  test('of an incident leads what the house pulled for it, and nothing else', async () => {
    const incident = { text: 'polaris-1 is down', incident: 'inc_1', component: 'polaris', failure: 'process-exited' as const }
    const { andon } = await desk.pull({ ...incident, confirmed: { reason: 'the restart failed', page: 'page/inc_1' } }, house)
    const drill = (await desk.pull({ text: 'only practice', drill: 'practice' }, aki)).andon
    const by = { id: 'ben', name: 'Ben' }
    await journal.note('page.acknowledged', { incident: 'inc_1' }, { page: 'page_1', by, via: 'pagerduty', afterMs: 1 })
    await clock.advance(1_000)
    expect(await desk.get(andon.id)).toMatchObject({ call: null, roles: { lead: { person: by } } })
    expect(await leadOf(drill.id)).toBeNull()
    await clock.advance(300_000)
    expect((await journal.events(0, 1_000, { andon: andon.id })).filter(({ kind }) => kind === 'andon.call')).toHaveLength(1)
  })

  test('takes it from nobody', async () => {
    const { id } = await pull()
    await desk.command(id, 'lead', {}, chika)
    await acknowledged(id, ben)
    expect(await leadOf(id)).toBe('chika')
  })

  test('does not bring back what has ended, and holds up nothing', async () => {
    const over = await pull()
    await desk.command(over.id, 'resolve', { how: 'it was nothing' }, aki)
    await acknowledged(over.id, ben)
    expect(await leadOf(over.id)).toBeNull()
    const next = await pull()
    await acknowledged(next.id, ben)
    expect(await leadOf(next.id)).toBe('ben')
  })
})
