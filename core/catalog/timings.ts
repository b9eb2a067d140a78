import type { Component, ProbeConfig } from './schema.ts'

/** Upper bounds that follow from the configured timings. All in milliseconds. */

type Leased = Pick<Component, 'roleLease' | 'members'>

/** A database is not one process that looks at its clock: its sessions are ended a little before its lease is over, all of it shortly before. */
export const keepsDatabases = ({ members }: Pick<Component, 'members'>) => members.some(({ postgres }) => postgres !== undefined)
/** How long before the end of a role lease the sessions of a database are ended in order. */
export const softMsOf = (ttlMs: number) => Math.min(500, ttlMs / 5)
/** How long before its end whatever is left of a database is killed. */
export const hardMsOf = (ttlMs: number) => Math.min(150, ttlMs / 20)
/** A timer, or a signal, may come so much late on a busy host. */
export const slackMs = 50
/** A fence, and a step down, wait for a lease no longer than this. */
export const fenceLimitMs = 30_000
/** Until its answer is read and the outcome written down. */
export const fenceSpareMs = 500

/** How often the active role is renewed, unless told: a third of the lease; for a database a quarter of what is usable of it. */
export function renewMsOf(component: Leased): number {
  const { renewMs, ttlMs = 0 } = component.roleLease ?? {}
  return renewMs ?? Math.floor(keepsDatabases(component) ? longestRenewMs(ttlMs) : ttlMs / 3)
}

/** A lease counts from the last answer, so one interval of it is used up; three more must fit before sessions are ended. */
export const longestRenewMs = (ttlMs: number) => Math.floor((ttlMs - softMsOf(ttlMs)) / 4)

/**
 * From the moment a member stops answering until this probe says so, at worst: it stopped just after a look, `failAfter` looks
 * must fail, the last of them takes its whole time-out, and jitter may make it late.
 */
export function slowestDetectionMs(probe: ProbeConfig): number {
  const looks = Math.ceil(probe.everyMs * (probe.failAfter + probe.jitter))
  return looks + (probe.kind === 'heartbeat' ? probe.withinMs : probe.timeoutMs)
}

/** The same for a component: its quickest probe counts. Infinity without any probe. */
export const detectionMsOf = (component: Pick<Component, 'probes'>) => Math.min(...component.probes.map(slowestDetectionMs))

/**
 * How long a component may be without an active member when its active one is cut off: it must be found, and, when nobody can
 * confirm that it is down, its role lease must have ended plus the margin. A renewal may have arrived just after the cut: of a
 * database one at most, as it must show that it is there before the next; of others until it is found. The switch itself comes on
 * top. Infinity without a probe.
 */
export function worstCaseOutageMs(component: Pick<Component, 'probes' | 'roleLease' | 'members'>): number {
  const detection = detectionMsOf(component)
  const { roleLease } = component
  return roleLease ? Math.max(detection, lastRenewalMs(component) + roleLease.ttlMs + roleLease.marginMs) : detection
}

/** So long after the cut a renewal may still be sent. */
const lastRenewalMs = (component: Pick<Component, 'probes' | 'roleLease' | 'members'>) =>
  keepsDatabases(component) ? Math.min(renewMsOf(component), detectionMsOf(component)) : detectionMsOf(component)

/** What the configuration of a component promises, in ms. */
export interface Timings {
  /** From the cut until the slowest look has said so; null: it has no probe. */
  detectionMs: number | null
  /** Without an active member at worst, beside the switch itself; null: nothing bounds it. */
  worstCaseOutageMs: number | null
  /** How long two could be active at once; null: there is no lease, so nobody is promoted without proof. */
  dualActiveMs: number | null
  lease: { ttlMs: number; renewMs: number; marginMs: number; softMs: number; hardMs: number; usableMs: number } | null
}

export function timingsOf(component: Pick<Component, 'probes' | 'roleLease' | 'members'>): Timings {
  const { roleLease } = component
  const finite = (ms: number) => (Number.isFinite(ms) ? ms : null)
  const common = { detectionMs: finite(detectionMsOf(component)), worstCaseOutageMs: finite(worstCaseOutageMs(component)) }
  if (!roleLease) return { ...common, dualActiveMs: null, lease: null }
  const { ttlMs, marginMs } = roleLease
  const renewMs = renewMsOf(component)
  const [softMs, hardMs] = keepsDatabases(component) ? [softMsOf(ttlMs), hardMsOf(ttlMs)] : [0, 0]
  // Each needs its time: the kill, and the slack of whoever does it. What is not covered, both may be active.
  const dualActiveMs = Math.max(0, hardMs + slackMs - marginMs)
  return { ...common, dualActiveMs, lease: { ttlMs, renewMs, marginMs, softMs, hardMs, usableMs: ttlMs - softMs - renewMs } }
}

/** Looks of one probe at one member that may be under way at once, because a time-out may be longer than the interval. */
export const maxInFlight = (probe: Pick<ProbeConfig, 'everyMs' | 'timeoutMs'>) => Math.ceil(probe.timeoutMs / probe.everyMs) + 1
