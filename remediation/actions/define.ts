import type { Component } from '../../core/catalog/schema.ts'
import type { Clock } from '../../core/clock.ts'
import type { OutboxMessage } from '../../core/journal/journal.ts'
import type { ActionKind, Json, Role } from '../../core/runs/run.ts'
import type { RoleKeeper } from '../roles.ts'
import type { Limits, World } from '../world.ts'

/** What an action gets beside its arguments. */
export interface ActionContext extends Limits {
  world: World
  clock: Clock
  component: Component
  /** The generation that the run acts for; targets refuse an older one. */
  generation: number
  /** The same for every try of the same attempt of a step: the target acts on it once. */
  key: string
  roles: RoleKeeper
  /** Puts a message for people into the outbox, once per `dedupe`. */
  post(message: OutboxMessage): Promise<void>
  /** The role of the component as the journal knows it now. */
  role?(): Promise<Role>
  /** Keeps who has every commit, if the role is still at the generation of the run (see `Journal.setInSync`). */
  setInSync?(inSync: readonly string[]): Promise<boolean>
  /** What the first step of that action has answered in this run; undefined: it has not, or was not done. */
  earlier?(action: string): Json | undefined
}

export type ActionArgs = Record<string, Json>

/**
 * Something that can be done to a member, and how to know whether it was done.
 * `probe` is asked when an attempt is in doubt; only `check-then-act` and `irreversible` actions need one.
 */
export interface Action<Name extends string = string, Args extends ActionArgs = ActionArgs> {
  id: Name
  title: string
  kind: ActionKind
  timeoutMs: number
  /** Tries in all; 1 means that a definite failure is final. */
  attempts: number
  /** IAM actions that it needs; no policy of the guardians holds those that change something. */
  permissions?: readonly string[]
  /** Its answer is kept as the output of the step. */
  apply(args: Args, context: ActionContext): Promise<object>
  probe?(args: Args, context: ActionContext): Promise<'done' | 'not-done' | 'unclear'>
}

// biome-ignore lint/suspicious/noExplicitAny: a registry holds actions of every argument shape; `step` keeps them apart
export type AnyAction = Action<string, any>

export const defineAction = <const Name extends string, Args extends ActionArgs>(
  id: Name,
  spec: Omit<Action<Name, Args>, 'id'>,
): Action<Name, Args> => ({
  id,
  ...spec,
})
