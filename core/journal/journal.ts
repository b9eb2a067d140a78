import type { Alert, AlertInput } from '../alerts/alert.ts'
import type { FindingStore } from '../findings/finding.ts'
import type { AndonId, IncidentId, RunId } from '../ids.ts'
import type { Failure, Incident, IncidentStatus } from '../incidents/incident.ts'
import type { MaintenanceWindow } from '../maintenance/maintenance.ts'
import type { Records } from '../records/record.ts'
import type { Answered, Waiting, Word } from '../runs/approve.ts'
import type { Held, Json, PlannedStep, Role, Run, RunOrder, RunStatus, Step, StepStatus } from '../runs/run.ts'
import type { Spent } from '../runs/spend.ts'

/**
 * The engine's only door to what is durable. Each method is one transaction; it has committed when it answers.
 * T1..T7 are the transactions of docs/durability.md.
 */
export interface Journal {
  /** T1. Dedupes by key, opens or joins the incident of the component; in the order given. */
  ingest(alerts: readonly AlertInput[]): Promise<Ingested[]>

  /**
   * T2. Reads the situation of an incident, lets `choose` decide (pure, synchronous), and records the decision with its reason,
   * all in one transaction: no guard can be overtaken between its look and its verdict.
   */
  decide(incident: IncidentId, choose: (situation: Situation) => Decision): Promise<{ decision: Decision; run: Run | null }>

  /** T2 for a run that somebody ordered by hand; the same transaction, without an incident. `choose` may refuse. */
  order(
    component: string,
    choose: (situation: Omit<Situation, 'incident' | 'alerts'>) => RunOrder | { refuse: string },
  ): Promise<Run | { refuse: string }>

  /** T2 for a run that waits for an approval: looks anew, and lets `choose` (pure) answer it, keep it waiting, or give it up. Throws `not-found`. */
  answer(run: RunId, choose: (run: Run, situation: Waiting) => Word): Promise<Answered>

  /** T3. Takes the lease of the run's component (fence + 1) when it is free, expired, or ours. `null`: somebody else holds it, or the run is over. */
  claim(run: RunId, holder: string, ttlMs: number): Promise<Claim | null>

  /** T4. Writes the intent; committed before the act. Throws `lease-lost`. `previous`, when given, is that step's outcome, written in the same commit. */
  intend(held: Held, step: StepIntent, previous?: StepOutcome): Promise<void>

  /** T5. Writes the outcome of an intent, while we hold the component. Throws `lease-lost`. */
  outcome(held: Held, outcome: StepOutcome): Promise<void>

  /** T6. Ends the run, moves its incident, releases the lease, all at once. `last` is the outcome of its last step. Throws `lease-lost`. */
  finish(held: Held, run: RunId, end: RunEnd, last?: StepOutcome): Promise<void>

  /** T7. Compare-and-set, never an overwrite. False: the lease is gone. */
  renew(held: Held, ttlMs: number): Promise<boolean>

  /** Ends an incident by hand. False: it has ended already. */
  resolve(incident: IncidentId, person: string, reason: string): Promise<boolean>

  /** Puts a message for people into the outbox; the same `dedupe` is put there once. */
  post(message: OutboxMessage): Promise<void>
  /** Messages of a channel that are due, oldest first, at most `limit`; `page` unless told. */
  due(limit: number, channel?: OutboxChannel): Promise<OutboxEntry[]>
  /** Lanes of a channel with messages that are not sent yet; the one that waits longest first. */
  lanes(channel: OutboxChannel, limit: number): Promise<{ lane: string; waiting: number }[]>
  /** What is not sent yet of a lane, in its order, due or not. */
  lane(channel: OutboxChannel, lane: string, limit: number): Promise<OutboxEntry[]>
  /** Marks one as sent, as failed until `nextAt`, or as given up. `refs`: where it went, to be found again by `reference`. */
  settle(id: number, result: Settlement): Promise<void>
  /** Posts what a durable subscriber makes of the events up to `seq`, and moves its cursor there, all at once. */
  relay(subscriber: string, seq: number, messages: readonly OutboxMessage[]): Promise<void>

