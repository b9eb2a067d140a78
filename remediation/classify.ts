import type { Alert, Signal } from '../core/alerts/alert.ts'
import type { Component } from '../core/catalog/schema.ts'
import type { Failure } from '../core/incidents/incident.ts'
import type { Role } from '../core/runs/run.ts'

/** What is wrong with a component, and with which of its members. */
export interface Anomaly {
  failure: Failure
  /** Members to be mended, in the order of the configuration; empty when it is nobody's in particular. */
  members: string[]
  /** The kernel or a supervisor says so, not only our own eyes. */
  proven: boolean
  /** Of a pool: all members whose process surely ended, whatever is to be done about them. */
  ended?: readonly string[]
  /** The member is well, but not in its role. */
  wrongRole: boolean
  /** One sentence: what was seen. */
  evidence: string
}

/** What one signal of one member means, the heaviest first. */
const meanings: readonly [Signal, Failure][] = [
  ['exit', 'process-exited'],
  ['flapping', 'flapping'],
  ['refused', 'process-exited'],
  ['unreachable', 'unreachable'],
  ['timeout', 'hung'],
  ['missed-beat', 'hung'],
  ['bad-answer', 'failing'],
  ['fail', 'failing'],
  ['wrong-role', 'failing'],
  ['overloaded', 'overloaded'],
  ['warn', 'degraded'],
  ['human', 'unknown'],
  ['external', 'unknown'],
]

/** Failures that a standby shares under one name: its users do not feel them, and they must never cause a switch. */
const standbyFailures: readonly Failure[] = ['process-exited', 'hung', 'failing', 'unreachable']

const weight = (failure: Failure) => meanings.findIndex(([, meaning]) => meaning === failure)

/**
 * What is wrong, the heaviest first: one after the other is mended, so that a member that nobody can mend does not hide the others.
 * Pure; empty when nothing fires any more.
 */
export function classify(component: Component, alerts: readonly Alert[], role: Role): Anomaly[] {
  const firing = alerts.filter((alert) => alert.status === 'firing')
  const twoActives = firing.find((alert) => alert.signal === 'two-actives')
  // Whatever else is wrong: to touch anybody now could take the right one.
  if (twoActives) return [{ failure: 'two-actives', members: [], proven: false, wrongRole: false, evidence: twoActives.summary }]

  const perMember = component.members.flatMap((member) => judge(member.id, firing)).sort((a, b) => weight(a.failure) - weight(b.failure))
  const ended = component.members.flatMap(({ id }) => (firing.some((one) => one.member === id && one.signal === 'exit') ? [id] : []))
  const ofMembers =
    component.topology === 'active-standby' ? inPair(perMember, role) : inPool(perMember).map((anomaly) => ({ ...anomaly, ended }))
  const rest = firing.filter((alert) => !component.members.some((member) => member.id === alert.member))
  return rest.length > 0 ? [...ofMembers, ofNobody(rest)] : ofMembers
}

/** The active member first. The others are standbys as long as somebody is known to be active. */
function inPair(perMember: readonly Anomaly[], { active }: Role): Anomaly[] {
  const isActive = (one: Anomaly) => one.members[0] === active
  const others = perMember.filter((one) => !isActive(one))
  return [...perMember.filter(isActive), ...others.map((one) => asStandby(one, active))]
}

const asStandby = (one: Anomaly, active: string | null): Anomaly =>
  active !== null && standbyFailures.includes(one.failure) ? { ...one, failure: 'standby-unhealthy' } : one

/** Members with the same failure are mended together. */
function inPool(perMember: readonly Anomaly[]): Anomaly[] {
  const kinds = [...new Set(perMember.map((one) => one.failure))]
  return kinds.map((failure) => {
    const same = perMember.filter((one) => one.failure === failure)
    return {
      failure,
      members: same.flatMap((one) => one.members),
      proven: same.every((one) => one.proven),
      wrongRole: false,
      evidence: same.map((one) => one.evidence).join('; '),
    }
  })
}

function judge(member: string, firing: readonly Alert[]): Anomaly[] {
  const own = firing.filter((alert) => alert.member === member)
  for (const [signal, failure] of meanings) {
    const alert = own.find((one) => one.signal === signal)
    if (alert)
      return [
        {
          failure,
          members: [member],
          proven: signal === 'exit',
          wrongRole: signal === 'wrong-role',
          evidence: `${member}: ${alert.summary}`,
        },
      ]
  }
  return []
}

/** Alerts that name no member of ours: whoever sent them knows more than we do. */
function ofNobody(firing: readonly Alert[]): Anomaly {
  const first = firing[0] as Alert
  const failure = meanings.find(([signal]) => signal === first.signal)?.[1] ?? 'unknown'
  return {
    failure: failure === 'overloaded' || failure === 'degraded' ? failure : 'unknown',
    members: [],
    proven: false,
    wrongRole: false,
    evidence: first.summary,
  }
}
