import { type SQL, sql } from 'drizzle-orm/sql'
import { BaseSQLiteDatabase, index, integer, SQLiteAsyncDialect, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Dialect } from './kit.ts'

const engine = new SQLiteAsyncDialect()

export const sqliteDialect: Dialect = {
  name: 'sqlite',
  kit: {
    table: sqliteTable,
    text: (name) => text(name),
    int: (name) => integer(name),
    serial: (name) => integer(name).primaryKey(),
    index,
    uniqueIndex,
  },
  // It builds only, so it needs no session.
  build: new BaseSQLiteDatabase('async', engine, null as never, undefined),
  opaque: (param) => sql`cast(${sql.placeholder(param)} as text)`,
  now: sql<number>`${sql.placeholder('$now')}`,
  rowset(param, columns) {
    const fields = Object.keys(columns).map((name) => sql`value ->> ${sql.raw(`'$.${name}'`)} as ${sql.identifier(name)}`)
    // jsonb: the text is parsed once, not once per field.
    return sql`(select ${sql.join(fields, sql`, `)} from jsonb_each(${sql.placeholder(param)}))`
  },
  toQuery: (query) => engine.sqlToQuery(query),
  /** Within one transaction that nobody else writes in: after the first, "it happened" needs no second look. */
  chain: (guard, writes, compile) => ({
    parts: writes.map((write, at) =>
      at === 0
        ? compile(sql`with guard as (${guard({ also: sql``, lock: sql`` })}) ${write(exists('guard'))}`, [])
        : compile(write(sql`true`), []),
    ),
  }),
}

const exists = (name: string): SQL => sql`exists (select 1 from ${sql.raw(name)})`
