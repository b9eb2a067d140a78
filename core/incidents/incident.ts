import type { IncidentId } from '../ids.ts'

/** What is wrong, as a closed set. The ladder of a component is climbed by what the anomaly *is*. */
export const failures = [
  'process-exited', // its supervisor saw the process end
  'hung', // the process is there and does not answer
  'failing', // it answers, and says that it fails (or that it has not the role it should have)
  'degraded', // it answers "warn"; nobody is to touch it
  'unreachable', // nothing answers, and nobody near it can tell why
  'standby-unhealthy', // a standby is broken; the users do not feel it yet
  'two-actives', // more than one member says that it is active
  'flapping', // it changes state too often for any of it to be believed
  'overloaded', // it says that it has more work than it can do; a restart would make it worse
  'unknown', // an alert that says too little
] as const
export type Failure = (typeof failures)[number]

/**
 * An incident, from its first alert to its end. At most one per component is not ended.
 *
 *   open --run started--> mending --verified--> recovered
 *    |  \                   |  ^ next rung
 *    |   \ alerts cleared   |  |
 *    |    +-> recovered     +--+
 *    |                      |
 *    +--- page rung --------+----> escalated --a person, or all clear--> resolved
 */
export type IncidentStatus = 'open' | 'mending' | 'recovered' | 'escalated' | 'resolved'
export const endedStatuses: readonly IncidentStatus[] = ['recovered', 'resolved']

export interface Incident {
  id: IncidentId
  component: string
  failure: Failure
  status: IncidentStatus
  /** Why it is in this status, in words. */
  reason: string
  openedAt: number
  endedAt: number | null
}

export type IncidentEvent =
  | { kind: 'run-started'; reason: string }
  | { kind: 'verified'; reason: string }
  | { kind: 'escalated'; reason: string }
  /** All clear. Under way, a run decides what that means. */
  | { kind: 'cleared'; reason: string; underWay: boolean }
  | { kind: 'resolved-by'; person: string; reason: string }

/** Decides; does nothing. `null`: the event changes nothing in this status. */
export function transition(status: IncidentStatus, event: IncidentEvent): { next: IncidentStatus; reason: string } | null {
  if (endedStatuses.includes(status)) return null
  switch (event.kind) {
    case 'run-started':
      return status === 'escalated' ? null : { next: 'mending', reason: event.reason }
    case 'verified':
      return { next: 'recovered', reason: event.reason }
    case 'escalated':
      return status === 'escalated' ? null : { next: 'escalated', reason: event.reason }
    case 'cleared':
      return event.underWay ? null : { next: status === 'escalated' ? 'resolved' : 'recovered', reason: event.reason }
    case 'resolved-by':
      return { next: 'resolved', reason: `${event.person}: ${event.reason}` }
  }
}
