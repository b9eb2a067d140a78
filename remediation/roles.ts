import type { Catalog } from '../core/catalog/catalog.ts'
import type { Component } from '../core/catalog/schema.ts'
import { type Clock, every } from '../core/clock.ts'
import { isFault } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Role } from '../core/runs/run.ts'
import type { World } from './world.ts'

/**
 * Keeps the role lease of every active member: while it is renewed the member may act, and without us it steps down by itself.
 * It remembers when the last renewal was *sent*, because one that got no answer may have arrived all the same.
 */
export interface RoleKeeper {
  /** Renews for this member from now on. */
  keep(role: Role): void
  /** Renews no more: the role is about to be taken away. */
  release(component: string): void
  /** A promotion that carries a first lease is being sent. */
  granting(component: string): void
  /** Monotonic ms at which any lease that we may have granted has ended. */
  leaseEndsAt(component: string): number
  stop(): void
}

export interface RoleKeeperPorts {
  catalog: Catalog
  world: World
  clock: Clock
  log: Log
  /** The member says that it is not the active one, so its lease cannot be renewed. */
  onLost(component: string): void
}

export const renewMsOf = (component: Component) => component.roleLease?.renewMs ?? Math.floor((component.roleLease?.ttlMs ?? 0) / 3)

export function keepRoles({ catalog, world, clock, log, onLost }: RoleKeeperPorts): RoleKeeper {
  // An earlier life of ours may have renewed just before it died: count from our own start.
  const bootedAt = clock.monotonic()
  const sentAt = new Map<string, number>()
  const kept = new Map<string, { role: Role; stop: () => void }>()
  let serial = 0

  async function renew(component: Component, role: Role) {
    const { ttlMs = 0 } = component.roleLease ?? {}
    sentAt.set(component.id, clock.monotonic())
    const call = { action: 'lease', generation: role.generation, key: `lease/${role.component}/${bootedAt}/${++serial}`, body: { ttlMs } }
    try {
      await world.control({ member: role.active as string }, call, { timeoutMs: renewMsOf(component), signal: new AbortController().signal })
    } catch (error) {
      if (kept.get(component.id)?.role !== role) return
      if (isFault(error, 'target-failed', 'stale-generation', 'not-active')) onLost(component.id)
      log.debug({ component: component.id, member: role.active, err: String(error) }, 'role lease not renewed')
    }
  }

  const keeper: RoleKeeper = {
    keep(role) {
      const component = catalog.component(role.component)
      keeper.release(role.component)
      if (!component.roleLease || role.active === null) return
      const stop = every(clock, renewMsOf(component), () => void renew(component, role))
      kept.set(component.id, { role, stop })
      void renew(component, role)
    },
    release(component) {
      kept.get(component)?.stop()
      kept.delete(component)
    },
    granting(component) {
      sentAt.set(component, clock.monotonic())
    },
    leaseEndsAt(component) {
      return (sentAt.get(component) ?? bootedAt) + (catalog.component(component).roleLease?.ttlMs ?? 0)
    },
    stop() {
      for (const component of [...kept.keys()]) keeper.release(component)
    },
  }
  return keeper
}
