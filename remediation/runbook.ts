import type { Component } from '../core/catalog/schema.ts'
import type { Failure } from '../core/incidents/incident.ts'
import type { Json, PlannedStep } from '../core/runs/run.ts'
import type { AwsHere, AwsPlace } from './aws.ts'
import type { Requirement } from './requirements.ts'

/** What a runbook may look at; gathered by the planner, complete before it is asked. */
export interface Facts {
  component: Component
  /** The members that are to be mended. */
  targets: string[]
  active: string | null
  /** The standby that would take over: the healthiest, most caught-up one. */
  standby: string | null
  /** How long a member may take to end by itself before KILL; 0 when it hangs. */
  graceMs: number
  /** The newest generation that anybody was given; 0: nobody was ever active. */
  generation?: number
  /** Standbys that have every acknowledged write; null or absent: nobody keeps count. */
  inSync?: readonly string[] | null
  /** It was the active one until now, so no other has a write that it lacks. */
  standbyWasActive?: boolean
  /** Members that are sure to have stopped, and heard of the newest generation. */
  stopped?: readonly string[]
  /** Ready only for the runbook `page`. */
  page: { dedupe: string; incident: string | null; payload: { [key: string]: Json } } | null
}

export interface RunbookStep {
  action: string
  args: Record<string, Json>
  name?: string
  timeoutMs?: number
  setsActive?: string | null
  mayFail?: boolean
}

/** A finding, as a runbook that mends it sees it. */
export interface FixSubject {
  place: AwsPlace
  /** Its ARN. */
  resource: string
  reason: string
  evidence: { readonly [name: string]: unknown }
}

/** By which a runbook looks before it plans. It changes nothing. */
export interface FixLook {
  aws: AwsHere
  /** Epoch ms. */
  now: number
}

/** All that is to be done, with what was there before in the arguments of each step, and the same in words. */
export type FixPlan = { steps: RunbookStep[]; words: string } | { refuse: string }

/** How a runbook mends what a guardian found. */
export interface Fix {
  /** Actions that it may use. */
  actions: readonly string[]
  /** What its undo does, in one sentence; why there is none. */
  undoes: string
  plan(finding: FixSubject, look: FixLook): Promise<FixPlan>
  /** From the steps that were done, the last one first. Absent: it cannot be undone. */
  undo?(done: readonly PlannedStep[], look: FixLook): Promise<FixPlan>
}

export interface Runbook {
  id: string
  title: string
  /** The failures that it mends. */
  answers: readonly Failure[]
  /** What must be true before it may start. */
  requires: readonly Requirement[]
  /** Time after a verified recovery before it may run again on the same component. */
  cooldownMs: number
  /** It stops when the active member of its component fails meanwhile: users come first. */
  givesWay?: boolean
  /** It moves the active role to another member. */
  switches?: boolean
  steps(facts: Facts): RunbookStep[]
  /** It mends findings, and is begun by their approval only; `steps` has none then. */
  fix?: Fix
}
