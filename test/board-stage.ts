import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi } from '../core/api/app.ts'
import type { ApiPorts, Commands } from '../core/api/ports.ts'
import { serve } from '../core/api/serve.ts'
import { openTokens } from '../core/api/tokens.ts'
import { indexCatalog } from '../core/catalog/catalog.ts'
import { configSchema } from '../core/catalog/schema.ts'
import { systemClock as clock } from '../core/clock.ts'
import { idMint } from '../core/ids.ts'
import type { Failure } from '../core/incidents/incident.ts'
import type { Refusal, RunEnd } from '../core/journal/journal.ts'
import { openJournal } from '../core/journal/open.ts'
import { silentLog } from '../core/log.ts'
import type { MemberStatus } from '../core/probes/probe.ts'
import { systemRandom } from '../core/random.ts'
import type { Json, PlannedStep, Run } from '../core/runs/run.ts'

/** What the board's tests stand on: the real API and a real journal, and no engine. */

const platform = indexCatalog(
  configSchema.parse({
    components: [
      {
        id: 'polaris',
        title: 'Packet transfer',
        dependsOn: ['dipper', 'leo'],
        topology: 'active-standby',
        members: [
          { id: 'polaris-1', site: 'tokyo-a' },
          { id: 'polaris-2', site: 'tokyo-c' },
        ],
      },
      {
        id: 'dipper',
        title: 'Sessions, billing, API',
        dependsOn: ['leo'],
        members: [{ id: 'dipper-1' }, { id: 'dipper-2' }, { id: 'dipper-3' }],
      },
      { id: 'hubble', title: 'Monitoring', members: [{ id: 'hubble-1' }] },
      { id: 'aries', title: 'Signalling', dependsOn: ['leo'], members: [{ id: 'aries-1' }] },
      { id: 'leo', title: 'SIM authentication', members: [{ id: 'leo-1' }] },
      { id: 'capricorn', title: 'Messaging', dependsOn: ['dipper'], members: [{ id: 'capricorn-1' }] },
    ],
  }),
)

const planned = (action: string, member: string, setsActive?: string | null): PlannedStep => ({
  name: `${action} ${member}`,
  action,
  kind: 'check-then-act',
  args: { member },
  timeoutMs: 5_000,
  attempts: 1,
  ...(setsActive === undefined ? {} : { setsActive }),
})

const plans = {
  'restart-process': [planned('restart', 'polaris-1'), planned('verify', 'polaris-1')],
  'failover-active-standby': [
    planned('fence', 'polaris-1', null),
    planned('promote', 'polaris-2', 'polaris-2'),
    planned('route', 'polaris-2'),
    planned('verify', 'polaris-2'),
  ],
  page: [{ ...planned('page', ''), name: 'page' }],
} satisfies Record<string, PlannedStep[]>

export type Stage = Awaited<ReturnType<typeof openStage>>

