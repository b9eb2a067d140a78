import type { Entry } from '../../core/journal/context.ts'
import type { Json } from '../../core/runs/run.ts'

/**
 * A page: the call for a person, from the first ring to its end.
 *
 *   firing, level by level, round by round --nobody--> unanswered (everybody, again and again)
 *     |  ^                                               |
 *     |  +------- called again (reescalate) -------------+
 *     |                                                  |
 *     +--> acknowledged --called again--> firing         |
 *     |         |                                        |
 *     +---------+-------------> closed <-----------------+
 *
 * It exists once per dedupe key, for ever. Phone numbers and addresses are never part of it: people are told by their ids.
 */
export interface PageData {
  id: string
  dedupe: string
  /** The message of the outbox that asked for it; it counts as sent when some pager took a call. */
  order: number
  component: string | null
  incident: string | null
  andon: string | null
  /** `lead`: calls for who leads an andon. */
  purpose: string | null
  /** Null: one level, every pager, nobody in particular. */
  policy: string | null
  payload: { [key: string]: Json }
  openedAt: number
  state: PageState
  calls: Call[]
  /** How many calls there ever were; `calls` keeps the newest. */
  called: number
  /** When a pager took a call for the first time. */
  reachedAt: number | null
  acknowledged: Acknowledgement | null
}

export type PageState =
  /** `nextAt`: when the next level is called; null: never. */
  | { status: 'firing'; level: number; round: number; nextAt: number | null }
  | { status: 'unanswered'; since: number; nextAt: number }
  | { status: 'acknowledged'; level: number; round: number }
  | { status: 'closed'; at: number; why: string }

/** Whoever did something: of the configuration, `token:NAME`, `pagerduty:NAME`. */
export interface By {
  id: string
  name: string
}
export interface Acknowledgement {
  by: By
  /** `api`, `cli`, `slack`, `pagerduty`, `andon`, ... */
  via: string
  at: number
}

/** One call of somebody by one pager. */
export interface Call {
  n: number
  pager: string
  lane: string
  /** Null: everybody of the policy. */
  level: number | null
  round: number
  /** Ids; none: whoever looks there. */
  people: string[]
  /** `failed`: tried again. `withdrawn`: acknowledged, closed, or called anew before it went out. */
  status: 'waiting' | 'taken' | 'failed' | 'given-up' | 'withdrawn'
  at: number
  /** When the pager took it. */
  takenAt: number | null
  problem: string | null
}

export const callsKept = 200
/** Somebody who could still be called by it. */
export const ringing = ({ state: { status } }: Pick<PageData, 'state'>) => status === 'firing' || status === 'unanswered'

/** It may still go out. */
export const pending = ({ status }: Pick<Call, 'status'>) => status === 'waiting' || status === 'failed'

/** Everything that can stand on a timeline about a page; people by id. */
export interface PageEntries {
  'page.called': { page: string; policy: string | null; level: number | null; round: number; people: string[]; pagers: string[] }
  /** Nobody was on call at a level. */
  'page.skipped': { page: string; policy: string | null; level: number; round: number; reason: string }
  'page.acknowledged': { page: string; by: By; via: string; afterMs: number }
  'page.unanswered': { page: string; policy: string | null; rounds: number; people: string[] }
  'page.reescalated': { page: string; by: By; reason: string }
  'page.closed': { page: string; why: string }
}

export const entryOf = <Kind extends keyof PageEntries>(
  { component, incident, andon }: Pick<PageData, 'component' | 'incident' | 'andon'>,
  kind: Kind,
  data: PageEntries[Kind],
): Entry => ({ kind, component, incident, run: null, andon, data: data as unknown as { [key: string]: Json } })