  /** Where something went on the other side; null: nowhere yet. */
  reference(key: string): Promise<string | null>
  /** Keys of what went there, newest first, at most 20. */
  referring(ref: string): Promise<string[]>
  refer(refs: Readonly<Record<string, string>>): Promise<void>
  /** True the first time; what was seen is forgotten after a day. */
  firstSeen(key: string): Promise<boolean>
  /** Records of a kind; see core/records. */
  records<Data>(kind: string): Records<Data>
  /** What guardians found; see core/findings. */
  findings<Data, Scan>(): FindingStore<Data, Scan>

  /** Switches automation off or on for `global` or one component. `until`: off only until then, epoch ms. */
  setSwitch(scope: string, off: boolean, by: string, reason: string, until?: number | null): Promise<void>
  /** Each as it counts now: one whose time is over is on, also before that was told. */
  switches(): Promise<Switch[]>
  /** Tells of each pause that is over, once. Answers their scopes. */
  endPauses(): Promise<string[]>

  /** What automatic runs have cost within the last day, per scope; see core/runs/spend.ts. */
  spent(): Promise<Spent[]>
  /** When each runbook last did what it was to do, per component. */
  successes(): Promise<{ component: string; runbook: string; at: number }[]>

  /** Appends to the journal something that only informs (a member changed its status, an agent came back). */
  note(
    kind: string,
    subject: { component?: string; incident?: string; run?: string; andon?: string },
    data: Record<string, Json>,
  ): Promise<void>

  /** Adopts what the members themselves say, where the journal knows of no active member. */
  adoptRole(role: Role): Promise<void>

  /**
   * The standbys of which at least one has each acknowledged commit of that active member, or of the one before, while nobody is;
   * null: nobody keeps count. False: it is not
   * the active one at that generation any more, or another term (`Term.fence`) has begun. A promotion makes it `[]`; a fence leaves it.
   */
  setInSync(role: Role, inSync: readonly string[] | null, term?: number): Promise<boolean>

  // Reads
  role(component: string): Promise<Role>
  roles(): Promise<Role[]>
  incident(id: IncidentId): Promise<Incident | null>
  incidents(filter: { open?: boolean; component?: string }, page: Page): Promise<Incident[]>
  alertsOf(incident: IncidentId): Promise<Alert[]>
  run(id: RunId): Promise<Run | null>
  runs(filter: { incident?: IncidentId; component?: string; live?: boolean }, page: Page): Promise<Run[]>
  steps(run: RunId): Promise<Step[]>
  /** Journal entries after `seq`, in commit order, at most `limit`. */
  events(after: number, limit: number, filter?: { incident?: IncidentId; andon?: AndonId }): Promise<JournalEvent[]>
  lastEvent(): Promise<number>
  /** Where a durable subscriber is; null: it was never here. */
  cursor(subscriber: string): Promise<number | null>
  advance(subscriber: string, seq: number): Promise<void>

  /** Called after every commit that appended events; the answer stops it. It wakes, `events` tells. `byOthers`: not we committed, but another controller with this store. */
  onCommit(wake: (byOthers: boolean) => void): () => void
  close(): Promise<void>
}

export interface Page {
  limit: number
  after?: string
}

export interface Ingested {
  key: string
  result: 'opened' | 'joined' | 'repeated' | 'resolved' | 'ignored'
  incident: IncidentId | null
}

