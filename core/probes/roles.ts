import type { Component, ProbeConfig } from '../catalog/schema.ts'
import type { MemberRole } from '../hooks/contract.ts'
import type { Alarm, AlarmDesk } from './alarm.ts'

/** What a member said of its role in one look; monotonic ms. */
export interface RoleReport {
  role: MemberRole
  generation: number | null
  /** It says that it fails; that it is not in its role is told by that alarm already. */
  failing: boolean
  startedAt: number
  at: number
}

interface Known extends RoleReport {
  /** When it was first heard to be active, in an unbroken row of such reports. */
  activeSince: number
  freshMs: number
}

export interface RoleJudge {
  /** After each look by the hook probe; `null`: it did not answer. */
  heard(member: string, report: RoleReport | null, probe: ProbeConfig, now: number): void
}

const source = 'probe:roles'

/** Compares what the members of one active-standby component say with each other, and with what the journal knows. */
export function roleJudge(component: Component, desk: AlarmDesk, activeOf: (component: string) => string | null | undefined): RoleJudge {
  const known = new Map<string, Known>()
  const twoActives = desk.alarm(component.id, null, source)
  const wrongRoles = new Map(component.members.map(({ id }) => [id, { alarm: desk.alarm(component.id, id, source), times: 0 }]))

  function remember(member: string, report: RoleReport, freshMs: number) {
    const before = known.get(member)
    const goesOn = before?.role === 'active' && report.role === 'active'
    known.set(member, { ...report, activeSince: goesOn ? before.activeSince : report.at, freshMs })
  }

  function judgeActives(now: number) {
    const actives = [...known].filter(([, report]) => report.role === 'active' && now - report.at <= report.freshMs)
    actives.sort(([, a], [, b]) => a.activeSince - b.activeSince)
    const proof = actives.flatMap(([member, older], i) => {
      const younger = actives.slice(i + 1).find(([, other]) => overlap(older, other))
      return younger ? [[member, younger[0]]] : []
    })[0]
    if (proof)
      twoActives.fire(
        'two-actives',
        `${proof.map((member) => `${member} (generation ${known.get(member)?.generation ?? 'unknown'})`).join(' and ')} both say that they are active`,
      )
    // After a start of ours nothing is ended before everybody was asked.
    else if (actives.length < 2 && known.size === component.members.length) twoActives.clear('one active member at most')
  }

  function judgeMember(member: string, report: RoleReport | null, failAfter: number) {
    const mine = wrongRoles.get(member) as { alarm: Alarm; times: number }
    const expected = activeOf(component.id) === member
    if (!expected || report?.role === 'active') {
      mine.times = 0
      mine.alarm.clear(expected ? 'it is active' : 'it is not to be active')
    } else if (report && !report.failing) {
      mine.times++
      if (mine.times >= failAfter) mine.alarm.fire('wrong-role', `it is to be active, and says that it is ${report.role}`)
    }
  }

  return {
    heard(member, report, probe, now) {
      if (report) remember(member, report, 2 * probe.everyMs)
      else if (!known.has(member)) remember(member, { role: 'unknown', generation: null, failing: true, startedAt: now, at: now }, 0)
      judgeActives(now)
      judgeMember(member, report, probe.failAfter)
    },
  }
}

/**
 * Two reports "active" prove two actives only when they were true at once: the one that was active first says so again in a look
 * that began after the other was heard. Without this each orderly switch would look like two actives for one interval.
 */
const overlap = (older: Known, younger: Known) => older.startedAt >= younger.activeSince
