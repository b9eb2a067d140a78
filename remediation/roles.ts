import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import { keepsDatabases, renewMsOf } from '../core/catalog/timings.ts'
import { type Clock, every } from '../core/clock.ts'
import { isFault } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Role } from '../core/runs/run.ts'
import type { Observed } from './requirements.ts'
import type { World } from './world.ts'

/**
 * Keeps the role lease of every active member: while it is renewed the member may act, and without us it steps down by itself.
 * It remembers when the last renewal was *sent*, because one that got no answer may have arrived all the same.
 */
export interface RoleKeeper {
  /** Renews for this member from now on; `answer` is its answer to the promotion, if we have it. */
  keep(role: Role, answer?: object): void
  /** Renews no more: the role is about to be taken away. */
  release(component: string): void
  /** A promotion that carries a first lease is being sent. */
  granting(component: string): void
  /** Monotonic ms at which any lease that we may have granted has ended. */
  leaseEndsAt(component: string): number
  /** Goes on for as long as `mayRenew` lets it, and ends then by itself. */
  linger(): void
  stop(): void
}

export interface RoleKeeperPorts {
  catalog: Catalog
  world: World
  clock: Clock
  log: Log
  observed: Observed
  /** Whether the lease by which we lead, or led, lasts; absent: always. */
  mayRenew?(): boolean
  /** How long somebody else may still renew, ms from now: the leader before us. */
  earlierMs?: number
  /** The member says that it is not the active one, so its lease cannot be renewed. */
  onLost(component: string): void
}

export function keepRoles({
  catalog,
  world,
  clock,
  log,
  observed,
  onLost,
  mayRenew = () => true,
  earlierMs = 0,
}: RoleKeeperPorts): RoleKeeper {
  // An earlier life of ours may have renewed just before it died: count from our own start.
  const bootedAt = clock.monotonic()
  /** Nobody else renews after this. */
  const aloneFrom = bootedAt + earlierMs
  const sentAt = new Map<string, number>()
  const unanswered = new Set<string>()
  /** The member's own time in its last answer: what we send next was sent after it. */
  const stamps = new Map<string, unknown>()
  const kept = new Map<string, { role: Role; stop: () => void }>()
  let serial = 0
  let lingers = false

  async function renew(component: Component, role: Role) {
    if (lingers && !mayRenew()) return keeper.stop()
    const member = role.active as string
    // Each renewal that may have arrived puts off the switch. One that is silent twice over gets none until it is seen again.
    if (unanswered.has(component.id) && observed(member).status === 'fail') return
    const { ttlMs = 0 } = component.roleLease ?? {}
    const timeoutMs = renewMsOf(component)
    const limits = { timeoutMs, signal: new AbortController().signal }
    // A database that did not answer the last one has to show first that it is there: to be asked puts off nothing, and its lease
    // has room for one more round trip. That of others has not (a third of it per renewal): they are seen to fail first.
    const doubted = keepsDatabases(component) && unanswered.has(component.id)
    if (doubted || !stamps.has(component.id)) {
      const seen = await world.health(member, limits).catch(() => undefined)
      if (seen === undefined && doubted) return
      note(component.id, seen)
    }
    // Who was frozen meanwhile may have lost the lead: what it sends would put off the switch of the next leader.
    if (kept.get(component.id)?.role !== role || !mayRenew()) return
    const since = stamps.get(component.id)
    const before = sentAt.get(component.id)
    const mine = clock.monotonic()
    // Without a stamp the lease counts from the arrival, which may be as late as our patience is long.
    const counted = since === undefined ? mine + timeoutMs : mine
    sentAt.set(component.id, counted)
    unanswered.add(component.id)
    const body = since === undefined ? { ttlMs } : { ttlMs, since }
    const call = {
      action: 'lease',
      generation: role.generation,
      key: `lease/${role.component}/${role.generation}/${bootedAt}/${++serial}`,
      body,
    }
    try {
      note(component.id, await world.control({ member }, call, limits))
      unanswered.delete(component.id)
    } catch (error) {
      // The kernel refused the connection: this one surely did not arrive.
      if (isFault(error, 'target-refused') && before !== undefined && sentAt.get(component.id) === counted) sentAt.set(component.id, before)
      if (kept.get(component.id)?.role !== role) return
      if (isFault(error, 'target-failed', 'stale-generation', 'not-active')) onLost(component.id)
      log.debug({ component: component.id, member, err: String(error) }, 'role lease not renewed')
    }
  }

  const note = (component: string, answer: object | undefined) => {
    if (answer && 'stamp' in answer && answer.stamp !== undefined) stamps.set(component, answer.stamp)
  }

  const keeper: RoleKeeper = {
    keep(role, answer) {
      const component = catalog.component(role.component)
      const before = kept.get(role.component)?.role
      if (before?.active === role.active && before?.generation === role.generation) return
      keeper.release(role.component)
      note(role.component, answer)
      if (!component.roleLease || role.active === null) return
      const everyMs = renewMsOf(component)
      const firstInMs = Math.max(0, (sentAt.get(component.id) ?? Number.NEGATIVE_INFINITY) + everyMs - clock.monotonic())
      let stop = clock.after(firstInMs, () => {
        stop = every(clock, everyMs, () => void renew(component, role))
        void renew(component, role)
      })
      kept.set(component.id, { role, stop: () => stop() })
    },
    release(component) {
      kept.get(component)?.stop()
      kept.delete(component)
      stamps.delete(component)
    },
    granting(component) {
      sentAt.set(component, clock.monotonic())
      unanswered.delete(component)
    },
    leaseEndsAt(component) {
      return Math.max(sentAt.get(component) ?? bootedAt, aloneFrom) + (catalog.component(component).roleLease?.ttlMs ?? 0)
    },
    linger() {
      lingers = true
      if (!mayRenew()) keeper.stop()
    },
    stop() {
      for (const component of [...kept.keys()]) keeper.release(component)
    },
  }
  return keeper
}
