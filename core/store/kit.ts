import type { Placeholder, SQL } from 'drizzle-orm/sql'
import type {
  BaseSQLiteDatabase,
  index,
  SQLiteIntegerBuilderInitial,
  SQLiteTextBuilderInitial,
  sqliteTable,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'

/**
 * What tables are made of, the same for both dialects. Types are SQLite's; PostgreSQL's builders answer to the same calls (the
 * suite of the journal holds both to the same behaviour), so one definition of a table or a statement serves both.
 */
export interface ColumnKit {
  table: typeof sqliteTable
  /** Compared byte by byte on both dialects, so that ids sort the same. */
  text: (name: string) => SQLiteTextBuilderInitial<string, [string, ...string[]], undefined>
  /** A whole number up to 2^53: milliseconds since 1970, counts, 0 or 1. */
  int: (name: string) => SQLiteIntegerBuilderInitial<string>
  /** Numbers its rows itself, upwards. Its rows are never deleted from the end. */
  serial: (name: string) => ReturnType<SQLiteIntegerBuilderInitial<string>['primaryKey']>
  index: typeof index
  uniqueIndex: typeof uniqueIndex
}

/** Builds queries; runs none. */
export type Builder = BaseSQLiteDatabase<'async', unknown, Record<string, never>>

export type Value = string | number | null
export type Values = Readonly<Record<string, Value>>

/** A statement compiled once: its text, and where each of its parameters comes from. */
export interface Statement<Row = unknown> {
  /** Distinguishes it among all statements of a store: the name of its prepared form. */
  readonly index: number
  readonly text: string
  /** Per parameter of the text: the name of a value, or a constant. */
  readonly params: readonly (string | { constant: Value })[]
  /** Names of the columns it answers, in their order; empty when it answers none. */
  readonly fields: readonly string[]
  /** Only for the compiler. */
  readonly row?: Row
}

/**
 * Statements of which each happens only if the one before it did, and all together or not at all. The first holds the guard.
 * PostgreSQL runs it as one statement, SQLite one by one within a transaction.
 */
export interface Chain {
  readonly parts: readonly Statement[]
}

/** What a built query tells: drizzle's select, and insert, update and delete with `returning`. */
interface Built<Result> {
  readonly _: { readonly result: Result }
  toSQL(): { sql: string; params: unknown[] }
}

/** What a dialect gives to those who write statements. */
export interface Dialect {
  name: 'sqlite' | 'postgres'
  kit: ColumnKit
  build: Builder
  /**
   * A text parameter that the planner does not look into. SQLite plans a query with `order by` or `limit` anew whenever a bare
   * parameter in it is bound, because its value might allow a better plan; that costs ten times the look-up.
   */
  opaque(param: string): SQL
  /** Now, by the clock that judges when a lease has ended. Milliseconds; comparable only with itself. */
  now: SQL<number>
  /** Rows handed over as one JSON parameter; see `batch`. To be put after `from`, with an alias of its own. */
  rowset(param: string, columns: Readonly<Record<string, 'text' | 'int'>>): SQL
  toQuery(query: SQL): { sql: string; params: unknown[] }
  chain(guard: Guard, writes: readonly Write[], compile: (query: SQL, fields: readonly string[]) => Statement): Chain
}

/** A query that answers one row while we may write. `also` goes behind its last table, `lock` to its end. */
export type Guard = (dialect: { also: SQL; lock: SQL }) => SQL
/** A write; `prior`, to be put into its `where`, holds when what comes before it in the chain happened. */
export type Write = (prior: SQL) => SQL

export interface Compiler {
  /** A builder's query; its columns are known from the builder. */
  rows<Row>(query: Built<Row[]>): Statement<Row>
  /** A query that answers no rows, only how many it changed. */
  write(query: { toSQL(): { sql: string; params: unknown[] } }): Statement<never>
  /** The same, from text. */
  text(query: SQL): Statement<never>
  chain(guard: Guard, ...writes: Write[]): Chain
}

export function compiler(dialect: Dialect): Compiler {
  let made = 0
  const statement = (query: { sql: string; params: unknown[] }, fields: readonly string[]): Statement<never> => ({
    index: made++,
    text: query.sql,
    params: query.params.map(paramOf),
    fields,
  })
  const compile = (query: SQL, fields: readonly string[]) => statement(dialect.toQuery(query), fields)
  return {
    rows: (query) => statement(query.toSQL(), fieldsOf(query)),
    write: (query) => statement(query.toSQL(), []),
    text: (query) => compile(query, []),
    chain: (guard, ...writes) => dialect.chain(guard, writes, compile),
  }
}

function paramOf(param: unknown): Statement['params'][number] {
  if (param === null || typeof param === 'string' || typeof param === 'number') return { constant: param }
  const held = (param as { value?: unknown }).value ?? param
  const name = (held as Placeholder).name
  if (typeof name !== 'string') throw new TypeError(`a parameter that is neither a value nor a placeholder: ${JSON.stringify(param)}`)
  return name
}

/** Drizzle keeps the columns of a select and of `returning` in the order in which it writes them. */
function fieldsOf(query: unknown): string[] {
  const { config } = query as { config: { fields?: object; returning?: { path: string[] }[] } }
  return config.returning ? config.returning.map(({ path }) => path.at(-1) as string) : Object.keys(config.fields ?? {})
}

/** The parameter of a rowset. What PostgreSQL cannot keep in a text (NUL, half of a surrogate pair) is replaced, on both dialects. */
export function batch(rows: readonly Values[]): string {
  const text = JSON.stringify(rows)
  return /\\u(0000|d[89a-f])/i.test(text) ? JSON.stringify(rows, (_, value) => (typeof value === 'string' ? storable(value) : value)) : text
}

export const storable = (text: string) => text.replaceAll('\0', '\ufffd').toWellFormed()
