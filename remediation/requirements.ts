import type { Component } from '../core/catalog/schema.ts'
import type { MemberStatus } from '../core/probes/probe.ts'
import type { Facts } from './runbook.ts'

/** What a runbook may ask for before it starts. Pure; the answer is `null` or the reason why not. */
export const requirements = {
  'standby-healthy': ({ component, active, standby }: Facts, observed: Observed) => {
    if (standby !== null) return null
    const others = component.members.filter((member) => member.id !== active).map((member) => describe(observed(member.id)))
    return `no healthy standby: ${others.join('; ') || 'there is none'}`
  },
  'standby-caught-up': ({ standby }: Facts, observed: Observed) => {
    if (standby === null) return null
    const lag = replicationLag(observed(standby))
    return lag?.status === 'fail' ? `${standby} lags behind: ${lag.observedValue} ${lag.observedUnit ?? ''}`.trim() : null
  },
  /** With nobody known to be active, a promotion of somebody else may still be under way: `appoint-active` tells the others first. */
  'active-known': ({ active }: Facts) => (active === null ? 'no member is known to be active' : null),
  'active-elsewhere': ({ active, targets }: Facts) => (active !== null && !targets.includes(active) ? null : 'no other member is active'),
  /** It is begun by the approval of a finding, which no component has. */
  finding: () => 'it mends what a guardian found: approve it there (jidoka finding fix ID)',
} satisfies Record<string, (facts: Facts, observed: Observed) => string | null>

export type Requirement = keyof typeof requirements
export type Observed = (member: string) => MemberStatus

const describe = ({ member, status, role, summary }: MemberStatus) => `${member} is ${status}, ${role} (${summary})`
const replicationLag = (status: MemberStatus) => status.health?.checks?.['replication:lag']?.[0]

/** The standby to promote: it answers, it is a standby, and of these the one that lags least; in doubt the first configured. */
export function chooseStandby(
  component: Component,
  active: string | null,
  observed: Observed,
  avoid: readonly string[] = [],
): string | null {
  const fit = component.members
    .filter((member) => member.id !== active && !avoid.includes(member.id))
    .map((member) => observed(member.id))
    .filter((status) => (status.status === 'pass' || status.status === 'warn') && status.role === 'standby')
  const lag = (status: MemberStatus) => Number(replicationLag(status)?.observedValue ?? 0)
  return fit.toSorted((a, b) => lag(a) - lag(b))[0]?.member ?? null
}
