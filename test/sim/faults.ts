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
export function inflict({ kind, member: id, forMs }: SimFault, grip: Grip): void {
  const later = (fn: () => void) => forMs !== null && grip.clock.after(forMs, fn)
  grip.tell(`fault ${kind} ${id} for ${forMs ?? 'good'}`)
  ways[kind]({ ...grip, member: grip.hosts.members.get(id) as SimMember, forMs, later })
}

interface Blow extends Grip {
  member: SimMember
  forMs: number | null
  /** When it comes right again, if ever. */
  later(fn: () => void): void
}

const ways: Record<SimFault['kind'], (blow: Blow) => void> = {
  kill: ({ hosts, member }) => {
    end(hosts, member)
  },
  break: ({ hosts, member, later }) => {
    broken(member, true)
    later(() => broken(member, false))
    end(hosts, member)
  },
  freeze: ({ member, later }) => {
    const frozen = (member.kept ? member.kept.db.process : member.process)?.actor
    frozen?.freeze()
    later(() => frozen?.thaw())
  },
  ill: ({ member, later }) => {
    if (member.kept) return
    member.ill = true
    later(() => {
      member.ill = false
    })
  },
  'lose-host': ({ hosts, guard, member, later }) => {
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
  },
  'cut-off': ({ member, later }) => {
    member.host.reachable = false
    later(() => {
      member.host.reachable = true
    })
  },
  'kill-agent': ({ hosts, clock, member, forMs }) => {
    const { host } = member
    hosts.stopAgent(host)
    // Its supervisor starts it again.
    clock.after(forMs ?? 1_000, () => hosts.startAgent(host))
  },
  'kill-guard': ({ clock, guard, member, forMs }) => {
    const { kept, host } = member
    if (!kept) return
    kept.guard?.actor.end()
    // Its agent starts another one.
    clock.after(300 + (forMs ?? 0) / 10, () => host.up && host.agent && guard(kept))
  },
  'freeze-guard': ({ member, later }) => {
    const frozen = member.kept?.guard?.actor
    frozen?.freeze()
    later(() => frozen?.thaw())
  },
  'freeze-host': ({ hosts, member, later }) => {
    const all = [...hosts.members.values()].filter(({ host }) => host === member.host)
    const actors = [member.host.agent, ...all.flatMap(({ process, kept }) => [process?.actor, kept?.guard?.actor, kept?.db.process?.actor])]
    for (const one of actors) one?.freeze()
    later(() => {
      for (const one of actors) one?.thaw()
    })
  },
  'freeze-agent': ({ member, later }) => {
    const { agent } = member.host
    agent?.freeze()
    later(() => agent?.thaw())
  },
  'kill-controller': ({ controller }) => {
    controller()?.kill()
  },
  'freeze-controller': ({ controller, later }) => {
    const life = controller()
    life?.freeze()
    later(() => life?.thaw())
  },
  'blind-controller': ({ cut, member, later }) => {
    later(cut(member.host))
  },
  'lose-session': ({ cutSession }) => {
    cutSession()
  },
  'switch-off': ({ journal, later }) => {
    void journal.setSwitch('global', true, 'sim', 'a person wants quiet')
    later(() => void journal.setSwitch('global', false, 'sim', 'over'))
  },
  storm: ({ clock, journal, member, later }) => {
    const tell = (status: 'firing' | 'resolved', summary: string) =>
      void journal.ingest(
        Array.from({ length: 50 }, (_, at) => ({
          ...{ key: `storm/${at}`, component: member.component, member: null, signal: 'external' as const },
          ...{ status, source: 'sim', summary, at: clock.now() },
        })),
      )
    tell('firing', 'storm')
    later(() => tell('resolved', 'over'))
  },
}

const end = (hosts: SimHosts, member: SimMember) =>
  member.kept ? member.kept.databases.kill(member.kept.db, false) : hosts.exit(member, 'signal SIGKILL')

function broken(member: SimMember, is: boolean): void {
  member.broken = is
  if (member.kept) member.kept.db.broken = is
}
