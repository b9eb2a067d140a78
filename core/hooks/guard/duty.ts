import { type Clock, sleep } from '../../clock.ts'
import { causeChain, fault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { DatabaseTarget, Ended } from '../agent/postgres/kill.ts'
import { fenceGraceMs, type GuardedMember, type Watch } from './watch.ts'

/** What the rules need of the host; the simulator has its own. */
export interface DutyPorts {
  /** Monotonic time is that of the watches. */
  clock: Clock
  log: Log
  /** SIGINT to the postmaster, if it is still the same process: sessions end, the last WAL is streamed out. */
  interrupt(watch: Watch): void
  /** Whether the postmaster itself still runs. */
  runs(watch: Watch): boolean
  /** Kill with proof; faults when there is none. */
  kill(target: DatabaseTarget, scope: 'folder' | 'life'): Promise<Ended>
  /** The newest generation that a fence carried. */
  fencedAt(member: string): number
  /** The guard began to end this one. */
  onEnding?(watch: Watch, why: string): void
}

/**
 * The deadlines of a guard.
 *
 *   off duty --arm--> armed --softAt--> ending --hardAt, proof--> over (for this process)
 *                     armed, ending --disarm--> off duty
 *                     any --fence, proof--> over
 *
 * A process that the guard began to end is never armed again: it may have lost its sessions, and its role with them.
 */
export interface Duty {
  /** Takes the deadline, or moves it. Faults: `guard-ended`, `stale-generation`, `role-refused` (it is over already). */
  arm(watch: Watch): void
  /** Armed elsewhere before (by a guard that is gone): one whose time is over is ended now. */
  restore(watch: Watch): void
  /** Only if it is this process that is armed: a late word about an earlier one means nothing. */
  disarm(member: string, target: { pid: number; startTime: string | null }): void
  /** Ends the member now, whether it is armed or not; one that may be active is asked first, and killed `fenceGraceMs` later. */
  fence(member: GuardedMember): Promise<Ended>
  armed(member: string): Watch | null
  count(): number
  close(): void
}

const againMs = 250
const lookMs = 10

type Guarded = { watch: Watch; ending: boolean; cancel(): void }
type Identity = Pick<DatabaseTarget, 'pid' | 'startTime'>

const same = (a: Identity, b: Identity) => a.pid === b.pid && a.startTime === b.startTime

export function createDuty({ clock, log, interrupt, runs, kill, fencedAt, onEnding }: DutyPorts): Duty {
  const guarded = new Map<string, Guarded>()
  /** The last process of each member that was ended, and why. */
  const over = new Map<string, Identity & { why: string }>()
  let closed = false

  const drop = (member: string) => {
    guarded.get(member)?.cancel()
    guarded.delete(member)
  }

  function take(watch: Watch) {
    drop(watch.member)
    const entry: Guarded = { watch, ending: false, cancel: () => {} }
    guarded.set(watch.member, entry)
    look(entry)
  }

  /** A timer may fire a hair before its time. */
  function look(entry: Guarded) {
    if (closed || guarded.get(entry.watch.member) !== entry) return
    const { softAt, hardAt } = entry.watch
    const now = clock.monotonic()
    if (now >= softAt) begin(entry, 'its role was not renewed in time')
    if (now >= hardAt) return void finish(entry)
    entry.cancel = clock.after(Math.max(1, (now >= softAt ? hardAt : softAt) - now), () => look(entry))
  }

  function begin(entry: Guarded, why: string) {
    if (entry.ending) return
    const { watch } = entry
    entry.ending = true
    over.set(watch.member, { pid: watch.target.pid, startTime: watch.target.startTime, why })
    log.warn({ member: watch.member, pid: watch.target.pid, generation: watch.generation, why }, 'ends it')
    interrupt(watch)
    onEnding?.(watch, why)
  }

  /** Until there is proof: nothing else makes sure that it is not active. */
  async function finish(entry: Guarded) {
    const { watch } = entry
    for (; !closed && guarded.get(watch.member) === entry; await sleep(clock, againMs)) {
      try {
        const ended = await kill({ ...watch.target, member: watch.member }, 'life')
        log.warn({ ...ended, member: watch.member, generation: watch.generation }, 'ended it')
        if (guarded.get(watch.member) === entry) drop(watch.member)
        return
      } catch (error) {
        log.error({ member: watch.member, err: causeChain(error) }, 'could not end it; tries again')
      }
    }
  }

  /** Asked first, so that what was acknowledged is still sent to the standbys. One that is frozen hears nothing. */
  async function asked(entry: Guarded) {
    begin(entry, 'it was fenced')
    const endsAt = clock.monotonic() + fenceGraceMs
    while (runs(entry.watch) && clock.monotonic() < endsAt) await sleep(clock, lookMs)
  }

  function admit({ member, generation, target }: Watch) {
    const entry = guarded.get(member)
    if (entry && !entry.ending && clock.monotonic() >= entry.watch.softAt) look(entry)
    const seen = Math.max(fencedAt(member), guarded.get(member)?.watch.generation ?? 0)
    if (generation < seen) throw fault('stale-generation', { seen, member, given: generation })
    const ended = over.get(member)
    if (ended && same(ended, target)) throw fault('guard-ended', { member, problem: ended.why })
  }

  return {
    arm(watch) {
      admit(watch)
      const lateMs = clock.monotonic() - watch.softAt
      if (lateMs >= 0)
        throw fault('role-refused', { member: watch.member, role: 'active', problem: `its deadline passed ${Math.round(lateMs)} ms ago` })
      take(watch)
    },
    restore(watch) {
      admit(watch)
      take(watch)
    },
    disarm(member, target) {
      const entry = guarded.get(member)
      if (entry && same(entry.watch.target, target)) drop(member)
    },
    async fence(known) {
      const { member } = known
      const entry = guarded.get(member)
      if (entry) await asked(entry)
      const ended = await kill({ pid: null, startTime: null, ...known, ...entry?.watch.target }, 'folder')
      if (guarded.get(member) === entry) drop(member)
      log.warn({ ...ended, member }, 'fenced it')
      return ended
    },
    armed: (member) => guarded.get(member)?.watch ?? null,
    count: () => guarded.size,
    close() {
      closed = true
      for (const member of [...guarded.keys()]) drop(member)
    },
  }
}
