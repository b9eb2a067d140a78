import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { type Clock, sleep, stayAlive } from '../clock.ts'
import { fault } from '../errors.ts'
import { isBusy, sqliteFault } from './sqlite-errors.ts'

/**
 * A kernel lock on a file beside the store, held until we die, however we die. The store's own locks would not do: they come
 * and go with each transaction.
 */
export interface FileLock {
  close(): void
}

/** How often the lock is tried for while another controller lives: a few calls of the kernel each time. */
const tryEveryMs = 20

/** Throws `store-locked` when somebody else has it. */
export function lockFile(path: string): FileLock {
  const lock = openLock(path)
  if (tryLock(lock, path)) return lock
  lock.close()
  throw fault('store-locked', { path })
}

/** Waits until it is free; throws `store-locked` only when it is given up. */
export async function waitForFile(
  path: string,
  { clock, onWait, signal }: { clock: Clock; onWait?: () => void; signal?: AbortSignal },
): Promise<FileLock | undefined> {
  if (path === ':memory:') return undefined
  const lock = openLock(path)
  if (tryLock(lock, path)) return lock
  onWait?.()
  const mayEnd = stayAlive()
  try {
    while (!signal?.aborted) {
      await sleep(clock, tryEveryMs, signal)
      if (tryLock(lock, path)) return lock
    }
  } finally {
    mayEnd()
  }
  lock.close()
  throw fault('store-locked', { path })
}

function openLock(path: string): Database.Database {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return new Database(`${path}.lock`, { timeout: 0 })
  } catch (error) {
    throw sqliteFault(error, path)
  }
}

function tryLock(lock: Database.Database, path: string): boolean {
  try {
    lock.exec('begin exclusive')
    return true
  } catch (error) {
    if (isBusy(error)) return false
    lock.close()
    throw sqliteFault(error, path)
  }
}
