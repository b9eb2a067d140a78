import type { Clock } from '../../clock.ts'
import { causeChain, fault, isFault } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { MemberRole } from '../contract.ts'
import type { ControlOrder, Outcome } from './gate.ts'

/**
 * What a service's callback gets. Nobody ordered a `demote` whose cause is `lease-ended` (the role lease was not renewed) or
 * `overtaken` (a newer generation was heard of while the promotion was under way, so that it must be undone), or `lost` (the
 * service itself said that it cannot be active any more).
 */
export interface HookOrder extends ControlOrder {
  cause: 'order' | 'lease-ended' | 'overtaken' | 'lost'
  /** The role lease that this order grants; null: none, or the order grants nothing. */
  grant: LeaseGrant | null
  /** Aborts when a later order has overtaken this promotion: its end is waited for before the next callback begins. */
  signal?: AbortSignal
}

export interface LeaseGrant {
  /** When the lease ends: monotonic ms of the kit's clock. Counted from the moment that the order speaks of, not from now. */
  endsAt: number
  leaseMs: number
}

/** Service's own part of an action. An object that it answers is merged into the answer; what it throws is told. */
export type HookCallback = (order: HookOrder) => unknown

export interface RoleOptions {
  member: string
  /** Names this life of the process: stamps of another one mean nothing. */
  life: string
  clock: Clock
  log?: Pick<Log, 'warn' | 'error'>
  on: Partial<Record<string, HookCallback>>
  /** The newest generation seen, for the order that a lease's end makes. */
  generation(): number
  /** How long before the end of a lease the member steps down by itself; 0. */
  endsEarlyMs?: (leaseMs: number) => number
  /** It was fenced in an earlier life. */
  fenced?: boolean
}

export interface Roles {
  /** Compares the lease's end with the clock, so that a frozen and thawed process refuses itself before any timer fires. */
  isActive(): boolean
  role(): MemberRole
  /** Now, by our own clock; see `heldUpMs`. */
  stamp(): string
  act(order: ControlOrder): Promise<Outcome>
  /** The service cannot be active any more: it is standby in this tick, and `demote` is called with the cause `lost`. */
  release(): void
}

export const roleActions = ['promote', 'demote', 'fence', 'unfence', 'lease'] as const
export type RoleAction = (typeof roleActions)[number]
export const isRoleAction = (action: string): action is RoleAction => (roleActions as readonly string[]).includes(action)

const maxLeaseMs = 86_400_000

/**
 * The role of a member.
 *
 *   standby --promote--> active --demote, end of the lease--> standby
 *   any --fence--> fenced --unfence--> standby        fenced refuses promote
 *
 * Away from active the role changes first and the callback follows: nothing is served while it works. Towards active (and out
 * of the fence) the callback comes first and the role changes when it succeeded, unless another order came meanwhile.
 * Callbacks run one at a time, so that the one of a fence sees the end of a promotion still under way and can undo it.
 * With a callback `lease`, a longer lease counts only when that has succeeded.
 */
