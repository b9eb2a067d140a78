import { type Placeholder, type SQL, sql } from 'drizzle-orm/sql'
import { type Builder, type Compiler, compiler, type Dialect } from '../kit.ts'
import { defineTables, type Tables } from '../tables.ts'
import { alertStatements } from './alerts.ts'
import { findingStatements } from './findings.ts'
import { incidentStatements } from './incidents.ts'
import { journalStatements } from './journal.ts'
import { recordStatements } from './records.ts'
import { roleStatements } from './roles.ts'
import { runStatements } from './runs.ts'
import { spendStatements } from './spend.ts'

/** What statements are written with. */
export interface Schema {
  t: Tables
  build: Builder
  compile: Compiler
  rowset: Dialect['rowset']
  /** A parameter by its name. */
  // biome-ignore lint/suspicious/noExplicitAny: it stands for a value of any column.
  value(name: string): SQL<any>
  /** The parameter `limit`, and a fixed one; not as a bare parameter, see `opaque`. */
  limit: Placeholder
  atMost(rows: number): number
  opaque: Dialect['opaque']
  now: SQL<number>
}

/** Every statement of the store, compiled to text. Nothing is built while it runs: that would cost ten times as much. */
export function compileStatements(dialect: Dialect) {
  const schema: Schema = {
    t: defineTables(dialect.kit),
    build: dialect.build,
    compile: compiler(dialect),
    rowset: dialect.rowset,
    value: (name) => sql`${sql.placeholder(name)}`,
    // Drizzle's types want a number or a placeholder; it takes an expression all the same.
    limit: sql`${sql.placeholder('limit')} + 0` as unknown as Placeholder,
    atMost: (rows) => sql.raw(String(rows)) as unknown as number,
    opaque: dialect.opaque,
    now: dialect.now,
  }
  return {
    alerts: alertStatements(schema),
    incidents: incidentStatements(schema),
    runs: runStatements(schema),
    roles: roleStatements(schema),
    journal: journalStatements(schema),
    records: recordStatements(schema),
    findings: findingStatements(schema),
    spend: spendStatements(schema),
  }
}

export type Statements = ReturnType<typeof compileStatements>
