import type { ControlAnswer, ControlCall, Health } from '../core/hooks/contract.ts'
import type { Observation } from '../core/probes/probe.ts'
import type { AwsDoor } from './aws.ts'

/** Whom a control call goes to: a member itself, its agent, the guard beside that agent, or the router of a component. */
export type Target = { member: string } | { agentOf: string } | { guardOf: string } | { routerOf: string }

export interface Limits {
  timeoutMs: number
  signal: AbortSignal
}

/**
 * The engine's only door to what it mends. The real one speaks the hooks; the simulator's loses, delays and repeats.
 * Every refusal and silence is a fault of the catalogue (`target-refused`, `target-timeout`, ...).
 */
export interface World {
  /** What the member says of itself, by its own hook. */
  health(member: string, limits: Limits): Promise<Health>
  control(target: Target, call: ControlCall, limits: Limits): Promise<ControlAnswer>
  /** The process behind a member, as its agent sees it; null where no agent keeps it, or the agent does not answer. */
  supervised(member: string, limits: Limits): Promise<NonNullable<Health['process']> | null>
  /** One look from outside, by the member's own probes; the worst of them. */
  look(member: string, limits: Limits): Promise<Observation>
  /** Runs a command of the configuration; `command-failed` when it does not end with 0. */
  exec(command: readonly string[], limits: Limits): Promise<{ output: string }>
  /** What fixes of findings ask of AWS. Absent: nothing is changed there. */
  aws?: AwsDoor
}
