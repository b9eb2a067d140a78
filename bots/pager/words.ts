import type { Json } from '../../core/runs/run.ts'

type Payload = { [key: string]: Json }
const list = (value: Json | undefined) => (Array.isArray(value) ? (value as Payload[]) : [])
const names = (value: Json | undefined) => (Array.isArray(value) ? value.join(', ') : '')

/** One line that tells a person who was asleep what is broken. */
export function titleOf(payload: Payload): string {
  const what = payload.title ? `${payload.title} (${payload.component})` : String(payload.component)
  const who = names(payload.members)
  return `${payload.urgency === 'low' ? '[low] ' : ''}${what}: ${payload.failure}${who ? `, ${who}` : ''}`
}

/** What was seen, what was tried and how it ended, what was refused and why, and what to do now. */
export function textOf(payload: Payload, incident: string | null): string {
  const tried = list(payload.tried).map((run) => `  - ${run.runbook}: ${run.status}. ${run.reason}`)
  const refused = list(payload.refused).map((refusal) => `  - ${refusal.runbook}: refused (${refusal.code}). ${refusal.reason}`)
  const lines = [
    `Seen:    ${payload.evidence}`,
    `Why you: ${payload.reason}`,
    tried.length > 0 ? `Tried:\n${tried.join('\n')}` : 'Tried:   nothing',
    ...(refused.length > 0 ? [`Not tried:\n${refused.join('\n')}`] : []),
    ...(payload.owner ? [`Owner:   ${payload.owner}`] : []),
    ...(incident ? [`Look:    jidoka incident show ${incident}`] : []),
  ]
  // The cause behind a cause is for those who mend Jidoka itself; it stays in the payload.
  return lines.join('\n').replaceAll(/ <- [^;\n]*/g, '')
}
