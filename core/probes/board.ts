import type { Catalog } from '../catalog/catalog.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { MemberStatus, StatusBoard } from './probe.ts'

export interface WritableBoard extends StatusBoard {
  /** Tells the listeners when status, role or generation changed; the rest is kept quietly. */
  put(member: string, next: Pick<MemberStatus, 'status' | 'role' | 'generation' | 'summary' | 'health' | 'heardSince'>): void
}

export function statusBoard({ catalog, clock, log }: { catalog: Catalog; clock: Clock; log: Log }): WritableBoard {
  const since = clock.now()
  const entries = new Map<string, MemberStatus>()
  const listeners = new Set<(status: MemberStatus) => void>()
  for (const component of catalog.components) {
    for (const { id } of component.members) {
      const nothing = { status: 'unknown', role: 'unknown', generation: null, health: null } as const
      entries.set(id, { member: id, component: component.id, ...nothing, summary: 'not looked at yet', since })
    }
  }

  function tell(status: MemberStatus) {
    for (const listener of listeners) {
      try {
        listener(status)
      } catch (error) {
        log.error({ err: error, member: status.member }, 'a listener of the status board failed; the others are told all the same')
      }
    }
  }

  // An unknown member is the same coded error as everywhere.
  const of = (member: string) => entries.get(member) ?? (catalog.member(member) as never)

  return {
    of,
    all: () => [...entries.values()],
    onChange(fn) {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
    put(member, next) {
      const before = of(member)
      const after: MemberStatus = { ...before, ...next, since: next.status === before.status ? before.since : clock.now() }
      entries.set(member, after)
      if (after.status !== before.status || after.role !== before.role || after.generation !== before.generation) tell(after)
    },
  }
}
