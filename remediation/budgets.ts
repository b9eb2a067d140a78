import type { Catalog } from '../core/catalog/catalog.ts'
import { budgetOf, roomAt, type Spent, scopesOf } from '../core/runs/spend.ts'
import type { Guard } from './guards.ts'
import { timeText } from './words.ts'

/**
 * All budgets that a run pays from must have room: of the fleet, of its runbook, of the component, of each member that it touches.
 * They lie in the store, and are spent in the transaction that queues the run: neither a crash nor a restart fills them again.
 */
export const budget: Guard = ({ catalog, component, runbook, anomaly, touched, situation: { spent } }) => {
  const known = new Map(spent.map((one) => [one.scope, one]))
  const empty = scopesOf(runbook.id, component.id, touched ?? anomaly.members).flatMap((scope) => {
    const full = known.get(scope)
    const why = full ? emptied(full, catalog) : null
    return why ? [why] : []
  })
  return empty.length > 0 ? { code: 'budget', reason: empty.join('; '), final: false } : null
}

function emptied(spent: Spent, catalog: Catalog): string | null {
  const limits = budgetOf(spent.scope, catalog)
  const until = limits ? roomAt(spent, limits) : null
  if (!limits || until === null) return null
  const [count, limit, span] = spent.day >= limits.perDay ? [spent.day, limits.perDay, 'a day'] : [spent.hour, limits.perHour, 'an hour']
  return `the budget of ${nameOf(spent.scope)} is spent: ${count} automatic runs within ${span} (limit ${limit}), room again from ${timeText(until + 59_999)}`
}

const nameOf = (scope: string) => (scope === 'fleet' ? 'the whole fleet' : scope.slice(scope.indexOf(':') + 1))
