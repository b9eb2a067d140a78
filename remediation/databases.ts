import type { Component } from '../core/catalog/schema.ts'
import type { Health } from '../core/hooks/contract.ts'
import type { Situation } from '../core/journal/journal.ts'
import type { MemberStatus } from '../core/probes/probe.ts'
import type { Role, Run } from '../core/runs/run.ts'

/** What the engine reads of a PostgreSQL that an agent keeps; see docs/postgres.md. */

/** Its members are databases, which copy each other. */
export const keepsDatabases = (component: Pick<Component, 'members'>) => component.members.some((member) => member.postgres)

/** A commit waits for a standby. */
export const isSynchronous = ({ replication }: Pick<Component, 'replication'>) => (replication?.synchronous ?? 'off') !== 'off'

const ladderByDefault = 'restart-process,page'

/** What another name means for databases. */
export const runbookFor = (component: Pick<Component, 'members'>, id: string) =>
  !keepsDatabases(component)
    ? id
    : id === 'failover-active-standby'
      ? 'failover-database'
      : id === 'return-standby'
        ? 'rejoin-database'
        : id

/** The rungs but the page. A switch is the shorter way for databases: a start after a crash takes as long as its recovery. */
export function ladderOf(component: Component): string[] {
  const shorter = keepsDatabases(component) && component.ladder.join() === ladderByDefault ? ['failover-database'] : []
  return [...shorter, ...component.ladder.filter((id) => id !== 'page').map((id) => runbookFor(component, id))]
}

export const withoutPages = (history: readonly Run[]) => history.filter((run) => run.runbook !== 'page')

/** A place in the history of a database. A newer timeline is ahead, however far the older one went on: nobody follows that any more. */
export interface WalPlace {
  timeline: number
  position: number
}

const value = (health: Health | null | undefined, check: string) => health?.checks?.[check]?.[0]?.observedValue

/** What it has received, or written itself; null: it does not say. */
export function walOf(health: Health | null | undefined): WalPlace | null {
  const position = value(health, 'wal:position')
  const timeline = value(health, 'wal:timeline')
  return typeof position === 'number' && Number.isFinite(position)
    ? { timeline: typeof timeline === 'number' ? timeline : 0, position }
    : null
}

/** Above 0: `a` has more than `b`. Whoever does not say has least. */
export function compareWal(a: WalPlace | null, b: WalPlace | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1)
  return a.timeline - b.timeline || a.position - b.position
}

/** `0/3000060`, as PostgreSQL writes a position; null: it is none. */
export function positionOf(lsn: unknown): number | null {
  if (typeof lsn === 'number') return Number.isSafeInteger(lsn) && lsn >= 0 ? lsn : null
  const [, high, low] = typeof lsn === 'string' ? (/^([0-9a-f]{1,8})\/([0-9a-f]{1,8})$/i.exec(lsn) ?? []) : []
  return high === undefined || low === undefined ? null : Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16)
}

/** Its database was just made, and never had users. */
export const isBlank = (health: Health | null) => value(health, 'database:blank') === true

/** There never was a database: nothing can be lost with it. */
export const isMissing = (health: Health | null) => value(health, 'database:missing') === true

/** The ids in a list of a check: `db-2,db-3`. */
export function idsOf(health: Health | null, check: 'replication:standbys' | 'replication:sync'): string[] {
  const list = value(health, check)
  return typeof list === 'string' ? list.split(',').flatMap((id) => id.trim() || []) : []
}

export const isStreaming = (health: Health | null) => value(health, 'replication:state') === 'streaming'

export const isWell = ({ status }: Pick<MemberStatus, 'status'>) => status === 'pass' || status === 'warn'

/**
 * A switch that ended before anybody was promoted, because `member` has more: that one is the choice now. `stopped`: who was sure
 * to have stopped by then; it was the active one, so it has every commit that anybody was told of.
 */
export function betterChoice(component: Component, [last]: readonly Run[]): { member: string; stopped: string | null } | null {
  if (last?.status !== 'cancelled' || last.startedAt === null) return null
  const member = component.members.find(({ id }) => last.reason.startsWith(`${id} has more WAL than `))?.id
  if (member === undefined) return null
  const stopped = last.plan.find(({ action, setsActive }) => setsActive === null && (action === 'fence' || action === 'demote'))?.args
    .member
  return { member, stopped: typeof stopped === 'string' && last.runbook === 'failover-database' ? stopped : null }
}

/**
 * The last one that was active, where the history leaves no doubt: nobody has a commit that it lacks. Null after a promotion that may
 * have taken effect, also one that failed.
 */
export function lastActive(history: readonly Run[]): string | null {
  for (const { status, reason, plan, startedAt } of history) {
    const promotes = startedAt === null ? -1 : plan.findIndex(({ action }) => action === 'promote')
    if (promotes < 0) continue
    const failed = plan.findIndex(({ name }) => reason.startsWith(`"${name}" failed`))
    if (status === 'done' || (status === 'failed' && failed > promotes)) return plan[promotes]?.setsActive ?? null
    const before = status === 'cancelled' ? reason.includes(' has more WAL than ') : status === 'failed' && failed >= 0 && failed < promotes
    if (!before) return null
  }
  return null
}

/**
 * Nobody ever was active: each generation went to a first appointment that surely ended before its promotion. A database without
 * anything in it may still be the first one then; an order that was refused must not keep it from that for ever.
 */
function neverActive({ active, generation }: Role, history: readonly Run[]): boolean {
  if (active !== null || generation > history.length) return false
  const vain = new Set(history.filter(endedBeforePromotion).map((run) => run.generation))
  return Array.from({ length: generation }, (_, at) => at + 1).every((each) => vain.has(each))
}

/** By the engine and for no incident: that is how a role is given which nobody has. */
function endedBeforePromotion({ runbook, by, incident, status, reason, plan }: Run): boolean {
  if (runbook !== 'appoint-active' || by !== 'engine' || incident !== null) return false
  if (status === 'cancelled') return reason.includes(' has more WAL than ')
  const failed = plan.findIndex(({ name }) => reason.startsWith(`"${name}" failed`))
  return status === 'failed' && failed >= 0 && failed <= plan.findIndex(({ action }) => action === 'promote')
}

/** The role as a choice is to see it: generation 0 as long as nobody ever was active. */
export const roleGiven = ({ role, history }: Pick<Situation, 'role' | 'history'>): Role =>
  neverActive(role, history) ? { ...role, generation: 0 } : role
