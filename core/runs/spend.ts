import type { Catalog } from '../catalog/catalog.ts'
import type { Component } from '../catalog/schema.ts'
import type { Context } from '../journal/context.ts'
import { batch } from '../store/kit.ts'
import type { Tx } from '../store/transaction.ts'
import type { RunOrder } from './run.ts'

/** How much of a budget is gone: automatic runs within the last hour, and the last day. */
export interface Spent {
  /** `fleet`, `runbook:ID`, `component:ID` or `member:ID`. */
  scope: string
  hour: number
  day: number
  /** When the oldest that still counts was spent, epoch ms; null: none does. */
  hourFrom: number | null
  dayFrom: number
}

/** What a scope may spend. */
export interface Budget {
  perHour: number
  perDay: number
}

export const spendHourMs = 3_600_000
export const spendDayMs = 86_400_000

/** Every budget that a run pays from. */
export const scopesOf = (runbook: string, component: string, members: Iterable<string>): string[] => [
  'fleet',
  `runbook:${runbook}`,
  `component:${component}`,
  ...[...new Set(members)].map((member) => `member:${member}`),
]

/** Members that a run changes: those it is for, and those that its steps act on. To look at somebody costs nothing. */
export const touchedBy = ({ members, plan }: Pick<RunOrder, 'members' | 'plan'>): string[] => [
  ...new Set([...members, ...plan.flatMap(({ kind, args }) => (kind !== 'read' && typeof args.member === 'string' ? [args.member] : []))]),
]

/** Who is called for help, and what a person ordered, is not counted: the budgets are there to hold the automatic back. */
const pays = ({ by, runbook }: Pick<RunOrder, 'by' | 'runbook'>) => by === 'engine' && runbook !== 'page'

/** In the transaction that queues the run: what was decided and not paid for cannot be. */
export function* spend(
  { sql, now }: Context,
  run: Pick<RunOrder, 'by' | 'runbook' | 'component' | 'members' | 'plan'> & { id: string },
): Tx<void> {
  if (!pays(run)) return
  const scopes = batch(scopesOf(run.runbook, run.component, touchedBy(run)).map((scope) => ({ scope })))
  yield [
    { statement: sql.spend.forget, values: { dayAgo: now - spendDayMs } },
    { statement: sql.spend.add, values: { run: run.id, component: run.component, scopes, at: now } },
  ]
}

/** The budget of a scope; null where it names nothing that is configured. */
export function budgetOf(scope: string, catalog: Pick<Catalog, 'config' | 'findComponent' | 'findMember'>): Budget | null {
  const { budgets } = catalog.config.guards
  const colon = scope.indexOf(':')
  const [kind, id] = [scope.slice(0, Math.max(0, colon)), scope.slice(colon + 1)]
  if (scope === 'fleet') return budgets.fleet
  if (kind === 'runbook') return budgets.runbook
  const component: Component | undefined = kind === 'component' ? catalog.findComponent(id) : catalog.findMember(id)?.component
  if (!component) return null
  return kind === 'component'
    ? (component.guards.budgets.component ?? budgets.component)
    : (component.guards.budgets.member ?? budgets.member)
}

/** When it has room again, epoch ms; null: it has. */
export function roomAt({ hour, day, hourFrom, dayFrom }: Spent, { perHour, perDay }: Budget): number | null {
  const waits = [
    ...(hour >= perHour && hourFrom !== null ? [hourFrom + spendHourMs] : []),
    ...(day >= perDay ? [dayFrom + spendDayMs] : []),
  ]
  return waits.length === 0 ? null : Math.max(...waits)
}
