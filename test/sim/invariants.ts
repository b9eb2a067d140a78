import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Component } from '../../core/catalog/schema.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Run } from '../../core/runs/run.ts'
import { isActive, isWell, type SimHosts, type SimMember } from './host.ts'
import type { SimRouter } from './world.ts'

/** What must hold, whatever happens. Each answers with sentences of what is broken; none: it holds. */

/**
 * At no moment do two members of a component take themselves for the active one and run. Looked at after every event, so it is
 * cheap; null: it holds.
 */
export function activesOf(hosts: SimHosts, frozenHosts = false): () => string | null {
  const groups = [...Map.groupBy(hosts.members.values(), ({ component }) => component).values()]
    .map((members) => members.filter(({ roles }) => roles))
    .filter((members) => members.length > 1)
  return () => {
    for (const members of groups) {
      let first: SimMember | null = null
      for (const member of members) {
        if (!acts(member, frozenHosts)) continue
        if (first) return `two actives in ${member.component}: ${told(first)}, ${told(member)}`
        first = member
      }
    }
    return null
  }
}

/**
 * A database acts as long as it takes writes, whatever its agent believes. One that thaws together with its host, its guard too,
 * takes some before the guard has killed it; with a standby that they wait for, none of them is acknowledged.
 */
function acts({ process, kept }: SimMember, frozenHosts: boolean): boolean {
  if (kept === null) return process !== null && !process.actor.frozen && process.kit.isActive()
  return kept.db.writable && (frozenHosts ? kept.databases.acknowledges(kept.db) : kept.databases.runs(kept.db))
}

const told = ({ id, process, kept }: SimMember) => `${id} at ${(kept?.kit ?? process?.kit)?.generation()}`

/** What cannot be taken back was done at most once per step of a run. */
export const neverTwice = (launches: ReadonlyMap<string, number>): string[] =>
  [...launches].flatMap(([key, times]) => (times > 1 ? [`irreversible step ${key} was done ${times} times`] : []))

/** Every incident has ended, or a person was called; no run is left over; nobody was touched more often than the budget allows. */
export async function everythingEnded(journal: Journal, catalog: Catalog): Promise<string[]> {
  const broken: string[] = []
  for (const run of await journal.runs({ live: true }, { limit: 10 }))
    broken.push(`${run.runbook} on ${run.component} is still ${run.status}`)
  for (const incident of await journal.incidents({ open: true }, { limit: 50 })) {
    const pages = (await journal.runs({ incident: incident.id }, { limit: 50 })).filter(
      (run) => run.runbook === 'page' && run.status === 'done',
    )
    if (incident.status !== 'escalated')
      broken.push(`the incident of ${incident.component} (${incident.failure}) is still ${incident.status}: ${incident.reason}`)
    if (pages.length === 0)
      broken.push(`nobody was called for the incident of ${incident.component} (${incident.failure}): ${incident.reason}`)
  }
  for (const component of catalog.components)
    broken.push(...withinBudget(await journal.runs({ component: component.id }, { limit: 200 }), component))
  return broken
}

/** A pool is mended in portions, so that each of its members has its own count. */
function withinBudget(runs: readonly Run[], { id, topology, guards: { attempts, windowMs } }: Component): string[] {
  if (windowMs < 600_000) return []
  const counts = new Map<string, number>()
  for (const run of runs)
    if (run.by === 'engine' && run.runbook !== 'page')
      for (const of of topology === 'pool' ? run.members : [id])
        counts.set(`${run.runbook} on ${of}`, (counts.get(`${run.runbook} on ${of}`) ?? 0) + 1)
  return [...counts].flatMap(([what, count]) => (count > attempts ? [`${what} ran ${count} times, the budget is ${attempts}`] : []))
}

const stateOf = ({ process, kept, ill, host }: SimMember) =>
  JSON.stringify({
    ...{ up: host.up, reachable: host.reachable, agent: host.agent !== null, agentFrozen: host.agent?.frozen },
    ...{ runs: (kept?.db.process ?? process) !== null, frozen: (kept?.db.process ?? process)?.actor.frozen, ill, fenced: kept?.fenced },
  })

/** What is broken in the end is known: its component has an open incident. */
export async function nothingLost(journal: Journal, hosts: SimHosts): Promise<string[]> {
  const open = new Set((await journal.incidents({ open: true }, { limit: 50 })).map((incident) => incident.component))
  return [...hosts.members.values()].flatMap((member) =>
    !isWell(member) && !open.has(member.component)
      ? [`${member.id} is broken (${stateOf(member)}) and nobody knows: no open incident of ${member.component}`]
      : [],
  )
}

/** A pair whose members are all well has exactly one active, the one that the journal and the router know. */
export async function rolesAgree(journal: Journal, hosts: SimHosts, routers: ReadonlyMap<string, SimRouter>): Promise<string[]> {
  const broken: string[] = []
  for (const [component, router] of routers) {
    const members = [...hosts.members.values()].filter((member) => member.component === component)
    const well = members.every(isWell)
    const open = await journal.incidents({ open: true, component }, { limit: 1 })
    if (!well || open.length > 0) continue
    const actives = members.filter(isActive).map((member) => member.id)
    const role = await journal.role(component)
    if (actives.length !== 1) broken.push(`${component} is well and has ${actives.length} actives`)
    else if (role.active !== actives[0] || router.to !== actives[0])
      broken.push(`${component}: ${actives[0]} is active, the journal says ${role.active}, the router ${router.to}`)
  }
  return broken
}
