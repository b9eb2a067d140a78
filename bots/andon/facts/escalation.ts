import { endedStatuses, type Failure, type Incident } from '../../../core/incidents/incident.ts'
import type { Json, Run } from '../../../core/runs/run.ts'
import type { Andon, Locale } from '../andon.ts'
import { house, type PullInput } from '../ports.ts'
import { clean } from '../text.ts'

/** Users do not feel these yet. */
const unhurried: readonly Failure[] = ['degraded', 'standby-unhealthy', 'flapping', 'unknown']
const reasonChars = 500

/**
 * The pull that an escalated incident makes: what was seen, and the page that has called somebody already. Red, unless nobody has to
 * hurry. Null: it is over, and nothing is left in doubt. Pure.
 */
export function pullOf(incident: Incident, runs: readonly Run[], configured: boolean): PullInput | null {
  const over = endedStatuses.includes(incident.status)
  if (over && !inDoubt(runs)) return null
  const { dedupe, payload } = pageOf(runs)
  const reason = clean(text(payload.reason) ?? incident.reason, reasonChars)
  const hurried = (text(payload.urgency) ?? (unhurried.includes(incident.failure) ? 'low' : 'high')) === 'high'
  return {
    text: text(payload.evidence) ?? reason,
    ...(configured ? { component: incident.component } : {}),
    incident: incident.id,
    failure: incident.failure,
    key: `escalated/${incident.id}`,
    // The page of the escalation has told somebody already, in its own urgency.
    ...(hurried && !over ? { confirmed: { reason, page: dedupe } } : { unhurried: !hurried }),
  }
}

/** A step may or may not have been done: a person has to look, also when nothing fires any more. */
export const inDoubt = (runs: readonly Run[]) => runs.some((run) => run.status === 'unknown')

/** The newest call for a person among the runs of an incident. */
function pageOf(runs: readonly Run[]): { dedupe: string | null; payload: Record<string, Json> } {
  const steps = runs.filter((run) => run.runbook === 'page').flatMap((run) => run.plan.filter((step) => step.action === 'page'))
  const { dedupe = null, payload = null } = steps[0]?.args ?? {}
  return { dedupe: text(dedupe), payload: payload !== null && typeof payload === 'object' && !Array.isArray(payload) ? payload : {} }
}

const text = (value: Json | undefined): string | null => (typeof value === 'string' && value.trim() !== '' ? value : null)

/** Nobody but the house had a part in it, and nobody has to look: what mended the incident mended the andon. */
export const endsByItself = ({ pulledBy, marks }: Andon, runs: readonly Run[], person: boolean): boolean =>
  pulledBy.id === house.id && marks.human === null && !person && !inDoubt(runs)

interface Words {
  recovered(component: string, reason: string): string
  resolved(component: string, reason: string): string
  mendedBy(runbook: string, reason: string): string
  byItself(reason: string): string
}

const words: Record<Locale, Words> = {
  en: {
    recovered: (component, reason) => `The incident of ${component} has recovered: ${reason}`,
    resolved: (component, reason) => `The incident of ${component} is resolved: ${reason}`,
    mendedBy: (runbook, reason) => `${runbook} mended it: ${reason}`,
    byItself: (reason) => `It ended by itself: ${reason}`,
  },
  ja: {
    recovered: (component, reason) => `${component} のインシデントは復旧しました: ${reason}`,
    resolved: (component, reason) => `${component} のインシデントは解決しました: ${reason}`,
    mendedBy: (runbook, reason) => `${runbook} により復旧: ${reason}`,
    byItself: (reason) => `自然に復旧: ${reason}`,
  },
}

/** What the timeline is told of the end of an incident, and how its andon would be said to be mended. */
export function endOf(
  { locale }: Andon,
  status: 'recovered' | 'resolved',
  component: string,
  reason: string,
  runs: readonly Run[],
): { note: string; how: string } {
  const w = words[locale]
  const mender = runs.find((run) => run.runbook !== 'page' && run.status === 'done')
  return { note: w[status](component, reason), how: clean(mender ? w.mendedBy(mender.runbook, mender.reason) : w.byItself(reason)) }
}
