import { fault, type JidokaError } from '../errors.ts'

/** What a failure of SQLite means to the user. Everything is known here: nothing was committed. */
export function sqliteFault(error: unknown, path: string): JidokaError {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT'))
    return fault('store-corrupt', { path, problem: message }, error)
  if (unwritable.some((prefix) => code.startsWith(prefix))) return fault('store-full', { path, problem: message }, error)
  if (code.startsWith('SQLITE_CONSTRAINT')) return fault('conflict', { problem: message, hint: 'It is in the store already.' }, error)
  return fault('store-failed', { problem: `${path}: ${message}`, outcome: 'refused' }, error)
}

/** No room, no right, or no way to write: SQLite gives IOERR_WRITE for quotas and some network disks. */
const unwritable = [
  'SQLITE_FULL',
  'SQLITE_READONLY',
  'SQLITE_IOERR_WRITE',
  'SQLITE_IOERR_FSYNC',
  'SQLITE_IOERR_SHMSIZE',
  'SQLITE_PERM',
  'ENOSPC',
  'EROFS',
  'EACCES',
  'EDQUOT',
]

/** Somebody else has locked the file. On the lock beside the store that is another controller; on the store itself, a tool. */
export const isBusy = (error: unknown): boolean => String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')
