import type { Signal } from '../alerts/alert.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Component, Member, ProbeConfig } from '../catalog/schema.ts'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import type { Health } from '../hooks/contract.ts'
import type { Observation } from './probe.ts'

export type ProbeKind = ProbeConfig['kind']
export type ConfigOf<Kind extends ProbeKind> = Extract<ProbeConfig, { kind: Kind }>

/** Whom to look at, and how. */
export interface Target<Kind extends ProbeKind = ProbeKind> {
  component: Component
  member: Member
  probe: ConfigOf<Kind>
}

/** What probes need of the rest of the house. */
export interface ProbeDeps {
  catalog: Catalog
  clock: Clock
  hooks: { health(base: string, limits: LookLimits): Promise<Health> }
  /** When the member last beat, or when beats were first waited for; monotonic ms. */
  lastBeat(member: string): number
}

export interface LookLimits {
  timeoutMs: number
  /** Aborted when the time is up: the probe answers then, and leaves nothing behind. */
  signal: AbortSignal
}

/** What a probe saw; whoever called it adds how long it took. */
export type Seen = Omit<Observation, 'tookMs'>

/**
 * One way to look at a member. `look` answers what it saw, also when that is bad; it throws only when the probe itself is
 * broken (a command that does not exist), which says nothing about the member.
 */
export interface Probe<Kind extends ProbeKind = ProbeKind> {
  kind: Kind
  look(target: Target<Kind>, deps: ProbeDeps, limits: LookLimits): Promise<Seen>
}

export const defineProbe = <Kind extends ProbeKind>(kind: Kind, probe: Omit<Probe<Kind>, 'kind'>): Probe<Kind> => ({ kind, ...probe })

export const passed = (summary: string): Seen => ({ outcome: 'pass', summary })
export const failed = (signal: Signal, summary: string): Seen => ({ outcome: 'fail', signal, summary })

/** Runs `onAbort` once, at once if it has been aborted already. */
export function whenAborted(signal: AbortSignal, onAbort: () => void): void {
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
}

/** The configuration is checked for this when it is loaded. */
export const noTarget = ({ member, probe }: { member: Member; probe: ProbeConfig }) =>
  fault('internal', { problem: `the ${probe.kind} probe has no target for ${member.id}` })
