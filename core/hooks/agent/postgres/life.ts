import type { ChildProcess } from 'node:child_process'
import type { MemberView } from '../member.ts'
import { isStopped, type ProcessIdentity } from '../strays.ts'
import type { DatabaseState } from './database.ts'
import { lookAt } from './files.ts'
import type { DatabaseEnd } from './keeper.ts'

/**
 *   down --start--> running --exit--> down
 *                     |
 *                     +--end--> running, ending --proof, exit--> down      still ending while there is no proof
 */
export type Life =
  | { at: 'down'; since: number; detail: string }
  | {
      at: 'running'
      child: ChildProcess
      identity: ProcessIdentity
      ending: { hurry(killAt: number): void; done: Promise<DatabaseEnd> } | null
    }

export function viewOf(
  life: Life,
  { startable, state, busy, restarts, data }: { startable: boolean; state: DatabaseState; busy: boolean; restarts: number; data: string },
): MemberView {
  const { fenced } = state
  if (life.at === 'down') {
    const detail = fenced ? 'fenced' : busy ? 'it is being copied' : `ended: ${life.detail}`
    const wanted = startable && lookAt(data) === 'database'
    return { wanted, fenced, process: { state: 'exited', restarts }, downSince: life.since, detail }
  }
  const { pid } = life.identity
  const stopped = isStopped(pid)
  const detail = life.ending ? 'is being shut down' : stopped ? 'stopped by a signal: it does nothing' : null
  return { wanted: true, fenced, process: { state: stopped ? 'stopped' : 'running', pid, restarts }, downSince: null, detail }
}
