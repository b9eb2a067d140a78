import type { Json } from '../core/runs/run.ts'
import type { actions } from '../remediation/actions/registry.ts'
import type { Runbook, RunbookStep } from '../remediation/runbook.ts'

type Actions = (typeof actions)[number]
/** What a planned step of an action carries. */
export type ArgsOf<Name extends Actions['id']> = Parameters<Extract<Actions, { id: Name }>['apply']>[0]

type StepOptions = Omit<RunbookStep, 'action' | 'args'>

/** One step; an unknown action, or one with other arguments, is a compile error. */
export const step = <Name extends Actions['id']>(action: Name, args: ArgsOf<Name>, options: StepOptions = {}): RunbookStep => ({
  action,
  args,
  ...options,
})

/** A step of an action of your own configuration. */
export const ownStep = (action: string, args: Record<string, Json>, options: StepOptions = {}): RunbookStep => ({
  action,
  args,
  ...options,
})

export const defineRunbook = (id: string, spec: Omit<Runbook, 'id'>): Runbook => ({ id, ...spec })
