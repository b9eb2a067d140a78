import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What of the host a fleet of real databases needs, and what is missing. */

/** Folder with all programs of a PostgreSQL (pg_rewind and pg_basebackup too); null: none is installed. */
export function postgresBin(environment: NodeJS.ProcessEnv = process.env): string | null {
  const folders = [environment.JIDOKA_POSTGRES_BIN, ...versions('/usr/lib/postgresql')].filter((folder) => folder !== undefined)
  return (
    folders.find((folder) => ['postgres', 'initdb', 'pg_rewind', 'pg_basebackup'].every((name) => existsSync(join(folder, name)))) ?? null
  )
}

const versions = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((version) => join(folder, version, 'bin'))
    : []

export const haproxyProgram = () => ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy'].find((path) => existsSync(path)) ?? null

export interface OsUser {
  name: string
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: then as the user that its package made. Null: we are an ordinary user ourselves. */
export function databaseUser(): OsUser | null {
  if (process.getuid?.() !== 0) return null
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
      return { name, uid: id('-u'), gid: id('-g') }
    } catch {}
  }
  throw new Error('PostgreSQL does not run as root, and this machine has no user "postgres" or "nobody"')
}
