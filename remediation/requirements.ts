import type { Component } from '../core/catalog/schema.ts'
import type { MemberStatus } from '../core/probes/probe.ts'
import { compareWal, idsOf, isBlank, isWell, keepsDatabases, walOf } from './databases.ts'
import type { Facts } from './runbook.ts'

/** What a runbook may ask for before it starts. Pure; the answer is `null` or the reason why not. */
export const requirements = {
  'standby-healthy': ({ component, active, standby }: Facts, observed: Observed) => {
    if (standby !== null) return null
    const others = component.members
      .filter((member) => member.id !== active)
      .map(({ id }) => `${describe(observed(id))}${isBlank(observed(id).health) ? ', with an empty database' : ''}`)
    return `no healthy standby: ${others.join('; ') || 'there is none'}`
  },
  'standby-caught-up': ({ component, active, targets, standby }: Facts, observed: Observed) => {
    if (standby === null) return null
    // One that went another way may have much WAL, and still lack what the active one wrote.
    const streams = active === null || targets.includes(active) ? null : observed(active).health
    if (keepsDatabases(component) && streams && !idsOf(streams, 'replication:standbys').includes(standby))
      return `${standby} does not stream from ${active}`
    const lag = replicationLag(observed(standby))
    return lag?.status === 'fail' ? `${standby} lags behind: ${lag.observedValue} ${lag.observedUnit ?? ''}`.trim() : null
  },
  /** With nobody known to be active, a promotion of somebody else may still be under way: `appoint-active` tells the others first. */
  'active-known': ({ active }: Facts) => (active === null ? 'no member is known to be active' : null),
  'active-elsewhere': ({ active, targets }: Facts) => (active !== null && !targets.includes(active) ? null : 'no other member is active'),
  /** It is begun by the approval of a finding, which no component has. */
  finding: () => 'it mends what a guardian found: approve it there (jidoka finding fix ID)',
  databases: ({ component }: Facts) => (keepsDatabases(component) ? null : `${component.id} has no members of kind postgres`),
  /** A healthy active steps down with all that it has, and the standby is waited for; of a broken one only those in sync have it all. */
  'standby-in-sync': (facts: Facts, observed: Observed) =>
    facts.active !== null && facts.targets.includes(facts.active) ? notInSync(facts, observed) : null,
  /** While another standby is away, the last one that has every commit is not thrown away. */
  'other-standby': ({ component, targets, active, inSync }: Facts, observed: Observed) => {
    const others = component.members.map(({ id }) => id).filter((id) => id !== active && !targets.includes(id))
    const away = others.filter((id) => !isWell(observed(id)))
    const left = inSync?.length ? inSync.filter((id) => !targets.includes(id)) : others.filter((id) => !away.includes(id))
    return away.length > 0 && left.length === 0 ? `${away.join(', ')} is away as well: no standby would be left` : null
  },
} satisfies Record<string, (facts: Facts, observed: Observed) => string | null>

export type Requirement = keyof typeof requirements
export type Observed = (member: string) => MemberStatus

/**
 * A commit is acknowledged when any one of those in sync has it. So all of them are compared before one is promoted; one that is
 * silent may be the only one that has the last of them.
 */
export function notInSync({ inSync, standby, standbyWasActive }: Facts, observed: Observed): string | null {
  if (inSync === undefined || inSync === null || standbyWasActive) return null
  if (inSync.length === 0) return 'no standby is known to have every acknowledged commit'
  if (standby !== null && !inSync.includes(standby)) return `${standby} may lack acknowledged commits; in sync: ${inSync.join(', ')}`
  const silent = inSync.filter((id) => !isWell(observed(id)))
  return silent.length > 0 ? `acknowledged commits may be only on ${silent.map((id) => describe(observed(id))).join('; ')}` : null
}

const describe = ({ member, status, role, summary }: MemberStatus) => `${member} is ${status}, ${role} (${summary})`
const replicationLag = (status: MemberStatus) => status.health?.checks?.['replication:lag']?.[0]

/** What of the journal a choice depends on. */
export interface Choice {
  generation?: number
  inSync?: readonly string[] | null
  /** Taken before all others, if it is fit. */
  preferred?: string | null
}

/**
 * The standby to promote: it answers, it is a standby, and of these the one that lags least; in doubt the first configured.
 * Of databases the one with the most WAL, of those in sync where that is counted; one without anything in it only where nobody was
 * ever active.
 */
export function chooseStandby(
  component: Component,
  active: string | null,
  observed: Observed,
  avoid: readonly string[] = [],
  choice: Choice = {},
): string | null {
  const fit = component.members
    .filter((member) => member.id !== active && !avoid.includes(member.id))
    .map((member) => observed(member.id))
    .filter((status) => isWell(status) && status.role === 'standby')
  const lag = (status: MemberStatus) => Number(replicationLag(status)?.observedValue ?? 0)
  if (!keepsDatabases(component)) return fit.toSorted((a, b) => lag(a) - lag(b))[0]?.member ?? null
  const { generation = 0, inSync, preferred } = choice
  const full = fit.filter(({ health }) => generation === 0 || !isBlank(health))
  if (full.some(({ member }) => member === preferred)) return preferred as string
  const synced = (status: MemberStatus) => Number(inSync?.includes(status.member) ?? false)
  const made = (status: MemberStatus) => Number(!isBlank(status.health))
  return (
    full.toSorted(
      (a, b) => synced(b) - synced(a) || made(b) - made(a) || compareWal(walOf(b.health), walOf(a.health)) || lag(a) - lag(b),
    )[0]?.member ?? null
  )
}