export function createRoles(options: RoleOptions): Roles {
  const { member, life, clock, log, on } = options
  let role: 'active' | 'standby' | 'fenced' = options.fenced ? 'fenced' : 'standby'
  let leaseEndsAt: number | null = null
  let cancelTimer = () => {}
  /** Counts orders that touch the role: a slower one finds out that it was overtaken. */
  let orders = 0
  let promotion = new AbortController()
  let tail: Promise<unknown> = Promise.resolve()

  function inTurn(order: HookOrder): Promise<unknown> {
    const run = tail.then(() => on[order.action]?.(order))
    tail = run.catch(() => {})
    return run
  }

  function setLease(endsAt: number | null) {
    cancelTimer()
    leaseEndsAt = endsAt
    cancelTimer = endsAt === null ? () => {} : clock.after(Math.max(1, endsAt - clock.monotonic()), tick)
  }

  /** A timer may fire a hair before its time. */
  function tick() {
    if (isActive() && leaseEndsAt !== null) setLease(leaseEndsAt)
  }

  function isActive(): boolean {
    if (role !== 'active') return false
    if (leaseEndsAt === null || clock.monotonic() < leaseEndsAt) return true
    stepDown('standby')
    leaveUnasked('lease-ended')
    return false
  }

  function leaveUnasked(cause: 'lease-ended' | 'overtaken' | 'lost') {
    log?.warn({ member, cause }, 'stepped down')
    inTurn({ action: 'demote', generation: options.generation(), key: '', body: {}, cause, grant: null }).catch((error) =>
      log?.error({ member, cause, err: causeChain(error) }, 'stepped down, but the own part of it failed'),
    )
  }

  function stepDown(to: 'standby' | 'fenced'): number {
    role = to
    setLease(null)
    promotion.abort()
    return ++orders
  }

  const ownEnd = (grant: LeaseGrant | null) => grant && grant.endsAt - (options.endsEarlyMs?.(grant.leaseMs) ?? 0)

  async function promote(order: ControlOrder): Promise<unknown> {
    // The lease counts from the order's arrival, not from the callback's end: who ordered it counts from then at the latest.
    const heldUp = heldUpMs(order.body.since)
    const grant = grantOf(order.body.leaseMs, 'leaseMs', heldUp)
    // Without a lease that ends by itself, an order that comes too late must not be felt at all.
    if (typeof order.body.withinMs === 'number' && heldUp > order.body.withinMs)
      throw refused(member, 'active', `the order is ${Math.round(heldUp)} ms old`)
    if (role === 'fenced') throw refused(member, 'active', 'it is fenced; unfence it first')
    if (isActive()) {
      if (grant !== null) await prolong(order, grant)
      return {}
    }
    promotion.abort()
    const own = new AbortController()
    promotion = own
    const mine = ++orders
    const details = await inTurn({ ...order, cause: 'order', grant, signal: own.signal }).catch((error) => {
      throw refused(member, 'active', error)
    })
    if (mine !== orders) throw refused(member, 'active', 'another order came meanwhile')
    if (options.generation() > order.generation) {
      leaveUnasked('overtaken')
      throw refused(member, 'active', 'a newer generation was heard of meanwhile')
    }
    role = 'active'
    setLease(ownEnd(grant))
    if (!isActive()) throw refused(member, 'active', 'its lease had ended before it was ready')
    return details
  }

  async function leave(order: ControlOrder, to: 'standby' | 'fenced'): Promise<unknown> {
    // A demotion does not lift a fence.
    stepDown(role === 'fenced' ? 'fenced' : to)
    return await inTurn({ ...order, cause: 'order', grant: null }).catch((error) => {
      throw fault('step-down-failed', { member, role, action: order.action, problem: reason(error) }, error)
    })
  }

  async function unfence(order: ControlOrder): Promise<unknown> {
    if (role !== 'fenced') return {}
    const mine = ++orders
    const details = await inTurn({ ...order, cause: 'order', grant: null }).catch((error) => {
      throw refused(member, 'standby', error)
    })
    if (mine !== orders) throw refused(member, 'standby', 'another order came meanwhile')
    role = 'standby'
    return details
  }

  function lease(order: ControlOrder): unknown {
    const given = order.body.ttlMs
    if (given === undefined) throw fault('bad-request', { problems: `ttlMs: 1 to ${maxLeaseMs} ms` })
    const grant = grantOf(given, 'ttlMs', 0) as LeaseGrant
    if (!isActive()) throw fault('not-active', { member })
    return prolong(order, { ...grant, endsAt: grant.endsAt - heldUpMs(order.body.since) })
  }

  function prolong(order: ControlOrder, grant: LeaseGrant): unknown {
    if (!on.lease) {
      setLease(ownEnd(grant))
      return {}
    }
    const mine = orders
    // Also for a promotion of one that is active: to be made active once more is no part of that.
    return inTurn({ ...order, action: 'lease', cause: 'order', grant }).then((details) => {
      // It may have stepped down meanwhile: what has ended is not prolonged.
      if (mine !== orders || !isActive()) throw fault('not-active', { member })
      setLease(ownEnd(grant))
      return details
    })
  }

  const stamp = () => `${life}/${clock.monotonic()}`

  /**
   * How long an order may have been under way. `since` is the `stamp` of one of our answers: who orders sent this after having
   * read that, so counting from then is safe, however late it arrives (a frozen process reads it when it thaws).
   */
  function heldUpMs(since: unknown): number {
    if (since === undefined) return 0
    const [, ms] = typeof since === 'string' && since.startsWith(`${life}/`) ? since.slice(life.length).split('/') : []
    const held = clock.monotonic() - Number(ms)
    if (!Number.isFinite(held) || held < 0) throw fault('bad-request', { problems: 'since: not a stamp that this process gave' })
    return held
  }

  function grantOf(ms: unknown, name: string, heldUp: number): LeaseGrant | null {
    if (ms === undefined) return null
    if (!Number.isInteger(ms) || (ms as number) < 1 || (ms as number) > maxLeaseMs)
      throw fault('bad-request', { problems: `${name}: 1 to ${maxLeaseMs} ms` })
    return { endsAt: clock.monotonic() + (ms as number) - heldUp, leaseMs: ms as number }
  }

  const acts: Record<RoleAction, (order: ControlOrder) => unknown> = {
    promote,
    demote: (order) => leave(order, 'standby'),
    fence: (order) => leave(order, 'fenced'),
    unfence,
    lease,
  }

  return {
    isActive,
    stamp,
    role() {
      isActive()
      return role
    },
    async act(order) {
      const details = detailsOf(await acts[order.action as RoleAction](order))
      return { ...details, role, generation: order.generation, ...(role === 'active' ? { stamp: stamp() } : {}) }
    },
    release() {
      if (!isActive()) return
      stepDown('standby')
      leaveUnasked('lost')
    },
  }
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** A fault that the service chose itself is its answer. */
export function refused(member: string, role: string, problem: unknown): Error {
  return isFault(problem)
    ? problem
    : fault('role-refused', { member, role, problem: reason(problem) }, problem instanceof Error ? problem : undefined)
}

export const detailsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
