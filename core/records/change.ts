import { fault } from '../errors.ts'
import { append, type Context } from '../journal/context.ts'
import { put as putOut } from '../journal/outbox.ts'
import { batch, type Statement } from '../store/kit.ts'
import type { Statements } from '../store/statements/all.ts'
import { change, first, rows, type Tx } from '../store/transaction.ts'
import type { Change, Found, Look, Stored } from './record.ts'

export type RecordRow = Statements['records']['byId'] extends Statement<infer Row> ? Row : never

const openMax = 200

export const storedOf = <Data>({ open, data, ...row }: RecordRow): Stored<Data> => ({ ...row, open: open === 1, data: JSON.parse(data) })

/** Throws `record-changed` when somebody else changed the same record meanwhile: it is to be decided anew. */
export function* changeRecords<Data, Answer>(
  context: Context,
  kind: string,
  look: Look,
  decide: (found: Found<Data>) => Change<Data, Answer>,
): Tx<Answer> {
  const found = yield* read<Data>(context, kind, look)
  const { put = [], tell = [], post = [], answer } = decide(found)
  if (put.length > 0) {
    const written = put.map((draft) => rowOf(kind, draft, found.records.get(draft.id)?.createdAt ?? createdAtOf(found, draft.id)))
    const changed = yield* change(context.sql.records.put, { records: batch(written) })
    if (changed !== put.length) throw fault('record-changed', { kind })
  }
  context.entries.push(...tell)
  for (const message of post) yield* putOut(context, message)
  yield* append(context)
  return answer
}

const createdAtOf = <Data>({ open, byKey, now }: Found<Data>, id: string) =>
  [...open, ...(byKey ? [byKey] : [])].find((one) => one.id === id)?.createdAt ?? now

function* read<Data>({ sql, now, mint }: Context, kind: string, look: Look): Tx<Found<Data>> {
  const records = new Map<string, Stored<Data>>()
  for (const id of look.ids ?? []) {
    const row = yield* first(sql.records.byId, { id })
    if (row?.kind === kind) records.set(id, storedOf(row))
  }
  const keyed = look.key === undefined ? undefined : yield* first(sql.records.byKey, { kind, key: look.key })
  const all = { kind, after: '~', limit: openMax }
  const open =
    look.open === undefined
      ? []
      : look.open === true
        ? yield* rows(sql.records.list.open, all)
        : yield* rows(sql.records.list.openOfTopic, { ...all, topic: look.open.topic })
  return { now, mint, records, byKey: keyed ? storedOf(keyed) : null, open: open.map((row) => storedOf<Data>(row)) }
}

export const rowOf = <Data>(
  kind: string,
  { nextAt, open, data, rev, ...draft }: Omit<Stored<Data>, 'kind' | 'createdAt'>,
  createdAt: number,
) => ({
  ...draft,
  kind,
  open: open ? 1 : 0,
  next_at: nextAt,
  rev: rev + 1,
  created_at: createdAt,
  data: JSON.stringify(data),
})
