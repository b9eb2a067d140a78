import { hardMsOf, softMsOf } from '../../../catalog/timings.ts'
import type { Clock } from '../../../clock.ts'
import { causeChain, fault, isFault } from '../../../errors.ts'
import type { Log } from '../../../log.ts'
import type { GuardLink } from '../../guard/link.ts'
import { fenceGraceMs, type WatchTarget } from '../../guard/watch.ts'
import type { HookCallback, HookOrder, LeaseGrant } from '../../kit/roles.ts'

/** What the rules need of a database; the simulator has its own. */
export interface DatabasePort {
  /** The postmaster that runs now; null: none. */
  target(): WatchTarget | null
  /** Makes the running standby writable. Begins nothing after `before` (monotonic ms), and rejects when it is not done by then. */
  promote(limits: { before: number; signal?: AbortSignal }): Promise<Record<string, unknown>>
  /**
   * Fast shutdown: sessions end, WAL is streamed out. At `killAt` whatever is left is killed. Answers with proof that nothing is left;
   * also when nothing ran, or it had died by itself. Rejects without proof. Another call may only bring `killAt` forward.
   */
  end(limits: { killAt: number }): Promise<DatabaseEnd>
  /** Starts it as a standby, unless it runs or is not wanted. Never rejects, waits for nothing. */
  startLater(): void
  /** Kept before anything is done: it is not started any more, not even by another life of the agent. */
  setFenced(fenced: boolean): void
  /** Kept: it had users, so that nobody takes it for one that was just made. */
  setUsed(): void
}

export interface DatabaseEnd {
  receipt: 'process-reaped'
  pid: number | null
  startTime: string | null
  /** Where its WAL ends, when it was shut down in order; null when it was killed. */
  walEnd: string | null
}

export interface KeeperOptions {
  member: string
  db: DatabasePort
  guard: GuardLink
  clock: Clock
  log: Pick<Log, 'info' | 'warn' | 'error'>
  /** The newest generation that the member saw. */
  generation(): number
  /** The role is lost (`Kit.release`). */
  release(): void
}

/** Sessions of a demoted one may take so long to end. */
const stepDownMs = 10_000
const maxGraceMs = 600_000

export type KeeperCallbacks = Record<'promote' | 'lease' | 'demote' | 'fence' | 'unfence', HookCallback>

/**
 * What the role of a database means for its processes: the callbacks of the kit. No I/O of its own.
 *
 *   1. A database runs as a standby. Only `promote` makes it writable, under a lease, and with its deadline at the guard before.
 *   2. A longer lease counts when the guard has moved the deadline, not before.
 *   3. A little before the lease ends, sessions are ended in order; shortly before its end all is killed. By us, and by the guard.
 *   4. A step down is answered with proof that no process is left. Then it is a standby again.
 *   5. A promotion that is not known to have come to nothing is undone by ending the database: it may take effect late.
 */
export function keepDatabase({ member, db, guard, clock, log, generation, release }: KeeperOptions): KeeperCallbacks {
  /** When the present lease kills; null: it is not active. */
  let killAt: number | null = null
  let walEnd: string | null = null

  async function arm(order: HookOrder, grant: LeaseGrant): Promise<{ target: WatchTarget; softAt: number; hardAt: number }> {
    const target = db.target()
    if (target === null) throw fault('refused', { reason: `${member} does not run.`, hint: 'Start it first.' })
    const softAt = grant.endsAt - softMsOf(grant.leaseMs)
    const hardAt = grant.endsAt - hardMsOf(grant.leaseMs)
    if (clock.monotonic() >= softAt) throw late()
    await guard.arm({ member, generation: order.generation, softAt, hardAt, target })
    return { target, softAt, hardAt }
  }

  const late = () => fault('role-refused', { member, role: 'active', problem: 'its lease is over, or nearly so' })

  async function promote(order: HookOrder): Promise<unknown> {
    const { grant, signal } = order
    if (grant === null)
      throw fault('role-refused', {
        member,
        role: 'active',
        problem: 'a database is active only under a lease (leaseMs) that ends by itself',
      })
    const { target, softAt, hardAt } = await arm(order, grant)
    // The guard may have been waited for: by then another order, or another process, may be there.
    const problem = signal?.aborted
      ? 'another order came meanwhile'
      : db.target()?.pid !== target.pid
        ? 'its process ended meanwhile'
        : null
    if (problem !== null || clock.monotonic() >= softAt) {
      await guard.disarm(member)
      throw problem === null ? late() : fault('role-refused', { member, role: 'active', problem })
    }
    db.setUsed()
    killAt = hardAt
    try {
      const details = await db.promote({ before: softAt, signal })
      walEnd = null
      return details
    } catch (error) {
      log.warn({ member, err: causeChain(error) }, 'its promotion is undone: it may still take effect')
      await stepDown(Math.min(hardAt, clock.monotonic() + fenceGraceMs))
      throw error
    }
  }

  async function lease(order: HookOrder): Promise<unknown> {
    const { grant } = order
    if (grant === null) return {}
    try {
      killAt = (await arm(order, grant)).hardAt
      return {}
    } catch (error) {
      // The guard has begun to end it, or it is gone by itself: nothing can be prolonged.
      if (isFault(error, 'guard-ended', 'stale-generation') || db.target() === null) release()
      throw error
    }
  }

  /** Ends it with proof, lets the guard forget it, and has it come back as a standby: one that died by itself only by order. */
  async function stepDown(by: number, back = true): Promise<DatabaseEnd> {
    const end = await db.end({ killAt: killAt === null ? by : Math.min(by, killAt) })
    killAt = null
    walEnd = end.walEnd ?? walEnd
    await guard.disarm(member)
    if (back) db.startLater()
    return end
  }

  async function demote(order: HookOrder): Promise<unknown> {
    // Asked for again, or of a standby: there is nothing to end, and readers are not to be disturbed.
    if (killAt === null) return { walEnd }
    const end = await stepDown(clock.monotonic() + (graceOf(order) ?? stepDownMs), order.cause !== 'lost')
    return { ...end, walEnd }
  }

  async function fence(order: HookOrder): Promise<unknown> {
    db.setFenced(true)
    return { ...(await stepDown(clock.monotonic() + (graceOf(order) ?? fenceGraceMs))), walEnd }
  }

  function unfence(): unknown {
    db.setFenced(false)
    db.startLater()
    log.info({ member, generation: generation() }, 'unfenced: it comes back as a standby')
    return {}
  }

  return { promote, lease, demote, fence, unfence }
}

/** The role has ended by now: what is wrong with the order must not keep the database alive. */
function graceOf({ body: { graceMs } }: HookOrder): number | null {
  return Number.isInteger(graceMs) && (graceMs as number) >= 0 && (graceMs as number) <= maxGraceMs ? (graceMs as number) : null
}