/** A controller without an engine: the test does the engine's part, step by step, through the journal. */
export async function openStage(boardFolder: string) {
  const folder = await mkdtemp(join(tmpdir(), 'jidoka-board-'))
  const journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, systemRandom) })
  const tokens = await openTokens({ folder, random: systemRandom, clock })
  const status = openStatus()
  const ports: ApiPorts = {
    catalog: platform,
    journal,
    status,
    clock,
    log: silentLog,
    tokens,
    commands: ordersOn(journal),
    ingest: (alerts) => journal.ingest(alerts),
    beat: () => undefined,
    agentReport: async () => undefined,
    boardFolder,
    version: '0.0.0',
  }
  const api = createApi(ports, { sessionKey: tokens.sessionKey })
  let served = await serve(api, { host: '127.0.0.1', port: 0 })
  const { url } = served
  let down = false

  async function alert(component: string, member: string, summary: string): Promise<string> {
    const source = 'agent:tokyo-a'
    const [told] = await journal.ingest([
      { key: `${component}/${member}/${source}`, component, member, signal: 'exit', status: 'firing', source, summary, at: clock.now() },
    ])
    return told?.incident as string
  }

  return {
    url,
    journal,
    status,
    token: tokens.local,
    link: `${url}/#token=${tokens.local}`,
    alert,
    async begin(
      incident: string,
      runbook: keyof typeof plans,
      { reason = 'because', failure = 'process-exited' as Failure, refusals = [] as Refusal[] } = {},
    ) {
      const order = {
        runbook,
        component: 'polaris',
        incident,
        failure,
        members: ['polaris-1'],
        plan: plans[runbook],
        reason,
        takesGeneration: true,
        by: 'engine',
      }
      const { run } = await journal.decide(incident, () => ({ do: 'run', failure, refusals, order }))
      return conduct(journal, run as Run)
    },
    /** A switch that a person has to agree to. */
    async asks(incident: string): Promise<Run> {
      const runbook = 'failover-active-standby'
      const order = {
        ...{ runbook, component: 'polaris', incident, failure: 'process-exited' as Failure, members: ['polaris-1'], plan: plans[runbook] },
        ...{ reason: 'polaris-1 ended', takesGeneration: true, by: 'engine', mode: 'approval' as const, waitsMs: 300_000 },
      }
      const { run } = await journal.decide(incident, () => ({ do: 'run', failure: order.failure, refusals: [], order }))
      return run as Run
    },
    async stop() {
      down = true
      await served.close()
    },
    async start() {
      served = await serve(api, { host: '127.0.0.1', port: Number(new URL(url).port) })
      down = false
    },
    async close() {
      if (!down) await served.close()
      await journal.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** Takes a run, and does what a test says of it. */
export async function conduct(journal: ApiPorts['journal'], run: Run) {
  const claim = await journal.claim(run.id, 'test', 60_000)
  if (!claim) throw new Error('the run is held by somebody else')
  const { held } = claim
  const step = (seq: number) => run.plan[seq] as PlannedStep
  return {
    run,
    begins: (seq: number) =>
      journal.intend(held, {
        run: run.id,
        seq,
        attempt: 1,
        planned: step(seq),
        key: `${run.id}/${seq}/1`,
        deadlineAt: clock.now() + 5_000,
      }),
    ended(seq: number, status: 'done' | 'failed' = 'done', output: Json = null) {
      const active = status === 'done' && 'setsActive' in step(seq) ? { setsActive: step(seq).setsActive } : {}
      return journal.outcome(held, { run: run.id, seq, attempt: 1, status, output, ...active })
    },
    finish: (end: Omit<RunEnd, 'verified'>) =>
      journal.finish(held, run.id, { ...end, verified: end.incident === 'recovered' ? ['polaris-1', 'polaris-2'] : [] }),
  }
}

function openStatus() {
  const listeners = new Set<(status: MemberStatus) => void>()
  const known = new Map<string, MemberStatus>()
  for (const component of platform.components) {
    for (const [index, { id }] of component.members.entries()) {
      const pool = component.topology === 'pool'
      const role = pool ? 'unknown' : index === 0 ? 'active' : 'standby'
      known.set(id, {
        member: id,
        component: component.id,
        status: 'pass',
        role,
        generation: pool ? null : 7,
        summary: '',
        since: clock.now(),
        health: null,
      })
    }
  }
  return {
    of: (member: string) => known.get(member) as MemberStatus,
    all: () => [...known.values()],
    onChange(fn: (status: MemberStatus) => void) {
      listeners.add(fn)
      return () => void listeners.delete(fn)
    },
    set(member: string, change: Partial<MemberStatus>) {
      const next = { ...(known.get(member) as MemberStatus), ...change, since: clock.now() }
      known.set(member, next)
      for (const fn of listeners) fn(next)
    },
  }
}

/** Orders by people, planned like the real ones; `leo` is under a guard. */
function ordersOn(journal: ApiPorts['journal']): Commands {
  return {
    runbooks: () => [],
    async act(component, action, { by, dryRun, member = `${component}-1` }) {
      if (component === 'leo') return { kind: 'refused', code: 'cooldown', reason: 'restart-process recovered leo 12 s ago' }
      const runbook = action === 'failover' ? 'failover-active-standby' : 'restart-process'
      const reason = `ordered by ${by}`
      if (dryRun) return { kind: 'plan', runbook, reason, steps: plans[runbook] }
      const order = {
        runbook,
        component,
        incident: null,
        failure: null,
        members: [member],
        plan: plans[runbook],
        reason,
        takesGeneration: false,
        by,
      }
      const made = await journal.order(component, () => order)
      return 'refuse' in made ? { kind: 'refused', code: 'live-run', reason: made.refuse } : { kind: 'run', run: made }
    },
    runRunbook: async () => ({ kind: 'refused', code: 'none', reason: 'not here' }),
    approve: async (id, by) => (await journal.answer(id, () => ({ do: 'approve', by, takesGeneration: false }))).run,
    decline: async (id, by, reason) =>
      (await journal.answer(id, () => ({ do: 'end', answer: 'declined', by, reason: `declined by ${by}: ${reason}` }))).run,
  }
}
