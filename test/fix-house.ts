import { indexCatalog } from '../core/catalog/catalog.ts'
import { type ConfigInput, configSchema } from '../core/catalog/schema.ts'
import type { Clock } from '../core/clock.ts'
import { hookClient } from '../core/hooks/client.ts'
import type { Mint } from '../core/ids.ts'
import type { Journal } from '../core/journal/journal.ts'
import { silentLog } from '../core/log.ts'
import { statusBoard } from '../core/probes/board.ts'
import type { Run } from '../core/runs/run.ts'
import { catalogue } from '../guardians/catalogue.ts'
import type { Finding } from '../guardians/desk.ts'
import { openFindingsDesk } from '../guardians/findings/desk.ts'
import type { Report } from '../guardians/report.ts'
import { followFixes, openFixes } from '../infra/main/fixes.ts'
import { realWorld } from '../infra/main/world.ts'
import type { AnyAction } from '../remediation/actions/define.ts'
import { actions } from '../remediation/actions/registry.ts'
import type { AwsDoor } from '../remediation/aws.ts'
import { createEngine } from '../remediation/engine.ts'
import { runbooks } from '../runbooks/registry.ts'

/** Where findings are fixed: the real desk, journal, engine and runbooks, put together as the controller does it. */
export interface FixHouseOptions {
  journal: Journal
  aws: AwsDoor
  clock: Clock
  mint: Mint
  config?: ConfigInput
  /** Time of a step, instead of its own. */
  timeoutMs?: number
}

export async function openFixHouse({ journal, aws, clock, mint, config, timeoutMs }: FixHouseOptions) {
  const catalog = indexCatalog(configSchema.parse({ people: [{ id: 'aki', name: 'Aki' }], guardians: { fallback: 'aki' }, ...config }))
  const hooks = hookClient({ token: () => '', clock })
  const look = () => Promise.reject(new Error('nothing here has members'))
  const failures: unknown[] = []
  const engine = createEngine({
    ...{ catalog, journal, clock, log: silentLog, holder: mint('req'), runbooks },
    world: realWorld({ catalog, hooks, look, aws }),
    status: statusBoard({ catalog, clock, log: silentLog }),
    actions: (actions as readonly AnyAction[]).map((action) => ({ ...action, timeoutMs: timeoutMs ?? action.timeoutMs })),
    onStoreFailure: (error) => failures.push(error),
  })
  const fix = openFixes({ journal, planner: engine.planner, aws, clock, wake: engine.consider })
  const desk = openFindingsDesk({ journal, catalog, clock, guardians: catalogue, personOf: () => null, fix })
  const following = followFixes({ journal, clock, log: silentLog, desk })
  await engine.start()

  const findings = () => desk.list({ status: 'all' }, { limit: 200 })
  return {
    journal,
    engine,
    desk,
    failures,
    /** Of this check; by its name, when it is given. */
    async finding(check: string, name?: string): Promise<Finding> {
      const found = (await findings()).find((one) => one.check === check && (name === undefined || one.name === name))
      if (!found) throw new Error(`no finding of ${check}`)
      return found
    },
    ingest: (report: Report) => desk.ingest(report),
    say: (id: string, undo = false) => desk.decide(id, { kind: 'fix', dryRun: true, undo }, 'token:test'),
    approve: (id: string, undo = false) => desk.decide(id, { kind: 'fix', undo }, 'token:test'),
    runs: (finding: string): Promise<Run[]> => journal.runs({ component: `finding:${finding}` }, { limit: 50 }),
    async close(): Promise<void> {
      await following.stop()
      await engine.stop()
      hooks.close()
    },
  }
}

export type FixHouse = Awaited<ReturnType<typeof openFixHouse>>
