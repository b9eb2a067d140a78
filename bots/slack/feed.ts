import type { Catalog } from '../../core/catalog/catalog.ts'
import type { SlackConfig } from '../../core/catalog/schema-andon.ts'
import type { Clock } from '../../core/clock.ts'
import type { AndonId } from '../../core/ids.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal, JournalEvent, OutboxMessage } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Andon, Lane } from '../andon/andon.ts'
import type { AndonEntryKind } from '../andon/entries.ts'
import type { AndonDesk } from '../andon/ports.ts'
import { laneOfAnnounce, laneOfCard, laneOfDecor, laneOfRoom, laneOfSub, type OpName, type Orders, outboxMessage } from './message.ts'
import { hidden, laneRoomNameOf, roomNameOf } from './rooms.ts'

/** What the feed knows beside the event: who belongs to it, and how rooms are called. */
export interface FeedSettings {
  slack: SlackConfig
  catalog: Catalog
  /** Where people without Slack look at it: the board. Absent: there is none that they could reach. */
  linkTo?: ((andon: AndonId) => string) | undefined
}

type Part = 'line' | 'card' | 'announce' | 'topic' | 'lane' | 'aloud'

/**
 * What each entry means for Slack: `line` is said in the room, `aloud` also below the announcement; the others show the newest
 * state. People are asked in by `guestsOf`.
 */
const parts: Record<AndonEntryKind, readonly Part[]> = {
  // The room, its first card and its first guests: see `opening`.
  'andon.pulled': ['announce'],
  'andon.joined': ['line', 'card', 'announce'],
  'andon.red': ['line', 'card', 'announce', 'topic'],
  'andon.call': ['card'],
  'andon.call-off': ['card'],
  'andon.role': ['line', 'card', 'announce', 'topic'],
  'andon.component': ['line', 'card', 'announce', 'topic'],
  'andon.severity': ['line', 'card'],
  'andon.private': ['line', 'card', 'announce', 'topic'],
  'andon.lane-opened': ['card', 'lane'],
  'andon.lane-taken': ['line', 'card', 'lane'],
  'andon.lane-report': ['line', 'card', 'lane'],
  'andon.lane-done': ['line', 'card', 'lane'],
  'andon.lane-room': ['lane'],
  'andon.lane-room-stands': ['line', 'lane'],
  'andon.inquiry-sent': ['line', 'card'],
  'andon.inquiry-answered': ['line', 'card'],
  'andon.inquiry-closed': ['line', 'card'],
  'andon.inquiry-chase': ['line'],
  'andon.update': ['line', 'card', 'announce'],
  'andon.reminder': ['line'],
  'andon.note': ['line'],
  'andon.note-changed': [],
  'andon.snapshot': ['line', 'card'],
  'andon.suspects': ['line', 'card'],
  'andon.range': ['line', 'card'],
  'andon.told': ['line', 'card'],
  'andon.run': ['line', 'card', 'lane'],
  'andon.ordered': ['line'],
  'andon.room': ['announce'],
  'andon.merged': ['line', 'card', 'announce', 'topic'],
  'andon.took-over': ['line', 'card'],
  'andon.split': ['line'],
  'andon.resolved': ['line', 'card', 'announce', 'topic'],
  'andon.reopened': ['line', 'card', 'announce', 'topic'],
  'andon.thanks': ['line'],
  'andon.kaizen-added': ['line', 'card'],
  'andon.kaizen-done': ['line', 'card'],
  'andon.keep': ['line', 'card'],
  'andon.archived': [],
}

/** Of the pager and of delivery itself, told in the room. */
const others: Readonly<Record<string, readonly Part[]>> = {
  'page.called': ['line'],
  'page.acknowledged': ['line'],
  'page.unanswered': ['line'],
  'page.failed': ['line'],
  'delivery.failed': ['line'],
}

/** What an event becomes in Slack. Pure; `andon` as it is now. The same event makes the same messages, by their word. */
export function messagesOf(event: JournalEvent, andon: Andon, settings: FeedSettings): OutboxMessage[] {
  const wanted = Object.hasOwn(parts, event.kind) ? parts[event.kind as AndonEntryKind] : (others[event.kind] ?? [])
  const has = (part: Part) => wanted.includes(part)
  const make = maker(event, andon.id)
  return [
    ...opening(event, andon, settings, make),
    ...(has('line') && saysSomething(event) ? [make(laneOfRoom(andon.id), 'line', { event: told(event), where: 'room' })] : []),
    ...(isAloud(event) && !andon.private
      ? [make(laneOfAnnounce(andon.id), 'line', { event: told(event), where: 'announce' }, '/aloud')]
      : []),
    ...(has('announce') ? [make(laneOfAnnounce(andon.id), 'announce', {}, '', 'announce')] : []),
    ...lanesOf(event, andon).map((lane) => make(laneOfCard(andon.id), 'lane', { lane }, `/${lane}`, `lane/${lane}`)),
    ...(has('card') ? [make(laneOfCard(andon.id), 'card', {}, '', 'card')] : []),
    ...roomsOfLanes(event, andon, settings, make),
    ...invitations(event, andon, settings, make),
    ...(has('topic') ? [make(laneOfDecor(andon.id), 'topic', {}, '', 'topic')] : []),
    ...whispers(event, andon, make),
    ...putAway(event, andon, make),
  ]
}

