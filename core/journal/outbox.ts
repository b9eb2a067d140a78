import type { Json } from '../runs/run.ts'
import type { Statement } from '../store/kit.ts'
import type { Statements } from '../store/statements/all.ts'
import { change, first, type Tx } from '../store/transaction.ts'
import { append, type Context, tell } from './context.ts'
import type { OutboxEntry, OutboxMessage } from './journal.ts'

/** A pager that is away for a day must not fill the timeline. */
const tellEvery = 10

export function* post(context: Context, { channel, dedupe, incident, payload }: OutboxMessage): Tx<void> {
  const posted = yield* change(context.sql.journal.post, { channel, dedupe, incident, payload: JSON.stringify(payload), at: context.now })
  if (posted === 0) return
  tell(context, 'page.queued', { component: componentOf(payload), incident }, { dedupe })
  yield* append(context)
}

export const due = (found: readonly OutboxRow[]): OutboxEntry[] =>
  found.map(({ id, dedupe, incident, payload, attempts, createdAt }) => ({
    id,
    channel: 'page',
    dedupe,
    incident,
    payload: JSON.parse(payload),
    attempts,
    createdAt,
  }))

type OutboxRow = Statements['journal']['due'] extends Statement<infer Row> ? Row : never

export function* settle(context: Context, id: number, result: { sent: true } | { sent: false; problem: string; nextAt: number }): Tx<void> {
  const { sql, now } = context
  const message = yield* first(sql.journal.message, { id })
  if (!message || message.sentAt !== null) return
  const { dedupe, incident, payload, attempts } = message
  const subject = { component: componentOf(JSON.parse(payload)), incident }
  if (result.sent) {
    yield* change(sql.journal.sent, { id, at: now })
    tell(context, 'page.sent', subject, { dedupe, attempts: attempts + 1 })
  } else {
    yield* change(sql.journal.unsent, { id, nextAt: result.nextAt, problem: result.problem })
    if (attempts % tellEvery === 0) tell(context, 'page.failed', subject, { dedupe, attempts: attempts + 1, problem: result.problem })
  }
  yield* append(context)
}

const componentOf = (payload: Record<string, Json>) => (typeof payload.component === 'string' ? payload.component : null)
