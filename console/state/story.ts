import type { IncidentDetail, TimelineEntry } from '../api/client.ts'

/** What is told elsewhere at the same time, or again, only makes the timeline long. */
export function storyOf(timeline: readonly TimelineEntry[]): TimelineEntry[] {
  const ended = new Set(timeline.flatMap((entry) => (/^step\.(done|failed|unknown)$/.test(entry.kind) ? [stepKey(entry)] : [])))
  return timeline.filter((entry) => {
    if (entry.kind === 'step.intent') return !ended.has(stepKey(entry))
    if (entry.kind === 'incident.refused') return entry.data.code !== 'tried'
    return entry.kind !== 'run.started'
  })
}

const stepKey = ({ run, data }: TimelineEntry) => `${run}/${data.seq}/${data.attempt}`

/** Why a person was called. Later reasons of the same incident ("a person has been called") tell less. */
export function whyEscalated(incident: Pick<IncidentDetail, 'timeline' | 'reason'>): string {
  const told = incident.timeline.findLast((entry) => entry.kind === 'incident.escalated')?.data.reason
  return typeof told === 'string' && told !== '' ? told : incident.reason
}
