import { setTimeout as pause } from 'node:timers/promises'
import { look, type Seen, signal } from '../../examples/platform/processes.ts'
import type { Lane } from './lane.ts'
import type { Strike } from './strikes.ts'

interface Target {
  seen: Seen[]
  /** Null: somebody else brings it back. */
  start: (() => unknown) | null
  /** Its end is known here too. */
  ended(): boolean
}

/** A part that an earlier strike took away is waited for so long; one that stays away cannot be struck. */
const presentMs = 1_500

/** Strikes as soon as there is something to strike. False: there was nothing. `mended` answers when the part was thawed or started again. */
export async function inflict(lane: Lane, strike: Strike, active: number): Promise<{ hit: boolean; mended: Promise<void> }> {
  const { part, blow, forMs } = strike
  for (const from = performance.now(); performance.now() - from < presentMs; await pause(10)) {
    const target = targetOf(lane, part, active)
    const { seen } = target
    const lively = seen.filter(({ state }) => !/^[TtZ]/.test(state))
    // Of a database, a kill takes the postmaster alone: what it leaves behind is the hard case.
    const struck = blow === 'kill' && (part === 'active' || part === 'standby') ? lively.slice(0, 1) : lively
    if (struck[0]?.pid !== seen[0]?.pid || !struck.map((one) => signal(one, blow === 'kill' ? 'SIGKILL' : 'SIGSTOP'))[0]) continue
    return { hit: true, mended: blow === 'freeze' ? thaw(struck, forMs) : restart(struck, target, forMs) }
  }
  return { hit: false, mended: Promise.resolve() }
}

async function thaw(struck: readonly Seen[], forMs: number): Promise<void> {
  await pause(forMs)
  for (const one of struck) signal(one, 'SIGCONT')
}

async function restart(struck: readonly Seen[], { start, ended }: Target, forMs: number): Promise<void> {
  await pause(forMs)
  if (!start) return
  for (const one of struck) while (look(one.pid)?.startedAt === one.startedAt) await pause(5)
  while (!ended()) await pause(5)
  await start()
}

function targetOf({ fleet, server, halts }: Lane, part: Strike['part'], active: number): Target {
  const standby = (active + 1) % fleet.plan.members
  const [first, second] = fleet.controllers
  const acting = fleet.controllers.find((one) => one.name === halts.standing()) ?? first
  const whole = (one = first): Target => ({
    seen: one?.all().slice(0, 1) ?? [],
    start: () => one?.start(),
    ended: () => one?.pid() === null,
  })
  /** What its agent starts again. */
  const kept = (seen: (Seen | null)[]): Target => ({ seen: seen.filter((one) => one !== null), start: null, ended: () => true })
  switch (part) {
    case 'acting controller':
      return whole(acting)
    case 'other controller':
      return whole(acting === first ? second : first)
    case 'agent of the active':
      return whole(fleet.agents[active])
    case 'agent of the standby':
      return whole(fleet.agents[standby])
    case 'guard of the active':
      return kept([fleet.guard(active)])
    case 'guard of the standby':
      return kept([fleet.guard(standby)])
    case 'active':
      return kept(fleet.database(active))
    case 'standby':
      return kept(fleet.database(standby))
    case 'store':
      return { seen: server?.processes() ?? [], start: () => server?.start(), ended: () => true }
  }
}
