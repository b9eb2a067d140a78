import type { Mint } from '../ids.ts'
import type { Json } from '../runs/run.ts'
import { batch } from '../store/kit.ts'
import type { Statements } from '../store/statements/all.ts'
import { change, type Tx } from '../store/transaction.ts'

/** What a transaction works with. One per transaction, and per try of it. */
export interface Context {
  sql: Statements
  mint: Mint
  /** Wall time at its start, milliseconds; what it writes into its records. */
  now: number
  /** What it will have appended to the journal when it commits. */
  entries: Entry[]
}

export interface Entry {
  kind: string
  component: string | null
  incident: string | null
  run: string | null
  andon?: string | null
  data: { [key: string]: Json }
}

export interface Subject {
  component?: string | null
  incident?: string | null
  run?: string | null
  andon?: string | null
}

/** Appends to the journal, at the end of the transaction, in the order of the calls. */
export function tell(
  context: Context,
  kind: string,
  { component = null, incident = null, run = null, andon = null }: Subject,
  data: { [key: string]: Json },
): void {
  context.entries.push({ kind, component, incident, run, andon, data })
}

export function* append({ sql, entries, now }: Context): Tx<void> {
  const rows = entries.map((entry, n) => ({ ...entry, andon: entry.andon ?? null, n, at: now, data: JSON.stringify(entry.data) }))
  if (rows.length === 1) yield* change(sql.journal.append, rows[0])
  else if (rows.length > 1) yield* change(sql.journal.appendMany, { events: batch(rows) })
}
