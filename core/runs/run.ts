import type { IncidentId, RunId } from '../ids.ts'
import type { Failure } from '../incidents/incident.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * How a step may be taken up again after a crash while it was in doubt (an intent without an outcome):
 * read, idempotent: again with the same key. check-then-act: wait for the deadline, ask, act only if it was not done.
 * irreversible: wait, ask; unclear means `unknown`, and a human decides.
 */
export type ActionKind = 'read' | 'idempotent' | 'check-then-act' | 'irreversible'

/** A step as planned: data, with nothing left to choose. */
export interface PlannedStep {
  name: string
  action: string
  kind: ActionKind
  args: Record<string, Json>
  timeoutMs: number
  /** How often it may be tried in all. */
  attempts: number
  /** What becomes true of the component's role when it is done; written in the same transaction as the outcome. */
  setsActive?: string | null
  /** A sentence of what failed, if it fails, is kept, and the run goes on (a router that is away does not undo a promotion). */
  mayFail?: boolean
}

export type StepStatus = 'intent' | 'done' | 'failed' | 'unknown'

export interface Step {
  run: RunId
  /** Position in the plan, from 0. */
  seq: number
  /** From 1. */
  attempt: number
  name: string
  action: string
  kind: ActionKind
  status: StepStatus
  fence: number
  key: string
  startedAt: number
  deadlineAt: number
  endedAt: number | null
  input: Record<string, Json>
  output: Json
}

/**
 *   waiting --approved--> queued (--declined, timed out, withdrawn--> cancelled)
 *   queued --claim--> running --all steps--> done
 *                        |----step failed--> failed ----> next rung
 *                        |----in doubt-----> unknown ---> page
 *                        +----stopped------> cancelled
 */
export type RunStatus = 'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'unknown' | 'cancelled'
/**
 * How a run came to be. `automatic`: the engine decided. `approval`: the engine decided, and a person had to agree. `practice`: a
 * switch in good health, so that the runbook is known to work. `ordered`: a person ordered it.
 */
export type RunMode = 'automatic' | 'approval' | 'practice' | 'ordered'
/** What became of the question, with mode `approval`. `withdrawn`: what it was for is over, or is something else by now. */
export type RunAnswer = 'approved' | 'declined' | 'timed-out' | 'withdrawn'

/** What is ordered: made by the planner, stored as it is. */
export interface RunOrder {
  runbook: string
  component: string
  incident: IncidentId | null
  failure: Failure | null
  /** Members that the steps touch. */
  members: string[]
  plan: PlannedStep[]
  /** Why this runbook, now. */
  reason: string
  /** Takes a new generation of the component, because it gives the active role to somebody. */
  takesGeneration: boolean
  /** Who asked: `engine`, or a person. */
  by: string
  /** `automatic` when absent. */
  mode?: RunMode
  /** With mode `approval`: how long a person may take to agree, ms. */
  waitsMs?: number
  /** With mode `approval`: whom it calls and why, as a page tells it. */
  call?: { [key: string]: Json }
}

export interface Run extends Omit<RunOrder, 'takesGeneration' | 'mode' | 'waitsMs' | 'call'> {
  id: RunId
  status: RunStatus
  mode: RunMode
  /** While it waits for an approval: until then, epoch ms. */
  waitsUntil: number | null
  approvedBy: string | null
  /** Null while it waits, and where nobody was asked. */
  answer?: RunAnswer | null
  generation: number
  createdAt: number
  startedAt: number | null
  endedAt: number | null
}

/** What a holder of the component's lease shows with every write. */
export interface Held {
  resource: string
  holder: string
  fence: number
}

/** Who is active, as the journal knows it. `active: null`: nobody is known to be. */
export interface Role {
  component: string
  active: string | null
  generation: number
  /** Standbys that have every acknowledged write; null: nobody keeps count, as where replication is not synchronous. */
  inSync?: readonly string[] | null
}
