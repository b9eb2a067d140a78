import { bigint, customType, index, PgDatabase, PgDialect, pgTable, uniqueIndex } from 'drizzle-orm/pg-core'
import { type SQL, sql } from 'drizzle-orm/sql'
import type { Builder, ColumnKit, Dialect } from './kit.ts'

const engine = new PgDialect()
const text = customType<{ data: string }>({ dataType: () => 'text collate "C"' })

/** What is notified by every commit that appended events. */
export const channel = 'jidoka'

/** Names the lock that all who append to the journal take; any number of our own. */
export const turnKey = 7_071_070

/**
 * One writer at a time: `event.seq` is given when a row is made, but becomes visible at the commit. Without the lock a reader
 * could see 8 before 7, move its cursor past both, and never see 7. The lock ends with the transaction, after its commit is visible.
 */
const turn = sql`turn as materialized (select 1 as taken from pg_advisory_xact_lock(${sql.raw(String(turnKey))}))`

/** The others who share the store are woken by the commit. Every chain appends to the journal, if it happens. */
const notify = sql.raw(`case when exists (select 1 from write_0) then pg_notify('${channel}', '') end`)

const kit = {
  table: pgTable,
  text: (name: string) => text(name),
  int: (name: string) => bigint(name, { mode: 'number' }),
  serial: (name: string) => bigint(name, { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  index,
  uniqueIndex,
}

export const postgresDialect: Dialect = {
  name: 'postgres',
  // PostgreSQL's builders under SQLite's types: the calls are the same.
  kit: kit as unknown as ColumnKit,
  build: new PgDatabase(engine, null as never, undefined) as unknown as Builder,
  opaque: (param) => sql`${sql.placeholder(param)}`,
  // Not now(), which stands still within a transaction that may have waited for its turn.
  now: sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`,
  rowset(param, columns) {
    const fields = Object.entries(columns).map(
      ([name, type]) => sql`${sql.identifier(name)} ${sql.raw(type === 'int' ? 'bigint' : 'text collate "C"')}`,
    )
    return sql`(select * from json_to_recordset(${sql.placeholder(param)}::json) as given(${sql.join(fields, sql`, `)}))`
  },
  toQuery: (query) => engine.sqlToQuery(query),
  chain(guard, writes, compile) {
    const named = writes.map(
      (write, at) => sql`${name(at)} as (${write(exists(at === 0 ? sql`guard` : name(at - 1)))} returning 1 as happened)`,
    )
    const counts = writes.map((_, at) => sql`(select count(*) from ${name(at)})`)
    // The turn is joined into the guard, so that it is taken before the lease's row is locked: everybody in the same order.
    const guarded = sql`guard as materialized (${guard({ also: sql`, turn`, lock: sql`for share of lease` })})`
    return {
      parts: [
        compile(
          sql`with ${turn}, ${guarded}, ${sql.join(named, sql`, `)} select ${sql.join(counts, sql`, `)}, ${notify}`,
          fieldsOf(writes.length),
        ),
      ],
    }
  },
}

const name = (at: number): SQL => sql.raw(`write_${at}`)
const exists = (from: SQL): SQL => sql`exists (select 1 from ${from})`
const fieldsOf = (count: number) => Array.from({ length: count }, (_, at) => `write_${at}`)
