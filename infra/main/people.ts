import type { Pager } from '../../bots/pager/define.ts'
import type { Feature } from '../../core/api/app.ts'
import type { Commands } from '../../core/api/ports.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import type { Mint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import type { StatusBoard } from '../../core/probes/probe.ts'
import type { Random } from '../../core/random.ts'
import type { FixPort } from '../../guardians/findings/fix.ts'
import { openAndon } from './andon.ts'
import { openInspection } from './inspection.ts'
import { openPaging } from './paging.ts'

export interface PeopleParts {
  catalog: Catalog
  journal: Journal
  status: StatusBoard
  clock: Clock
  random: Random
  mint: Mint
  log: Log
  commands: Commands
  /** Carries out what mends a finding. */
  fix: FixPort
  pagers: readonly Pager[]
  /** The data folder. */
  data: string
  /** Keeps the addresses of calendars. */
  feedKey: string
  environment(name: string): string | undefined
  write(text: string): void
}

/** All by which the controller meets people: paging, the Andon, the chat. Throws `usage` when a chat is configured without its tokens. */
export async function openPeople(parts: PeopleParts) {
  const paging = openPaging(parts)
  const andon = openAndon(parts)
  const inspection = openInspection({ ...parts, rota: paging.rota })
  const duties = inspection.duty
    ? { duty: inspection.duty.duty, reviews: inspection.duty.reviews, findings: inspection.findings }
    : undefined
  const settings = parts.catalog.config.slack
  const runbooks = parts.commands.runbooks().map(({ id }) => id)
  // What speaks to a chat is loaded by those who have one.
  const loaded = settings ? await import('./slack.ts') : null
  const slack =
    settings && loaded
      ? loaded.openSlack({ ...parts, settings, rota: paging.rota, desk: andon.desk, orders: andon.orders, duties, runbooks })
      : null
  const features: Feature[] = [paging.feature, ...andon.features, ...inspection.features, ...(slack?.features ?? [])]
  const started: { stop(): Promise<void> }[] = []
  return {
    /** Answered by every controller, from the store and into it. */
    features,
    open: paging.open,
    /** What one of several controllers does, the one that leads. Pages that an earlier life of ours left behind go out first. */
    async start(): Promise<void> {
      started.push(paging.desk)
      await paging.desk.start()
      started.push(andon)
      await andon.start(slack?.chat)
      started.push(inspection)
      await inspection.start()
      if (!slack) return
      started.push(slack)
      await slack.start()
    },
    async stop(): Promise<void> {
      for (let one = started.pop(); one; one = started.pop()) await one.stop()
    },
    async close(): Promise<void> {
      await paging.close()
      inspection.close()
    },
  }
}
