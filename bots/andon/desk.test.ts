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
import { alert } from '../../test/journals.ts'
import { type VirtualClock, virtualClock } from '../../test/virtual-clock.ts'
import type { Actor } from './andon.ts'
import { openDesk } from './desk.ts'
import { type AndonDesk, house } from './ports.ts'

const catalog = indexCatalog(
  configSchema.parse({
    components: [
      { id: 'polaris', title: 'Packet transfer', members: [{ id: 'polaris-1' }, { id: 'polaris-2' }] },
      { id: 'dipper', title: 'Sessions', members: [{ id: 'dipper-1' }] },
    ],
    people: [
      { id: 'aki', name: 'Aki', locale: 'ja' },
      { id: 'ben', name: 'Ben' },
    ],
  }),
)
const actor = (id: string, more: Partial<Actor> = {}): Actor => ({ id, name: id, via: 'api', locale: 'en', rank: 'anyone', ...more })
const [aki, ben] = [actor('aki'), actor('ben')]

let clock: VirtualClock
let journal: Journal
let desk: AndonDesk
beforeEach(async () => {
  clock = virtualClock(undefined, { drain: 'immediates' })
  journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(3)) })
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
})
afterEach(async () => {
  await desk.stop()
  await journal.close()
})

const kinds = async () => (await journal.events(0, 1_000)).map(({ kind }) => kind).filter((kind) => kind.startsWith('andon.'))
const pull = async (text: string, by = aki, more: object = {}) => (await desk.pull({ text, ...more }, by)).andon

