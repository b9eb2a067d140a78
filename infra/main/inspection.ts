import { openDutyDesk } from '../../bots/duty/desk.ts'
import { openDuty } from '../../bots/duty/open.ts'
import type { Rota } from '../../bots/pager/rota.ts'
import type { Feature } from '../../core/api/app.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import type { Mint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import { catalogue } from '../../guardians/catalogue.ts'
import type { Guardian } from '../../guardians/define.ts'
import type { FindingsDesk } from '../../guardians/desk.ts'
import { openFindingsDesk } from '../../guardians/findings/desk.ts'
import type { FixPort } from '../../guardians/findings/fix.ts'
import { keepFindings } from '../../guardians/findings/keep.ts'
import { findingRoutes } from '../../guardians/findings/routes.ts'
import { guardianRoutes } from '../../guardians/routes.ts'
import { wordsOf } from '../../guardians/say.ts'
import { keeper as selfWatch } from '../../guardians/silence.ts'
import { followFixes } from './fixes.ts'
import { openKeeper } from './guardians.ts'
import { platformOf } from './platform.ts'
import { openSchedule } from './schedule.ts'

export interface InspectionParts {
  catalog: Catalog
  journal: Journal
  clock: Clock
  random: Random
  mint: Mint
  log: Log
  rota: Rota
  fix: FixPort
  /** The data folder. */
  data: string
  environment(name: string): string | undefined
}

/** The daily inspection, put together: guardians that look, findings that live, people on duty who go through them. */
export function openInspection({ catalog, journal, clock, random, mint, log, rota, fix, data, environment }: InspectionParts) {
  const { config } = catalog
  const settings = config.duty
  const dutyDesk = settings ? openDutyDesk({ catalog, settings, journal, clock }) : null
  const own = config.guardians.own as Guardian[]
  const guardians = [...catalogue, ...wordsOf(own)]
  const told = [...guardians, selfWatch]
  const findings = openFindingsDesk({
    ...{ catalog, journal, clock, fix },
    guardians,
    personOf: (team) => onCallOf(team),
    onDuty: async () => (dutyDesk ? (await dutyDesk.now()).today : []),
  })
  const duty = settings && dutyDesk ? openDuty({ catalog, settings, journal, findings, clock, log }, dutyDesk) : null
  const schedule = openSchedule({ journal, clock, log })
  const keeper = openKeeper({
    ...{ catalog, journal, desk: findings, schedule, clock, random, mint, log, environment },
    guardians,
    own: own.map(({ id }) => id),
    load: async () => [...(await import('../../guardians/registry.ts')).guardians, ...own],
    platform: platformOf({ config, clock, environment, data, lastSwitchAt }),
  })
  const keeping = keepFindings({ desk: findings, clock, log })
  let fixes: { stop(): Promise<void> } | null = null

  /** Who is called first for a team. */
  function onCallOf(team: string): string | null {
    const policy = config.teams.find(({ id }) => id === team)?.policy
    const refs = (policy === undefined ? null : rota.policy(policy))?.levels[0]?.notify ?? [`team:${team}`]
    return rota.onDuty(refs, clock.now())[0] ?? null
  }

  /** The last run that switched a component and was verified; older than the newest hundred runs it is not found. */
  async function lastSwitchAt(component: string): Promise<number | null> {
    const runs = await journal.runs({ component }, { limit: 100 })
    return (
      runs.find(({ runbook, status }) => (runbook === 'failover-active-standby' || runbook === 'failover-database') && status === 'done')
        ?.endedAt ?? null
    )
  }

  const features: Feature[] = [
    guardianRoutes({ keeper, guardians }),
    findingRoutes({ desk: findings, catalog, guardians: told }),
    ...(duty ? [duty.feature] : []),
  ]
  return {
    features,
    findings: findings as FindingsDesk,
    duty,
    async start(): Promise<void> {
      await keeping.start()
      fixes = followFixes({ journal, clock, log, desk: findings })
      await duty?.start()
      await keeper.begin()
    },
    async stop(): Promise<void> {
      await keeping.stop()
      await fixes?.stop()
      await schedule.stop()
      await keeper.stop()
      await duty?.stop()
    },
    close: keeper.close,
  }
}
