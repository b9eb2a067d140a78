import type { IncidentDetail, RunDetail } from '../api/client.ts'
import { isLive } from './runs.ts'

/** A rung of the ladder that was taken, or one that was not, with the reason. */
export type Rung = { kind: 'run'; at: string; run: RunDetail } | { kind: 'refused'; at: string; runbook: string; reason: string }

/**
 * What was tried, in the order of time. A refusal is told once per runbook, with its last reason, and not at all when the runbook
 * ran afterwards or was refused only because it had run. The call for a person is told elsewhere, unless it is under way.
 */
export function rungsOf({ runs, timeline }: Pick<IncidentDetail, 'runs' | 'timeline'>): Rung[] {
  const taken = runs.filter((run) => run.runbook !== 'page' || isLive(run) || run.status !== 'done')
  const refusals = new Map<string, Rung>()
  for (const { kind, at, data } of timeline) {
    if (kind !== 'incident.refused' || data.code === 'tried') continue
    const runbook = String(data.runbook ?? '')
    if (runs.some((run) => run.runbook === runbook && run.createdAt >= at)) continue
    refusals.set(runbook, { kind: 'refused', at, runbook, reason: String(data.reason ?? '') })
  }
  const rungs: Rung[] = [...taken.map((run) => ({ kind: 'run', at: run.createdAt, run }) as const), ...refusals.values()]
  return rungs.sort((a, b) => a.at.localeCompare(b.at))
}

/** When somebody was called, or null. */
export const pagedAt = ({ timeline }: Pick<IncidentDetail, 'timeline'>): string | null =>
  timeline.findLast((entry) => entry.kind === 'page.sent')?.at ?? null
