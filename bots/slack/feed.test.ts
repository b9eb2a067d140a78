import { expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import type { JournalEvent } from '../../core/journal/journal.ts'
import { andonOf, laneOf } from '../andon/fixture.ts'
import { leadersOf, messagesOf } from './feed.ts'

const config = configSchema.parse({
  components: [{ id: 'polaris', title: 'Polaris', owner: 'core', members: [{ id: 'polaris-1' }] }],
  people: [{ id: 'aki', name: 'Aki', teams: ['core'] }],
  teams: [{ id: 'core', policy: 'core-first' }],
  schedules: [{ id: 'night', layers: [{ people: ['aki'], start: '2026-01-01T00:00' }] }],
  policies: [
    { id: 'core-first', levels: [{ notify: ['schedule:night'] }] },
    { id: 'everybody', levels: [{ notify: ['person:aki'] }] },
  ],
  andon: { policy: 'everybody', swarm: ['person:aki'] },
  slack: { channel: 'C0OPS' },
})
const settings = { slack: config.slack as NonNullable<typeof config.slack>, catalog: indexCatalog(config) }
const polaris = { id: 'polaris', by: 'words' as const }
const andon = andonOf({ component: polaris })
const by = { id: 'ben', name: 'Ben' }

const event = (kind: string, data: JournalEvent['data'] = {}): JournalEvent => ({
  ...{ seq: 7, at: 0, kind, data, component: null, incident: null, run: null, andon: andon.id },
})
/** `lane op`, in order. */
const orders = (kind: string, data?: JournalEvent['data'], over: Partial<typeof andon> = {}) =>
  messagesOf(event(kind, data), { ...andon, ...over }, settings).map(({ lane, payload }) => `${lane?.split('/')[0]} ${payload.op}`)

test('first what makes the room usable, and the rest beside it', () => {
  expect(orders('andon.pulled')).toEqual(['andon room', 'andon invite', 'andon card', 'decor pin', 'decor topic', 'announce announce'])
})

test('whoever pulled and whoever is called first are asked in', () => {
  const [, invite] = messagesOf(event('andon.pulled'), andon, settings)
  expect(invite?.payload.refs).toEqual([andon.pulledBy.id, 'schedule:night'])
  expect(leadersOf({ component: null }, settings.catalog)).toEqual(['person:aki'])
})

test('into the practice room of the house nobody is asked', () => {
  const drill = { scenario: 'synthetic' }
  const [, invite] = messagesOf(event('andon.pulled'), { ...andon, drill }, settings)
  expect(invite?.payload.refs).toEqual([andon.pulledBy.id])
  expect(orders('andon.red', { reason: 'x', by }, { drill })).not.toContain('decor invite')
})

test('red calls the swarm and the owner', () => {
  const invite = messagesOf(event('andon.red', { reason: 'x', by }), andon, settings).find(({ payload }) => payload.op === 'invite')
  expect(invite?.payload.refs).toEqual(['person:aki', 'team:core'])
})

test('a room that a lane asked for has an outbox lane of its own, and is put away and taken out with that of its andon', () => {
  const lanes = ['a', 'b', 'c'].map((id) => laneOf({ id, kind: 'logs', room: id === 'a' ? null : { name: null, url: null } }))
  const over = { ...andon, lanes, room: { name: 'andon-1120-polaris', url: null, kind: 'room' as const } }
  const ordered = (kind: string, data: JournalEvent['data'], more: object = {}) =>
    messagesOf(event(kind, data), { ...over, ...more }, settings).filter(({ lane }) => lane?.startsWith('sub/'))
  expect(ordered('andon.lane-room', { lane: 'c', title: 'Logs', by })).toMatchObject([
    { lane: `sub/${andon.id}/c`, payload: { op: 'sub-room', lane: 'c', name: 'andon-1120-polaris-logs-3', private: false, by: 'ben' } },
  ])
  const opsOf = (messages: ReturnType<typeof ordered>) => messages.map(({ payload }) => `${payload.op} ${payload.lane}`)
  expect(opsOf(ordered('andon.archived', { name: null }))).toEqual(['archive b', 'archive c'])
  expect(opsOf(ordered('andon.reopened', { why: 'x', by }))).toEqual(['unarchive b', 'unarchive c'])
  // A channel of everybody's cannot become private.
  const hidden = ordered('andon.private', { private: true, by }, { private: true })
  expect(opsOf(hidden)).toEqual(['sub-room b', 'sub-room c'])
  expect(hidden[0]?.payload).toMatchObject({ name: 'andon-1120-polaris-logs-2-p', private: true })
})

test.each([
  ['a note that somebody pinned in Slack stands there already', 'andon.note', { text: 'x', ref: 'slack:C1/1.2' }, []],
  ['another note is said', 'andon.note', { text: 'x', ref: null }, ['andon line']],
  ['a line that could not be delivered is not tried once more in the same room', 'delivery.failed', { dedupe: 'slack/line/3' }, []],
  ['an invitation that failed is told', 'delivery.failed', { dedupe: 'slack/invite/3' }, ['andon line']],
  ['an update for the room stays there', 'andon.update', { audience: 'room' }, ['andon line', 'announce announce', 'card card']],
  [
    'an update for everybody is told to everybody',
    'andon.update',
    { audience: 'everyone' },
    ['andon line', 'announce line', 'announce announce', 'card card'],
  ],
  ['who is reminded is told alone, too', 'andon.reminder', { person: by }, ['andon line', 'dm dm']],
  ['an archived room is put away after all that was said', 'andon.archived', {}, ['andon archive']],
  ['who acknowledged elsewhere is told', 'page.acknowledged', { by, via: 'pagerduty' }, ['andon line']],
  ['who acknowledged by taking the lead was told by that', 'page.acknowledged', { by, via: 'andon' }, []],
  ['what belongs to machines is not told', 'run.started', {}, []],
])('%s', (_, kind, data, expected) => {
  expect(orders(kind, data as JournalEvent['data'])).toEqual(expected)
})

test('nothing of what is private is told aloud', () => {
  expect(orders('andon.update', { audience: 'everyone' }, { private: true })).not.toContain('announce line')
})

test('the same event makes the same words, so that it counts once', () => {
  const words = () => messagesOf(event('andon.red', { reason: 'x', by }), andon, settings).map(({ dedupe }) => dedupe)
  expect(words()).toEqual(words())
  expect(new Set(words()).size).toBe(words().length)
})

test('of what shows the newest state only the newest waits; the first card is never taken away', () => {
  const replaces = (kind: string) =>
    messagesOf(event(kind, { by }), andon, settings).map(({ payload, replaces: word }) => `${payload.op} ${word}`)
  expect(replaces('andon.severity')).toContain('card card')
  expect(replaces('andon.pulled')).toContain('card null')
})