/** All that a decision may look at. */
export interface Situation {
  now: number
  incident: Incident
  /** Firing alerts of the incident. At most 200, oldest first. */
  alerts: Alert[]
  role: Role
  /** Runs of the component, newest first, at most 100, however old; and all of the incident. */
  history: Run[]
  liveRun: Run | null
  /** Automation switched off, globally or for this component. */
  switchedOff: Switch | null
  /** Members of the whole fleet with a firing alert that is not proof (anything but `exit`). */
  suspected: number
  /** What automatic runs have cost within the last day: of the fleet, of each runbook, of this component and its members. */
  spent: readonly Spent[]
  /** Runs of the component within the last day but pages, in no order: what `history` no longer holds is still counted. */
  recent: readonly RecentRun[]
  /** When each runbook last did what it was to do on this component, epoch ms. */
  succeeded: ReadonlyMap<string, number>
  /** The window that people opened and that is in force; those of the configuration are not among them. */
  maintenance: MaintenanceWindow | null
  /** The incident of the component that has not ended. */
  openIncident: IncidentId | null
}

/** As much of a run as is counted by. */
export type RecentRun = Pick<Run, 'runbook' | 'status' | 'incident' | 'members' | 'mode' | 'createdAt' | 'endedAt'>

export type Decision =
  | { do: 'run'; order: RunOrder; failure: Failure; refusals: Refusal[] }
  /** Nothing to do now, and why; ask again when something changes, or at `askAgainAt`. */
  | { do: 'wait'; failure: Failure; reason: string; askAgainAt?: number }
  /** Nothing fires any more, and nothing is under way: the incident has ended by itself. */
  | { do: 'close'; failure: Failure; reason: string }

/** A rung that was not taken, and why; kept on the timeline and told in the page. */
export interface Refusal {
  runbook: string
  code: string
  reason: string
  /** In shadow mode: what would have been done. Told and kept once per incident and plan. */
  shadow?: { plan: string[]; members: string[] }
}

export interface Switch {
  scope: string
  off: boolean
  by: string
  reason: string
  at: number
  /** It goes back by itself then, epoch ms; null: a person switches it back. */
  until: number | null
}

export interface Claim {
  held: Held
  run: Run
  steps: Step[]
}

export interface StepIntent {
  run: RunId
  seq: number
  attempt: number
  planned: PlannedStep
  key: string
  deadlineAt: number
}

export interface StepOutcome {
  run: RunId
  seq: number
  attempt: number
  status: Exclude<StepStatus, 'intent'>
  output: Json
  /** Set when the step is done and the plan says so: the new active member of the component (null: nobody). */
  setsActive?: string | null
}

export interface RunEnd {
  status: Extract<RunStatus, 'done' | 'failed' | 'unknown' | 'cancelled'>
  reason: string
  /** What becomes of the incident: `escalated` only by the page runbook. Absent: it stays as it is, and is decided anew. */
  incident?: Extract<IncidentStatus, 'recovered' | 'escalated'>
  /** Members verified healthy from outside; their alerts count as resolved. */
  verified: string[]
  /** Somebody is to hear of it, whatever becomes of us. */
  post?: OutboxMessage
}

/** `page`: somebody is to be called; `notify`: one call of one person; `slack`: what the chat is told. */
export type OutboxChannel = 'page' | 'notify' | 'slack'

export interface OutboxMessage {
  channel: OutboxChannel
  dedupe: string
  incident: IncidentId | null
  payload: Record<string, Json>
  /** Messages of one lane are sent one after the other, in this order. */
  lane?: string | null
  /** What waits in the same lane with the same word here, and was not tried yet, need not be sent any more. */
  replaces?: string | null
}
export interface OutboxEntry extends OutboxMessage {
  id: number
  lane: string | null
  replaces: string | null
  attempts: number
  createdAt: number
  /** Not before. */
  nextAt: number
}

export type Settlement =
  | { sent: true; refs?: Readonly<Record<string, string>> }
  | { sent: false; problem: string; nextAt: number }
  /** It never will be; `andon`: on whose timeline that is told. */
  | { sent: false; problem: string; givenUp: true; andon?: AndonId | null }

export interface JournalEvent {
  seq: number
  at: number
  /** `incident.opened`, `run.started`, `step.intent`, `role.changed`, ... */
  kind: string
  component: string | null
  incident: string | null
  run: string | null
  andon: string | null
  data: Record<string, Json>
}
