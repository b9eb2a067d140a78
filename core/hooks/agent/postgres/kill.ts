import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Clock, sleep } from '../../../clock.ts'
import { fault } from '../../../errors.ts'
import { identityOf, isAlive } from '../strays.ts'

/** The processes of one PostgreSQL on this host. */
export interface DatabaseTarget {
  member: string
  /** The postmaster; null: whoever works in the folder. A process that got its id later (another start time) is never touched. */
  pid: number | null
  startTime: string | null
  /** Data folder: where every one of its processes works, also those that outlive the postmaster. */
  folder: string
  host: string
  port: number
}

export interface KillOptions {
  clock: Clock
  /** `life`: a postmaster that was started in the folder since is left alone. `folder` (default): whoever works there is ended. */
  scope?: 'folder' | 'life'
  limitMs?: number
}

export interface Ended {
  receipt: 'process-reaped'
  pid: number | null
  startTime: string | null
  /** How many processes were ended. */
  ended: number
  port: 'refused' | 'of a newer life'
}

const killLimitMs = 2_000
const lookEveryMs = 3
const connectLimitMs = 200
const names = ['postgres', 'postmaster']

/**
 * Ends a PostgreSQL at once, and answers only with proof: no process of it is left, and the kernel refuses its port. A backend
 * whose postmaster has died can still commit, so they are looked for by their folder too. Also for one that ended by itself.
 * `process-alive` names the process that did not end; `end-unproven` when nothing can be said.
 */
export async function killDatabase(
  target: DatabaseTarget,
  { clock, scope = 'folder', limitMs = killLimitMs }: KillOptions,
): Promise<Ended> {
  const { member, pid, startTime } = target
  if (!existsSync('/proc/self/stat'))
    throw fault('end-unproven', { member, problem: 'this host has no /proc, so its processes cannot be told from others' })
  const endsAt = clock.monotonic() + limitMs
  // A postmaster that stands still forks no more.
  if (pid !== null && startTime !== null && isAlive({ pid, startTime }) === 'alive') signal(pid, 'SIGSTOP')
  const ended = new Set<number>()
  for (let left = processesOf(target, scope); left.length > 0; left = processesOf(target, scope)) {
    for (const process of left) {
      signal(process, 'SIGKILL')
      ended.add(process)
    }
    if (clock.monotonic() >= endsAt) throw fault('process-alive', { pid: left.join(', '), member, timeoutMs: limitMs })
    await sleep(clock, lookEveryMs)
  }
  const newer = scope === 'life' && pid !== null && newerLife(target, processTable()) !== null
  if (!newer) await refused(target, clock, endsAt)
  return { receipt: 'process-reaped', pid, startTime, ended: ended.size, port: newer ? 'of a newer life' : 'refused' }
}

/** Is anything of it left? For one that was stopped in good order. */
export const databaseIsGone = (target: DatabaseTarget): boolean => processesOf(target, 'folder').length === 0

interface Seen {
  parent: number
  name: string
  state: string
}

/** Its processes that are not gone yet (a zombie is: it does nothing any more), the postmaster last. */
function processesOf(target: DatabaseTarget, scope: 'folder' | 'life'): number[] {
  const table = processTable()
  const found = new Set<number>()
  const { pid, startTime } = target
  const postmaster = pid !== null && startTime !== null && table.has(pid) && identityOf(pid).startTime === startTime ? pid : null
  if (postmaster !== null) found.add(postmaster)
  const here = folderTest(target.folder)
  for (const [id, { name }] of table) if (names.includes(name) && here(id)) found.add(id)
  const spared = scope === 'life' && pid !== null ? newerLife(target, table) : null
  // What they started themselves (a script of the archiver) goes with them. A child of a spared one is spared.
  const under = (id: number, test: (ancestor: number) => boolean): boolean => {
    for (let at = id, depth = 0; at > 1 && depth < 32; at = table.get(at)?.parent ?? 0, depth++) if (test(at)) return true
    return false
  }
  const all = [...table.keys()].filter(
    (id) => under(id, (one) => found.has(one)) && !(spared !== null && under(id, (one) => one === spared)),
  )
  const gone = (id: number) => /[ZX]/.test(table.get(id)?.state ?? 'X')
  return all.filter((id) => !gone(id) && id !== process.pid).sort((a, b) => Number(a === postmaster) - Number(b === postmaster))
}

/** A postmaster that was started in this folder after the one that is to end: the lock file names it. */
function newerLife({ pid, folder }: DatabaseTarget, table: ReadonlyMap<number, Seen>): number | null {
  const named = Number(readText(join(folder, 'postmaster.pid'))?.split('\n')[0])
  const seen = table.get(named)
  if (!seen || named === pid || !names.includes(seen.name) || /[ZX]/.test(seen.state) || !folderTest(folder)(named)) return null
  return named
}

/** By device and inode, so that another name of the same folder is the same. */
function folderTest(folder: string): (pid: number) => boolean {
  const own = statOf(folder)
  return (pid) => {
    const there = statOf(`/proc/${pid}/cwd`)
    return own !== null && there !== null && own.ino === there.ino && own.dev === there.dev
  }
}

function statOf(path: string) {
  try {
    return statSync(path)
  } catch {
    return null
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function processTable(): Map<number, Seen> {
  const table = new Map<number, Seen>()
  for (const entry of readdirSync('/proc')) {
    const text = /^\d+$/.test(entry) ? readText(`/proc/${entry}/stat`) : null
    if (text === null) continue
    // The name stands in brackets and may hold some itself; see proc(5).
    const [state = 'X', parent = '0'] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    table.set(Number(entry), { name: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')), state, parent: Number(parent) })
  }
  return table
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended meanwhile, or is not ours to end: the next look says which.
  }
}

const everywhere = ['0.0.0.0', '::', '*', '']

/** Until the kernel says that nobody listens there. */
async function refused({ member, host, port }: DatabaseTarget, clock: Clock, endsAt: number): Promise<void> {
  for (;;) {
    const said = await knock(everywhere.includes(host) ? '127.0.0.1' : host, port, clock)
    if (said === 'ECONNREFUSED') return
    if (clock.monotonic() >= endsAt)
      throw fault('end-unproven', { member, problem: `its processes are gone, but the port ${port} says ${said}` })
    await sleep(clock, lookEveryMs)
  }
}

function knock(host: string, port: number, clock: Clock): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (said: string) => {
      cancel()
      socket.destroy()
      resolve(said)
    }
    const cancel = clock.after(connectLimitMs, () => end('nothing'))
    socket.once('connect', () => end('that somebody listens'))
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message))
  })
}