type Make = <Op extends OpName>(lane: string, op: Op, order: Orders[Op], word?: string, replaces?: string) => OutboxMessage

const maker =
  (event: JournalEvent, andon: AndonId): Make =>
  (lane, op, order, word = '', replaces) =>
    outboxMessage({
      lane,
      dedupe: `${op}/${event.seq}${word}`,
      ...(replaces === undefined ? {} : { replaces }),
      message: { op, andon, ...order },
    })

const told = ({ seq, at, kind, data }: JournalEvent) => ({ seq, at, kind, data })

/** First what makes the room usable: it, whoever pulled and whoever leads, its card. Then what makes it handy. */
function opening(event: JournalEvent, andon: Andon, { slack, catalog, linkTo }: FeedSettings, make: Make): OutboxMessage[] {
  const lane = laneOfRoom(andon.id)
  const name = roomNameOf(andon, slack.roomPrefix)
  if (event.kind === 'andon.private' && event.data.private === true)
    // A channel of everybody's cannot become private: the matter moves into another one.
    return [
      make(lane, 'room', { name: `${name}-p`, private: true, anew: true }),
      make(lane, 'invite', { refs: peopleIn(andon) }, '/moved'),
      make(lane, 'card', {}, '/moved'),
    ]
  if (event.kind === 'andon.component') return [make(laneOfDecor(andon.id), 'rename', { name }, '', 'rename')]
  if (event.kind !== 'andon.pulled') return []
  const refs = [...new Set([andon.pulledBy.id, ...(isSynthetic(andon) ? [] : leadersOf(andon, catalog))])]
  return [
    make(lane, 'room', { name, private: andon.private, anew: false }),
    make(lane, 'invite', { refs }),
    make(lane, 'card', {}),
    make(laneOfDecor(andon.id), 'pin', {}),
    make(laneOfDecor(andon.id), 'topic', {}, '', 'topic'),
    ...(linkTo ? [make(laneOfDecor(andon.id), 'bookmark', { title: andon.id, link: linkTo(andon.id) })] : []),
  ]
}

const isSynthetic = ({ drill }: Andon) => drill?.scenario === 'synthetic'

/** Whom the pager calls first for it; the same rule. */
export function leadersOf({ component }: Pick<Andon, 'component'>, { config, findComponent }: Catalog): string[] {
  const owner = component ? findComponent(component.id)?.owner : undefined
  const policy = config.teams.find(({ id }) => id === owner)?.policy ?? config.andon.policy
  return config.policies.find(({ id }) => id === policy)?.levels[0]?.notify ?? []
}

/** Who has something to do with it already. */
const peopleIn = (andon: Andon): string[] => [
  ...new Set([
    ...andon.reporters.map(({ person }) => person.id),
    ...Object.values(andon.roles).flatMap((held) => (held ? [held.person.id] : [])),
    ...andon.lanes.flatMap(({ owner }) => (owner ? [owner.id] : [])),
  ]),
]

/** Who is asked in because of it. Nobody is asked into a room that only looks whether rooms can be made. */
function invitations(event: JournalEvent, andon: Andon, settings: FeedSettings, make: Make): OutboxMessage[] {
  if (isSynthetic(andon)) return []
  const guests = guestsOf(event, andon, settings)
  return guests.length === 0 ? [] : [make(laneOfDecor(andon.id), 'invite', { refs: [...new Set(guests)] })]
}

function guestsOf({ kind, data }: JournalEvent, andon: Andon, { catalog }: FeedSettings): string[] {
  const person = idOf(data.person) ?? []
  switch (kind) {
    case 'andon.joined':
    case 'andon.lane-taken':
      return [...(idOf(data.by) ?? [])]
    case 'andon.role':
      return [...person]
    case 'andon.took-over':
      return peopleIn(andon)
    case 'andon.range':
      return andon.ranges.flatMap(({ segments }) => segments.flatMap(({ owner }) => (owner ? [owner] : [])))
    case 'andon.red':
    case 'andon.reopened': {
      const owner = andon.component ? catalog.findComponent(andon.component.id)?.owner : undefined
      return [...catalog.config.andon.swarm, ...(owner && catalog.config.teams.some(({ id }) => id === owner) ? [`team:${owner}`] : [])]
    }
    default:
      return []
  }
}

