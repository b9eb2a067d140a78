import type { Run, RunDetail, Step } from '../api/client.ts'

const live: readonly Run['status'][] = ['queued', 'running', 'waiting']
export const isLive = (run: Pick<Run, 'status'>) => live.includes(run.status)

/** The newest attempt of each step of the plan, in order. */
export function latestSteps(steps: readonly Step[]): Step[] {
  const latest = new Map<number, Step>()
  for (const step of steps) if (step.attempt >= (latest.get(step.seq)?.attempt ?? 0)) latest.set(step.seq, step)
  return [...latest.values()].sort((a, b) => a.seq - b.seq)
}

/** Which step of how many it is at, counted from 1. */
export function progressOf(run: RunDetail): { at: number; of: number } {
  const steps = latestSteps(run.steps)
  const done = steps.filter((step) => step.status === 'done').length
  return { at: Math.min(done + 1, steps.length), of: steps.length }
}

/** What a step does it to: steps are named `promote polaris-2` where nobody named them otherwise. */
export const targetOf = ({ name, action }: Pick<Step, 'name' | 'action'>): string | null =>
  name.startsWith(`${action} `) ? name.slice(action.length + 1) : null

/** Who is to be active when the run is done. */
export const promotedBy = (run: RunDetail): string | null => run.steps.filter((step) => step.action === 'promote').map(targetOf)[0] ?? null
