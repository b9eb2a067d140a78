import type { Journal } from '../../core/journal/journal.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { actor } from './actor.ts'
import type { SimHosts, SimMember } from './host.ts'
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
  journal: Journal
}

/** Does what goes wrong, and sets when it comes right again. */
export function inflict({ kind, member: id, forMs }: SimFault, { hosts, clock, tell, controller, cutSession, journal }: Grip): void {
  const member = hosts.members.get(id) as SimMember
  const later = (fn: () => void) => forMs !== null && clock.after(forMs, fn)
  tell(`fault ${kind} ${id} for ${forMs ?? 'good'}`)
  switch (kind) {
    case 'kill':
      hosts.exit(member, 'signal SIGKILL')
      return
    case 'break':
      member.broken = true
      later(() => {
        member.broken = false
      })
      hosts.exit(member, 'signal SIGKILL')
      return
    case 'freeze': {
      const frozen = member.process?.actor
      frozen?.freeze()
      later(() => frozen?.thaw())
      return
    }
    case 'ill':
      member.ill = true
      later(() => {
        member.ill = false
      })
      return
    case 'lose-host': {
      const { host } = member
      host.up = false
      host.agent?.end()
      host.agent = null
      const lost = [...hosts.members.values()].filter((one) => one.host === host)
      for (const one of lost) hosts.exit(one, 'host lost')
      // A host that comes back starts its members anew.
      later(() => {
        host.up = true
        host.agent ??= actor(clock, host.rate)
        for (const one of lost) if (!one.process && !one.fenced) hosts.spawn(one)
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
      host.agent?.end()
      host.agent = null
      // Its supervisor starts it again.
      clock.after(forMs ?? 1_000, () => {
        if (host.up) host.agent ??= actor(clock, host.rate)
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
