import type { Entry } from '../journal/context.ts'
import type { StepIntent, StepOutcome } from '../journal/journal.ts'
import { batch, type Chain, type Values } from '../store/kit.ts'
import type { Statements } from '../store/statements/all.ts'
import type { Held, PlannedStep, Run } from './run.ts'

/** What of a run is told with its steps. */
export type RunInfo = Pick<Run, 'id' | 'component' | 'incident' | 'generation' | 'plan'>

type Told = Pick<Entry, 'kind' | 'data'>

/** T4: the intent, and in the same commit the outcome of the step before it. */
export function intentChain(
  sql: Statements,
  held: Held,
  run: RunInfo,
  intent: StepIntent,
  previous: StepOutcome | undefined,
  now: number,
): [Chain, Values] {
  const { seq, attempt, planned, key, deadlineAt } = intent
  const { name, action, kind, args } = planned
  const told = [
    ...(previous ? outcomeEntries(run.plan, run.generation, previous) : []),
    { kind: 'step.intent', data: { seq, attempt, name, action, args } },
  ]
  const values = { ...common(held, run, now, told), seq, attempt, name, action, kind, key, deadlineAt, input: JSON.stringify(args) }
  const { chains } = sql.runs
  if (!previous) return [chains.intend, values]
  const both = { ...values, ...outcomeValues(previous) }
  return previous.setsActive === undefined
    ? [chains.outcomeIntend, both]
    : [chains.outcomeRoleIntend, { ...both, active: previous.setsActive, generation: run.generation }]
}

/** T5. */
export function outcomeChain(sql: Statements, held: Held, run: RunInfo, outcome: StepOutcome, now: number): [Chain, Values] {
  const values = { ...common(held, run, now, outcomeEntries(run.plan, run.generation, outcome)), ...outcomeValues(outcome) }
  const { chains } = sql.runs
  return outcome.setsActive === undefined
    ? [chains.outcome, values]
    : [chains.outcomeRole, { ...values, active: outcome.setsActive, generation: run.generation }]
}

const common = (held: Held, run: RunInfo, at: number, told: readonly Told[]) => ({
  ...held,
  run: run.id,
  component: run.component,
  incident: run.incident,
  at,
  events: batch(told.map(({ kind, data }, n) => ({ n, kind, data: JSON.stringify(data) }))),
})

export const outcomeValues = ({ seq, attempt, status, output }: StepOutcome) => ({
  outSeq: seq,
  outAttempt: attempt,
  outStatus: status,
  outOutput: JSON.stringify(output),
})

export function outcomeEntries(
  plan: readonly PlannedStep[],
  generation: number,
  { seq, attempt, status, output, setsActive }: StepOutcome,
): Told[] {
  const { name = '', action = '' } = plan[seq] ?? {}
  const told: Told = { kind: `step.${status}`, data: { seq, attempt, name, action, output } }
  return setsActive === undefined ? [told] : [told, { kind: 'role.changed', data: { active: setsActive, generation } }]
}
