import type { Alert, Signal } from '../core/alerts/alert.ts'
import { indexCatalog } from '../core/catalog/catalog.ts'
import { type ConfigInput, configSchema } from '../core/catalog/schema.ts'
import type { Situation } from '../core/journal/journal.ts'
import type { MemberStatus } from '../core/probes/probe.ts'
import type { Run } from '../core/runs/run.ts'
import type { AnyAction } from './actions/define.ts'
import { actions } from './actions/registry.ts'
import type { Planner } from './plan.ts'
import type { Runbook } from './runbook.ts'

/** Fixtures of the planner's tests: a pair `polaris`, a pool `dipper`, and how they are seen. */
export const noon = Date.UTC(2026, 0, 1, 12)

const basis: ConfigInput = {
  agents: [{ id: 'host', url: 'http://127.0.0.1:7201' }],
  components: [
    {
      id: 'polaris',
      topology: 'active-standby',
      members: [
        { id: 'polaris-1', hooks: 'http://127.0.0.1:7101', agent: 'host', address: 'http://127.0.0.1:7101' },
        { id: 'polaris-2', hooks: 'http://127.0.0.1:7102', agent: 'host', address: 'http://127.0.0.1:7102' },
      ],
      route: { hooks: 'http://127.0.0.1:7100' },
      roleLease: {},
      ladder: ['restart-process', 'failover-active-standby', 'page'],
    },
    { id: 'dipper', members: ['dipper-1', 'dipper-2', 'dipper-3'].map((id) => ({ id, agent: 'host' })) },
  ],
}

export interface Seen {
  status?: MemberStatus['status']
  role?: MemberStatus['role']
  lag?: { observedValue: number; status: 'pass' | 'fail' }
}

/** A planner that sees `seen`; every other member passes, polaris-1 as active, polaris-2 as standby. */
export function plannerOf(runbooks: readonly Runbook[], seen: Record<string, Seen> = {}, config: Partial<ConfigInput> = {}): Planner {
  const catalog = indexCatalog(configSchema.parse({ ...basis, ...config }))
  const roles: Record<string, MemberStatus['role']> = { 'polaris-1': 'active', 'polaris-2': 'standby' }
  return {
    catalog,
    runbooks: new Map(runbooks.map((runbook) => [runbook.id, runbook])),
    actions: new Map((actions as readonly AnyAction[]).map((action) => [action.id, action])),
    observed(member) {
      const { status = 'pass', role = roles[member] ?? 'unknown', lag } = seen[member] ?? {}
      const health = lag ? { status: 'pass' as const, checks: { 'replication:lag': [{ ...lag, observedUnit: 'entries' }] } } : null
      return { member, component: catalog.member(member).component.id, status, role, generation: 7, summary: status, since: noon, health }
    },
  }
}

export const alertOf = (component: string, member: string | null, signal: Signal, more: Partial<Alert> = {}): Alert => ({
  key: `${component}/${member}/${signal}`,
  component,
  member,
  signal,
  status: 'firing',
  source: 'test',
  summary: signal,
  at: noon,
  incident: 'inc_1',
  count: 1,
  firstAt: noon,
  lastAt: noon,
  ...more,
})

export const runOf = (more: Partial<Run>): Run => ({
  id: 'run_0',
  mode: 'automatic',
  waitsUntil: null,
  approvedBy: null,
  runbook: 'restart-process',
  component: 'polaris',
  incident: 'inc_1',
  failure: 'process-exited',
  members: ['polaris-1'],
  plan: [],
  reason: 'it did not come back',
  by: 'engine',
  status: 'failed',
  generation: 7,
  createdAt: noon - 1_000,
  startedAt: noon - 1_000,
  endedAt: noon - 500,
  ...more,
})

/** As the journal keeps them: the last time that each came to its end. */
const successesOf = (history: readonly Run[]) =>
  new Map(
    history.toReversed().flatMap((run) => (run.status === 'done' && run.endedAt !== null ? [[run.runbook, run.endedAt] as const] : [])),
  )

export function situationOf(component: string, alerts: Alert[], more: Partial<Situation> = {}): Situation {
  return {
    now: noon,
    incident: { id: 'inc_1', component, failure: 'unknown', status: 'open', reason: '', openedAt: noon - 2_000, endedAt: null },
    alerts,
    role: { component, active: component === 'polaris' ? 'polaris-1' : null, generation: 7 },
    history: [],
    liveRun: null,
    switchedOff: null,
    suspected: 0,
    spent: [],
    recent: (more.history ?? []).filter((run) => run.runbook !== 'page'),
    succeeded: successesOf(more.history ?? []),
    maintenance: null,
    openIncident: 'inc_1',
    ...more,
  }
}
