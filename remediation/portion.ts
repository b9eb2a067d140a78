import type { Component } from '../core/catalog/schema.ts'
import type { Anomaly } from './classify.ts'
import type { Runbook } from './runbook.ts'

/** Who of the members that are to be mended may be touched now. */
export interface Portion {
  members: string[]
  /** These come when those are well again. */
  later: string[]
  /** How many may be away at once, and how many are. */
  limit: number
  away: number
}

/**
 * A pool is mended in portions, so that a probe that is wrong about all of its members takes away only a share of them, and stops
 * when that mended nothing. Whose process surely ended can be taken away no more: they all come at once, but they are away. A member
 * that only we find failing may serve its users well. One may always be touched while none is away.
 */
export function portionOf(
  component: Component,
  anomaly: Pick<Anomaly, 'members' | 'proven' | 'ended'>,
  runbook: Pick<Runbook, 'id'>,
): Portion {
  const { members, ended = [] } = anomaly
  const limit = Math.max(1, Math.floor(component.members.length * component.guards.maxTouchedShare))
  const away = ended.length
  if (component.topology !== 'pool' || anomaly.proven || runbook.id === 'page') return { members: [...members], later: [], limit, away }
  const alive = members.filter((member) => !ended.includes(member))
  const room = Math.max(0, limit - away)
  const later = alive.slice(room)
  return { members: members.filter((member) => !later.includes(member)), later, limit, away }
}
