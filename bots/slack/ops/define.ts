import type { KnownBlock } from '@slack/types'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { SlackConfig } from '../../../core/catalog/schema-andon.ts'
import type { AndonId } from '../../../core/ids.ts'
import type { Run } from '../../../core/runs/run.ts'
import type { Andon } from '../../andon/andon.ts'
import type { People } from '../../andon/people.ts'
import type { BlockEnv, Rendered } from '../blocks/form.ts'
import type { SlackDuty } from '../duty.ts'
import type { OpName, Place, SlackMessage } from '../message.ts'
import type { AnswerOf, SlackMethod } from '../methods.ts'
import type { Trouble } from '../web.ts'

/**
 * One kind of order for Slack. `run` may be called again for the same message, after a crash as well: it looks at what is there
 * before it makes it. What it throws (`SlackTrouble`, `NotYet`) decides what becomes of the message.
 */
export interface SlackOp<Op extends OpName> {
  name: Op
  /** Essential: a missing permission is waited for. Otherwise it is given up, told on the timeline. */
  essential: boolean
  run(message: SlackMessage<Op>, tools: SlackTools): Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds orders of every kind
export type AnySlackOp = SlackOp<any>

export const defineSlackOp = <Op extends OpName>(name: Op, spec: Omit<SlackOp<Op>, 'name'>): SlackOp<Op> => ({ name, ...spec })

/** A call that did not succeed. */
export class SlackTrouble extends Error {
  method: SlackMethod
  channel: string | undefined
  trouble: Trouble
  constructor(method: SlackMethod, channel: string | undefined, trouble: Trouble) {
    super(`${method}: ${wordOf(trouble)}`)
    this.method = method
    this.channel = channel
    this.trouble = trouble
  }
}

export const wordOf = (trouble: Trouble): string => {
  if (trouble.kind === 'refused') return trouble.detail ? `${trouble.error} (${trouble.detail})` : trouble.error
  return trouble.kind === 'away' ? trouble.problem : `limited for ${Math.ceil(trouble.retryAfterMs / 1_000)} s`
}

/** What it needs is made by another lane. */
export class NotYet extends Error {}

/** Slack's code, when it refused; else null. */
export const refusalOf = (error: unknown): string | null =>
  error instanceof SlackTrouble && error.trouble.kind === 'refused' ? error.trouble.error : null

/** Does it, and takes these refusals as done. */
export async function tolerating(errors: readonly string[], act: () => Promise<unknown>): Promise<void> {
  await act().catch((error: unknown) => {
    if (!errors.includes(refusalOf(error) ?? '')) throw error
  })
}

export interface Said {
  text: string
  blocks?: KnownBlock[]
}

export interface CallOptions {
  /** Rather fail as `limited` than wait longer. */
  patienceMs?: number
}

/** What an order works with. All of Slack goes through `call`: paced, at most so many at once. */
export interface SlackTools {
  settings: SlackConfig
  catalog: Catalog
  people: People
  /** Null: no duty is configured. */
  duties: SlackDuty | null
  now(): number
  /** Arguments may be made when its turn has come, so that they tell how things are then. */
  call<Method extends SlackMethod>(
    method: Method,
    args: Record<string, unknown> | (() => Record<string, unknown>),
    options?: CallOptions,
  ): Promise<AnswerOf<Method>>
  reference(key: string): Promise<string | null>
  refer(refs: Readonly<Record<string, string>>): Promise<void>
  referring(ref: string): Promise<string[]>
  andon(id: AndonId): Promise<Andon | null>
  run(id: string): Promise<Run | null>
  /** A command of the house on the andon. */
  command(id: AndonId, name: string, input: object): Promise<void>
  /** Where its room is. Null: it has none, and will have none. Throws `NotYet`: it is being made. */
  place(id: AndonId): Promise<Place | null>
  /** A room of our own of this name; null: none. */
  ownRoom(name: string): Promise<string | null>
  /** Posts what is to be posted once, or finds that it was; `key` is where it can be found again. */
  post(key: string, place: Place, say: () => Said): Promise<string>
  /** Posts it, or changes what was posted. */
  show(key: string, place: Place, say: () => Rendered): Promise<void>
  env(andon: Andon): BlockEnv
  /** Ourselves in Slack; null: not known yet. */
  self(): { team: string; user: string; url: string } | null
  /** Person ids behind `person:`, `schedule:`, `team:`. */
  onCall(refs: readonly string[]): Promise<readonly string[]>
  /** Whether a lane of the outbox has anything left. */
  waits(lane: string): Promise<boolean>
  /** The lane of the message in hand. */
  lane: string
  /** Its word. */
  dedupe: string
  /** When it was ordered, epoch ms. */
  orderedAt: number
}
