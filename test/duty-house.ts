import { openDutyDesk } from '../bots/duty/desk.ts'
import { catalogOf, dutyOf } from '../bots/duty/fixture.ts'
import { openReviews } from '../bots/duty/reviews.ts'
import type { Clock } from '../core/clock.ts'
import type { Journal } from '../core/journal/journal.ts'
import { silentLog } from '../core/log.ts'
import type { Severity } from '../guardians/define.ts'
import { openFindingsDesk } from '../guardians/findings/desk.ts'
import { coverage, place, reported, reportOf, savingsOf } from '../guardians/findings/fixture.ts'
import type { Report } from '../guardians/report.ts'

/** Duty and reviews over findings as they are really kept. */
export function openHouse({ journal, clock }: { journal: Journal; clock: Clock }, catalog = catalogOf()) {
  const settings = dutyOf(catalog)
  const duty = openDutyDesk({ catalog, settings, journal, clock })
  const onDuty = async () => (await duty.now()).today
  const fix = { approveFix: async () => ({ run: 'run_1', said: 'deleted it' }) }
  const findings = openFindingsDesk({ journal, catalog, clock, guardians: [], personOf: () => null, fix, onDuty })
  const reviews = openReviews({ catalog, settings, journal, clock, findings, duty, log: silentLog })
  return { catalog, settings, duty, findings, reviews }
}
export type House = ReturnType<typeof openHouse>

/** A whole look at all volumes: these are attached to nothing, by name; everything else is gone. */
export const scanOf = (run: string, at: number, volumes: Readonly<Record<string, Severity>>, more: Partial<Report> = {}): Report =>
  reportOf(
    run,
    at,
    Object.entries(volumes).map(([name, severity]) => reported(name, { severity, name, owner: 'ben' })),
    more,
  )

/** Parts of reports, as the tests of the findings make them. */
export const parts = { coverage, place, reported, reportOf, savingsOf }
