import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../../core/errors.ts'
import { descendants, isStill, look, type Seen, signal } from './processes.ts'
import { ask } from './service.ts'
import type { AgentRecord } from './state.ts'

/** The agents of the example as processes of their own: they outlive a controller that is killed. */

const maxLogBytes = 5_000_000

export const logFile = (folder: string, agent: string) => join(folder, 'logs', `${agent}.log`)

/** Starts an agent in a session of its own, so that a Ctrl-C for the controller is not one for it. */
export function spawnAgent(folder: string, agent: string, command: readonly string[]): AgentRecord {
  const file = logFile(folder, agent)
  mkdirSync(join(folder, 'logs'), { recursive: true })
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) truncateSync(file)
  const log = openSync(file, 'a')
  const child = spawn(command[0] as string, command.slice(1), {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compile-cache') },
  })
  closeSync(log)
  child.unref()
  const seen = child.pid === undefined ? null : look(child.pid)
  if (!seen) throw fault('start-failed', { member: `agent ${agent}`, problem: `see ${file}` })
  return { command: [...command], pid: seen.pid, startedAt: seen.startedAt }
}

/** It answers, whatever it says. */
export async function answers(url: string, timeoutMs = 1_000): Promise<boolean> {
  try {
    await ask(`${url}/health`, { timeoutMs })
    return true
  } catch {
    return false
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Waits until it answers; a fault when its process ends or the time does. */
export async function whenAnswering(folder: string, agent: string, url: string, record: AgentRecord, limitMs = 15_000): Promise<void> {
  for (const startedAt = performance.now(); !(await answers(url)); await pause(20)) {
    const problem = !isStill(record)
      ? 'it ended'
      : performance.now() - startedAt > limitMs
        ? `no answer at ${url} within ${limitMs} ms`
        : null
    if (problem) throw fault('start-failed', { member: `agent ${agent}`, problem: `${problem}; see ${logFile(folder, agent)}` })
  }
}

/** TERM, so that it ends its members in good order; KILL for it and all below it after `graceMs`. */
export async function endAgent(record: AgentRecord, graceMs = 5_000): Promise<void> {
  if (!isStill(record)) return
  const family = descendants(record.pid)
  signal(record, 'SIGTERM')
  // A stopped process hears TERM only when it goes on.
  for (const seen of [record, ...family]) signal(seen, 'SIGCONT')
  await whenEnded([record, ...family], graceMs)
  killAll([record, ...family])
  await whenEnded([record, ...family], 1_000)
}

/** As when the power goes: the agent is stopped first, so that it neither restarts nor reports anything on the way. */
export async function cutPower(record: AgentRecord, members: readonly Seen[]): Promise<void> {
  signal(record, 'SIGSTOP')
  const all = [...members, ...(isStill(record) ? descendants(record.pid) : []), record]
  killAll(all)
  await whenEnded(all, 2_000)
}

export function killAll(processes: readonly Pick<Seen, 'pid' | 'startedAt'>[]): void {
  for (const each of processes) signal(each, 'SIGKILL')
}

export async function whenEnded(processes: readonly Pick<Seen, 'pid' | 'startedAt'>[], limitMs: number): Promise<void> {
  for (const startedAt = performance.now(); processes.some(isStill) && performance.now() - startedAt < limitMs; ) await pause(10)
}
