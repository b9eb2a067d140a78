import type { Component, ProbeConfig } from './schema.ts'

/** Upper bounds that follow from the configured timings. All in milliseconds. */

type RoleLease = NonNullable<Component['roleLease']>

/** How often the active role is renewed; a third of the lease unless told. */
export const renewMsOf = (lease: RoleLease) => lease.renewMs ?? Math.floor(lease.ttlMs / 3)

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
 * confirm that it is down, its role lease must have ended plus the margin. The switch itself comes on top. Infinity without a probe.
 */
export function worstCaseOutageMs(component: Pick<Component, 'probes' | 'roleLease'>): number {
  const detection = detectionMsOf(component)
  return component.roleLease ? Math.max(detection, component.roleLease.ttlMs) + component.roleLease.marginMs : detection
}

/** Looks of one probe at one member that may be under way at once, because a time-out may be longer than the interval. */
export const maxInFlight = (probe: Pick<ProbeConfig, 'everyMs' | 'timeoutMs'>) => Math.ceil(probe.timeoutMs / probe.everyMs) + 1
