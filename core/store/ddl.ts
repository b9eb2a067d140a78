import { getTableConfig as postgresConfig } from 'drizzle-orm/pg-core'
import { type SQL, sql } from 'drizzle-orm/sql'
import { getTableConfig as sqliteConfig } from 'drizzle-orm/sqlite-core'
import type { Dialect } from './kit.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { defineTables } from './tables.ts'

/**
 * The text that makes every table of `tables.ts`, in one dialect. The first migration was written by it. Later ones, in
 * `migrations/sqlite/NNNN_what.sql` and `migrations/postgres/NNNN_what.sql`, take over what has changed in it, and a test holds
 * them to it: all migrations together must lead to the same schema. A migration that was released is never changed. Not part of
 * the running program.
 */
export function ddl(name: Dialect['name']): string {
  const dialect = name === 'sqlite' ? sqliteDialect : postgresDialect
  const configOf = (name === 'sqlite' ? sqliteConfig : postgresConfig) as (table: object) => TableConfig
  const tables = Object.values(defineTables(dialect.kit)).map((table) => tableText(dialect, configOf(table)))
  return `${tables.join('\n\n')}\n`
}

/** What both dialects tell of a table. */
interface TableConfig {
  name: string
  columns: { name: string; notNull: boolean; primary: boolean; getSQLType(): string; generatedIdentity?: object }[]
  indexes: { config: { name?: string; unique: boolean; where?: SQL; columns: { name?: string }[] } }[]
}

function tableText(dialect: Dialect, { name, columns, indexes }: TableConfig): string {
  const fields = columns.map((column) => {
    const identity = column.generatedIdentity ? ' generated always as identity' : ''
    const null_ = column.primary ? ' primary key not null' : column.notNull ? ' not null' : ''
    return `  "${column.name}" ${column.getSQLType()}${identity}${null_}`
  })
  const made = indexes.map(({ config }) => {
    const on = config.columns.map((column) => `"${column.name}"`).join(', ')
    const where = config.where ? ` where ${dialect.toQuery(sql`${config.where}`).sql}` : ''
    return `create ${config.unique ? 'unique ' : ''}index "${config.name}" on "${name}" (${on})${where};`
  })
  return [`create table "${name}" (\n${fields.join(',\n')}\n);`, ...made].join('\n')
}
