import type { Failure, Incident } from '../core/incidents/incident.ts'
import type { Refusal } from '../core/journal/journal.ts'
import type { Json, Run } from '../core/runs/run.ts'
import { notApproved } from './asking.ts'
import type { Anomaly } from './classify.ts'

/** Users do not feel these yet: they need a person, not at once. */
const unhurried: readonly Failure[] = ['degraded', 'standby-unhealthy', 'flapping', 'unknown']

interface Matter {
  incident: Pick<Incident, 'id' | 'openedAt'>
  component: string
  title: string
  owner: string | null
  anomaly: Anomaly
  tried: readonly Run[]
  refusals: readonly Refusal[]
}

/** What a person is told: what is broken, what was tried and how it ended, what was refused and why. Pure. */
export function pageFor({ incident, component, title, owner, anomaly, tried, refusals }: Matter) {
  const attempts = tried.filter((run) => run.runbook !== 'page').toReversed()
  const members = [...anomaly.members].sort()
  const payload: { [key: string]: Json } = {
    component,
    title,
    owner,
    failure: anomaly.failure,
    members,
    urgency: unhurried.includes(anomaly.failure) ? 'low' : 'high',
    evidence: anomaly.evidence,
    reason: reasonOf(attempts, refusals, anomaly),
    tried: attempts.map((run) => ({ run: run.id, runbook: run.runbook, status: run.status, reason: run.reason })),
    refused: refusals.filter((refusal) => refusal.code !== 'tried').map((refusal) => ({ ...refusal })),
    openedAt: incident.openedAt,
  }
  return { dedupe: `${incident.id}/${anomaly.failure}/${members.join('+')}`, incident: incident.id, payload }
}

function reasonOf(attempts: readonly Run[], refusals: readonly Refusal[], anomaly: Anomaly): string {
  const doubt = attempts.find((run) => run.status === 'unknown')
  if (doubt) return `${doubt.runbook} ended in doubt: ${doubt.reason}`
  const refused = refusals
    .filter((refusal) => refusal.code !== 'tried')
    .map((refusal) => `${refusal.runbook} was refused: ${refusal.reason}`)
  // What failed earlier, of another kind, is told under "tried".
  const failed = attempts
    .filter((run) => (run.status === 'failed' || notApproved(run)) && run.failure === anomaly.failure)
    .map((run) => `${run.runbook} ${run.status === 'failed' ? 'failed' : 'was not begun'}: ${run.reason}`)
  const all = [...failed, ...refused]
  return all.length > 0 ? all.join('; ') : `no runbook answers "${anomaly.failure}": ${anomaly.evidence}`
}
