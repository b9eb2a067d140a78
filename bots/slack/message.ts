import type { AndonId } from '../../core/ids.ts'
import type { JournalEvent, OutboxMessage } from '../../core/journal/journal.ts'
import type { Json } from '../../core/runs/run.ts'

/** What stands in the outbox for Slack: one order each, carried out by the file of its name in `ops/`. */
export interface Orders {
  /** Makes the room. `name`: without a suffix; `anew`: another one, because the first can no longer be it. */
  room: { name: string; private: boolean; anew: boolean }
  /** `refs`: `person:ID`, `schedule:ID`, `team:ID`, or the id of a person of an andon. */
  invite: { refs: string[] }
  /** The newest state, whatever it is when its turn comes. */
  card: object
  announce: object
  lane: { lane: string }
  /** The room of a lane. `by`: who asked for it. */
  'sub-room': { lane: string; name: string; private: boolean; by: string }
  topic: object
  line: { event: Told; where: 'room' | 'announce' }
  /** To a person alone. */
  dm: { to: string; event: Told }
  pin: object
  bookmark: { title: string; link: string }
  /** `channel`: absent: its room, or that of one of its lanes. */
  archive: { channel: string | null; lane?: string }
  unarchive: { lane?: string }
  rename: { name: string }
  /** The head of a review, as it stands now. */
  review: { review: string }
  'review-item': { review: string; item: number }
  /** Of duty and reviews: in the thread of a review, else in its channel. */
  'duty-line': { event: Told; review: string | null }
  'duty-dm': { to: string; event: Told }
  /** Whether somebody takes over: to them alone, until it is answered. */
  swap: { swap: string; to: string; event: Told }
  /** What the owner of a finding is asked, as it stands now; and what is said below it. */
  ask: { finding: string; ask: string; to: string; event: Told }
  'ask-line': { finding: string; ask: string; to: string; event: Told }
  /** A run that waits for a person, as it stands now. `reason`: why it is wanted. */
  approval: { run: string; reason: string }
  /** Members of a user group. */
  group: { group: string; users: string[] }
}
export type OpName = keyof Orders

/** What is told of an event of the journal. */
export type Told = Pick<JournalEvent, 'seq' | 'at' | 'kind' | 'data'>

/** `andon` is empty where none is concerned. */
export type SlackMessage<Op extends OpName = OpName> = { op: Op; andon: AndonId } & Orders[Op]

interface Post<Op extends OpName> {
  lane: string
  /** The same word, the same message. */
  dedupe: string
  replaces?: string
  message: SlackMessage<Op>
}

export const outboxMessage = <Op extends OpName>({ lane, dedupe, replaces, message }: Post<Op>): OutboxMessage => ({
  channel: 'slack',
  dedupe: `slack/${dedupe}`,
  incident: null,
  payload: { ...message, andon: message.andon || null } as unknown as Record<string, Json>,
  lane,
  replaces: replaces ?? null,
})

/** Lanes. What makes the room usable and what is said in it keeps its order; nothing else waits for that. */
export const laneOfRoom = (andon: AndonId) => `andon/${andon}`
export const laneOfCard = (andon: AndonId) => `card/${andon}`
export const laneOfDecor = (andon: AndonId) => `decor/${andon}`
export const laneOfAnnounce = (andon: AndonId) => `announce/${andon}`
export const laneOfSub = (andon: AndonId, lane: string) => `sub/${andon}/${lane}`
/** A review is posted by one lane; what is changed in it does not wait for that. */
export const laneOfReview = (review: string) => `review/${review}`
export const laneOfReviewEdits = (review: string) => `review-edits/${review}`
export const laneOfAsk = (ask: string) => `ask/${ask}`
export const laneOfDuty = 'duty'
export const laneOfApproval = (run: string) => `approval/${run}`

/** Where things are in Slack: `C…`, or `C…/ts`. Keys of `journal.reference`. */
export const keys = {
  room: (andon: AndonId) => `slack:room/${andon}`,
  /** The same as its room, when that is private; what is private is shown nowhere else. */
  hidden: (andon: AndonId) => `slack:hidden/${andon}`,
  card: (andon: AndonId) => `slack:card/${andon}`,
  announce: (andon: AndonId) => `slack:announce/${andon}`,
  lane: (andon: AndonId, lane: string) => `slack:lane/${andon}/${lane}`,
  /** The room of a lane. */
  sub: (andon: AndonId, lane: string) => `slack:sub/${andon}/${lane}`,
  /** The same, when that is private. */
  subHidden: (andon: AndonId, lane: string) => `slack:sub-hidden/${andon}/${lane}`,
  subCard: (andon: AndonId, lane: string) => `slack:sub-card/${andon}/${lane}`,
  line: (seq: number, where: 'room' | 'announce' = 'room') => (where === 'room' ? `slack:line/${seq}` : `slack:line/${seq}/${where}`),
  dm: (seq: number, to: string) => `slack:dm/${seq}/${to}`,
  review: (review: string) => `slack:review/${review}`,
  reviewItem: (review: string, item: number) => `slack:review/${review}/${item}`,
  swap: (swap: string) => `slack:swap/${swap}`,
  ask: (ask: string) => `slack:ask/${ask}`,
  approval: (run: string) => `slack:approval/${run}`,
  talk: (user: string) => `slack:talk/${user}`,
  invited: (dedupe: string) => `slack:invited/${dedupe}`,
}
/** A place that there will never be. */
export const nowhere = 'none'

export interface Place {
  channel: string
  /** Set when the room is a thread. */
  thread: string | null
}

export function placeOf(ref: string): Place {
  const [channel = '', thread = null] = ref.split('/')
  return { channel, thread }
}
