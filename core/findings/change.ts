import { append, type Context } from '../journal/context.ts'
import { batch, type Statement } from '../store/kit.ts'
import type { Statements } from '../store/statements/all.ts'
import { change, first, rows, type Tx } from '../store/transaction.ts'
import type { FindingChange, FindingLook, FoundFindings, StoredFinding, StoredScan } from './finding.ts'

export type FindingRow = Statements['findings']['byId'] extends Statement<infer Row> ? Row : never
export type ScanRow = Statements['findings']['scan'] extends Statement<infer Row> ? Row : never

export const findingOf = <Data>({ data, fixing, voted, decided, ...row }: FindingRow): StoredFinding<Data> => ({
  ...row,
  class: row.class as StoredFinding<Data>['class'],
  fixing: fixing === 1,
  voted: voted === 1,
  decided: decided === 1,
  data: JSON.parse(data),
})

export const scanOf = <Data>({ data, ...row }: ScanRow): StoredScan<Data> => ({ ...row, data: JSON.parse(data) })

/** Writers take turns, so what was looked at is what is changed. */
export function* changeFindings<Data, Scan, Answer>(
  context: Context,
  look: FindingLook,
  decide: (found: FoundFindings<Data, Scan>) => FindingChange<Data, Scan, Answer>,
): Tx<Answer> {
  const { sql, now } = context
  const { put = [], hold, scopes = [], scan, forgetBefore, tell = [], answer } = decide(yield* read<Data, Scan>(context, look))
  if (scopes.length > 0)
    yield* change(sql.findings.claim, { scopes: batch(scopes.map(({ startedAt, ...one }) => ({ ...one, started_at: startedAt }))) })
  if (put.length > 0) yield* change(sql.findings.put, { findings: batch(put.map(rowOf)) })
  if (hold && hold.keys.length > 0) yield* change(sql.findings.hold, { run: hold.run, keys: keyed('key', hold.keys) })
  if (scan) {
    const sum = yield* first(sql.findings.openSum)
    const { data, ...rest } = scan
    const row = { ...rest, open: sum?.n ?? 0, savings: sum?.savings ?? 0, data: JSON.stringify(data) }
    yield* change(sql.findings.putScan, { scans: batch([row]) })
  }
  if (forgetBefore !== undefined) {
    yield* change(sql.findings.forget, { before: Math.min(forgetBefore, now) })
    yield* change(sql.findings.forgetScans, { before: Math.min(forgetBefore, now) })
  }
  context.entries.push(...tell)
  yield* append(context)
  return answer
}

const keyed = (name: string, values: readonly string[]) => batch(values.map((value) => ({ [name]: value })))

function* read<Data, Scan>({ sql, now, mint }: Context, look: FindingLook): Tx<FoundFindings<Data, Scan>> {
  const s = sql.findings
  const byId = new Map<string, StoredFinding<Data>>()
  for (const id of look.ids ?? []) {
    const row = yield* first(s.byId, { id })
    if (row) byId.set(id, findingOf(row))
  }
  const byKey = look.keys?.length ? yield* rows(s.byKeys, { keys: keyed('key', look.keys) }) : []
  const scopes = look.scopes?.length ? yield* rows(s.scopes, { scopes: keyed('scope', look.scopes) }) : []
  const { gone, seen } = look
  const goneRows = gone?.scopes.length
    ? yield* rows(s.gone, { scopes: keyed('scope', gone.scopes), run: gone.run, after: gone.after, limit: gone.limit })
    : []
  const seenRows = seen?.scopes.length ? yield* rows(s.seen, { scopes: keyed('scope', seen.scopes), run: seen.run }) : []
  const due = look.due ? yield* rows(s.due, { at: now, limit: look.due.limit }) : []
  const fixing = look.fixing ? yield* first(s.fixing) : undefined
  const scan = look.scan === undefined ? undefined : yield* first(s.scan, { run: look.scan })
  return {
    now,
    mint,
    byId,
    byKey: new Map(byKey.map((row) => [row.key, findingOf<Data>(row)])),
    scopes: new Map(scopes.map((one) => [one.scope, one])),
    gone: goneRows.map((row) => findingOf<Data>(row)),
    seen: new Map(seenRows.map(({ scope, n }) => [scope, n])),
    due: due.map((row) => findingOf<Data>(row)),
    fixing: fixing?.n ?? 0,
    scan: scan ? scanOf<Scan>(scan) : null,
  }
}

const rowOf = <Data>(one: StoredFinding<Data>) => ({
  ...{ id: one.id, key: one.key, scope: one.scope, guardian: one.guardian, check_id: one.check, account: one.account, region: one.region },
  ...{ status: one.status, class: one.class, severity: one.severity, savings: one.savings, sort: one.sort },
  ...{ owner: one.owner, asked: one.asked, new_at: one.newAt, due_at: one.dueAt, next_at: one.nextAt },
  ...{ last_seen_at: one.lastSeenAt, last_run: one.lastRun, held_run: one.heldRun },
  ...{ fixed_run: one.fixedRun, fixed_at: one.fixedAt, fixed_by: one.fixedBy },
  ...{ fixing: one.fixing ? 1 : 0, voted: one.voted ? 1 : 0, decided: one.decided ? 1 : 0 },
  data: JSON.stringify(one.data),
})
