import type { SlackMethod } from './methods.ts'
import type { AnySlackOp, SlackTrouble } from './ops/define.ts'

/** What to do about a call that did not succeed. */
export type Remedy =
  | { do: 'wait'; away: boolean; atLeastMs: number }
  /** Mend it by these calls in the same channel, and try again; once a message. */
  | { do: 'repair'; word: string; methods: readonly SlackMethod[] }
  | { do: 'giveUp' }

const repairs: Readonly<Record<string, readonly SlackMethod[]>> = {
  is_archived: ['conversations.unarchive', 'conversations.join'],
  not_in_channel: ['conversations.join'],
}

/** Slack says no because of how the app is installed: a person can mend that, and then it goes through. */
const installation = new Set(['missing_scope', 'not_allowed_token_type', 'no_permission', 'restricted_action', 'ekm_access_denied'])

export function remedyOf(
  { trouble, channel }: SlackTrouble,
  { essential }: Pick<AnySlackOp, 'essential'>,
  repaired: ReadonlySet<string>,
): Remedy {
  if (trouble.kind === 'limited') return { do: 'wait', away: false, atLeastMs: trouble.retryAfterMs }
  if (trouble.kind === 'away') return { do: 'wait', away: true, atLeastMs: 0 }
  const methods = repairs[trouble.error]
  if (methods && channel !== undefined && !repaired.has(trouble.error)) return { do: 'repair', word: trouble.error, methods }
  if (essential && installation.has(trouble.error)) return { do: 'wait', away: false, atLeastMs: 0 }
  return { do: 'giveUp' }
}

const firstRetryMs = 1_000
const longestRetryMs = 60_000

/** Later and later, without end. */
export const retryMs = (tries: number): number => Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(tries, 16))