describe('a pull', () => {
  test('is durable when it is answered, and calls for a leader in the same breath', async () => {
    const andon = await pull('polaris drops packets')
    expect(andon).toMatchObject({ state: { status: 'yellow' }, component: { id: 'polaris', by: 'words' }, pulledBy: { id: 'aki' } })
    expect(await desk.get(andon.id)).toEqual(andon)
    expect(await kinds()).toEqual(['andon.pulled', 'andon.call'])
    expect(await journal.due(10)).toMatchObject([{ channel: 'page', payload: { purpose: 'lead', andon: andon.id } }])
  })

  test('joins what is open for the same component, and becomes evidence there', async () => {
    const first = await pull('polaris drops packets')
    const second = await desk.pull({ text: 'packet transfer is slow in Osaka' }, ben)
    expect(second).toMatchObject({
      joined: true,
      andon: { id: first.id, reporters: [{ person: { id: 'aki' } }, { person: { id: 'ben' } }] },
    })
    expect((await pull('sessions fall')).id).not.toBe(first.id)
    expect((await desk.list({ open: true }, { limit: 10 })).length).toBe(2)
  })

  test('sent again with the same key is the same one', async () => {
    const both = await Promise.all([1, 2].map(() => pull('it burns', aki, { key: 'once' })))
    expect(both[0]?.id).toBe(both[1]?.id)
    expect(await kinds()).toEqual(['andon.pulled', 'andon.call'])
  })

  test('fifty at once for the same become one, whoever is first', async () => {
    const pulled = await Promise.all(Array.from({ length: 50 }, (_, n) => desk.pull({ text: `dipper fails ${n}` }, actor(`p${n}`))))
    expect(new Set(pulled.map(({ andon }) => andon.id)).size).toBe(1)
    expect(pulled.filter(({ joined }) => !joined)).toHaveLength(1)
    expect((await desk.get(pulled[0]?.andon.id as string))?.reporters).toHaveLength(50)
  })

  test('is about the incident that is open there, and knows what fails', async () => {
    await journal.ingest([alert('polaris-1', { signal: 'exit' })])
    const [incident] = await journal.incidents({ open: true }, { limit: 1 })
    expect(await pull('something is odd')).toMatchObject({ component: { id: 'polaris', by: 'alerts' }, incident: incident?.id })
  })

  test('names a component that is not there, or a drill: refused, with where to look', async () => {
    await expect(pull('x', aki, { component: 'polarsi' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(pull('x', aki, { drill: 'no-such' })).rejects.toMatchObject({ code: 'not-found' })
  })

  test('the third time of the same is counted', async () => {
    for (const count of [0, 1, 2]) {
      const andon = await pull('polaris drops packets')
      expect(andon.recurrence.count).toBe(count)
      await desk.command(andon.id, 'resolve', { how: 'restarted' }, ben)
      await clock.advance(1)
    }
    const drill = await pull('polaris drops packets', aki, { drill: 'practice' })
    await desk.command(drill.id, 'resolve', { how: 'a drill' }, ben)
    expect((await pull('polaris again')).recurrence.count).toBe(3)
  })
})

describe('a command', () => {
  test('is checked, carried out and told, each in one transaction', async () => {
    const { id } = await pull('polaris drops packets')
    expect(await desk.command(id, 'escalate', { reason: 'two customers call' }, ben)).toMatchObject({ state: { status: 'red' } })
    await expect(desk.command(id, 'update', { text: '', audience: 'room' }, ben)).rejects.toMatchObject({ code: 'bad-request' })
    await expect(desk.command(id, 'lane-take', { lane: 'x', colour: 'red' }, ben)).rejects.toMatchObject({ code: 'bad-request' })
    await expect(desk.command(id, 'dance', {}, ben)).rejects.toMatchObject({ code: 'not-found' })
    await expect(desk.command('and_none', 'join', { text: 'x' }, ben)).rejects.toMatchObject({ code: 'not-found' })
    await expect(desk.command(id, 'room', { name: 'x', url: null, kind: 'room' }, ben)).rejects.toMatchObject({ code: 'forbidden' })
    expect((await kinds()).filter((kind) => kind === 'andon.red')).toHaveLength(1)
  })

  test('that does not fit its state is refused with the state, and what to do', async () => {
    const { id } = await pull('polaris drops packets')
    await desk.command(id, 'resolve', { how: 'it was nothing', falseAlarm: true }, aki)
    await expect(desk.command(id, 'lead', {}, ben)).rejects.toMatchObject({ code: 'refused', next: expect.stringContaining('Reopen') })
    expect(await desk.command(id, 'reopen', { why: 'it is back' }, ben)).toMatchObject({ state: { status: 'red' } })
  })
})

describe('merging and splitting', () => {
  test('the old one stays as a signpost, and what is sent to it arrives', async () => {
    const a = await pull('polaris drops packets')
    const b = await pull('sessions fall', ben)
    const whole = await desk.merge(b.id, a.id, ben)
    expect(whole).toMatchObject({ id: a.id, mergedFrom: [b.id], reporters: [{ person: { id: 'aki' } }, { person: { id: 'ben' } }] })
    expect(await desk.get(b.id)).toMatchObject({ state: { status: 'resolved', mergedInto: a.id } })
    expect((await desk.command(b.id, 'join', { text: 'me too' }, actor('chika'))).id).toBe(a.id)
    await expect(desk.merge(b.id, a.id, ben)).rejects.toMatchObject({ code: 'refused' })
    await expect(desk.merge(a.id, a.id, ben)).rejects.toMatchObject({ code: 'refused' })
  })

  test('what is split off is a matter of its own, and both say so', async () => {
    const a = await pull('polaris drops packets')
    const b = await desk.split(a.id, 'sessions fall for another reason', 'dipper', ben)
    expect(b).toMatchObject({ splitFrom: a.id, component: { id: 'dipper' }, state: { status: 'yellow' } })
    expect((await desk.timeline(a, 0, 100)).at(-1)).toMatchObject({ kind: 'andon.split', data: { into: b.id } })
  })

  test('a drill and what is real do not mix', async () => {
    const a = await pull('polaris drops packets')
    const drill = await pull('polaris drops packets', ben, { drill: 'practice' })
    expect(drill.id).not.toBe(a.id)
    await expect(desk.merge(drill.id, a.id, ben)).rejects.toMatchObject({ code: 'refused' })
  })

  test('what is private does not become public by it', async () => {
    const hidden = await pull('polaris leaks', aki, { private: true })
    const open = await pull('sessions fall', ben)
    await expect(desk.merge(hidden.id, open.id, ben)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('private'),
    })
    expect(await desk.get(open.id)).toEqual(open)
    expect((await desk.merge(open.id, hidden.id, aki)).private).toBe(true)
  })
})

describe('time', () => {
  test('nobody takes the lead: it turns red by itself, also over a restart', async () => {
    const { id } = await pull('polaris drops packets')
    await desk.start()
    await clock.advance(60_000)
    expect((await desk.get(id))?.state.status).toBe('yellow')
    await desk.stop()
    await clock.advance(3_600_000)
    await desk.start()
    expect((await desk.get(id))?.state.status).toBe('red')
    expect((await kinds()).filter((kind) => kind === 'andon.red')).toHaveLength(1)
  })

  test('who took the lead is not called again', async () => {
    const { id } = await pull('polaris drops packets')
    await desk.command(id, 'lead', {}, ben)
    await desk.start()
    await clock.advance(600_000)
    expect((await desk.get(id))?.state.status).toBe('yellow')
    expect((await kinds()).filter((kind) => kind === 'andon.call')).toHaveLength(1)
  })

  test('the house works in its own name', async () => {
    const { id } = await pull('polaris drops packets')
    expect(await desk.command(id, 'room', { name: 'andon-1', url: null, kind: 'room' }, house)).toMatchObject({ room: { name: 'andon-1' } })
  })
})
