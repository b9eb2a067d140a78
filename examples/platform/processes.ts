import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Processes as the kernel tells them. A pid alone proves nothing, because it is given out again: its start time does. */

export interface Seen {
  pid: number
  parent: number
  /** Opaque; the same for the life of the process. */
  startedAt: string
  /** T or t: stopped by a signal. Z: a zombie. */
  state: string
  command: string
}

/** What runs under this pid now; null when nothing does. A zombie has ended. */
export function look(pid: number): Seen | null {
  const seen = process.platform === 'linux' ? lookInProc(pid) : (list().find((each) => each.pid === pid) ?? null)
  return seen && !seen.state.startsWith('Z') ? seen : null
}

/** The process that was recorded still runs: same pid, same start time. */
export function isStill(record: { pid: number; startedAt: string }): boolean {
  return look(record.pid)?.startedAt === record.startedAt
}

/** All processes below this one, nearest first. */
export function descendants(pid: number): Seen[] {
  const all = list()
  const found: Seen[] = []
  for (let parents = [pid]; parents.length > 0; ) {
    const children = all.filter((each) => parents.includes(each.parent))
    found.push(...children)
    parents = children.map((each) => each.pid)
  }
  return found
}

/** Sends a signal to the process that was seen, unless its pid has been given to another one since. False: it has ended. */
export function signal(seen: { pid: number; startedAt: string }, name: NodeJS.Signals): boolean {
  if (!isStill(seen)) return false
  try {
    return process.kill(seen.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

function lookInProc(pid: number): Seen | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name in parentheses, and may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { pid, parent: Number(fields[1]), startedAt: fields[19] as string, state: fields[0] as string, command }
  } catch {
    return null
  }
}

/** All processes that may be looked at; zombies too. */
export function list(): Seen[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (lookInProc(Number(name)) ?? []) : []))
  }
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,lstart=,state=,args='], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  }).split('\n')
  return lines.flatMap((line) => {
    const parts = /^\s*(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(\S+)\s+(.*)$/.exec(line)
    if (!parts) return []
    return {
      pid: Number(parts[1]),
      parent: Number(parts[2]),
      startedAt: parts[3] as string,
      state: parts[4] as string,
      command: parts[5] as string,
    }
  })
}
