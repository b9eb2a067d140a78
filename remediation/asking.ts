import type { Json, PlannedStep, Run, RunOrder } from '../core/runs/run.ts'

export const spanOf = (ms: number) => (ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 1000)} s`)
export const namesOf = (steps: readonly PlannedStep[]) => steps.map(({ name }) => name)

/** A run that people said no to, or did not answer: that rung has been tried. */
export const notApproved = ({ answer }: Pick<Run, 'answer'>) => answer === 'declined' || answer === 'timed-out'

interface Asked {
  payload: { [key: string]: Json }
  runbook: string
  plan: readonly PlannedStep[]
  waitsMs: number
}

/** Makes an order wait for a person, and says whom it calls. `payload` is what a page of the same matter would tell. */
export const asking = ({ payload, runbook, plan, waitsMs }: Asked): Pick<RunOrder, 'mode' | 'waitsMs' | 'call'> => ({
  mode: 'approval',
  waitsMs,
  call: {
    ...payload,
    purpose: 'approval',
    runbook,
    plan: namesOf(plan),
    waitsMs,
    reason: `${runbook} waits for your approval, at most ${spanOf(waitsMs)}`,
  },
})