const idOf = (value: unknown): string[] | null => {
  const id = (value as { id?: unknown } | null)?.id
  return typeof id === 'string' ? [id] : null
}

/** Cards of lanes that it changes. */
function lanesOf({ kind, data }: JournalEvent, andon: Andon): string[] {
  if (typeof data.lane === 'string') return [data.lane]
  if (kind === 'andon.run') return andon.lanes.flatMap(({ id, kind: of }) => (of === 'remediation' ? [id] : []))
  // Open lanes end with it, come back with it, and move with it; their buttons, too.
  return kind === 'andon.resolved' || kind === 'andon.reopened' || kind === 'andon.private' ? andon.lanes.map(({ id }) => id) : []
}

/** What is meant for more than the room. */
const isAloud = ({ kind, data }: JournalEvent) => kind === 'andon.update' && data.audience !== 'room'

/** What stands in the room already, or could only fail there once more, is not said again. */
function saysSomething({ kind, data }: JournalEvent): boolean {
  if (kind === 'andon.note') return typeof data.ref !== 'string' || !data.ref.startsWith('slack:')
  // Who took the lead is told by that.
  if (kind === 'page.acknowledged') return data.via !== 'andon'
  if (kind === 'delivery.failed') return !/^slack\/(line|card|lane|room|dm|archive)\//.test(String(data.dedupe))
  return true
}

/** What concerns one person, told to them alone. */
function whispers(event: JournalEvent, andon: Andon, make: Make): OutboxMessage[] {
  const { kind, data } = event
  const [to] = (kind === 'andon.reminder' ? idOf(data.person) : kind === 'andon.inquiry-chase' ? idOf(data.owner) : null) ?? []
  return to === undefined ? [] : [make(`dm/${to}`, 'dm', { to, event: told(event) }, `/${andon.id}`)]
}

function putAway({ kind }: JournalEvent, andon: Andon, make: Make): OutboxMessage[] {
  const inRooms = andon.lanes.filter(({ room }) => room)
  if (kind === 'andon.archived')
    return [
      make(laneOfRoom(andon.id), 'archive', { channel: null }),
      ...inRooms.map(({ id: lane }) => make(laneOfSub(andon.id, lane), 'archive', { channel: null, lane }, `/${lane}`)),
    ]
  if (kind === 'andon.reopened')
    return [
      make(laneOfDecor(andon.id), 'unarchive', {}),
      ...inRooms.map(({ id: lane }) => make(laneOfSub(andon.id, lane), 'unarchive', { lane }, `/${lane}`)),
    ]
  return []
}

/** A room for a lane that somebody asked for; and another one, when its andon has turned private. */
function roomsOfLanes({ kind, data }: JournalEvent, andon: Andon, { slack }: FeedSettings, make: Make): OutboxMessage[] {
  const [by = andon.pulledBy.id] = idOf(data.by) ?? []
  const hides = kind === 'andon.private' && data.private === true
  const wants = ({ id, room }: Lane) => (hides ? room : kind === 'andon.lane-room' && id === data.lane)
  return andon.lanes.filter(wants).map((lane) => {
    const name = laneRoomNameOf(andon, lane, slack.roomPrefix)
    const order = { lane: lane.id, name: hides ? hidden(name) : name, private: andon.private, by }
    return make(laneOfSub(andon.id, lane.id), 'sub-room', order, `/${lane.id}`)
  })
}

interface FeedPorts extends FeedSettings {
  journal: Journal
  desk: Pick<AndonDesk, 'get'>
  clock: Clock
  log: Log
  /** There is something new in the outbox. */
  posted(): void
}

/** Reads the journal, and puts what concerns Slack into the outbox: messages and place in one transaction. */
export function feedSlack({ journal, desk, clock, log, posted, ...settings }: FeedPorts) {
  return follow({
    ...{ journal, clock, log, subscriber: 'slack', from: 'now' },
    async handle(event) {
      if (event.andon === null) return
      const andon = await desk.get(event.andon)
      const messages = andon ? messagesOf(event, andon, settings) : []
      if (messages.length === 0) return
      await journal.relay('slack', event.seq, messages)
      posted()
    },
  })
}
