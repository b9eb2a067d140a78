import { createTask, type RunCoordinator, type ScheduledTask } from 'node-cron'
import type { Clock } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'

/**
 * What is done at set times. node-cron says when; our store says who (of several controllers one runs it) and what was missed: a
 * controller that was down at that time does it once when it is back.
 */
export interface Job {
  /** Names its place in the store: keep it when the time changes. */
  id: string
  /** Five fields of cron. */
  cron: string
  zone: string
  /** How late it may still be done, milliseconds; later than that it waits for the next time. */
  catchUpMs: number
  /** `due`: the time that it was to be done, epoch ms. */
  run(due: number): Promise<void>
}

export interface Schedule {
  /** Also does what was missed. */
  add(job: Job): Promise<void>
  /** When the next one is due, epoch ms. */
  nextAt(id: string): number | null
  stop(): Promise<void>
}

interface Kept {
  /** The last due time that somebody took. */
  dueAt: number
}

const minute = 60_000

export function openSchedule({
  journal,
  clock,
  log,
}: {
  journal: Pick<Journal, 'records' | 'firstSeen'>
  clock: Clock
  log: Log
}): Schedule {
  const records = journal.records<Kept>('schedule')
  const tasks = new Map<string, ScheduledTask>()
  const working = new Set<Promise<void>>()

  /** True for one controller: whoever writes first that this time is taken. */
  const take = (id: string, dueAt: number): Promise<boolean> =>
    records.change({ key: id }, ({ byKey }) => {
      if (byKey && byKey.data.dueAt >= dueAt) return { answer: false }
      const put = {
        id: byKey?.id ?? `schedule/${id}`,
        status: 'taken',
        open: false,
        component: null,
        topic: null,
        parent: null,
        key: id,
        nextAt: null,
      }
      return { put: [{ ...put, rev: byKey?.rev ?? 0, data: { dueAt } }], answer: true }
    })

  const coordinatorOf = ({ id }: Job): RunCoordinator => ({ shouldRun: () => take(id, Math.floor(clock.now() / minute) * minute) })

  async function work({ id, run }: Job, due: number): Promise<void> {
    const done = run(due).catch((error: unknown) => log.error({ job: id, err: causeChain(error) }, 'a scheduled job failed'))
    working.add(done)
    await done.finally(() => working.delete(done))
  }

  return {
    async add(job) {
      const task = createTask(job.cron, () => work(job, Math.floor(clock.now() / minute) * minute), {
        name: job.id,
        timezone: job.zone,
        distributed: true,
        runCoordinator: coordinatorOf(job),
        noOverlap: true,
        suppressMissedWarning: true,
        unref: true,
      })
      tasks.set(job.id, task)
      await task.start()
      const missed = lastDue(task, clock.now(), job.catchUpMs)
      const last = (await records.byKey(job.id))?.data.dueAt ?? null
      // Its first day is no day that was missed.
      if (last === null) await take(job.id, missed ?? Math.floor(clock.now() / minute) * minute - minute)
      else if (missed !== null && missed > last && (await take(job.id, missed))) void work(job, missed)
    },
    nextAt: (id) => tasks.get(id)?.getNextRun()?.getTime() ?? null,
    async stop() {
      for (const task of tasks.values()) await task.destroy()
      tasks.clear()
      await Promise.all(working)
    },
  }
}

/** The newest time within `withinMs` before now (or now itself) at which the task was due. */
function lastDue(task: Pick<ScheduledTask, 'match'>, now: number, withinMs: number): number | null {
  const from = Math.floor(now / minute) * minute
  for (let at = from; at > now - withinMs; at -= minute) if (task.match(new Date(at))) return at
  return null
}
