import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { OsUser } from './programs.ts'
import { confName, confText, hbaName, hbaText, type Place } from './settings.ts'

/** Never half written, and owned by the user that PostgreSQL runs as. */
export function writeOwned(path: string, text: string, user: OsUser | null): void {
  const next = `${path}.next`
  const fd = openSync(next, 'w', 0o600)
  try {
    writeSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  if (user) chownSync(next, user.uid, user.gid)
  renameSync(next, path)
}

export function makeFolder(path: string, user: OsUser | null): void {
  if (existsSync(path)) return
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (user) chownSync(path, user.uid, user.gid)
}

/** `empty`: missing, or nothing in it. `foreign`: something that is no database. */
export function lookAt(data: string): 'database' | 'empty' | 'foreign' {
  if (existsSync(join(data, 'PG_VERSION')) && existsSync(join(data, 'global/pg_control'))) return 'database'
  return existsSync(data) && readdirSync(data).some((name) => name !== 'lost+found') ? 'foreign' : 'empty'
}

const include = `include_if_exists = '${confName}'`

/** Everything that a start needs. With `standby.signal` it comes up as a standby, whatever it was, and whoever follows. */
export function writeStart(place: Place, how: Parameters<typeof confText>[1], user: OsUser | null): void {
  const { data } = place.database
  writeOwned(join(data, 'standby.signal'), '', user)
  rmSync(join(data, 'recovery.signal'), { force: true })
  const main = join(data, 'postgresql.conf')
  const text = existsSync(main) ? readFileSync(main, 'utf8') : ''
  if (!text.trimEnd().endsWith(include)) {
    const others = text.split('\n').filter((line) => line.trim() !== include)
    writeOwned(main, `${others.join('\n').trimEnd()}\n${include}\n`, user)
  }
  writeConf(place, how, user)
  writeOwned(join(data, hbaName), hbaText(place), user)
  // A lock file of processes that were proven gone; its number may be another's by now.
  rmSync(join(data, 'postmaster.pid'), { force: true })
}

export const writeConf = (place: Place, how: Parameters<typeof confText>[1], user: OsUser | null): void =>
  writeOwned(join(place.database.data, confName), confText(place, how), user)

/** The start of `global/pg_control`; the same in every version since 11. */
export function readControl(data: string): { systemId: string; state: number; checkpoint: bigint; timeline: number } | null {
  try {
    const bytes = readFileSync(join(data, 'global/pg_control'))
    return {
      systemId: String(bytes.readBigUInt64LE(0)),
      state: bytes.readUInt32LE(16),
      checkpoint: bytes.readBigUInt64LE(32),
      timeline: bytes.readUInt32LE(48),
    }
  } catch {
    return null
  }
}

/** `DB_SHUTDOWNED`: was writable, and was shut down in order. */
const shutDown = 1
const pageBytes = 8_192n

/** Where the WAL of a primary ends that was shut down in order: behind its last record. Null when it was not. */
export function walEndOf(data: string): string | null {
  const control = readControl(data)
  if (control?.state !== shutDown) return null
  try {
    return lsnText(endOfRecord(data, control.timeline, control.checkpoint))
  } catch {
    // Where the record begins: every commit lies before.
    return lsnText(control.checkpoint)
  }
}

function endOfRecord(data: string, timeline: number, at: bigint): bigint {
  const folder = join(data, 'pg_wal')
  const hex = (part: bigint) => part.toString(16).toUpperCase().padStart(8, '0')
  const any = readdirSync(folder).find((name) => /^[0-9A-F]{24}$/.test(name)) ?? ''
  const segmentBytes = BigInt(statSync(join(folder, any)).size)
  const number = at / segmentBytes
  const perFile = 0x1_0000_0000n / segmentBytes
  const fd = openSync(join(folder, hex(BigInt(timeline)) + hex(number / perFile) + hex(number % perFile)), 'r')
  const length = Buffer.alloc(4)
  try {
    readSync(fd, length, 0, 4, Number(at % segmentBytes))
  } finally {
    closeSync(fd)
  }
  let left = BigInt(length.readUInt32LE(0))
  let end = at
  for (;;) {
    const room = pageBytes - (end % pageBytes)
    if (left <= room) break
    left -= room
    end += room
    // A page begins with a header, and a segment with a longer one.
    end += end % segmentBytes === 0n ? 40n : 24n
  }
  return ((end + left + 7n) / 8n) * 8n
}

export const lsnText = (lsn: bigint) => `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`
