import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fault } from '../errors.ts'
import type { Dialect } from './kit.ts'

export interface Migration {
  version: number
  name: string
  text: string
}

/** `NNNN_name.sql` of the dialect, in their order. The folder stands beside the source, and beside the bundle. */
export function readMigrations(
  dialect: Dialect['name'],
  folder = fileURLToPath(new URL('../../migrations/', import.meta.url)),
): Migration[] {
  const at = join(folder, dialect)
  const migrations = readdirSync(at)
    .filter((file) => /^\d{4}_[\w-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({ version: Number(file.slice(0, 4)), name: file.slice(5, -4), text: readFileSync(join(at, file), 'utf8') }))
  for (const [index, { version }] of migrations.entries())
    if (version !== index + 1) throw fault('internal', { problem: `the migrations in ${at} are not numbered 1, 2, 3, ...` })
  return migrations
}

export const versionTable = 'create table if not exists migration (version integer primary key, name text not null)'

/** Those that are still to be applied; refuses a store that a newer Jidoka has changed. */
export function pending(migrations: readonly Migration[], applied: number, path: string): Migration[] {
  if (applied > migrations.length)
    throw fault('store-failed', {
      problem: `${path} was changed by a newer Jidoka (schema ${applied}; this one knows ${migrations.length}). Use that one`,
    })
  return migrations.slice(applied)
}
