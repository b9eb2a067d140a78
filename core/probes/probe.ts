import type { Signal } from '../alerts/alert.ts'
import type { Health } from '../hooks/contract.ts'

/** What one look at a member told. `signal` says what kind of trouble it was; absent when it passed. */
export interface Observation {
  outcome: 'pass' | 'warn' | 'fail'
  signal?: Signal
  /** One sentence for people: "no answer within 300 ms". */
  summary: string
  /** The health document, when the probe read one. */
  health?: Health
  tookMs: number
}

/** A member as it is known now, from its probes and its agent. Live, not stored. */
export interface MemberStatus {
  member: string
  component: string
  status: 'pass' | 'warn' | 'fail' | 'unknown'
  /** As the member says; `unknown` while it does not answer. */
  role: 'active' | 'standby' | 'fenced' | 'unknown'
  generation: number | null
  summary: string
  /** Since when it has had this status, wall time in ms. */
  since: number
  health: Health | null
  /** Since when its hook has answered without being silent for long, wall time in ms; null: it does not answer. */
  heardSince?: number | null
}

export interface StatusBoard {
  of(member: string): MemberStatus
  all(): MemberStatus[]
  onChange(fn: (status: MemberStatus) => void): () => void
}
