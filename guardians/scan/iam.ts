import type { Check, Detail, Guardian, IamAction } from '../define.ts'
import { inventoriesOf } from './plan.ts'

/** Every IAM action that a check may use. Sorted. */
export function iamActionsOfCheck(check: Check): IamAction[] {
  const details = Object.values((check.details ?? {}) as Record<string, Detail<never, unknown>>)
  const metrics = Object.keys(check.metrics ?? {}).length > 0 ? (['cloudwatch:GetMetricData'] as const) : []
  const all = [check.subject, ...inventoriesOf(check), ...details].flatMap(({ calls }) => calls)
  return [...new Set<IamAction>([...all, ...metrics])].sort()
}

/** Every IAM action that a guardian may use: its policy. Sorted. */
export const iamActionsOf = (guardian: Guardian): IamAction[] => [...new Set(guardian.checks.flatMap(iamActionsOfCheck))].sort()
