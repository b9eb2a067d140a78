import type { Json } from '../runs/run.ts'
import type { Statement } from '../store/kit.ts'
import type { Statements } from '../store/statements/all.ts'
import { change, first, type Tx } from '../store/transaction.ts'
import { append, type Context, tell } from './context.ts'
import type { OutboxChannel, OutboxEntry, OutboxMessage, Settlement } from './journal.ts'

/** A pager that is away for a day must not fill the timeline. */
const tellEvery = 10

export function* post(context: Context, message: OutboxMessage): Tx<void> {
  yield* put(context, message)
  yield* append(context)
}

/** Within a transaction that appends to the journal by itself. */
export function* put(context: Context, message: OutboxMessage): Tx<void> {
  const { sql, now } = context
  const { channel, dedupe, incident, payload, lane = null, replaces = null } = message
  if (lane !== null && replaces !== null) yield* change(sql.journal.supersede, { channel, lane, replaces, at: now })
  const posted = yield* change(sql.journal.post, { channel, dedupe, incident, payload: JSON.stringify(payload), at: now, lane, replaces })
  if (posted > 0 && channel === 'page') tell(context, 'page.queued', subjectOf(message), { dedupe })
}

/** What a durable subscriber makes of what it has read; it and its place in one transaction. */
export function* relay(context: Context, subscriber: string, seq: number, messages: readonly OutboxMessage[]): Tx<void> {
  for (const message of messages) yield* put(context, message)
  yield* change(context.sql.journal.advance, { subscriber, seq })
  yield* append(context)
}

export const entriesOf = (found: readonly OutboxRow[]): OutboxEntry[] =>
  found.map(({ sentAt, problem, payload, channel, ...row }) => ({
    ...row,
    channel: channel as OutboxChannel,
    payload: JSON.parse(payload),
  }))

type OutboxRow = Statements['journal']['due'] extends Statement<infer Row> ? Row : never

export function* settle(context: Context, id: number, result: Settlement): Tx<void> {
  const { sql, now } = context
  const row = yield* first(sql.journal.message, { id })
  if (!row || row.sentAt !== null) return
  const { dedupe, attempts, channel } = row
  const subject = subjectOf({ incident: row.incident, payload: JSON.parse(row.payload) })
  if (result.sent) {
    yield* change(sql.journal.sent, { id, at: now, problem: null })
    yield* refer(context, result.refs ?? {})
    if (channel === 'page') tell(context, 'page.sent', subject, { dedupe, attempts: attempts + 1 })
  } else if ('givenUp' in result) {
    yield* change(sql.journal.sent, { id, at: now, problem: result.problem })
    const andon = result.andon ?? subject.andon
    tell(context, 'delivery.failed', { ...subject, andon }, { channel, dedupe, attempts: attempts + 1, problem: result.problem })
  } else {
    yield* change(sql.journal.unsent, { id, nextAt: result.nextAt, problem: result.problem })
    if (channel === 'page' && attempts % tellEvery === 0)
      tell(context, 'page.failed', subject, { dedupe, attempts: attempts + 1, problem: result.problem })
  }
  yield* append(context)
}

export function* refer({ sql, now }: Context, refs: Readonly<Record<string, string>>): Tx<void> {
  for (const [key, ref] of Object.entries(refs)) yield* change(sql.records.refer, { key, ref, at: now })
}

const textAt = (payload: Record<string, Json>, key: string) => (typeof payload[key] === 'string' ? (payload[key] as string) : null)

const subjectOf = ({ incident, payload }: Pick<OutboxMessage, 'incident' | 'payload'>) => ({
  component: textAt(payload, 'component'),
  incident,
  andon: textAt(payload, 'andon'),
})
