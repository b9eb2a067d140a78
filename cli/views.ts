/** Parts of the API's answers that the command line shows; see docs/openapi.json for all of them. */
export interface MemberView {
  id: string
  site: string | null
  role: 'active' | 'standby' | 'fenced' | 'unknown'
  status: 'pass' | 'warn' | 'fail' | 'unknown'
  generation: number | null
  summary: string
}

export interface ComponentView {
  id: string
  title: string
  topology: 'active-standby' | 'pool'
  status: 'pass' | 'warn' | 'fail' | 'unknown'
  automation: 'on' | 'off'
  members: MemberView[]
}

export interface StepView {
  seq: number
  attempt: number
  name: string
  kind: string
  status: 'planned' | 'intent' | 'done' | 'failed' | 'unknown'
  startedAt: string | null
  endedAt: string | null
  output: unknown
}

export interface RunView {
  id: string
  runbook: string
  component: string
  status: string
  reason: string
  createdAt: string
  waitsUntil: string | null
  approvedBy: string | null
  steps: StepView[]
}

export interface IncidentView {
  id: string
  component: string
  failure: string
  status: 'open' | 'mending' | 'recovered' | 'escalated' | 'resolved'
  reason: string
  openedAt: string
  endedAt: string | null
}

export interface IncidentDetail extends IncidentView {
  alerts: { key: string; status: string; signal: string; summary: string; count: number }[]
  timeline: { seq: number; at: string; kind: string; run: string | null; data: Record<string, unknown> }[]
  runs: RunView[]
}
