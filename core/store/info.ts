import { existsSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import { storeTables } from './copy.ts'
import { placeOf, postgresFault } from './postgres-errors.ts'
import { answerWithinMs, openSession } from './postgres-session.ts'
import { sqliteFault } from './sqlite-errors.ts'
import { lockFile } from './sqlite-lock.ts'

export interface StoreInfo {
  /** Without a password. */
  store: string
  kind: 'sqlite' | 'postgres'
  /** Migrations that were applied; 0: it was never used. */
  version: number
  bytes: number
  /** Controllers that use it now; on SQLite 0 or 1. */
  controllers: number
  tables: { table: string; rows: number }[]
}

/** Looks at a store without changing it. Throws `not-found`, and what stores throw. */
export async function storeInfo(url: string, clock: Clock): Promise<StoreInfo> {
  if (url.startsWith('sqlite:')) return sqliteInfo(url.slice('sqlite:'.length))
  const session = await openSession({ url, clock }).catch((error) => {
    throw postgresFault(error, 'refused', placeOf(url))
  })
  const number = async (text: string) => Number((await session.ask(`select (${text}) as n`, [], answerWithinMs * 10))[0]?.n ?? 0)
  try {
    const has = new Set(
      (await session.ask('select tablename as name from pg_tables where schemaname = current_schema()')).map(({ name }) => name),
    )
    const tables = []
    for (const { name } of storeTables)
      if (has.has(name)) tables.push({ table: name, rows: await number(`select count(*) from "${name}"`) })
    return {
      ...{ store: placeOf(url), kind: 'postgres', tables },
      version: has.has('migration') ? await number('select max(version) from migration') : 0,
      bytes: await number('pg_database_size(current_database())'),
      controllers: has.has('controller')
        ? await number(`select count(*) from controller where seen_at > extract(epoch from clock_timestamp()) * 1000 - 60000`)
        : 0,
    }
  } catch (error) {
    throw postgresFault(error, 'refused', placeOf(url))
  } finally {
    session.cut('it is done')
  }
}

function sqliteInfo(path: string): StoreInfo {
  if (!existsSync(path)) throw fault('not-found', { what: 'store', id: path, list: 'ls .jidoka' })
  let db: Database.Database | undefined
  try {
    const opened = new Database(path, { readonly: true })
    db = opened
    const number = (text: string) => opened.prepare(text).pluck().get() as number
    const has = new Set(opened.prepare("select name from sqlite_master where type = 'table'").pluck().all())
    return {
      ...{ store: `sqlite:${path}`, kind: 'sqlite', bytes: statSync(path).size, controllers: inUse(path) ? 1 : 0 },
      version: has.has('migration') ? number('select coalesce(max(version), 0) from migration') : 0,
      tables: storeTables
        .filter(({ name }) => has.has(name))
        .map(({ name }) => ({ table: name, rows: number(`select count(*) from "${name}"`) })),
    }
  } catch (error) {
    throw sqliteFault(error, path)
  } finally {
    db?.close()
  }
}

function inUse(path: string): boolean {
  try {
    lockFile(path).close()
    return false
  } catch {
    return true
  }
}
