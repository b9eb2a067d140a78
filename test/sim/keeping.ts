import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Random } from '../../core/random.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import type { Actor } from './actor.ts'
import { type SimDatabases, simDatabases } from './database.ts'
import type { SimHosts, SimMember } from './host.ts'
import { type Kept, type KeptPorts, type KeptRules, lostBy, newKept, startGuard, startKeeping } from './kept.ts'

export interface KeepingPorts {
  clock: VirtualClock
  random: Random
  catalog: Catalog
  hosts: SimHosts
  rules: KeptRules
  tell(text: string): void
  violate(found: string[]): void
  exited(member: string, detail: string): void
}

/** Sets up the databases of the catalogue, with their guards and agents; answers what each of these works with. */
export function keptMembers({ clock, random, catalog, hosts, rules, tell, violate, exited }: KeepingPorts): {
  portsOf(kept: Kept): KeptPorts
  /** Something happens to somebody, for so long. */
  stir(forMs: number): void
} {
  const sets: SimDatabases[] = []
  const works = new Map<Kept, KeptPorts>()
  for (const component of catalog.components) {
    const members = component.members.filter(({ postgres }) => postgres).map(({ id }) => hosts.members.get(id) as SimMember)
    if (members.length === 0) continue
    const mode = component.replication?.synchronous ?? 'off'
    const databases = simDatabases(clock, random, members, {
      synchronous: mode !== 'off',
      violate,
      onGone(db, ordered) {
        const { kept, host } = hosts.members.get(db.id) as SimMember
        tell(`${db.id} ended${ordered ? ', as ordered' : ''}`)
        if (ordered || !kept) return
        lostBy(kept, host.agent)
        if (host.reachable) host.agent?.post(() => exited(db.id, 'ended'))
      },
    })
    sets.push(databases)
    for (const member of members) {
      const db = databases.of(member.id)
      const kept = newKept(db, databases)
      const ports = { clock, random, databases, strict: mode === 'strict', rules, tell }
      member.kept = kept
      works.set(kept, ports)
      if (member !== members[0]) db.primary = (members[0] as SimMember).id
      startGuard(kept, ports)
      startKeeping(kept, member.host.agent as Actor, ports)
    }
  }
  return {
    portsOf: (kept) => works.get(kept) as KeptPorts,
    stir(forMs) {
      for (const databases of sets) databases.stir(forMs)
    },
  }
}
