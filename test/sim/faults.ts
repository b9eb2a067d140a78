import type { Journal } from '../../core/journal/journal.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import type { SimHost, SimHosts, SimMember } from './host.ts'
import type { Kept } from './kept.ts'
import type { Life } from './life.ts'
import type { SimFault } from './scenario.ts'

/** What a fault works on. */
export interface Grip {
  hosts: SimHosts
  clock: VirtualClock
  tell(text: string): void
  /** The controller that leads, or the only one; null: none does at the moment. */
  controller(): Life | null
  cutSession(): void
  /** One controller loses its way to a host; the answer gives it back. */
  cut(host: SimHost): () => void
  /** A guard begins. */
  guard(kept: Kept): void
  journal: Journal
}

/** Does what goes wrong, and sets when it comes right again. */
export function inflict(
  { kind, member: id, forMs }: SimFault,
  { hosts, clock, tell, controller, cutSession, cut, journal, guard }: Grip,
): void {
  const member = hosts.members.get(id) as SimMember
  const later = (fn: () => void) => forMs !== null && clock.after(forMs, fn)
  tell(`fault ${kind} ${id} for ${forMs ?? 'good'}`)
  switch (kind) {
    case 'kill':
      end(hosts, member)
      return
    case 'break':
      broken(member, true)
      later(() => broken(member, false))
      end(hosts, member)
      return
    case 'freeze': {
      const frozen = (member.kept ? member.kept.db.process : member.process)?.actor
      frozen?.freeze()
      later(() => frozen?.thaw())
      return
    }
    case 'ill':
      if (member.kept) return
      member.ill = true
      later(() => {
        member.ill = false
      })
      return
    case 'lose-host': {
      const { host } = member
      host.up = false
      hosts.stopAgent(host)
      const lost = [...hosts.members.values()].filter((one) => one.host === host)
      for (const one of lost) end(hosts, one)
      for (const kept of hosts.keptOn(host)) kept.guard?.actor.end()
      // A host that comes back starts its members anew.
      later(() => {
        host.up = true
        for (const kept of hosts.keptOn(host)) guard(kept)
        hosts.startAgent(host)
        for (const one of lost) if (!one.kept && !one.process && !one.fenced) hosts.spawn(one)
      })
      return
    }
    case 'cut-off': {
      member.host.reachable = false
      later(() => {
        member.host.reachable = true
      })
      return
    }
    case 'kill-agent': {
      const { host } = member
      hosts.stopAgent(host)
      // Its supervisor starts it again.
      clock.after(forMs ?? 1_000, () => hosts.startAgent(host))
      return
    }
    case 'kill-guard': {
      const { kept, host } = member
      if (!kept) return
      kept.guard?.actor.end()
      // Its agent starts another one.
      clock.after(300 + (forMs ?? 0) / 10, () => host.up && host.agent && guard(kept))
      return
    }
    case 'freeze-guard': {
      const frozen = member.kept?.guard?.actor
      frozen?.freeze()
      later(() => frozen?.thaw())
      return
    }
    case 'freeze-host': {
      const all = [...hosts.members.values()].filter(({ host }) => host === member.host)
      const actors = [
        member.host.agent,
        ...all.flatMap(({ process, kept }) => [process?.actor, kept?.guard?.actor, kept?.db.process?.actor]),
      ]
      for (const one of actors) one?.freeze()
      later(() => {
        for (const one of actors) one?.thaw()
      })
      return
    }
    case 'freeze-agent': {
      const { agent } = member.host
      agent?.freeze()
      later(() => agent?.thaw())
      return
    }
    case 'kill-controller':
      controller()?.kill()
      return
    case 'freeze-controller': {
      const life = controller()
      life?.freeze()
      later(() => life?.thaw())
      return
    }
    case 'blind-controller':
      later(cut(member.host))
      return
    case 'lose-session':
      cutSession()
      return
    case 'switch-off':
      void journal.setSwitch('global', true, 'sim', 'a person wants quiet')
      later(() => void journal.setSwitch('global', false, 'sim', 'over'))
      return
    case 'storm':
      void journal.ingest(
        Array.from({ length: 50 }, (_, at) => ({
          key: `storm/${at}`,
          component: member.component,
          member: null,
          signal: 'external' as const,
          status: 'firing' as const,
          source: 'sim',
          summary: 'storm',
          at: clock.now(),
        })),
      )
      later(
        () =>
          void journal.ingest(
            Array.from({ length: 50 }, (_, at) => ({
              key: `storm/${at}`,
              component: member.component,
              member: null,
              signal: 'external' as const,
              status: 'resolved' as const,
              source: 'sim',
              summary: 'over',
              at: clock.now(),
            })),
          ),
      )
      return
  }
}

const end = (hosts: SimHosts, member: SimMember) =>
  member.kept ? member.kept.databases.kill(member.kept.db, false) : hosts.exit(member, 'signal SIGKILL')

function broken(member: SimMember, is: boolean): void {
  member.broken = is
  if (member.kept) member.kept.db.broken = is
}
