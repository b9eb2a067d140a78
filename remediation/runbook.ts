import type { Component } from '../core/catalog/schema.ts'
import type { Failure } from '../core/incidents/incident.ts'
import type { Json } from '../core/runs/run.ts'
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
  steps(facts: Facts): RunbookStep[]
}
