import type { AndonId, IncidentId, RunId } from '../../core/ids.ts'

/**
 * An andon: a matter that somebody pulled the cord for, from the pull to the last kaizen item.
 *
 *   pull --> yellow --a leader takes it--> yellow, led --confirmed--> red
 *              |  \                                                   ^
 *              |   +--nobody took the lead in time, or confirmed------+
 *              +--> resolved <----------------------------------------+
 *                     |  ^
 *                     +--+ reopened (red again)          merged: resolved, and everything goes on in another one
 *
 * The state below is the whole truth; each change is also an entry of the journal (`andon.*`), which is the timeline.
 */
export interface Andon {
  id: AndonId
  state: AndonState
  /** What the first who pulled said, as it is told: secrets and personal data are cut. */
  text: string
  component: Guess | null
  /** What is wrong, as the automatic has it; null: nobody knows. */
  failure: string | null
  incident: IncidentId | null
  /** Practice. Never changes. */
  drill: Drill | null
  private: boolean
  /** Never asked for; told by whoever knows, or never. */
  severity: 1 | 2 | 3 | 4 | null
  locale: Locale
  pulledAt: number
  pulledBy: Person
  via: Via
  /** Everybody who pulled or joined, with what they saw; the first is who pulled. At most `limits.reporters`. */
  reporters: Report[]
  roles: { lead: Held | null; scribe: Held | null; comms: Held | null }
  /** Who is being called for the lead, until when. */
  call: LeaderCall | null
  lanes: Lane[]
  inquiries: Inquiry[]
  updates: Update[]
  /** Null: no update is due (yellow, or ended). */
  updateDueAt: number | null
  snapshot: Snapshot | null
  suspects: Suspect[]
  ranges: RangeReading[]
  /** Customers, by segment, who were told. */
  told: { segment: string; by: Person; at: number }[]
  runs: RunId[]
  /** Where it is talked about: a name for people, and a link when there is one. Told by the chat. */
  room: Room | null
  kaizen: KaizenItem[]
  thanks: { by: Person; to: string; at: number }[]
  mergedFrom: AndonId[]
  splitFrom: AndonId | null
  /** The same component and failure, before this one. */
  recurrence: { count: number; last: AndonId | null; lastAt: number | null; kaizenOpen: number }
  retention: Retention | null
  /** For the measures: when it came so far the first time. */
  marks: { human: number | null; lead: number | null; red: number | null; room: number | null; resolved: number | null }
  /** The last time that a reminder of each kind went out, by key. */
  reminded: Record<string, number>
}

export type AndonState =
  | { status: 'yellow' }
  | { status: 'red'; since: number; reason: string }
  | { status: 'resolved'; at: number; by: Person; how: string; cause: string | null; mergedInto: AndonId | null; falseAlarm: boolean }
export type AndonStatus = AndonState['status']

export type Locale = 'en' | 'ja'
export type Via = 'slack' | 'api' | 'cli' | 'engine' | 'pager' | 'drill'

/** Whoever does something. `id`: of the configuration, else `slack:U…` or `token:NAME`. */
export interface Person {
  id: string
  name: string
}
export interface Actor extends Person {
  via: Via
  locale: Locale
  /** `anyone` pulls, joins and works in lanes; `approver` also decides about runs. */
  rank: 'anyone' | 'approver'
}

export interface Guess {
  id: string
  /** How we came to it: the words, the alerts that fire, or somebody said so. */
  by: 'words' | 'alerts' | 'person' | 'incident'
}
export interface Report {
  person: Person
  text: string
  via: Via
  at: number
}
export interface Held {
  person: Person
  at: number
}
export interface LeaderCall {
  /** Outbox key of the page that calls. */
  page: string
  since: number
  until: number
}

export interface Lane {
  id: string
  /** `logs`, `carrier`, `range`, `mitigation`, `comms`, `remediation`, or one of the configuration. */
  kind: string
  title: string
  status: 'open' | 'taken' | 'done'
  owner: Person | null
  openedAt: number
  /** End of the time-box; null until somebody took it. */
  dueAt: number | null
  reports: { person: Person; text: string; at: number }[]
  outcome: string | null
  endedAt: number | null
  /** A room of its own; without a name it is being made. What was written before there were such rooms has none. */
  room: { name: string | null; url: string | null } | null
}

export interface Inquiry {
  id: string
  carrier: string
  name: string
  status: 'sent' | 'answered' | 'closed'
  /** The text as it was sent. */
  text: string
  ticket: string | null
  by: Person
  sentAt: number
  /** They are asked again then; null: not any more. */
  chaseAt: number | null
  chased: number
  answers: { text: string; by: Person; at: number }[]
}

export interface Update {
  id: string
  at: number
  by: Person
  text: string
  audience: 'room' | 'everyone' | 'customers'
}

export interface KaizenItem {
  id: string
  text: string
  owner: Person | null
  dueAt: number | null
  /** `runbook`: the mend becomes a runbook. */
  kind: 'task' | 'runbook'
  status: 'open' | 'done' | 'dropped'
  result: string | null
  openedAt: number
  endedAt: number | null
  chased: number
}

export interface Drill {
  scenario: string
}
export interface Retention {
  /** When its room is archived. */
  archiveAt: number
  /** Who objected. */
  veto: Person | null
  archivedAt: number | null
}
export interface Room {
  name: string
  url: string | null
  /** `thread`: no room could be made, so it is a thread where pulls are announced. */
  kind: 'room' | 'thread'
}

/** How things were at one moment. */
export interface Snapshot {
  at: number
  members: { id: string; component: string; status: string; role: string; summary: string }[]
  components: { id: string; status: string; well: number; of: number }[]
  incidents: { id: string; component: string; failure: string; status: string; since: number }[]
  runs: { id: string; runbook: string; component: string; status: string; at: number }[]
  /** Equal when nothing that counts has changed. */
  digest: string
}

/** A change that may have to do with it. */
export interface Suspect {
  change: string
  title: string
  component: string | null
  at: number
  by: string
  url: string | null
  /** 0 to 1; `why` in words. */
  weight: number
  why: string
}

export interface RangeReading {
  meter: string
  title: string
  at: number
  count: number | null
  of: number | null
  segments: { name: string; count: number; owner: string | null }[]
  confidence: 'high' | 'medium' | 'low'
  asOf: number | null
  problem: string | null
}

/** Beyond these, the newest stay and the count goes on: a storm must not make the record grow without end. */
export const limits = {
  textChars: 2_000,
  reporters: 200,
  lanes: 30,
  laneReports: 100,
  inquiries: 100,
  updates: 200,
  kaizen: 50,
  thanks: 200,
  suspects: 10,
  segments: 50,
}

export const ended = (andon: Andon): boolean => andon.state.status === 'resolved'
/** The same again: component and failure, as far as known. Null: not known well enough to count. */
export const topicOf = ({ component, failure }: Pick<Andon, 'component' | 'failure'>): string | null =>
  component ? `${component.id}/${failure ?? 'unknown'}` : null
