import type { Statement } from '../store/kit.ts'
import type { Statements } from '../store/statements/all.ts'
import type { Json, PlannedStep, Role, Run, Step } from './run.ts'

type RowOf<Of> = Of extends Statement<infer Row> ? Row : never
export type RunRow = RowOf<Statements['runs']['byId']>
export type StepRow = RowOf<Statements['runs']['steps']>

export const runOf = (row: RunRow): Run => ({
  ...row,
  mode: row.mode ?? 'automatic',
  members: JSON.parse(row.members) as string[],
  plan: JSON.parse(row.plan) as PlannedStep[],
})

export const stepOf = (row: StepRow): Step => ({
  ...row,
  input: JSON.parse(row.input) as Record<string, Json>,
  output: JSON.parse(row.output) as Json,
})

/** Without `inSync` where nobody keeps count. */
export const roleOf = ({ inSync, ...role }: RowOf<Statements['roles']['of']>): Role =>
  inSync === null ? role : { ...role, inSync: JSON.parse(inSync) as string[] }

/** What a lease is on. */
export const resourceOf = (component: string) => `component:${component}`
