import type { z } from 'zod'
import type { AndonConfig, CarrierConfig } from '../../core/catalog/schema-andon.ts'
import type { Mint } from '../../core/ids.ts'
import type { OutboxMessage } from '../../core/journal/journal.ts'
import type { Actor, Andon, AndonStatus, Person } from './andon.ts'
import type { AndonEntry } from './entries.ts'

/**
 * A command on an andon: what a button, a modal, an API call, and a line of the CLI have in common. One file each in
 * `commands/`; the registry, the routes, the help, the modals and the manifest are made from these declarations.
 */
export interface AndonCommand<Input> {
  /** `escalate`, `lane.report`; the word of buttons, entries and the CLI. */
  name: string
  /** Below `POST /v1/andons/{id}/`: `escalate`, `lanes/{lane}/report`. What stands in braces is taken into the input. */
  path: string
  /** One line for help and OpenAPI, in English. */
  summary: string
  /** What it takes, strictly. */
  input: z.ZodType<Input>
  /** `approver`: only those who may decide about runs. `nobody`: the house itself. */
  needs: 'anyone' | 'approver' | 'nobody'
  /** In which states it makes sense; otherwise it is refused with the state. */
  when: readonly AndonStatus[]
  /** Pure: what becomes of the andon, or why not. */
  apply(andon: Andon, input: Input, env: CommandEnv): AndonChange | Refusal
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds commands of every input
export type AnyAndonCommand = AndonCommand<any>

export interface CommandEnv {
  now: number
  actor: Actor
  mint: Mint
  settings: AndonConfig
  /** Finds a person of the configuration by id, `@id`, name, or Slack id; null: nobody of that name. */
  person(ref: string): Person | null
  /** Component ids, for what is said by hand. */
  components: ReadonlySet<string>
  /** Carrier by id. */
  carrier(id: string): CarrierConfig | null
  /** What people outside call a component; its id where there is nothing. */
  titleOf?(component: string): string
}

export interface AndonChange {
  next: Andon
  /** For the timeline, in order. */
  tell: readonly AndonEntry[]
  /** Pages and the like, in the same transaction. */
  post?: readonly OutboxMessage[]
}

export interface Refusal {
  refuse: string
  /** What to do instead. */
  hint: string
}

export const defineAndonCommand = <Input>(name: string, spec: Omit<AndonCommand<Input>, 'name'>): AndonCommand<Input> => ({ name, ...spec })

export const refused = (answer: AndonChange | Refusal): answer is Refusal => 'refuse' in answer
